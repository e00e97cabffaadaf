"""What came of an order is texted once, names no medicine, and reaches nobody whom it should not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.backend.base import NoSuchPatient, PracticeBackend, Unavailable
from bot.backend.local import LocalBackend
from bot.backend.prescribing import APPROVED, CANCELLED, READY, REJECTED, SENT, NewOrder, PrescriptionRequest
from bot.identity.policy import NO_TEXTS, Access
from bot.practice import Practice
from bot.prescribing.news import ORDER, OrderNews
from bot.sms_text import compose_text, count_segments
from bot.store import contacts
from bot.store.notification_tables import notification
from bot.store.tables import audit
from tests.support import AMIRA, LONDON, MONDAY, HandClock, NoDialogue, Surgery, make_surgery

AMIRAS, TOMS, LEOS, JADES, GEORGES = "patient-01", "patient-02", "patient-06", "patient-14", "patient-07"
NOT_APPROVED = "We could not approve something you ordered (reference {}). To see why, say"
IS_READY = "Your prescription (reference {}) is ready to collect."


class Pharmacy:
    """A surgery whose orders are decided by hand; `tells` gives the texts since it was last asked."""

    def __init__(self, surgery: Surgery) -> None:
        self.surgery, self.backend, self.clock = surgery, surgery.program.backend, surgery.clock
        self._heard = 0
        self._decisions = 0

    def ordered(self, patient_id: str, *names: str, **more: str) -> list[PrescriptionRequest]:
        held = {each.name.split()[0]: each.id for each in self.backend.repeats(patient_id)}
        ids = tuple(held[name] for name in names)
        self._decisions += 1
        order = NewOrder(ids, MONDAY.date(), **more)
        return self.backend.request_repeats(patient_id, order, f"order {self._decisions}")

    def decides(self, request: PrescriptionRequest, *statuses: str, why: str = "Book a review.") -> None:
        for status in statuses:
            self._decisions += 1
            self.backend.decide_request(request.id, status, why, f"decision {self._decisions}")

    def tells(self) -> list[tuple[str, str]]:
        self.surgery.run()
        new = self.surgery.network.texts[self._heard :]
        self._heard = len(self.surgery.network.texts)
        return [text for text in new if "(reference " in text[1]]  # and no reminders

    def fates(self) -> list[tuple[str, str | None]]:
        """What became of each notification of an order."""
        with self.surgery.program.database.read() as connection:
            found = select(notification).where(notification.c.kind == ORDER).order_by(notification.c.id)
            return [(row.state, row.dropped_why) for row in connection.execute(found)]

    def news(self, practice: Practice | None = None, backend: PracticeBackend | None = None) -> OrderNews:
        program = self.surgery.program
        return OrderNews(program.database, backend or self.backend, practice or program.practice, program.responses)


@pytest.fixture()
def pharmacy(tmp_path: Path, prepared_home: Path, clock: HandClock) -> Iterator[Pharmacy]:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)
    surgery = make_surgery(tmp_path, NoDialogue(), clock)
    yield Pharmacy(surgery)
    surgery.program.database.close()


def test_what_is_not_approved_is_texted_with_its_reference_and_nothing_else(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    [(number, body)] = pharmacy.tells()
    assert number == AMIRA and NOT_APPROVED.format(made.reference) in body
    assert not [word for word in ("etformin", "review", "tablet", "Amira", "Khan") if word in body]


def test_what_is_ready_is_texted(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    for status in (APPROVED, SENT):
        pharmacy.decides(made, status)
        assert pharmacy.tells() == []
    pharmacy.decides(made, READY)
    [(number, body)] = pharmacy.tells()
    assert number == AMIRA and IS_READY.format(made.reference) in body and "etformin" not in body


def test_where_sending_is_the_last_that_the_practice_notes_that_is_texted(pharmacy: Pharmacy) -> None:
    practice = pharmacy.surgery.program.practice
    sends = practice.copy(update={"prescriptions": practice.prescriptions.copy(update={"last_step": "sent"})})
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, APPROVED)
    pharmacy.news(sends).plan(pharmacy.clock())
    assert pharmacy.fates() == []
    pharmacy.decides(made, SENT)
    pharmacy.news(sends).plan(pharmacy.clock())
    [(_, body)] = pharmacy.tells()
    assert f"We have sent your prescription (reference {made.reference}) to your pharmacy." in body


def test_each_is_told_once_however_often_it_is_looked_at(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    assert len(pharmacy.tells()) == 1
    for _ in range(5):
        pharmacy.clock.forward(hours=5)
        assert pharmacy.tells() == []


def test_two_processes_that_look_at_once_tell_it_once(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    for _ in range(3):
        pharmacy.news().plan(pharmacy.clock())
    assert len(pharmacy.tells()) == 1


def test_what_was_ordered_together_and_decided_together_is_one_text(pharmacy: Pharmacy) -> None:
    made = pharmacy.ordered(AMIRAS, "Metformin", "Omeprazole")
    for each in made:
        pharmacy.decides(each, REJECTED)
    assert len(pharmacy.tells()) == 1
    assert pharmacy.fates() == [("sent", None), ("dropped", "told_together")]


def test_what_is_decided_later_is_another_text(pharmacy: Pharmacy) -> None:
    first, second = pharmacy.ordered(AMIRAS, "Metformin", "Omeprazole")
    pharmacy.decides(first, REJECTED)
    assert len(pharmacy.tells()) == 1
    pharmacy.clock.forward(hours=2)
    pharmacy.decides(second, REJECTED)
    assert len(pharmacy.tells()) == 1


def test_as_long_as_something_is_missing_only_a_part_is_said_to_be_ready(pharmacy: Pharmacy) -> None:
    first, second = pharmacy.ordered(AMIRAS, "Metformin", "Omeprazole")
    pharmacy.decides(first, APPROVED, SENT, READY)
    [(_, body)] = pharmacy.tells()
    assert f"Part of your prescription (reference {first.reference}) is ready" in body
    pharmacy.decides(second, APPROVED, SENT, READY)
    [(_, body)] = pharmacy.tells()
    assert IS_READY.format(first.reference) in body


def test_what_came_of_each_is_told_where_it_differs(pharmacy: Pharmacy) -> None:
    first, second = pharmacy.ordered(AMIRAS, "Metformin", "Omeprazole")
    pharmacy.decides(first, REJECTED)
    pharmacy.clock.forward(minutes=1)
    pharmacy.decides(second, APPROVED, SENT, READY)
    bodies = [body for _, body in pharmacy.tells()]
    assert len(bodies) == 2
    assert NOT_APPROVED.format(first.reference) in bodies[0] and "Part of your prescription" in bodies[1]


def test_nothing_is_told_of_what_waits_was_approved_or_was_cancelled(pharmacy: Pharmacy) -> None:
    first, second = pharmacy.ordered(AMIRAS, "Metformin", "Omeprazole")
    assert pharmacy.tells() == []
    pharmacy.decides(first, APPROVED)
    cancelled = pharmacy.backend.cancel_prescription(AMIRAS, second.id, "c")
    assert cancelled.status == CANCELLED and pharmacy.tells() == []


def test_at_night_it_waits_for_the_morning(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.clock.now = datetime(2026, 11, 23, 20, 30, tzinfo=LONDON)
    pharmacy.decides(made, REJECTED)
    for hour in range(11):
        assert pharmacy.tells() == [], hour
        pharmacy.clock.forward(hours=1)
    pharmacy.clock.now = datetime(2026, 11, 24, 8, 0, tzinfo=LONDON)
    assert len(pharmacy.tells()) == 1


def test_what_was_decided_while_the_program_was_away_is_told_after_it_comes_back(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    pharmacy.clock.forward(days=2)
    assert len(pharmacy.tells()) == 1


def test_a_clinical_system_that_does_not_answer_loses_nothing(
    pharmacy: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    news = pharmacy.news()
    news.plan(pharmacy.clock())
    pharmacy.decides(made, REJECTED)

    def away(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as silent:
        silent.setattr(LocalBackend, "requests_changed_since", away)
        for _ in range(3):
            pharmacy.clock.forward(minutes=30)
            with pytest.raises(Unavailable):
                news.plan(pharmacy.clock())
    news.plan(pharmacy.clock())
    assert [state for state, _ in pharmacy.fates()] == ["waiting"]


def test_who_wants_no_texts_has_none_and_staff_can_see_why(pharmacy: Pharmacy) -> None:
    with pharmacy.surgery.program.database.write() as connection:
        contacts.set_opted_out(connection, AMIRA, pharmacy.clock())
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "opted_out")]


def test_a_flag_stops_it(pharmacy: Pharmacy) -> None:
    program = pharmacy.surgery.program
    with program.database.write() as connection:
        flagged = Access("full", flags=frozenset({NO_TEXTS}), verified_by="documents")
        program.services.desk.set_access(connection, AMIRAS, flagged, "staff", pharmacy.clock())
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "flagged")]


def test_whoever_ordered_it_goes_to_the_patients_own_number(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(JADES, "Adapalene", requested_by="proxy-osei")
    pharmacy.decides(made, REJECTED)
    [(number, _)] = pharmacy.tells()
    assert number == "+447700900012"  # Jade's, not Abena's


def test_for_somebody_without_a_number_nobody_else_is_texted(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(GEORGES, "Bisoprolol", requested_by="proxy-whitfield")
    pharmacy.decides(made, REJECTED)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "no_number")]


def test_of_what_is_sensitive_nothing_goes_to_a_number_that_others_read(
    pharmacy: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LocalBackend.patient

    def patient_with_her_mothers_number(self: LocalBackend, patient_id: str) -> object:
        found = real(self, patient_id)
        return found.__class__(**{**vars(found), "mobile": "+447700900011"}) if patient_id == JADES else found

    monkeypatch.setattr(LocalBackend, "patient", patient_with_her_mothers_number)
    [hers] = pharmacy.ordered(JADES, "Desogestrel")
    pharmacy.decides(hers, REJECTED)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "shared_number")]
    [other] = pharmacy.ordered(JADES, "Adapalene")
    pharmacy.decides(other, REJECTED)
    assert [number for number, _ in pharmacy.tells()] == ["+447700900011"]


def test_of_what_is_sensitive_her_own_number_is_told(pharmacy: Pharmacy) -> None:
    [hers] = pharmacy.ordered(JADES, "Desogestrel")
    pharmacy.decides(hers, APPROVED, SENT, READY)
    [(number, body)] = pharmacy.tells()
    assert number == "+447700900012" and "esogestrel" not in body


def test_a_number_that_two_patients_share_is_told_of_what_is_not_sensitive(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(LEOS, "Salbutamol", requested_by="patient-05")
    pharmacy.decides(made, REJECTED)
    [(_, body)] = pharmacy.tells()
    assert "Leo" not in body and "Novak" not in body


def test_somebody_who_has_left_meanwhile_is_told_nothing(pharmacy: Pharmacy, monkeypatch: pytest.MonkeyPatch) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)

    def gone(*_: object) -> None:
        raise NoSuchPatient

    monkeypatch.setattr(LocalBackend, "patient", gone)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "not_registered")]


def test_what_is_a_week_old_is_no_news(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    pharmacy.news().plan(pharmacy.clock())
    pharmacy.clock.forward(days=7, minutes=1)
    assert pharmacy.tells() == [] and pharmacy.fates() == [("dropped", "too_late")]


def test_the_audit_trail_says_that_it_was_told_and_of_which_order(pharmacy: Pharmacy) -> None:
    [made] = pharmacy.ordered(AMIRAS, "Metformin")
    pharmacy.decides(made, REJECTED)
    pharmacy.tells()
    with pharmacy.surgery.program.database.read() as connection:
        trail = connection.execute(select(audit).where(audit.c.action == "notification")).all()
    told = [(row.outcome, row.patient_id, row.subject) for row in trail if row.reason == ORDER]
    assert told == [("sent", AMIRAS, f"{made.reference}:rejected")]


def test_whatever_comes_of_an_order_fits_into_one_text(pharmacy: Pharmacy) -> None:
    say = pharmacy.surgery.program.responses.say
    for name in ("rejected", "sent", "sent_part", "ready", "ready_part"):
        body, segments = compose_text("Riverside Surgery", say(f"utter_news_{name}", reference="KTR7M4"))
        assert segments <= 2 and count_segments(body).encoding == "GSM-7", name


@pytest.mark.parametrize("days", [1, 30])
def test_a_busy_practice_tells_each_patient_once(pharmacy: Pharmacy, days: int) -> None:
    made = [pharmacy.ordered(patient, *names)[0] for patient, *names in ORDERS]
    for each in made:
        pharmacy.decides(each, REJECTED)
        pharmacy.clock.forward(minutes=1)
    told = pharmacy.tells()
    assert len(told) == len(ORDERS) and len({body for _, body in told}) == len(ORDERS)
    pharmacy.clock.forward(days=days)
    assert pharmacy.tells() == []


ORDERS = [(AMIRAS, "Metformin"), (TOMS, "Amlodipine"), (LEOS, "Salbutamol"), (JADES, "Adapalene")]
