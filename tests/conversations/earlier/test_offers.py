"""The text that offers an earlier time, and what is answered to it, among everything else that is written."""

from __future__ import annotations

import pytest

from bot.store import earlier
from bot.store.conversations import STAFF_OWNS, set_owner
from tests.conversations.conftest import Known
from tests.conversations.earlier.conftest import frees, number_in, texts_to, waits
from tests.support import AMIRA, TOM, HandClock, Surgery, Writer


@pytest.fixture()
def tom(full: Surgery) -> Writer:
    """On the list, and just texted an offer."""
    writer = waits(full.texting(TOM))
    frees(full)
    return writer


def offer(surgery: Surgery) -> str:
    return next(text for text in reversed(texts_to(surgery, TOM)) if "An earlier time is free" in text)


def day_of(surgery: Surgery) -> str:
    (held,) = surgery.appointments("Tom")
    return f"{held.slot.start:%A}"


def test_a_cancellation_by_one_is_offered_to_another(patient: Known, full: Surgery) -> None:
    waits(patient(TOM))
    frees(full)
    assert offer(full).startswith("Riverside Surgery: An earlier time is free: Tuesday 24 November at ")
    assert "You have Wednesday 25 November at 10:10am." in offer(full)


@pytest.mark.parametrize("words", ["{}", "yes {}", "yes please {}", "{} pls", "ok ill take it {}", "Yes! {} :)"])
def test_the_number_takes_it(full: Surgery, tom: Writer, words: str) -> None:
    assert "Moved. Your appointment is now Tuesday 24 November" in tom.says(words.format(number_in(offer(full))))
    assert day_of(full) == "Tuesday"
    assert {("appointment.reschedule", "done"), ("earlier.offer", "taken"), ("earlier.wish", "taken")} <= set(
        full.audit()
    )


@pytest.mark.parametrize(
    "words", ["no", "NO", "no thanks", "cant make that sorry", "I'll keep mine", "not for me", "nah"]
)
def test_a_no_in_any_words_declines_it(full: Surgery, tom: Writer, words: str) -> None:
    assert "your appointment stays as it is" in tom.says(words)
    assert day_of(full) == "Wednesday" and ("earlier.offer", "declined") in full.audit()


@pytest.mark.parametrize("words", ["yes", "yes please", "ok", "ill have it", "that would be great"])
def test_a_yes_alone_is_asked_for_the_number(full: Surgery, tom: Writer, words: str) -> None:
    assert "To take the earlier time, reply" in tom.says(words)
    assert day_of(full) == "Wednesday"
    assert "Moved." in tom.says(number_in(offer(full)))


def test_a_no_after_that_declines_it(full: Surgery, tom: Writer) -> None:
    tom.says("yes")
    assert "your appointment stays as it is" in tom.says("no")


@pytest.mark.parametrize("words", ["what is {} for?", "dont book {} i cant come", "{} no wait"])
def test_the_number_in_other_words_takes_nothing(full: Surgery, tom: Writer, words: str) -> None:
    tom.says(words.format(number_in(offer(full))))
    assert day_of(full) == "Wednesday"


def test_another_question_is_answered_and_the_number_still_takes_it(full: Surgery, tom: Writer) -> None:
    assert "8am" in tom.says("what are your opening hours")
    assert "your appointment stays" not in tom.says("no")
    assert "Moved." in tom.says(number_in(offer(full)))


def test_in_the_middle_of_a_journey_the_number_takes_it_and_the_journey_waits(full: Surgery, tom: Writer) -> None:
    tom.says("cancel my appointment")
    assert "Moved." in tom.says(number_in(offer(full)))
    assert day_of(full) == "Tuesday"
    tom.says("yes")
    assert day_of(full) == "Tuesday"


def test_while_staff_own_the_conversation_the_number_still_takes_it(full: Surgery, tom: Writer) -> None:
    program = full.program
    with program.database.write() as connection:
        set_owner(connection, tom.conversation_id, STAFF_OWNS)
    assert tom.says("no") == ""
    assert day_of(full) == "Wednesday" and ("earlier.offer", "declined") not in full.audit()
    assert "Moved." in tom.says(f"yes {number_in(offer(full))}")
    assert day_of(full) == "Tuesday"


def test_too_late_is_told_and_nothing_is_changed(full: Surgery, tom: Writer, clock: HandClock) -> None:
    number = number_in(offer(full))
    clock.forward(minutes=61)
    assert "Sorry, that time is gone" in tom.says(number)
    assert day_of(full) == "Wednesday"


def test_with_no_appointment_any_more_there_is_nothing_to_move(full: Surgery, tom: Writer) -> None:
    held = full.appointments("Tom")[0]
    full.program.backend.cancel(held.patient_id, held.id, "at the desk")
    assert "not on offer any more" in tom.says(number_in(offer(full)))
    assert full.appointments("Tom") == []


def test_who_proved_themselves_in_the_chat_may_take_it_there(full: Surgery, tom: Writer) -> None:
    chat = full.chatting()
    chat.says("when is my appointment")
    chat.identifies(TOM)
    assert "Moved." in chat.says(f"yes I'll take the earlier one, {number_in(offer(full))}")
    assert chat.attachment and chat.attachment["href"].endswith(".ics")
    assert day_of(full) == "Tuesday"


def test_a_stranger_in_the_chat_takes_nothing_with_the_number(full: Surgery, tom: Writer) -> None:
    chat = full.chatting()
    chat.says("when is my appointment")
    chat.identifies(AMIRA)
    chat.says(number_in(offer(full)))
    assert day_of(full) == "Wednesday"


def test_what_is_on_offer_is_not_offered_to_others(full: Surgery, tom: Writer) -> None:
    amira = full.texting(AMIRA)
    assert "no" in amira.says("book an appointment with dr hughes on tuesday").lower()
    assert "1." not in amira.answer


def test_a_time_listed_before_it_was_on_offer_cannot_be_booked_by_others(full: Surgery) -> None:
    waits(full.texting(TOM))
    amira = full.texting(AMIRA)
    (slot,) = frees(full, "dr-hughes-20261202%")  # after Tom's appointment: nobody waits for it
    assert "2 December" in amira.says("book an appointment with dr hughes on wednesday 2 december")
    (wish,) = full.program.services.line.wishes_of(full.patient_id("Tom"))
    with full.program.database.write() as connection:
        earlier.add_offer(connection, wish, slot, "417", full.clock(), full.clock())
    for text in ("1", "no", "1"):
        amira.says(text)
    assert "taken" in amira.answer and full.appointments("Amira") == []


def test_nothing_of_it_is_told_to_another_patient(full: Surgery, tom: Writer) -> None:
    assert texts_to(full, AMIRA) == []
