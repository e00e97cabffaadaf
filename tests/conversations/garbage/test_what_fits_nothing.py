"""Replies that fit nothing, at every step: said so, then what can be said, and a way to a person; nothing is done."""

from __future__ import annotations

import re

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.steps import STEPS, Step
from tests.support import AMIRA, MENSAH, NOBODY, PRIYA, TOM, Surgery, Writer

MASHED = ["asdf lkjh", "qwzx vbnm", "sdfjk sdjfk", "plok mjhg"]
# While a reason or a note is asked for, anything with words in it is one.
NOT_WHY = {name: step for name, step in STEPS.items() if name not in ("book, why", "order, why early", "order, note")}
INTENT_NAME = re.compile(r"[a-z]+_[a-z]+")


def state(surgery: Surgery) -> list[object]:
    return [surgery.appointments(each) for each in ("Amira", "Tom", "Priya")]


@pytest.fixture(params=NOT_WHY.values(), ids=NOT_WHY.keys())
def step(request: pytest.FixtureRequest) -> Step:
    return request.param


def test_the_first_miss_is_said_and_the_question_asked_again(patient: Known, surgery: Surgery, step: Step) -> None:
    writer = step.reach(patient)
    before = state(surgery)
    answer = writer.says("asdf lkjh")
    assert "did not understand" in answer and "speak to someone" not in answer
    assert re.search(r"\?|Reply 1", answer)
    assert state(surgery) == before
    assert step.done in step.finish(writer)


def test_the_second_miss_in_a_row_says_what_can_be_said_and_offers_a_person(
    patient: Known, surgery: Surgery, step: Step
) -> None:
    writer = step.reach(patient)
    writer.says("asdf lkjh")
    answer = writer.says("qwzx vbnm")
    assert "still did not understand" in answer and "speak to someone" in answer and "leave it" in answer
    assert step.asks in answer
    labels = [button.label for button in writer.buttons]
    assert ("Speak to a person" in labels) == (writer.channel == "web")
    assert not INTENT_NAME.search(" ".join([answer, *labels]))
    assert step.done in step.finish(writer)


def test_what_the_second_miss_suggests_works(patient: Known, surgery: Surgery, step: Step) -> None:
    before = state(surgery)
    for way_out, told in (("speak to someone", "passed this to our staff"), ("leave it", "Nothing has been changed")):
        writer = step.reach(patient)
        writer.says("asdf lkjh")
        writer.says("qwzx vbnm")
        assert told in writer.says(way_out)
        assert state(surgery) == before


@pytest.mark.parametrize("name", ["book, when", "book, which time", "move, which", "move, which time"])
def test_an_answer_that_is_understood_forgives_the_misses(patient: Known, name: str) -> None:
    writer = STEPS[name].reach(patient)
    writer.says("asdf lkjh")
    writer.says(STEPS[name].rest[0])
    if STEPS[name].asks != "Which time would you like":
        assert "speak to someone" not in writer.says("plok mjhg")


def test_a_question_that_is_answered_forgives_the_misses(patient: Known, step: Step) -> None:
    writer = step.reach(patient)
    writer.says("asdf lkjh")
    writer.says("is there parking")
    assert "speak to someone" not in writer.says("qwzx vbnm")


def test_outside_a_journey_the_second_miss_offers_a_person(patient: Known) -> None:
    amira = patient(AMIRA)
    assert "You can say things like" in amira.says("qwzx vbnm")
    assert "speak to someone" in amira.says("plok mjhg")
    assert not INTENT_NAME.search(" ".join(button.label for button in amira.buttons))


def test_a_miss_outside_does_not_count_inside(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("qwzx vbnm")
    amira.says("book an appointment")
    assert "speak to someone" not in amira.says("plok mjhg")


def test_many_misses_never_do_anything(patient: Known, surgery: Surgery, step: Step) -> None:
    writer = step.reach(patient)
    before = state(surgery)
    for text in MASHED * 2:
        assert writer.says(text)
    assert state(surgery) == before
    assert step.done in step.finish(writer)


@pytest.mark.parametrize("text", ["x", "?", "...", "😀", "🤔🤔", ";)", "\u200b"])
def test_a_letter_a_face_or_a_mark_is_no_answer(patient: Known, surgery: Surgery, text: str) -> None:
    for name in ("book, which time", "book, why", "book, sure", "cancel, sure"):
        writer = STEPS[name].reach(patient)
        before = state(surgery)
        assert writer.says(text)
        assert state(surgery) == before
        writer.says("leave it")


@pytest.mark.parametrize("text", ["x", "😀", "hmm", "7", "..."])
def test_what_has_no_words_is_no_reason(patient: Known, surgery: Surgery, text: str) -> None:
    amira = STEPS["book, why"].reach(patient)
    amira.says(text)
    amira.says("no")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


NUMBERS = [
    "9",
    "0",
    "-1",
    "7",
    "1 or 2",
    "1st or 2nd",
    "1, 2 or 3",
    "99",
    "2 and 3",
    "the first and the last",
    "0.5",
    "½",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_that_is_no_choice_is_not_guessed_at(patient: Known, text: str) -> None:
    amira = STEPS["book, which time"].reach(patient)
    times = offered(amira.answer)
    assert re.search("choose one number from the list|did not understand", amira.says(text))
    assert offered(amira.answer) == times
    amira.says("2")
    assert times[1] in amira.says("no")


@pytest.mark.parametrize("text", ["9", "0", "-1", "1 or 2", "both", "5", "the third one"])
def test_an_appointment_that_is_not_there_is_asked_for_again(patient: Known, surgery: Surgery, text: str) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "Which one do you mean" in priya.says(text)
    assert len(surgery.appointments("Priya")) == 2


@pytest.mark.parametrize("text", ["3", "9", "0", "-1", "11", "1 or 2"])
def test_a_number_that_is_no_yes_books_nothing(patient: Known, surgery: Surgery, text: str) -> None:
    amira = STEPS["book, sure"].reach(patient)
    assert amira.says(text)
    assert surgery.appointments("Amira") == []


CODE = [
    "null",
    "None",
    "undefined",
    "NaN",
    "<b>2</b>",
    "{{1}}",
    "%s %d {0}",
    "1; DROP TABLE appointment",
    "[2]()",
    "true=1",
]


@pytest.mark.parametrize("text", CODE)
def test_what_looks_like_code_is_only_text(patient: Known, surgery: Surgery, text: str) -> None:
    for name in ("book, when", "book, which time", "cancel, sure"):
        writer = STEPS[name].reach(patient)
        before = state(surgery)
        assert "something went wrong" not in writer.says(text)
        assert state(surgery) == before
        writer.says("leave it")


def test_code_given_as_a_reason_is_kept_as_it_was_written(patient: Known, surgery: Surgery) -> None:
    amira = STEPS["book, why"].reach(patient)
    amira.says("<script>alert('rash')</script> {slot}")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "<script>alert('rash')</script> {slot}"


SLASHES = ["/restart", "/affirm", '/book_appointment{"when": 1}', ' //select_option{"option": 1}']


@pytest.mark.parametrize("text", SLASHES)
@pytest.mark.parametrize("name", ["book, why", "book, sure", "cancel, sure"])
def test_a_slash_is_never_a_command(patient: Known, surgery: Surgery, name: str, text: str) -> None:
    writer = STEPS[name].reach(patient)
    before = state(surgery)
    assert writer.says(text)
    assert state(surgery) == before
    assert writer.says("sorry can you repeat that")
    assert STEPS[name].done in STEPS[name].finish(writer)


FORWARDED = {
    "a dentist's": "Fwd: Your appointment with Oak Dental is on 3 December at 10:20. Reply OK to confirm",
    "a hospital's": "Reminder from Westshire Hospital: clinic 4, Mon 30 Nov 09:15. Text 1 to confirm, 2 to cancel",
    "our own": "Riverside Surgery: Booked: Tuesday 24 November at 8:30am with Dr Anjali Patel. Reference K7RX2M",
    "a parcel's": "Your parcel 8841 will arrive tomorrow between 2 and 4. Reply STOP to opt out of messages like this",
    "a friend's": 'sarah wrote: "yes cancel it, 1 is fine for me, see you tomorrow at 10"',
}


@pytest.mark.parametrize("name", ["book, which time", "book, sure", "cancel, sure"])
@pytest.mark.parametrize("text", FORWARDED.values(), ids=FORWARDED.keys())
def test_a_text_of_somebody_elses_changes_nothing(patient: Known, surgery: Surgery, name: str, text: str) -> None:
    writer = STEPS[name].reach(patient)
    before = state(surgery)
    assert writer.says(text)
    assert state(surgery) == before


@pytest.mark.parametrize("text", FORWARDED.values(), ids=FORWARDED.keys())
def test_a_text_of_somebody_elses_out_of_nowhere_changes_nothing(patient: Known, surgery: Surgery, text: str) -> None:
    before = state(surgery)
    assert patient(TOM).says(text)
    assert state(surgery) == before


def long(words: str, characters: int) -> str:
    return (words * (characters // len(words) + 1))[:characters]


@pytest.mark.parametrize("name", ["book, which time", "book, sure", "cancel, sure"])
@pytest.mark.parametrize("words", ["yes ", "my knee hurts ", "no yes "])
def test_a_very_long_reply_does_nothing(patient: Known, surgery: Surgery, name: str, words: str) -> None:
    writer = STEPS[name].reach(patient)
    before = state(surgery)
    assert "something went wrong" not in writer.says(long(words, 900))
    assert state(surgery) == before


def test_a_message_that_is_too_long_goes_to_staff_and_the_journey_stands(patient: Known, surgery: Surgery) -> None:
    amira = STEPS["book, which time"].reach(patient)
    assert "too long" in amira.says(long("my knee hurts ", 2000))
    assert [each.reason for each in surgery.escalations()] == ["too_long"]
    assert "short reason" in amira.says("1")


def test_a_reason_that_is_too_long_is_asked_for_again(patient: Known, surgery: Surgery) -> None:
    amira = STEPS["book, why"].reach(patient)
    assert "100 characters or fewer" in amira.says(long("my knee hurts ", 140))
    amira.says("bad knee")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "bad knee"


@pytest.mark.parametrize("journey", ["when is my appointment", "book an appointment", "cancel my appointment"])
def test_garbage_where_a_name_is_asked_for_names_nobody(surgery: Surgery, journey: str) -> None:
    writer: Writer = surgery.texting(MENSAH)
    writer.says(journey)
    for text in ("asdf", "1", "yes", "😀", "mr mensah", "Mensah"):
        answer = writer.says(text)
        assert not re.search("Daniel|Grace|appointment is", answer)
    assert re.search(r"020 7946 0123|person", answer)


@pytest.mark.parametrize("text", ["asdf", "12", "123 456 789 012", "yes", "07700"])
def test_garbage_where_a_mobile_number_is_asked_for_sends_no_code(surgery: Surgery, text: str) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment")
    assert chat.says(text)
    assert surgery.network.texts == []


def test_a_person_is_two_messages_away_from_any_garbage(surgery: Surgery) -> None:
    stranger = surgery.texting(NOBODY)
    stranger.says("sdkfj sldkfj")
    stranger.says("let me speak to a person please")
    assert "passed this to our staff" in stranger.answer
