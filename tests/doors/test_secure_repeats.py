"""Repeat medicines on the secure page: what is listed, ordering them a page at a time, and cancelling."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.backend.base import Unavailable
from bot.backend.demo_people import passcodes
from bot.backend.local_medicines import repeat_to_row
from bot.backend.prescribing import (
    APPROVED,
    CANCELLED,
    READY,
    REJECTED,
    SENT,
    NewOrder,
    PrescriptionRequest,
    RepeatMedication,
)
from bot.backend.tables import nomination
from bot.backend.tables import pharmacy as pharmacy_table
from bot.backend.tables import repeat as repeat_table
from tests.doors.secure import AMIRAS, TOMS, Phone, give_access, last_noted, noted, send_link
from tests.doors.support import Doors
from tests.support import NOVAK, OSEI, TOM

LIST = "/secure/repeats"
METFORMIN, OMEPRAZOLE, CETIRIZINE = "Metformin 500mg tablets", "Omeprazole 20mg capsules", "Cetirizine 10mg tablets"


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.logs_in("repeats")
    return opened


def _opens_as(doors: Doors, number: str, patient_id: str, passcode: str, purpose: str = "repeats") -> Phone:
    opened = Phone(doors)
    opened.spends(send_link(doors, purpose, number, patient_id))
    opened.opens(opened.proves(passcode).headers["Location"])
    return opened


def _boxes(phone: Phone) -> dict[str, str]:
    """What can be ticked: medicine and field."""
    found = re.findall(r'name="(want-\w+)"[^>]*>\s*<label[^>]*>([^<]+)</label>', phone.page.text)
    return {name: field for field, name in found}


def _follows(phone: Phone, answer: Any) -> str:
    """To where an answer leads."""
    assert answer.status_code == 303, answer.text
    phone.opens(answer.headers["Location"])
    return str(answer.headers["Location"])


def _ticks(phone: Phone, *names: str) -> str:
    phone.opens(LIST)
    boxes = _boxes(phone)
    return _follows(phone, phone.sends(LIST, **{boxes[name]: "yes" for name in names}))


def _answers(phone: Phone, path: str, **fields: str) -> str:
    """To the question that stands on the page."""
    return _follows(phone, phone.sends(path, **fields))


def _up_to_check(phone: Phone, *names: str) -> None:
    _ticks(phone, *names)
    _answers(phone, f"{LIST}/note", words="")
    assert _answers(phone, f"{LIST}/where", where="usual") == f"{LIST}/check"


def _orders(phone: Phone) -> str:
    return _answers(phone, f"{LIST}/check", key=phone.hidden("key"))


def _requests(doors: Doors, patient_id: str = AMIRAS) -> list[PrescriptionRequest]:
    return list(doors.surgery.program.backend.prescription_requests(patient_id))


def _repeat(doors: Doors, name: str, patient_id: str = AMIRAS) -> RepeatMedication:
    return next(each for each in doors.surgery.program.backend.repeats(patient_id) if each.name == name)


def _change_repeat(doors: Doors, name: str, patient_id: str = AMIRAS, **changes: Any) -> None:
    changed = replace(_repeat(doors, name, patient_id), **changes)
    with doors.surgery.program.database.write() as connection:
        mine = repeat_table.update().where(repeat_table.c.id == changed.id)
        connection.execute(mine.values(**repeat_to_row(patient_id, changed)))


def _close(doors: Doors, pharmacy_id: str) -> None:
    yesterday = doors.clock().date() - timedelta(days=1)
    with doors.surgery.program.database.write() as connection:
        closed = pharmacy_table.update().where(pharmacy_table.c.id == pharmacy_id)
        connection.execute(closed.values(closed_on=yesterday))


def _decide(doors: Doors, request: PrescriptionRequest, *statuses: str, reason: str = "") -> None:
    for status in statuses:
        doors.surgery.program.backend.decide_request(request.id, status, reason, f"test:{request.id}:{status}")


# The list


def test_the_list_shows_each_medicine_and_what_can_be_ordered(doors: Doors, phone: Phone) -> None:
    assert phone.heading == "Repeat prescriptions"
    assert set(_boxes(phone)) == {METFORMIN, OMEPRAZOLE, CETIRIZINE}
    assert "One tablet twice a day with food" in phone.words
    assert "56 tablets" in phone.words
    assert "Last issued: 30 October 2026" in phone.words
    assert "Medicine review due: 22 April 2027" in phone.words
    assert last_noted(doors) == ("repeats.view", "done", "page", None)


def test_what_cannot_be_ordered_is_not_hidden_and_the_reason_stands_beside_it(phone: Phone) -> None:
    _, _, rest = phone.words.partition("What you cannot order here now")
    assert "Salbutamol 100 micrograms inhaler Too soon. You can order it from" in rest
    assert "Colecalciferol 40,000 unit capsules This is not a repeat medicine" in rest


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ask_surgery": True}, "This cannot be ordered online."),
        ({"issues_left": 0}, "You have had all the repeats that were agreed."),
        ({"review_on": date(2026, 10, 1)}, "Your medicine review was due on Thursday 1 October."),
        ({"stopped_on": date(2026, 11, 22)}, "This was stopped on Sunday 22 November."),
        ({"prescribed_as": "repeat_dispensing"}, "Your pharmacy already has your prescriptions for this."),
        (
            {"is_controlled": True, "last_issued_on": date(2026, 11, 10)},
            "Too soon. You can order it from Friday 4 December. We cannot give this medicine any earlier.",
        ),
    ],
)
def test_every_reason_is_said_in_plain_words(doors: Doors, phone: Phone, changes: dict[str, Any], said: str) -> None:
    _change_repeat(doors, METFORMIN, **changes)
    phone.opens(LIST)
    assert METFORMIN not in _boxes(phone)
    assert f"{METFORMIN} {said}" in phone.words


def test_what_is_under_way_stands_with_its_order_alone(doors: Doors) -> None:
    tom = _opens_as(doors, TOM, TOMS, doors.surgery.passcode("Tom"))
    assert set(_boxes(tom)) == {"Amlodipine 5mg tablets"}
    assert "Atorvastatin 20mg tablets Ordered on" in tom.words and "It should be ready by" in tom.words
    assert re.findall(r"<h3[^>]*>(Atorvastatin[^<]*)</h3>", tom.page.text) == ["Atorvastatin 20mg tablets"]
    assert "One tablet at night" in tom.words


def test_with_everything_under_way_that_is_what_is_shown(doors: Doors) -> None:
    _change_repeat(doors, "Amlodipine 5mg tablets", TOMS, redacted=True)
    tom = _opens_as(doors, TOM, TOMS, doors.surgery.passcode("Tom"))
    assert "Atorvastatin" in tom.words and "There is nothing that you can order here today" in tom.words
    assert "nothing to show" not in tom.words


def test_what_is_over_stands_with_its_order_and_with_the_medicines(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    _decide(doors, _requests(doors)[0], REJECTED, reason="Please book a review.")
    assert "Please book a review." in phone.opens(LIST)
    assert METFORMIN in _boxes(phone)


def test_nothing_that_is_restricted_from_view_leaves_a_trace(doors: Doors, phone: Phone) -> None:
    _change_repeat(doors, METFORMIN, redacted=True)
    assert METFORMIN not in phone.opens(LIST)


def test_a_mother_sees_nothing_that_is_sensitive(doors: Doors) -> None:
    jade = doors.surgery.patient_id("Jade")
    give_access(doors, patient_id=jade)
    abena = _opens_as(doors, OSEI, jade, passcodes()["proxy-osei"])
    assert "You are looking at Jade" in abena.words
    assert "Adapalene" in abena.page.text
    assert "Desogestrel" not in abena.page.text


def test_whoever_may_not_order_is_refused(doors: Doors, phone: Phone) -> None:
    give_access(doors, level="appointments")
    for path in (LIST, f"{LIST}/note", f"{LIST}/check", "/secure/pharmacy", f"{LIST}/find"):
        phone.opens(path)
        assert (phone.status, phone.heading) == (403, "We cannot do that here"), path
    assert last_noted(doors)[:2] == ("see_medicines", "refused")


def test_without_proof_nothing_is_shown(doors: Doors) -> None:
    stranger = Phone(doors)
    stranger.spends(send_link(doors, "repeats"))
    for path in (LIST, f"{LIST}/check", f"{LIST}/ordered", "/secure/pharmacy", "/secure/appointments"):
        stranger.opens(path)
        assert (stranger.status, stranger.page.headers["Location"]) == (303, "/secure/prove"), path


def test_a_system_that_does_not_answer_shows_nothing(
    doors: Doors, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(doors.surgery.program.services.ordering, "items", down)
    phone.opens(LIST)
    assert (phone.status, phone.heading) == (503, "This is not working at the moment")


def test_whoever_has_none_left_is_told_what_to_do_now(doors: Doors, phone: Phone) -> None:
    assert "If you have none left Call us now. We will see what we can do today." in phone.words
    doors.clock.forward(hours=10)
    later = Phone(doors)
    later.logs_in("repeats")
    assert "ask for an emergency supply" in later.words and "Call us now" not in later.words


# Ordering


def test_a_patient_orders_from_the_first_tick_to_the_reference(doors: Doors, phone: Phone) -> None:
    assert _ticks(phone, METFORMIN, OMEPRAZOLE) == f"{LIST}/note"
    assert phone.heading == "Do you want to add a note?"
    assert _answers(phone, f"{LIST}/note", words="I am away on Friday.") == f"{LIST}/where"
    assert "Riverside Pharmacy" in phone.words
    assert _answers(phone, f"{LIST}/where", where="usual") == f"{LIST}/check"
    for said in (METFORMIN, OMEPRAZOLE, "I am away on Friday.", "Riverside Pharmacy", "Wednesday 25 November"):
        assert said in phone.words
    assert not _requests(doors)
    assert _orders(phone) == f"{LIST}/ordered"
    made = _requests(doors)
    assert {each.name for each in made} == {METFORMIN, OMEPRAZOLE}
    assert len({each.reference for each in made}) == 1
    assert {(each.note, each.early_reason, each.pharmacy_id) for each in made} == {("I am away on Friday.", "", None)}
    assert made[0].requested_by == AMIRAS
    assert phone.heading == "Your order is with the surgery"
    assert made[0].reference in phone.words and "Wednesday 25 November" in phone.words
    assert ("prescription.order", "done") in doors.surgery.audit()


def test_what_is_early_is_asked_about_first(doors: Doors, phone: Phone) -> None:
    assert _ticks(phone, METFORMIN, CETIRIZINE) == f"{LIST}/early"
    assert CETIRIZINE in phone.words and METFORMIN not in phone.words
    phone.sends(f"{LIST}/early", words=" ")
    assert (phone.status, "Say why you need it early" in phone.words) == (400, True)
    assert _answers(phone, f"{LIST}/early", words="I am going on holiday.") == f"{LIST}/note"
    _answers(phone, f"{LIST}/note", words="")
    _answers(phone, f"{LIST}/where", where="usual")
    assert "I am going on holiday." in phone.words
    _orders(phone)
    assert {each.name: each.early_reason for each in _requests(doors)} == {
        METFORMIN: "",
        CETIRIZINE: "I am going on holiday.",
    }


def test_a_reason_for_what_is_not_ordered_after_all_does_not_go_along(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN, CETIRIZINE)
    _answers(phone, f"{LIST}/early", words="I am going on holiday.")
    _up_to_check(phone, METFORMIN)
    assert "holiday" not in phone.words
    _orders(phone)
    assert [(each.name, each.early_reason) for each in _requests(doors)] == [(METFORMIN, "")]


def test_nothing_ticked_is_said_and_linked_to_the_first_box(phone: Phone) -> None:
    phone.sends(LIST)
    assert phone.status == 400
    assert '<a href="#want">Choose at least one medicine</a>' in phone.page.text
    assert 'id="want"' in phone.page.text


def test_a_note_that_is_too_long_is_kept_to_be_made_shorter(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    for length in (201, 20_000):
        words = "n" * length
        phone.sends(f"{LIST}/note", words=words)
        assert (phone.status, words in phone.page.text) == (400, True)
    assert "Use 200 characters or fewer" in phone.words
    assert _answers(phone, f"{LIST}/note", words="n" * 200) == f"{LIST}/where"


def test_what_somebody_writes_is_never_read_as_part_of_the_page(phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="<b>hello</b> {{ 7 * 7 }}")
    _answers(phone, f"{LIST}/where", where="usual")
    assert "&lt;b&gt;hello&lt;/b&gt; {{ 7 * 7 }}" in phone.page.text


def test_a_change_at_the_end_comes_back_to_the_end(phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    phone.opens(f"{LIST}/note")
    assert _answers(phone, f"{LIST}/note", words="Away on Friday") == f"{LIST}/check"
    assert "Away on Friday" in phone.words
    phone.opens(LIST)
    assert "checked" in phone.page.text.partition(METFORMIN)[0]
    assert _ticks(phone, OMEPRAZOLE) == f"{LIST}/check"
    assert OMEPRAZOLE in phone.words and METFORMIN not in phone.words and "Away on Friday" in phone.words


def test_sending_it_twice_orders_once(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    key, token = phone.hidden("key"), phone.hidden("token")
    fields = {"token": token, "key": key}
    answers = [phone.posts(f"{LIST}/check", fields) for _ in range(3)]
    assert [each.headers["Location"] for each in answers] == [f"{LIST}/ordered"] * 3
    assert len(_requests(doors)) == 1


def test_two_at_the_same_moment_order_once(doors: Doors, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first is not finished: the visit does not know of the order yet."""
    _up_to_check(phone, METFORMIN)
    fields = {"token": phone.hidden("token"), "key": phone.hidden("key")}
    ordering = doors.surgery.program.services.ordering
    place, answers = ordering.place, []

    def place_slowly(*args: Any) -> Any:
        monkeypatch.setattr(ordering, "place", place)
        made = place(*args)
        answers.append(phone.posts(f"{LIST}/check", fields))
        return made

    monkeypatch.setattr(ordering, "place", place_slowly)
    answers.append(phone.posts(f"{LIST}/check", fields))
    assert len(_requests(doors)) == 1
    assert all(each.status_code == 303 for each in answers)
    phone.opens(f"{LIST}/ordered")
    assert phone.heading == "Your order is with the surgery"


def test_a_page_that_shows_the_order_as_it_was_orders_nothing(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    stale = {"token": phone.hidden("token"), "key": phone.hidden("key")}
    _ticks(phone, OMEPRAZOLE)
    answer = phone.posts(f"{LIST}/check", stale)
    assert answer.headers["Location"] == f"{LIST}/check"
    assert not _requests(doors)


def test_the_end_cannot_be_had_without_the_way_to_it(doors: Doors, phone: Phone) -> None:
    for path in ("early", "note", "where", "find", "check", "ordered", "heard"):
        phone.opens(f"{LIST}/{path}")
        assert phone.page.headers["Location"] == LIST, path
    token = phone.hidden("token") or _token(phone)
    assert phone.posts(f"{LIST}/check", {"token": token, "key": ""}).headers["Location"] == LIST
    _ticks(phone, METFORMIN)
    phone.opens(f"{LIST}/check")
    assert phone.page.headers["Location"] == f"{LIST}/note"
    assert not _requests(doors)


def _token(phone: Phone) -> str:
    phone.opens(LIST)
    return phone.hidden("token")


@pytest.mark.parametrize("name", ["Salbutamol 100 micrograms inhaler", "Colecalciferol 40,000 unit capsules"])
def test_a_tick_that_the_page_did_not_offer_orders_nothing(doors: Doors, phone: Phone, name: str) -> None:
    phone.sends(LIST, **{f"want-{_repeat(doors, name).id}": "yes"})
    assert "cannot be ordered now" in phone.words
    phone.opens(f"{LIST}/check")
    assert phone.page.headers["Location"] == LIST


def test_somebody_elses_medicine_cannot_be_ticked(doors: Doors, phone: Phone) -> None:
    other = _repeat(doors, "Amlodipine 5mg tablets", TOMS)
    phone.sends(LIST, **{f"want-{other.id}": "yes"})
    assert (phone.status, "Choose at least one medicine" in phone.words) == (400, True)


def test_an_item_stopped_on_the_way_is_not_ordered_and_is_told_of(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN, OMEPRAZOLE)
    key = phone.hidden("key")
    _change_repeat(doors, METFORMIN, stopped_on=date(2026, 11, 22))
    assert _follows(phone, phone.sends(f"{LIST}/check", key=key)) == LIST
    assert "One of your medicines cannot be ordered now" in phone.words
    assert f"{METFORMIN} This was stopped" in phone.words
    assert not _requests(doors)
    assert _ticks(phone, OMEPRAZOLE) == f"{LIST}/check"
    _orders(phone)
    assert [each.name for each in _requests(doors)] == [OMEPRAZOLE]


def test_what_was_ordered_elsewhere_meanwhile_is_not_ordered_again(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    key, order = phone.hidden("key"), NewOrder((_repeat(doors, METFORMIN).id,), date(2026, 11, 25))
    doors.surgery.program.backend.request_repeats(AMIRAS, order, "test:elsewhere")
    assert _follows(phone, phone.sends(f"{LIST}/check", key=key)) == LIST
    assert f"{METFORMIN} Ordered on Monday 23 November" in phone.words
    assert len(_requests(doors)) == 1


def test_what_the_clinical_system_refuses_at_the_last_moment_is_noted(
    doors: Doors, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look and the order."""
    _up_to_check(phone, METFORMIN)
    ordering = doors.surgery.program.services.ordering
    place = ordering.place

    def stopped_first(*args: Any) -> Any:
        _change_repeat(doors, METFORMIN, stopped_on=date(2026, 11, 22))
        return place(*args)

    monkeypatch.setattr(ordering, "place", stopped_first)
    assert _orders(phone) == LIST
    assert ("prescription.order", "not_orderable") in doors.surgery.audit()
    assert not _requests(doors)


def test_an_order_late_in_the_day_says_the_later_day(doors: Doors, phone: Phone) -> None:
    doors.clock.forward(minutes=25)
    _up_to_check(phone, METFORMIN)
    for _ in range(14):
        doors.clock.forward(minutes=25)
        phone.opens(f"{LIST}/check")
    assert doors.clock().hour >= 16
    assert "Thursday 26 November" in phone.words
    _orders(phone)
    assert "Thursday 26 November" in phone.words


# What is for a person


@pytest.mark.parametrize(
    ("words", "reason", "urgency"),
    [
        ("these give me a rash and i feel sick", "order_side_effect", "urgent"),
        ("I am allergic to this one", "order_allergy", "urgent"),
        ("i am pregnant", "order_pregnancy", "routine"),
    ],
)
def test_words_that_a_person_has_to_read_stop_the_order(
    doors: Doors, phone: Phone, words: str, reason: str, urgency: str
) -> None:
    _ticks(phone, METFORMIN)
    assert _answers(phone, f"{LIST}/note", words=words) == f"{LIST}/heard"
    assert phone.heading == "A person has to read this first"
    assert "020 7946 0123" in phone.words and "We have not ordered anything." in phone.words
    (raised,) = doors.surgery.escalations()
    assert (raised.reason, raised.urgency) == (reason, urgency)
    assert ("prescription.note", "passed_on") in doors.surgery.audit()
    phone.opens(f"{LIST}/check")
    assert phone.page.headers["Location"] == LIST
    assert not _requests(doors)


def test_another_dose_is_for_a_person_and_the_usual_can_still_be_ordered(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="can i have a double dose this time")
    assert phone.heading == "We cannot change a dose here"
    assert [each.reason for each in doors.surgery.escalations()] == ["order_dose_change"]
    phone.opens(f"{LIST}/note")
    _answers(phone, f"{LIST}/note", words="")
    _answers(phone, f"{LIST}/where", where="usual")
    _orders(phone)
    assert [each.note for each in _requests(doors)] == [""]


@pytest.mark.parametrize("path", ["early", "note"])
def test_an_emergency_in_what_is_written_is_answered_at_once(doors: Doors, phone: Phone, path: str) -> None:
    _ticks(phone, CETIRIZINE if path == "early" else METFORMIN)
    assert _answers(phone, f"{LIST}/{path}", words="i have chest pain and cant breathe") == f"{LIST}/heard"
    assert phone.heading == "Get help now"
    assert "Call 999 or go to A&amp;E now" in phone.page.text
    assert [(each.reason, each.urgency) for each in doors.surgery.escalations()] == [("emergency", "urgent")]
    assert ("safety.alarm", "emergency") in doors.surgery.audit()
    assert not _requests(doors)


def test_what_only_may_be_an_emergency_is_answered_and_staff_are_told(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="i have no chest pain any more")
    assert phone.heading == "Get help now"
    assert [each.reason for each in doors.surgery.escalations()] == ["emergency_unclear"]
    phone.opens(f"{LIST}/note")
    assert phone.heading == "Do you want to add a note?", "the order goes on where it was"


def test_what_was_written_is_kept_sealed_and_stands_in_no_log(
    doors: Doors, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="Quetzalcoatl")
    with doors.surgery.program.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT pending FROM secure_visit").all()
    assert any(each.pending for each in rows)
    assert not any(b"Quetzalcoatl" in bytes(each.pending or b"") for each in rows)
    assert "Quetzalcoatl" not in caplog.text
    phone.sends("/secure/log-out")
    with doors.surgery.program.database.engine.connect() as connection:
        assert not [each for each in connection.exec_driver_sql("SELECT pending FROM secure_visit") if each.pending]


# Where it goes


def test_one_order_goes_to_another_pharmacy_and_the_usual_stays(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="")
    assert _answers(phone, f"{LIST}/where", where="other") == f"{LIST}/find"
    assert _answers(phone, f"{LIST}/find", search="oakfield") == f"{LIST}/find"
    assert "Oakfield Pharmacy" in phone.words and "Harbour" not in phone.words
    assert _answers(phone, f"{LIST}/find/choose", pharmacy="FZZ03") == f"{LIST}/check"
    assert "Oakfield Pharmacy" in phone.words
    _orders(phone)
    assert "Collect it from Oakfield Pharmacy" in phone.words
    assert [each.pharmacy_id for each in _requests(doors)] == ["FZZ03"]
    assert doors.surgery.program.services.ordering.nominated(AMIRAS).id == "FZZ01"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("where", {}, "Choose where to send your order"),
        ("where", {"where": "the moon"}, "Choose where to send your order"),
        ("find", {"search": "  "}, "Enter a name, a town or a postcode"),
        ("find/choose", {}, "Choose a pharmacy"),
        ("find/choose", {"pharmacy": "FZZ07"}, "That pharmacy takes no prescriptions now"),
        ("find/choose", {"pharmacy": "nothing"}, "That pharmacy takes no prescriptions now"),
    ],
)
def test_what_is_wrong_with_a_choice_is_said(phone: Phone, path: str, fields: dict[str, str], said: str) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="")
    phone.sends(f"{LIST}/{path}", **fields)
    assert (phone.status, said in phone.words) == (400, True)


def test_a_search_that_finds_nothing_says_what_to_try(phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    phone.opens(f"{LIST}/find")
    _answers(phone, f"{LIST}/find", search="<i>Timbuktu</i>")
    assert "No pharmacy that is open has" in phone.words
    assert "<i>Timbuktu" not in phone.page.text


def test_a_usual_pharmacy_that_closed_is_told_of_before_anything_is_sent(doors: Doors) -> None:
    peter = doors.surgery.patient_id("Peter")
    give_access(doors, patient_id=peter)
    phone = Phone(doors)
    number = doors.surgery.program.backend.patient(peter).mobile or ""
    phone.spends(send_link(doors, "repeats", number, peter))
    phone.opens(phone.proves(doors.surgery.passcode("Peter")).headers["Location"])
    _ticks(phone, "Simvastatin 40mg tablets")
    _answers(phone, f"{LIST}/note", words="")
    assert "Your usual pharmacy, Bridge Street Pharmacy, has closed." in phone.words
    phone.sends(f"{LIST}/where", where="usual")
    assert phone.status == 400
    phone.opens(f"{LIST}/find")
    _answers(phone, f"{LIST}/find", search="riverside")
    assert "Bridge Street" not in phone.words
    _answers(phone, f"{LIST}/find/choose", pharmacy="FZZ01")
    _orders(phone)
    assert [each.pharmacy_id for each in _requests(doors, peter)] == ["FZZ01"]


def test_a_pharmacy_that_closes_after_it_was_chosen_is_asked_for_again(doors: Doors, phone: Phone) -> None:
    _ticks(phone, METFORMIN)
    _answers(phone, f"{LIST}/note", words="")
    phone.opens(f"{LIST}/find")
    _answers(phone, f"{LIST}/find", search="oakfield")
    _answers(phone, f"{LIST}/find/choose", pharmacy="FZZ03")
    key = phone.hidden("key")
    _close(doors, "FZZ03")
    assert _follows(phone, phone.sends(f"{LIST}/check", key=key)) == f"{LIST}/where"
    assert "The pharmacy you chose has closed" in phone.words
    assert not _requests(doors)


def test_whoever_has_no_usual_pharmacy_collects_it_at_the_surgery(doors: Doors, phone: Phone) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(nomination.delete())
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    assert "Collect it from Riverside Surgery" in phone.words


# Afterwards


def test_orders_under_way_tell_how_far_they_have_come(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    (made,) = _requests(doors)
    phone.opens(LIST)
    assert "Ordered on Monday 23 November. The surgery has not looked at it yet." in phone.words
    for status, said in (
        (APPROVED, "Agreed by the surgery."),
        (SENT, "Sent to your pharmacy."),
        (READY, "Ready to collect."),
    ):
        _decide(doors, made, status)
        phone.opens(LIST)
        assert said in phone.words
        assert "/secure/repeats/cancel/" not in phone.page.text


def test_a_rejected_order_says_why_in_the_surgerys_words(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    _decide(doors, _requests(doors)[0], REJECTED, reason="You need a <blood test> first.")
    phone.opens(LIST)
    assert "Not agreed. The surgery says: You need a &lt;blood test&gt; first." in phone.page.text


def test_an_old_order_is_shown_no_more(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    _decide(doors, _requests(doors)[0], REJECTED, reason="Ring us.")
    doors.clock.forward(days=28)
    again = Phone(doors)
    again.logs_in("repeats")
    assert "Ring us." not in again.words


def test_an_order_is_cancelled_after_a_question(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN, OMEPRAZOLE)
    _orders(phone)
    made = next(each for each in _requests(doors) if each.name == METFORMIN)
    phone.opens(f"{LIST}/cancel/{made.id}")
    assert phone.heading == "Do you want to cancel this order?"
    assert [each.status for each in _requests(doors)] == ["requested"] * 2
    token = phone.hidden("token")
    for _ in range(2):
        answer = phone.posts(f"{LIST}/cancel/{made.id}", {"token": token})
        assert answer.headers["Location"] == f"{LIST}/cancelled"
    assert {each.name: each.status for each in _requests(doors)} == {METFORMIN: CANCELLED, OMEPRAZOLE: "requested"}
    assert ("prescription.cancel", "done") in doors.surgery.audit()
    phone.opens(LIST)
    assert METFORMIN in _boxes(phone), "it can be ordered again"


def test_what_the_surgery_has_decided_is_not_cancelled_here(doors: Doors, phone: Phone) -> None:
    _up_to_check(phone, METFORMIN)
    _orders(phone)
    (made,) = _requests(doors)
    phone.opens(f"{LIST}/cancel/{made.id}")
    _decide(doors, made, APPROVED)
    phone.sends(f"{LIST}/cancel/{made.id}")
    assert phone.heading == "It is too late to cancel this here"
    assert "020 7946 0123" in phone.words
    phone.opens(f"{LIST}/cancel/{made.id}")
    assert phone.heading == "It is too late to cancel this here"
    assert [each.status for each in _requests(doors)] == [APPROVED]


def test_nobody_elses_order_is_cancelled(doors: Doors, phone: Phone) -> None:
    (toms,) = _requests(doors, TOMS)
    for wanted in (toms.id, "nothing", f"{toms.id}%00"):
        phone.opens(f"{LIST}/cancel/{wanted}")
        assert phone.status == 404
        phone.opens(LIST)
        assert phone.sends(f"{LIST}/cancel/{wanted}").status_code == 404
    assert [each.status for each in _requests(doors, TOMS)] == ["requested"]


def test_somebody_trusted_orders_for_another_and_the_trail_names_them(doors: Doors) -> None:
    leo = doors.surgery.patient_id("Leo")
    give_access(doors, patient_id=leo)
    eva = _opens_as(doors, NOVAK, leo, doors.surgery.passcode("Eva"))
    _up_to_check(eva, "Salbutamol 100 micrograms inhaler")
    _orders(eva)
    (made,) = _requests(doors, leo)
    assert made.requested_by != leo
    placed = next(row for row in noted(doors) if row.action == "prescription.order")
    assert (placed.patient_id, placed.actor_id) == (leo, made.requested_by)
