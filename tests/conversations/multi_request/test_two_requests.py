"""Two requests in one message: the first is done, the second remembered and offered."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, MICHAEL, PRIYA, TOM, Surgery

BOOK_AND_ORDER = "book me in with dr patel tomorrow and also order my repeat prescription"
CANCEL_AND_BOOK = "cancel my appointment and book one with dr patel on friday"


def day(surgery: Surgery, name: str) -> list[str]:
    return [f"{each.slot.start.astimezone(LONDON):%A}" for each in surgery.appointments(name)]


def test_the_first_is_begun_and_the_second_announced(patient: Known) -> None:
    answer = patient(AMIRA).says(BOOK_AND_ORDER)
    assert "after this" in answer
    assert all("Tuesday 24 November" in each and "Dr Anjali Patel" in each for each in offered(answer))
    assert "medicines" not in answer


def test_when_the_first_is_done_the_second_is_offered_and_yes_answers_it(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in (BOOK_AND_ORDER, "1", "no"):
        amira.says(text)
    answer = confirm(amira)
    assert "Booked: Tuesday 24 November" in answer
    assert "You also asked to order a repeat prescription" in answer and answer.endswith("Shall I go on with that?")
    assert "Which medicines do you need?" in amira.says("yes please")
    assert day(surgery, "Amira") == ["Tuesday"]


@pytest.mark.parametrize("said", ["no", "no thanks", "leave it", "not now"])
def test_no_lets_the_second_go(patient: Known, said: str) -> None:
    amira = patient(AMIRA)
    for text in (BOOK_AND_ORDER, "1", "no"):
        amira.says(text)
    confirm(amira)
    assert "What else can I do" in amira.says(said)
    assert "You also asked" not in amira.says("thanks")


def test_yes_begins_a_second_journey_with_what_was_said_of_it(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    assert "Do you want to cancel Wednesday 25 November" in tom.says(CANCEL_AND_BOOK)
    assert "You also asked to book an appointment" in confirm(tom)
    assert all("Friday 27 November" in each for each in offered(tom.says("yes")))
    tom.says("1")
    tom.says("no")
    confirm(tom)
    assert day(surgery, "Tom") == ["Friday"]


def test_the_day_of_the_second_is_no_word_about_the_first(patient: Known) -> None:
    answer = patient(PRIYA).says("cancel my wednesday appointment and can i see dr patel on monday")
    assert "Do you want to cancel Wednesday 25 November" in answer


def test_when_the_first_is_left_the_second_is_still_offered(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    answer = tom.says("leave it")
    assert "Nothing has been changed" in answer and "You also asked to book an appointment" in answer
    assert offered(tom.says("yes"))
    assert day(surgery, "Tom") == ["Wednesday"]


def test_when_the_first_is_answered_no_the_second_is_still_offered(patient: Known) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    answer = tom.says("no")
    assert "left your appointment as it is" in answer and "You also asked to book an appointment" in answer


def test_when_the_first_is_refused_the_second_is_offered(patient: Known) -> None:
    answer = patient(MICHAEL).says("cancel my appointment and order my repeat prescription too")
    assert "less than 1 hour away" in answer and "You also asked to order a repeat prescription" in answer


def test_when_there_is_nothing_to_do_for_the_first_the_second_is_offered(patient: Known) -> None:
    answer = patient(AMIRA).says("cancel my appointment and order my repeat prescription too")
    assert "no appointments booked" in answer and "You also asked to order a repeat prescription" in answer


def test_starting_again_forgets_the_second(patient: Known) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    assert "You also asked" not in tom.says("start again")
    tom.says("cancel my appointment")
    assert "You also asked" not in confirm(tom)


def test_asking_for_a_person_is_the_end_of_it(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    answer = tom.says("can i speak to a person please")
    assert "passed this to our staff" in answer and "You also asked" not in answer
    assert len(surgery.escalations()) == 1


def test_switching_to_the_second_takes_it_off_the_list(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    tom.says("actually book an appointment on thursday instead")
    tom.says("1")
    tom.says("no")
    assert "You also asked" not in confirm(tom)
    assert day(surgery, "Tom") == ["Wednesday", "Thursday"]


def test_a_question_while_the_second_is_offered_is_answered_and_it_is_offered_again(patient: Known) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    confirm(tom)
    answer = tom.says("what are your opening hours")
    assert "8am to 6:30pm" in answer and "Shall I go on with that?" in answer
    assert offered(tom.says("yes"))


def test_what_is_no_yes_does_not_go_on(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says(CANCEL_AND_BOOK)
    confirm(tom)
    assert "Shall I go on with that?" in tom.says("qwzx vbnm")
    assert "speak to someone" in tom.says("plok mjhg")


def test_corrections_and_questions_on_the_way_do_not_lose_the_second(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in (BOOK_AND_ORDER, "no i meant wednesday", "is there parking", "1", "no"):
        amira.says(text)
    answer = confirm(amira)
    assert "Booked: Wednesday 25 November" in answer and "You also asked to order" in answer


def test_the_second_is_remembered_while_it_is_found_out_who_writes(surgery: Surgery) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says(CANCEL_AND_BOOK)
    chat.identifies(TOM)
    assert "You also asked to book an appointment" in confirm(chat)
    assert offered(chat.says("yes"))


def test_in_the_chat_yes_and_no_are_buttons(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says(CANCEL_AND_BOOK)
    chat.identifies(TOM)
    confirm(chat)
    assert [button.label for button in chat.buttons][:2] == ["Yes", "No"]
    assert offered(chat.presses("Yes"))


def test_three_requests_are_taken_one_after_the_other(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment, book me in for friday and order my repeat prescription")
    assert "You also asked to book an appointment" in confirm(tom)
    assert "You also asked to order a repeat prescription" in tom.says("no")
    assert "Which medicines do you need?" in tom.says("yes")


def test_a_list_comes_first_and_a_change_second(patient: Known) -> None:
    tom = patient(TOM)
    answer = tom.says("when is my appointment and can i move it to friday")
    assert "Your next appointment is Wednesday" in answer and "You also asked to move an appointment" in answer
    assert all("Friday 27 November" in each for each in offered(tom.says("yes")))


def test_move_one_and_cancel_the_other(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("move my monday appointment to friday and cancel my wednesday one")
    priya.says("1")
    assert "You also asked to cancel an appointment" in confirm(priya)
    assert "Do you want to cancel Wednesday 25 November" in priya.says("yes")
    confirm(priya)
    assert day(surgery, "Priya") == ["Friday"]
