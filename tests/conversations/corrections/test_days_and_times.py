"""Another day or time than was said, at every step of booking and moving: the new one counts, the rest stays."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, TOM, Surgery, Writer

TIMES = ["book an appointment with dr patel tomorrow"]
REASON = [*TIMES, "1"]
READ_BACK = [*REASON, "no"]


def told(writer: Writer, said: list[str]) -> Writer:
    for text in said:
        writer.says(text)
    return writer


@pytest.mark.parametrize("said", [TIMES, REASON, READ_BACK], ids=["which", "why", "sure"])
@pytest.mark.parametrize("correction", ["no i meant weds", "sorry, wednesday not tuesday", "actually wednesday"])
def test_another_day_is_taken_at_every_step_and_the_doctor_stays(
    patient: Known, said: list[str], correction: str
) -> None:
    amira = told(patient(AMIRA), said)
    times = offered(amira.says(correction))
    assert times and all("Wednesday 25 November" in each and "Dr Anjali Patel" in each for each in times)


@pytest.mark.parametrize("said", [TIMES, REASON, READ_BACK], ids=["which", "why", "sure"])
def test_what_is_booked_in_the_end_is_the_corrected_day(patient: Known, surgery: Surgery, said: list[str]) -> None:
    amira = told(patient(AMIRA), [*said, "no i meant thursday", "1"])
    if "short reason" in amira.answer:
        amira.says("no")
    assert "Booked: Thursday 26 November" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


def test_a_reason_given_before_the_correction_is_not_asked_for_again(patient: Known, surgery: Surgery) -> None:
    amira = told(patient(AMIRA), [*REASON, "my knee", "no sorry i meant friday"])
    assert "Please check: Friday 27 November" in amira.says("1")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "my knee"


def test_a_correction_before_any_time_was_offered_is_taken(patient: Known) -> None:
    amira = told(patient(AMIRA), ["book an appointment", "tomorrow morning", "sorry i meant the afternoon"])
    times = offered(amira.answer)
    assert times and all("Tuesday 24 November" in each and ("pm" in each or "midday" in each) for each in times)


@pytest.mark.parametrize("correction", ["not 10 i meant 2", "no 2pm not 10am", "sorry not at 10, at 2"])
def test_another_hour_is_an_hour_and_no_number_of_the_list(patient: Known, correction: str) -> None:
    amira = told(patient(AMIRA), ["book an appointment with dr patel tomorrow at 10"])
    assert offered(amira.says(correction))[0].startswith("Tuesday 24 November at 2pm")


@pytest.mark.parametrize("said", [[], ["no"]], ids=["why", "sure"])
@pytest.mark.parametrize("correction", ["not 1 i meant 2", "no sorry the second one", "sorry i meant number 2"])
def test_another_of_the_times_offered_takes_the_place_of_the_first(
    patient: Known, said: list[str], correction: str
) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    told(amira, ["1", *said, correction])
    if "short reason" in amira.answer:
        amira.says("no")
    assert f"Please check: {times[1]}" in amira.answer


def test_to_say_again_what_is_on_offer_changes_nothing(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow"))
    assert offered(amira.says("i said tomorrow")) == times


def test_yes_with_the_day_that_was_read_back_is_a_yes(patient: Known, surgery: Surgery) -> None:
    amira = told(patient(AMIRA), READ_BACK)
    assert "Booked: Tuesday 24 November" in amira.says("yes tuesday is fine")
    assert len(surgery.appointments("Amira")) == 1


@pytest.mark.parametrize("said", [[], ["1"]], ids=["which", "sure"])
def test_a_move_is_corrected_too_and_the_old_time_stays_until_it_is_confirmed(
    patient: Known, surgery: Surgery, said: list[str]
) -> None:
    held = surgery.appointments("Tom")
    tom = told(patient(TOM), ["move my appointment to friday", *said])
    assert all("Thursday 26 November" in each for each in offered(tom.says("no i meant thursday")))
    tom.says("1")
    assert surgery.appointments("Tom") == held
    assert "Moved" in confirm(tom)
    assert f"{surgery.appointments('Tom')[0].slot.start.astimezone(LONDON):%A}" == "Thursday"


def test_a_new_read_back_of_a_move_has_a_new_number(surgery: Surgery) -> None:
    tom = told(surgery.texting(TOM), ["move my appointment to friday", "1"])
    old = tom.answer.split("Reply ")[1][:3]
    told(tom, ["no i meant thursday", "1"])
    if f"Reply {old}" not in tom.answer:
        tom.says(old)
        assert f"{surgery.appointments('Tom')[0].slot.start.astimezone(LONDON):%A}" == "Wednesday"


def test_a_correction_after_the_booking_moves_it_and_books_no_second_one(patient: Known, surgery: Surgery) -> None:
    amira = told(patient(AMIRA), READ_BACK)
    confirm(amira)
    assert all("Wednesday 25 November" in each for each in offered(amira.says("no sorry i meant wednesday")))
    amira.says("1")
    assert "Moved" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


def test_a_correction_after_one_of_two_bookings_is_about_the_new_one(patient: Known, surgery: Surgery) -> None:
    tom = told(patient(TOM), ["book an appointment on friday", "1", "no"])
    confirm(tom)
    tom.says("sorry i meant thursday")
    tom.says("1")
    assert "Friday 27 November" in tom.answer and "Thursday 26 November" in tom.answer
    confirm(tom)
    assert [f"{each.slot.start.astimezone(LONDON):%A}" for each in surgery.appointments("Tom")] == [
        "Wednesday",
        "Thursday",
    ]


@pytest.mark.parametrize("said", ["07700 900001", None], ids=["code", "number"])
def test_a_correction_while_it_is_found_out_who_writes_is_kept_for_afterwards(
    surgery: Surgery, said: str | None
) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    if said:
        chat.says(said)
    chat.says("sorry i meant wednesday")
    chat.identifies(AMIRA) if said is None else chat.says(_code(surgery))
    assert all("Wednesday 25 November" in each for each in offered(chat.answer))


def _code(surgery: Surgery) -> str:
    return next(word for word in surgery.network.texts[-1][1].split() if word.isdigit() and len(word) == 6)
