"""Booking an appointment, by text and in the chat."""

from __future__ import annotations

import pytest

from bot.backend.base import SlotSearch
from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, HANNAH, LONDON, NOVAK, PRIYA, TOM, ZAINAB, Surgery


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


@pytest.mark.parametrize("said", ["2", "2.", "the second one", "2nd pls", "number 2 please", "i'll take the second"])
def test_a_time_is_picked_by_number_or_position(surgery: Surgery, said: str) -> None:
    amira = surgery.texting(AMIRA)
    second = offered(amira.says("book an appointment tomorrow morning"))[1]
    amira.says(said)
    assert second in amira.says("no")


def test_a_time_is_picked_by_saying_it(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow morning"))
    clock_time = times[1].split(" at ")[1].split(" with ")[0]
    amira.says(f"the {clock_time} one please")
    assert times[1] in amira.says("no")


def test_the_last_one_is_the_last_one(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    last = offered(amira.says("book an appointment tomorrow morning"))[-1]
    amira.says("the last one")
    assert last in amira.says("no")


def test_an_hour_that_looks_like_a_number_of_the_list_is_an_hour(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow morning")
    assert "Please check" not in amira.says("2pm")
    assert all("2pm" in each or "2:" in each or "1:" in each for each in offered(amira.answer))


def test_a_number_that_is_not_in_the_list_is_not_guessed_at(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    times = offered(amira.says("book an appointment tomorrow morning"))
    assert "did not understand" in amira.says("7")
    assert offered(amira.answer) == times


def test_other_times_are_other_times(patient: Known) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment tomorrow morning"))
    second = offered(amira.says("other times"))
    assert second and not set(first) & set(second)
    assert all("Tuesday 24 November" in each for each in second)


def test_another_day_is_another_day(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow morning")
    times = offered(amira.says("another day"))
    assert times and not any("Tuesday 24 November" in each for each in times)
    assert all("am with" in each for each in times)


def test_later_is_later_and_earlier_is_earlier(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    ids = surgery.program.backend.free_slots(surgery.patient_id("Amira"), SlotSearch(), 500)
    order = {f"{slot.start.astimezone(LONDON):%-d %B}": slot.start for slot in reversed(ids)}
    assert order
    first = offered(amira.says("book an appointment with dr hughes on wednesday"))
    later = offered(amira.says("later"))
    assert later and not set(first) & set(later)
    earlier = offered(amira.says("earlier"))
    assert earlier and earlier != later


def test_the_read_back_offers_other_times_and_gives_others(patient: Known) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment tomorrow morning"))
    amira.says("1")
    amira.says("no")
    second = offered(amira.says("2") if amira.channel == "sms" else amira.presses("Other times"))
    assert second and not set(first) & set(second)


def test_no_to_the_read_back_shows_the_list_again(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment tomorrow morning"))
    amira.says("1")
    amira.says("no")
    assert offered(amira.says("no")) == first
    assert surgery.appointments("Amira") == []


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


@pytest.mark.parametrize("said", ["no", "No thanks", "skip", "nothing", "rather not"])
def test_a_reason_can_be_left_out(surgery: Surgery, said: str) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    assert "Please check" in amira.says(said)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


@pytest.mark.parametrize("reason", ["knee pain", "need to talk about my test results", "rash on my arm"])
def test_a_reason_is_kept_as_it_was_written(patient: Known, surgery: Surgery, reason: str) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    assert "Please check" in amira.says(reason)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == reason


def test_a_reason_that_is_too_long_is_asked_for_again(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    assert "100 characters or fewer" in amira.says(
        "my knee hurts when i walk up the stairs and it has been going on for a few weeks, it is getting no better"
    )
    assert "Please check" in amira.says("k" * 100)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "k" * 100


def test_a_question_while_a_reason_is_asked_for_is_no_reason(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    assert "car park" in amira.says("is there parking?")
    assert "short reason" in amira.answer
    amira.says("no")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


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


def test_somebody_with_the_most_appointments_is_told_before_being_asked_anything(patient: Known) -> None:
    priya = patient(PRIYA)
    said = priya.says("book an appointment")
    assert "already have 2 appointments" in said
    assert "When would you like" not in said


def test_a_clinic_is_offered_to_those_who_ask_for_it(patient: Known) -> None:
    hannah = patient(HANNAH)
    times = offered(hannah.says("book a flu jab next week"))
    assert times and all("Nurse Kelly Byrne" in each for each in times)


def test_a_clinic_is_not_offered_to_those_who_do_not(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment next week"))
    assert times and all(" with Dr " in each for each in times)


@pytest.mark.parametrize("number", [HANNAH, TOM, NOVAK])
def test_a_clinic_for_another_age_or_sex_is_refused_and_the_journey_goes_on(surgery: Surgery, number: str) -> None:
    writer = surgery.texting(number)
    writer.says("i want to book a cervical screening next week")
    if number == NOVAK:
        writer.says("Leo")
    assert "another age group or sex" in writer.answer
    assert "020 7946 0123" in writer.answer
    assert offered(writer.says("tomorrow with a doctor then"))


def test_a_woman_of_the_age_for_screening_is_offered_it(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert all("Nurse Kelly Byrne" in each for each in offered(amira.says("book a smear test next week")))


def test_a_time_taken_by_somebody_else_meanwhile_is_said_and_others_are_offered(
    patient: Known, surgery: Surgery
) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    amira.says("1")
    amira.says("knee")
    first = surgery.program.backend.free_slots(
        surgery.patient_id("Tom"), SlotSearch(clinician_ids=("dr-patel", "dr-hughes", "dr-okafor")), 60
    )
    wanted = next(slot for slot in first if times[0].startswith(f"{slot.start.astimezone(LONDON):%A %-d %B}"))
    surgery.program.backend.book(surgery.patient_id("Tom"), wanted.id, "", "somebody-else")
    said = confirm(amira)
    assert "someone has just taken that time" in said
    assert offered(said) and times[0] not in offered(said)
    amira.says("1")
    assert "Booked" in confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "knee"


def test_no_more_times_is_said_and_leads_on(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with nurse byrne tomorrow at 8:40am")
    for _ in range(4):
        amira.says("other times")
        assert "did not understand" not in amira.answer
        assert "?" in amira.answer


def test_no_to_when_leaves_the_booking(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment")
    assert "I have left it" in amira.says("no")


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
