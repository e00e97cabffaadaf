"""Booking an appointment, by text and in the chat."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, HANNAH, LONDON, ZAINAB, Surgery


def test_one_message_says_everything_and_times_are_offered(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("can i see dr patel tues pm"))
    assert times and all("Tuesday 24 November" in each and "Dr Anjali Patel" in each and "pm" in each for each in times)
    amira.says("2")
    amira.says("no")
    assert times[1] in amira.answer
    assert "Booked" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


def test_ten_short_messages_lead_to_the_same_place(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in ("hello", "i need an appointment", "tomorrow", "afternoon", "any doctor", "other times", "later"):
        amira.says(text)
        assert "did not understand" not in amira.answer
    assert "short reason" in amira.says("1")
    assert "Please check" in amira.says("bad knee")
    assert "Booked" in confirm(amira)
    held = surgery.appointments("Amira")[0]
    assert (held.slot.start.astimezone(LONDON).hour >= 12, held.reason) == (True, "bad knee")


def test_a_correction_changes_the_day_and_keeps_the_rest(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("can i see dr patel tues at 10")
    times = offered(amira.says("no i meant weds"))
    assert times and all("Wednesday 25 November" in each and "Dr Anjali Patel" in each for each in times)


def test_a_correction_at_the_read_back_is_taken_too(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow morning")
    amira.says("1")
    amira.says("no")
    assert all("Friday 27 November" in each for each in offered(amira.says("no i meant friday")))
    amira.says("1")
    assert "Booked: Friday 27 November" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [("no i meant 31st november", "cannot find that date"), ("no yesterday", "That day has gone")],
)
def test_a_correction_that_cannot_be_keeps_what_was_wanted(patient: Known, said: str, told: str) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment on friday morning")
    assert told in amira.says(said)
    assert all("Friday 27 November" in each for each in offered(amira.answer))


@pytest.mark.parametrize("reason", ["knee pain", "need to talk about my test results", "rash on my arm"])
def test_a_reason_is_kept_as_it_was_written(patient: Known, surgery: Surgery, reason: str) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    assert "Please check" in amira.says(reason)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == reason


def test_the_read_back_says_when_with_whom_and_where(patient: Known) -> None:
    amira = patient(AMIRA)
    chosen = offered(amira.says("book an appointment tomorrow"))[0]
    amira.says("1")
    assert f"Please check: {chosen}." in amira.says("no")


def test_nothing_is_booked_before_it_is_confirmed(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", "1", "no", "hmm", "maybe", "go back"):
        amira.says(text)
    assert surgery.appointments("Amira") == []


def test_the_answer_to_a_booking_names_its_reference(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    amira.says("no")
    assert surgery.appointments("Amira") == []
    said = confirm(amira)
    assert f"Your reference is {surgery.appointments('Amira')[0].reference}" in said


def test_an_appointment_on_the_same_day_is_mentioned_once(patient: Known, surgery: Surgery) -> None:
    zainab = patient(ZAINAB)
    day = surgery.appointments("Zainab")[0].slot.start.astimezone(LONDON)
    zainab.says(f"book an appointment on {day:%A} afternoon")
    zainab.says("1")
    assert "already have an appointment that day" in zainab.says("no")
    zainab.says("no")
    assert "already have an appointment" not in zainab.says("2")
    confirm(zainab)
    assert len(surgery.appointments("Zainab")) == 2


def test_a_day_without_another_appointment_brings_no_warning(patient: Known) -> None:
    zainab = patient(ZAINAB)
    zainab.says("book an appointment on friday")
    zainab.says("1")
    assert "already have" not in zainab.says("no")


def test_a_clinic_is_offered_to_those_who_ask_for_it(patient: Known) -> None:
    hannah = patient(HANNAH)
    times = offered(hannah.says("book a flu jab next week"))
    assert times and all("Nurse Kelly Byrne" in each for each in times)


def test_a_clinic_is_not_offered_to_those_who_do_not(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment next week"))
    assert times and all(" with Dr " in each for each in times)


def test_a_woman_of_the_age_for_screening_is_offered_it(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert all("Nurse Kelly Byrne" in each for each in offered(amira.says("book a smear test next week")))


@pytest.mark.parametrize(
    ("said", "mode"), [("a phone call with dr hughes", "by phone"), ("a face to face with dr patel", "at the surgery")]
)
def test_how_the_appointment_takes_place_can_be_asked_for(surgery: Surgery, said: str, mode: str) -> None:
    times = offered(surgery.texting(AMIRA).says(f"book {said} next week"))
    assert times and all(each.endswith(mode) for each in times)


def test_the_buttons_of_the_chat_are_enough(surgery: Surgery) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says("book an appointment with a doctor tomorrow morning")
    assert "I can offer" in chat.identifies(AMIRA)
    chat.presses("2.")
    chat.presses("No reason")
    assert "Booked" in chat.presses("Yes")
    assert len(surgery.appointments("Amira")) == 1


def test_by_text_there_are_no_buttons(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    assert amira.buttons == ()


def test_a_doctor_of_another_practice_is_not_passed_over_in_silence(patient: Known) -> None:
    answer = patient(AMIRA).says("can i see dr smith tomorrow")
    assert "do not know a doctor of that name" in answer
    assert offered(answer)


def test_a_doctor_asked_for_about_bloods_is_a_doctor(patient: Known) -> None:
    answer = patient(AMIRA).says("hiya need c doc asap re bloods, any chance thurs pm?? not b4 2")
    assert "I can offer" in answer
    assert all("Thursday 26 November" in each and "Dr " in each for each in offered(answer))


def test_a_nurse_asked_for_a_smear_is_one_who_takes_smears(patient: Known) -> None:
    answer = patient(AMIRA).says("smear test with the nurse next week")
    assert all("Nurse Kelly Byrne" in each for each in offered(answer))
    assert offered(answer)
