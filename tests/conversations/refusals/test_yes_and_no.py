"""Yes and no, however they are spelt, to every read-back; by text a change needs its number."""

from __future__ import annotations

import re

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.steps import STEPS
from tests.support import TOM, Surgery

YES = """y|ye|yep|yh|yeah pls|ok|okey doke|go on then|thats fine|that's fine by me|sounds good|perfect|👍|👍🏽
sure|correct|book it|yes please|Yes.|YES!!|alright then|lovely thanks|that works for me|definitely|yes book it in please
aye go on|k|great 👍""".replace("\n", "|").split("|")
NO = """n|nah|nope|no ta|not really|dont|don't|wrong|that's wrong|no thats not right|👎|❌|no thanks|definitely not
actually no|no no no|i dont want that|not that one|no sorry|nah mate""".replace("\n", "|").split("|")


@pytest.mark.parametrize("said", YES)
def test_yes_books(patient: Known, surgery: Surgery, said: str) -> None:
    assert "Booked" in STEPS["book, sure"].reach(patient).says(said)
    assert len(surgery.appointments("Amira")) == 1


@pytest.mark.parametrize("said", NO)
def test_no_does_not_book_and_shows_the_times_again(patient: Known, surgery: Surgery, said: str) -> None:
    amira = STEPS["book, sure"].reach(patient)
    assert len(offered(amira.says(said))) == 3
    assert surgery.appointments("Amira") == []


@pytest.mark.parametrize("said", ["ye", "go on then", "👍", "yes cancel it", "yes please cancel it"])
def test_in_the_chat_yes_cancels(surgery: Surgery, said: str) -> None:
    chat = surgery.chatting()
    chat.says("cancel my appointment")
    chat.identifies(TOM)
    assert "Your appointment is cancelled" in chat.says(said)
    assert surgery.appointments("Tom") == []


@pytest.mark.parametrize("said", ["yh", "perfect", "👍", "yes move it"])
def test_in_the_chat_yes_moves(surgery: Surgery, said: str) -> None:
    chat = surgery.chatting()
    chat.says("move my appointment to friday")
    chat.identifies(TOM)
    chat.says("1")
    assert "Moved" in chat.says(said)


@pytest.mark.parametrize("said", [*NO[::3], "keep it", "dont cancel it", "no leave it as it is please"])
def test_no_keeps_what_was_to_be_cancelled(patient: Known, surgery: Surgery, said: str) -> None:
    tom = STEPS["cancel, sure"].reach(patient)
    assert re.search("left your appointment as it is|Nothing has been changed", tom.says(said))
    assert len(surgery.appointments("Tom")) == 1


@pytest.mark.parametrize("said", NO[1::3])
def test_no_moves_nothing_and_shows_the_times_again(patient: Known, surgery: Surgery, said: str) -> None:
    held = surgery.appointments("Tom")
    tom = STEPS["move, sure"].reach(patient)
    assert offered(tom.says(said))
    assert surgery.appointments("Tom") == held


@pytest.mark.parametrize("step", ["move, sure", "cancel, sure"])
@pytest.mark.parametrize("said", [*YES[::5], "1", "111", "confirm", "/affirm"])
def test_by_text_only_the_number_changes_anything(surgery: Surgery, step: str, said: str) -> None:
    held = surgery.appointments("Tom")
    tom = STEPS[step].reach(surgery.texting)
    number = re.findall(r"Reply (\d+)", tom.answer)[0]
    if said != number:
        assert tom.says(said)
    assert surgery.appointments("Tom") == held


@pytest.mark.parametrize("step", ["move, sure", "cancel, sure"])
@pytest.mark.parametrize("said", ["yes", "👍", "go on then"])
def test_by_text_a_bare_yes_is_told_so_and_the_number_then_does_it(surgery: Surgery, step: str, said: str) -> None:
    tom = STEPS[step].reach(surgery.texting)
    assert "To be safe, I need the number" in tom.says(said)
    assert STEPS[step].done in confirm(tom)


@pytest.mark.parametrize(
    "form", ["{}", "yes {}", "{} please", "it's {}", "number {}", "({})", "{} yes cancel it", "{}."]
)
def test_the_number_may_come_with_a_word_or_two(surgery: Surgery, form: str) -> None:
    tom = STEPS["cancel, sure"].reach(surgery.texting)
    assert "Your appointment is cancelled" in tom.says(form.format(re.findall(r"Reply (\d+)", tom.answer)[0]))


@pytest.mark.parametrize(
    "form",
    [
        "no not {}",
        "dont {}",
        "wait, {}?",
        'you said "Do you want to cancel it? Reply {} to cancel it" and no i want to keep it',
        "> Do you want to cancel Wednesday 25 November? Reply {} to cancel it. who is this",
        "07700{}123",
        "{}5",
    ],
)
def test_the_number_in_a_refusal_or_a_quotation_changes_nothing(surgery: Surgery, form: str) -> None:
    tom = STEPS["cancel, sure"].reach(surgery.texting)
    assert tom.says(form.format(re.findall(r"Reply (\d+)", tom.answer)[0]))
    assert len(surgery.appointments("Tom")) == 1


@pytest.mark.parametrize("step", ["move, sure", "cancel, sure"])
def test_three_wrong_numbers_change_nothing_and_lead_to_a_person(surgery: Surgery, step: str) -> None:
    held = surgery.appointments("Tom")
    tom = STEPS[step].reach(surgery.texting)
    number = int(re.findall(r"Reply (\d+)", tom.answer)[0])
    for wrong in (number + 1, number + 2, number + 3):
        tom.says(f"{100 + wrong % 900}")
    assert surgery.appointments("Tom") == held
    assert "speak to someone" in tom.answer and str(number) in tom.answer


def test_the_earliest_is_no_yes_to_a_read_back(patient: Known, surgery: Surgery) -> None:
    amira = STEPS["book, sure"].reach(patient)
    assert "Booked" not in amira.says("the earliest")
    assert surgery.appointments("Amira") == []


@pytest.mark.parametrize("said", ["maybe", "not sure", "i think so?", "what", "hmm", "er", "hang on", "one sec"])
def test_neither_yes_nor_no_books_nothing(patient: Known, surgery: Surgery, said: str) -> None:
    amira = STEPS["book, sure"].reach(patient)
    assert amira.says(said)
    assert surgery.appointments("Amira") == []


@pytest.mark.parametrize("said", ["yes", "ok thanks", "👍", "great thank you", "perfect"])
def test_after_all_is_done_a_yes_is_no_puzzle(patient: Known, said: str) -> None:
    amira = STEPS["book, sure"].reach(patient)
    confirm(amira)
    assert "did not understand" not in amira.says(said)


@pytest.mark.parametrize("said", ["no", "no thats all", "no thanks", "nope"])
def test_after_all_is_done_a_no_ends_it(patient: Known, said: str) -> None:
    amira = STEPS["book, sure"].reach(patient)
    confirm(amira)
    assert "did not understand" not in amira.says(said)


@pytest.mark.parametrize("said", ["cancel that", "cancel", "no cancel it please"])
def test_cancel_said_of_what_is_not_booked_yet_leaves_it(patient: Known, surgery: Surgery, said: str) -> None:
    tom = patient(TOM)
    for text in ("book an appointment tomorrow", "1", "no"):
        tom.says(text)
    assert "Nothing has been changed" in tom.says(said)
    assert len(surgery.appointments("Tom")) == 1


@pytest.mark.parametrize("said", ["yes", "yes please", "ok"])
def test_yes_to_a_reason_is_asked_for_the_reason(patient: Known, surgery: Surgery, said: str) -> None:
    amira = STEPS["book, why"].reach(patient)
    assert "what is the reason" in amira.says(said)
    amira.says("bad knee")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "bad knee"


@pytest.mark.parametrize("said", ["no", "No thanks", "skip", "nothing", "rather not", "👎", "nah", "i dont mind"])
def test_a_reason_can_be_left_out(patient: Known, surgery: Surgery, said: str) -> None:
    amira = STEPS["book, why"].reach(patient)
    assert "Please check" in amira.says(said)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""
