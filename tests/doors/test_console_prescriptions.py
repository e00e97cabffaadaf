"""The console's page of prescriptions: who decides, what they read, and what comes of two who are at it at once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.backend import tables
from bot.backend.base import NoSuchPatient, Unavailable
from bot.backend.local import LocalBackend
from bot.backend.local_medicines import repeat_to_row, request_to_row
from bot.backend.prescribing import APPROVED, CANCELLED, READY, REJECTED, REQUESTED, SENT, NewOrder, PrescriptionRequest
from bot.store.tables import audit
from tests.doors.console import Computer, sign_in
from tests.doors.support import Doors
from tests.support import AMIRA

AMIRAS, TOMS, LEOS, JADES, PETERS, NIAS = (f"patient-{number:02}" for number in (1, 2, 6, 14, 19, 20))
HERE = "/console/prescriptions"
WHY = "Please book a review first."


@pytest.fixture()
def clinician(doors: Doors) -> Computer:
    return sign_in(doors, role="clinician", name="Dr Ngozi Okafor")


@pytest.fixture()
def reception(doors: Doors) -> Computer:
    return sign_in(doors, name="Jo Reed")


def backend(doors: Doors) -> Any:
    return doors.surgery.program.backend


def ordered(doors: Doors, patient_id: str, *names: str, **more: str) -> list[PrescriptionRequest]:
    held = {each.name.split()[0]: each.id for each in backend(doors).repeats(patient_id)}
    day = doors.clock().date() + timedelta(days=2)
    order = NewOrder(tuple(held[name] for name in names), day, **more)
    return list(backend(doors).request_repeats(patient_id, order, f"{patient_id}{names}{more}"))


def status_of(doors: Doors, request: PrescriptionRequest) -> str:
    held = backend(doors).prescription_requests(request.patient_id)
    return str(next(each.status for each in held if each.id == request.id))


def toms(doors: Doors) -> PrescriptionRequest:
    """The order of yesterday that the demonstration begins with."""
    found: PrescriptionRequest = backend(doors).prescription_requests(TOMS)[0]
    return found


def decides(member: Computer, to: str, *requests: PrescriptionRequest, **fields: str) -> Any:
    """Tick these, and press the button below."""
    ticked = {f"id-{each.id}": "on" for each in requests}
    return member.sends(f"{HERE}/decide", {"key": member.hidden("key"), "to": to, **ticked, **fields})


def steps(member: Computer, to: str, *requests: PrescriptionRequest) -> Any:
    ticked = {f"id-{each.id}": "on" for each in requests}
    return member.sends(f"{HERE}/step", {"key": member.hidden("key"), "to": to, **ticked})


def noted(doors: Doors, action: str) -> list[tuple[str, str | None, str | None, str | None]]:
    with doors.surgery.program.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == action).order_by(audit.c.id)).all()
    return [(row.outcome, row.patient_id, row.subject, row.actor_id) for row in rows]


def brings(doors: Doors, request: PrescriptionRequest, *statuses: str) -> None:
    for status in statuses:
        backend(doors).decide_request(request.id, status, WHY, f"by hand {request.id}{status}")


# What they read.


def test_what_a_prescriber_needs_to_decide_stands_there(doors: Doors, clinician: Computer) -> None:
    ordered(doors, AMIRAS, "Cetirizine", early_reason="A week in Wales", note="For the carer to collect")
    clinician.opens(HERE)
    assert clinician.heading == "Prescriptions"
    for shown in (
        "Amira Khan", "Born 18 April 1991", "NHS number 999 000 0018", "Cetirizine 10mg tablets",
        "One tablet once a day", "28 tablets", "Last issued 14 November 2026, for 28 days", "5 left", "Ordered early",
        "A week in Wales", "For the carer to collect", "Riverside Pharmacy, 3 Mill Lane",
    ):  # fmt: skip
        assert shown in clinician.words, shown


def test_the_oldest_order_stands_first(doors: Doors, clinician: Computer) -> None:
    ordered(doors, AMIRAS, "Metformin")
    clinician.opens(HERE)
    assert clinician.words.index("Tom Barker") < clinician.words.index("Amira Khan")


def test_what_speaks_for_care_is_said_in_words(doors: Doors, clinician: Computer) -> None:
    database = doors.surgery.program.database
    [made] = ordered(doors, NIAS, "Fexofenadine")
    held = backend(doors).repeats(NIAS)[0]
    today = doors.clock().date()
    changed = replace(
        held,
        is_controlled=True,
        is_sensitive=True,
        issues_left=1,
        review_on=today - timedelta(days=3),
        stopped_on=today,
    )
    with database.write() as connection:
        row = repeat_to_row(NIAS, changed)
        connection.execute(update(tables.repeat).where(tables.repeat.c.id == held.id).values(**row))
        connection.execute(update(tables.patient).where(tables.patient.c.id == NIAS).values(status="left"))
    doors.clock.forward(days=3)
    sign_in_again = sign_in(doors, role="clinician")
    sign_in_again.opens(HERE)
    order = sign_in_again.words[sign_in_again.words.index("Nia Roberts") :]
    for flag in (
        "Overdue: was to be ready", "No longer registered here", "Stopped", "Controlled drug", "Review overdue",
        "The last issue", "Sensitive: not shown to people who act for them", "No pharmacy chosen: they collect it here",
        "Never issued",
    ):  # fmt: skip
        assert flag in order, flag
    assert made.name in order


def test_who_ordered_for_somebody_is_named(doors: Doors, clinician: Computer) -> None:
    ordered(doors, LEOS, "Salbutamol", requested_by="patient-05")
    ordered(doors, AMIRAS, "Metformin", requested_by=AMIRAS)
    clinician.opens(HERE)
    assert clinician.words.count("by Eva Novak") == 1 and "by Amira" not in clinician.words


def test_a_pharmacy_for_this_time_only_and_one_that_has_closed_are_said_to_be_so(
    doors: Doors, clinician: Computer
) -> None:
    ordered(doors, PETERS, "Simvastatin", pharmacy_id="FZZ06")
    ordered(doors, AMIRAS, "Metformin")
    with doors.surgery.program.database.write() as connection:
        closed = update(tables.pharmacy).where(tables.pharmacy.c.id == "FZZ01").values(closed_on=doors.clock().date())
        connection.execute(closed)
    clinician.opens(HERE)
    assert "Millbrook Late Night Chemist, 40 Station Road, Millbrook, Westshire, WS7 6HJ (this time only)" in (
        clinician.words
    )
    assert "Closed on 23 November 2026" in clinician.words


def test_words_of_a_patient_are_words_and_nothing_else(doors: Doors, clinician: Computer) -> None:
    ordered(doors, AMIRAS, "Cetirizine", early_reason="<script>alert(1)</script>", note="<img src=x onerror=y>")
    clinician.opens(HERE)
    assert "<script>alert" not in clinician.page.text and "<img" not in clinician.page.text
    assert "&lt;script&gt;alert(1)" in clinician.page.text


def test_with_nothing_to_decide_it_says_so(doors: Doors, clinician: Computer) -> None:
    brings(doors, toms(doors), APPROVED)
    clinician.opens(HERE)
    assert "Nothing waits here." in clinician.words and 'id="several"' not in clinician.page.text


def test_a_patient_whom_the_clinical_system_no_longer_has_is_left_out(
    doors: Doors, clinician: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise NoSuchPatient

    monkeypatch.setattr(LocalBackend, "patient", gone)
    clinician.opens(HERE)
    assert clinician.status == 200 and "Atorvastatin" not in clinician.words


def test_of_very_many_the_first_are_shown(doors: Doors, clinician: Computer) -> None:
    made = ordered(doors, AMIRAS, "Metformin")[0]
    repeat = backend(doors).repeats(AMIRAS)[0]
    with doors.surgery.program.database.write() as connection:
        for number in range(60):
            another = replace(repeat, id=f"r{number}")
            connection.execute(insert(tables.repeat).values(**repeat_to_row(AMIRAS, another)))
            copy = replace(made, id=f"q{number:02}", repeat_id=another.id, reference=f"M{number}")
            connection.execute(insert(tables.prescription_request).values(**request_to_row(copy)))
    clinician.opens(HERE)
    assert len(re.findall(r'type="checkbox"', clinician.page.text)) == 40
    assert "These are the first." in clinician.words and "To decide 62" in clinician.words
    held = backend(doors).requests_in({REQUESTED}, 40)
    assert decides(clinician, APPROVED, *held).status_code == 303
    assert len(backend(doors).requests_in({APPROVED}, 100)) == 40


@pytest.mark.parametrize("asked", ["?tab=<script>", "?tab=", "?done=<b>", "?done=9999999999", "?tab=sent&done=-1"])
def test_an_address_that_makes_no_sense_is_harmless(clinician: Computer, asked: str) -> None:
    clinician.opens(f"{HERE}{asked}")
    assert clinician.status == 200 and "<script>" not in clinician.page.text.partition("<main")[2]
    assert "changed" not in clinician.words


# Deciding.


def test_one_is_approved_with_its_own_button(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    fields = {"key": clinician.hidden("key"), "to": APPROVED, "one": toms(doors).id}
    answer = clinician.sends(f"{HERE}/decide", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}?tab=requested&done=1")
    clinician.opens(answer.headers["Location"])
    assert "1 medicine was changed." in clinician.words
    assert status_of(doors, toms(doors)) == APPROVED


def test_several_are_approved_at_once_for_several_patients(doors: Doors, clinician: Computer) -> None:
    made = [toms(doors), *ordered(doors, AMIRAS, "Metformin", "Omeprazole"), *ordered(doors, LEOS, "Salbutamol")]
    clinician.opens(HERE)
    answer = decides(clinician, APPROVED, *made[:3])
    clinician.opens(answer.headers["Location"])
    assert "3 medicines were changed." in clinician.words
    assert [status_of(doors, each) for each in made] == [APPROVED, APPROVED, APPROVED, REQUESTED]


def test_what_is_not_ticked_stays(doors: Doors, clinician: Computer) -> None:
    first, second = ordered(doors, AMIRAS, "Metformin", "Omeprazole")
    clinician.opens(HERE)
    decides(clinician, APPROVED, second)
    assert (status_of(doors, first), status_of(doors, second)) == (REQUESTED, APPROVED)


def test_who_rejects_says_why_in_their_own_words(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    assert decides(clinician, REJECTED, toms(doors), words=WHY, canned="It is too soon.").status_code == 303
    assert (toms(doors).status, toms(doors).status_reason) == (REJECTED, WHY)


def test_or_in_words_that_stand_ready(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    ready_made = re.findall(r"<option>([^<]+)</option>", clinician.page.text)
    assert len(ready_made) == 5
    assert decides(clinician, REJECTED, toms(doors), canned=ready_made[0], words="  ").status_code == 303
    assert toms(doors).status_reason == ready_made[0]


def test_without_words_nothing_is_rejected_and_the_ticks_stay(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    assert decides(clinician, REJECTED, toms(doors), words=" \n ").status_code == 400
    assert "Say why, in words for the patient." in clinician.words
    assert re.search(rf'name="id-{toms(doors).id}" form="several" checked', clinician.page.text)
    assert 'aria-invalid="true"' in clinician.page.text
    assert toms(doors).status == REQUESTED


def test_words_that_are_too_long_are_not_cut_but_given_back(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    assert decides(clinician, REJECTED, toms(doors), words="x" * 301).status_code == 400
    assert "at most 300 letters" in clinician.words and "x" * 301 in clinician.page.text
    assert toms(doors).status == REQUESTED


def test_an_approval_carries_no_words(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    decides(clinician, APPROVED, toms(doors), words="left over")
    assert toms(doors).status_reason == ""


def test_with_nothing_ticked_nothing_happens(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    assert decides(clinician, APPROVED).status_code == 400
    assert "Tick at least one medicine." in clinician.words and toms(doors).status == REQUESTED


@pytest.mark.parametrize("to", ["requested", "cancelled", "sent", "ready", "nonsense"])
def test_nothing_else_can_be_decided(doors: Doors, clinician: Computer, to: str) -> None:
    clinician.opens(HERE)
    assert decides(clinician, to, toms(doors), words=WHY).status_code == 404
    assert toms(doors).status == REQUESTED


# Two at once.


def test_who_is_slower_than_a_colleague_is_told_so(doors: Doors, clinician: Computer) -> None:
    other = sign_in(doors, role="clinician", name="Dr James Hughes")
    for each in (clinician, other):
        each.opens(HERE)
    assert decides(other, REJECTED, toms(doors), words=WHY).status_code == 303
    assert decides(clinician, APPROVED, toms(doors)).status_code == 409
    assert "had been decided by a colleague, or cancelled by the patient" in clinician.words
    assert toms(doors).status == REJECTED


def test_what_the_patient_cancelled_meanwhile_is_not_approved(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    backend(doors).cancel_prescription(TOMS, toms(doors).id, "c")
    assert decides(clinician, APPROVED, toms(doors)).status_code == 409
    assert toms(doors).status == CANCELLED


def test_of_several_the_others_are_decided_all_the_same(doors: Doors, clinician: Computer) -> None:
    first, second = ordered(doors, AMIRAS, "Metformin", "Omeprazole")
    clinician.opens(HERE)
    brings(doors, first, REJECTED)
    assert decides(clinician, APPROVED, first, second).status_code == 409
    assert "1 was changed." in clinician.words
    assert (status_of(doors, first), status_of(doors, second)) == (REJECTED, APPROVED)


def test_a_form_that_is_sent_twice_decides_once_and_is_no_trouble(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    key, before = clinician.hidden("key"), backend(doors).repeats(TOMS)
    for _ in range(2):
        fields = {"key": key, "to": APPROVED, "one": toms(doors).id}
        assert clinician.sends(f"{HERE}/decide", fields).status_code == 303
    after = backend(doors).repeats(TOMS)
    assert sum(each.issues_left for each in before) - sum(each.issues_left for each in after) == 1


@pytest.mark.parametrize("named", ["nothing", "", "' OR 1=1", "x" * 5000])
def test_an_order_that_is_not_there_changes_nothing(doors: Doors, clinician: Computer, named: str) -> None:
    clinician.opens(HERE)
    fields = {"key": clinician.hidden("key"), "to": APPROVED, "one": named}
    assert clinician.sends(f"{HERE}/decide", fields).status_code in (400, 409)
    assert toms(doors).status == REQUESTED


def test_a_clinical_system_that_does_not_answer_is_said_so(
    doors: Doors, clinician: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinician.opens(HERE)

    def away(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as silent:
        silent.setattr(LocalBackend, "decide_request", away)
        assert decides(clinician, APPROVED, toms(doors)).status_code == 503
        assert "does not answer just now" in clinician.words
    with monkeypatch.context() as silent:
        silent.setattr(LocalBackend, "requests_in", away)
        clinician.opens(HERE)
        assert clinician.status == 503 and "does not answer just now" in clinician.words
    clinician.opens(HERE)
    assert clinician.status == 200 and "Tom Barker" in clinician.words


# To the pharmacy, and ready.


def test_from_approved_to_sent_to_ready(doors: Doors, reception: Computer) -> None:
    brings(doors, toms(doors), APPROVED)
    reception.opens(f"{HERE}?tab=approved")
    assert "Sent to the pharmacy: all that are ticked" in reception.words
    assert steps(reception, SENT, toms(doors)).status_code == 303
    reception.opens(f"{HERE}?tab=sent")
    answer = steps(reception, READY, toms(doors))
    assert answer.headers["Location"] == f"{HERE}?tab=sent&done=1"
    assert toms(doors).status == READY
    reception.opens(f"{HERE}?tab=finished")
    assert "Ready, 23 November 2026 at 10" in reception.words


def test_where_sending_is_the_last_step_no_other_is_offered(doors: Doors, reception: Computer) -> None:
    practice = doors.surgery.program.practice
    doors.surgery.program.practice = practice.copy(
        update={"prescriptions": practice.prescriptions.copy(update={"last_step": "sent"})}
    )
    brings(doors, toms(doors), APPROVED, SENT)
    reception.opens(f"{HERE}?tab=sent")
    assert "Tom Barker" in reception.words and "Ready to collect" not in reception.words


@pytest.mark.parametrize("to", [APPROVED, REJECTED, CANCELLED])
def test_nothing_is_decided_by_the_way_of_a_step(doors: Doors, reception: Computer, to: str) -> None:
    reception.opens(f"{HERE}?tab=approved")
    assert steps(reception, to, toms(doors)).status_code == 404
    assert toms(doors).status == REQUESTED


def test_no_step_is_left_out(doors: Doors, reception: Computer) -> None:
    reception.opens(f"{HERE}?tab=approved")
    for to in (SENT, READY):
        assert steps(reception, to, toms(doors)).status_code == 409
    assert toms(doors).status == REQUESTED


def test_what_was_finished_is_shown_for_two_weeks_newest_first(doors: Doors, clinician: Computer) -> None:
    brings(doors, toms(doors), REJECTED)
    doors.clock.forward(days=1)
    backend(doors).cancel_prescription(AMIRAS, ordered(doors, AMIRAS, "Metformin")[0].id, "c")
    clinician = sign_in(doors, role="clinician")
    clinician.opens(f"{HERE}?tab=finished")
    assert clinician.words.index("Cancelled by the patient") < clinician.words.index("Not approved")
    assert WHY in clinician.words
    doors.clock.forward(days=14)
    clinician = sign_in(doors, role="clinician")
    clinician.opens(f"{HERE}?tab=finished")
    assert "Nothing was finished in the last 14 days." in clinician.words


# What the patient is told.


def test_a_rejection_is_texted_and_the_page_says_so(doors: Doors, clinician: Computer) -> None:
    [made] = ordered(doors, AMIRAS, "Metformin")
    clinician.opens(HERE)
    decides(clinician, REJECTED, made, words=WHY)
    clinician.opens(f"{HERE}?tab=finished")
    assert "Told by text" not in clinician.words
    doors.surgery.run()
    [(number, body)] = [text for text in doors.surgery.network.texts if made.reference in text[1]]
    assert number == AMIRA and "etformin" not in body and "review" not in body
    clinician.opens(f"{HERE}?tab=finished")
    assert "Told by text 23 November 2026 at 10" in clinician.words


def test_who_could_not_be_told_is_to_be_called(doors: Doors, clinician: Computer) -> None:
    ordered_for_george = ordered(doors, "patient-07", "Bisoprolol")[0]
    clinician.opens(HERE)
    decides(clinician, REJECTED, ordered_for_george, words=WHY)
    doors.surgery.run()
    clinician.opens(f"{HERE}?tab=finished")
    assert "Not told No text was sent: they have no mobile number. Call them." in clinician.words


def test_a_decision_wakes_whoever_tells_of_it(doors: Doors, clinician: Computer) -> None:
    heard: list[str] = []
    for topic in ("orders", "schedule"):
        doors.surgery.program.notices.listen(topic, lambda topic=topic: heard.append(topic))  # type: ignore[misc]
    clinician.opens(HERE)
    decides(clinician, APPROVED, toms(doors))
    assert heard == ["orders", "schedule"]


# Who may.


@pytest.mark.parametrize("role", ["reception", "supervisor"])
def test_only_clinicians_decide(doors: Doors, role: str) -> None:
    member = sign_in(doors, role=role)
    member.opens(HERE)
    assert "Clinicians decide these." in member.words and "ticked" not in member.words
    assert not re.search(r'type="checkbox"|value="approved"', member.page.text)
    for to in (APPROVED, REJECTED):
        assert decides(member, to, toms(doors), words=WHY).status_code == 403
    assert toms(doors).status == REQUESTED


@pytest.mark.parametrize(
    ("role", "sees"),
    [("reception", True), ("clinician", True), ("supervisor", True), ("admin", False), ("auditor", False)],
)
def test_whose_task_it_is_finds_it_in_the_menu(doors: Doors, role: str, sees: bool) -> None:
    member = sign_in(doors, role=role)
    member.opens(HERE)
    assert (member.status == 200) == sees
    assert ("Atorvastatin" in member.page.text) == sees
    member.opens("/console/me")
    assert (f'href="{HERE}"' in member.page.text) == sees


def test_who_looked_and_who_decided_stands_in_the_audit_trail(doors: Doors, clinician: Computer) -> None:
    [made] = ordered(doors, AMIRAS, "Metformin")
    clinician.opens(HERE)
    seen = noted(doors, "prescription.read")
    assert [(outcome, patient) for outcome, patient, _, _ in seen] == [("done", AMIRAS), ("done", TOMS)]
    decides(clinician, REJECTED, made, words=WHY)
    decides(clinician, APPROVED, toms(doors))
    told = noted(doors, "prescription.decide")
    assert [each[:3] for each in told] == [(REJECTED, AMIRAS, made.id), (APPROVED, TOMS, toms(doors).id)]
    assert {each[3] for each in (*seen, *told)} == {seen[0][3]} and seen[0][3]


def test_a_decision_that_came_too_late_is_in_the_audit_trail(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    brings(doors, toms(doors), REJECTED)
    decides(clinician, APPROVED, toms(doors))
    assert [outcome for outcome, *_ in noted(doors, "prescription.decide")] == ["stale"]


# How it is put together.


def test_enter_alone_decides_nothing(doors: Doors, clinician: Computer) -> None:
    """A browser presses the first button of a form at Enter."""
    clinician.opens(HERE)
    first = re.findall(r'<button[^>]*name="to" value="(\w*)"', clinician.page.text)[0]
    assert decides(clinician, first, toms(doors), words=WHY).status_code == 400
    assert "Nothing was changed: choose what is to be done." in clinician.words
    assert re.search(rf'name="id-{toms(doors).id}" form="several" checked', clinician.page.text)
    assert toms(doors).status == REQUESTED


def test_every_box_and_button_says_for_whom_it_is(doors: Doors, clinician: Computer) -> None:
    ordered(doors, AMIRAS, "Metformin", "Omeprazole")
    clinician.opens(HERE)
    for name in ("Metformin 500mg tablets", "Omeprazole 20mg capsules"):
        assert f"{name} for Amira Khan" in clinician.words
    ids = re.findall(r' id="([^"]+)"', clinician.page.text)
    assert len(ids) == len(set(ids))


def test_what_was_typed_is_there_after_the_screen_was_locked(doors: Doors, clinician: Computer) -> None:
    clinician.opens(HERE)
    typed = {"words": "Half a sentence", f"id-{toms(doors).id}": "on", "next": HERE}
    clinician.sends("/console/lock-now", typed)
    doors.clock.forward(seconds=30)
    clinician.opens("/console/lock")
    clinician.sends("/console/lock", {"passcode": "gravel-lantern-sixpence", "code": clinician.code, "next": HERE})
    clinician.opens(HERE)
    assert "Half a sentence" in clinician.page.text
    assert re.search(rf'name="id-{toms(doors).id}" form="several" checked', clinician.page.text)
