"""Alarms in the middle of everything, with the trained model: a sample of the set that tests/unit/test_alarm.py tries
in full."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.store.conversations import get_conversation
from bot.store.tables import conversation
from bot.store.tracker import load_tracker
from tests.conversations.conftest import Known, confirm
from tests.conversations.steps import STEPS, Step
from tests.support import AMIRA, NOBODY, TOM, Surgery, Writer
from tests.unit.test_safety_messages import MESSAGES

TOLD = {"emergency": "Call 999 or go to A&E now", "crisis": "116 123", "urgent_today": "call us now on"}
SAMPLE = [(kind, text) for kind in TOLD for text in MESSAGES[kind][:: len(MESSAGES[kind]) // 4]]
steps = pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))


def heard(surgery: Surgery, writer: Writer) -> list[str]:
    with surgery.program.database.read() as connection:
        held = get_conversation(connection, writer.conversation_id)
        events = load_tracker(connection, held).events
    return [event["text"] for event in events if event["event"] == "user"]


def reasons(surgery: Surgery) -> list[str]:
    return [each.reason for each in surgery.escalations() if each.urgency == "urgent"]


@steps
def test_alarms_are_answered_at_every_step_and_never_reach_the_model(
    patient: Known, surgery: Surgery, step: Step
) -> None:
    writer = step.reach(patient)
    asked, before = writer.answer, heard(surgery, writer)
    for kind, text in SAMPLE:
        assert TOLD[kind] in writer.says(text), text
    assert heard(surgery, writer) == before
    assert reasons(surgery) == [kind for kind, _ in SAMPLE]
    writer.answer = asked  # where the number of a read-back stands
    assert step.done in step.finish(writer)


@steps
def test_an_alarm_taken_back_has_the_question_asked_again_and_the_journey_goes_on(patient: Known, step: Step) -> None:
    writer = step.reach(patient)
    asked = writer.answer
    writer.says("my mum has chest pain")
    again = writer.says("false alarm, shes ok now")
    assert again.startswith("Thank you for telling me.")
    assert last_line(asked) in again
    assert step.done in step.finish(writer)


@steps
def test_a_no_to_the_question_has_the_journey_go_on(patient: Known, step: Step) -> None:
    writer = step.reach(patient)
    asked = writer.answer
    assert "Is this happening now" in writer.says("i dont have chest pain")
    assert last_line(asked) in writer.says("no")
    assert step.done in step.finish(writer)


def last_line(asked: str) -> str:
    return asked.strip().splitlines()[-1][:30]


def test_a_yes_to_the_question_is_an_alarm_and_not_the_journeys(patient: Known, surgery: Surgery) -> None:
    writer = patient(TOM)
    writer.says("cancel my appointment")
    writer.says("no chest pain")
    assert "Call 999" in writer.says("yes")
    assert len(surgery.appointments("Tom")) == 1


def test_in_the_chat_the_question_has_its_buttons(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("i have no chest pain")
    assert "Call 999" in chat.presses("Yes")
    chat.says("i have no chest pain")
    assert "Thank you for telling me" in chat.presses("No")


def test_before_anybody_is_known_alarms_are_answered(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")  # a number is asked for
    for kind, text in SAMPLE:
        assert TOLD[kind] in chat.says(text), text
    assert "no appointments booked" in chat.identifies(AMIRA)
    assert TOLD["emergency"] in surgery.texting(NOBODY).says("i cant breathe")


def test_while_a_code_is_awaited_alarms_are_answered_and_the_code_still_counts(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")
    chat.says(AMIRA)
    assert TOLD["emergency"] in chat.says("i have chest pain")
    code = next(word for word in surgery.network.texts[-1][1].split() if word.isdigit() and len(word) == 6)
    assert "no appointments booked" in chat.says(code)


def test_while_staff_own_it_the_fixed_answer_comes_and_nothing_else(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("hello")
    with surgery.program.database.write() as connection:
        connection.execute(update(conversation).values(owner="staff"))
    for kind, text in SAMPLE:
        assert TOLD[kind] in amira.says(text), text
        assert amira.says("tomorrow at 10") == ""
    assert reasons(surgery) == [kind for kind, _ in SAMPLE]


def test_a_reason_with_an_alarm_in_it_is_not_booked_but_answered(patient: Known, surgery: Surgery) -> None:
    writer = patient(AMIRA)
    writer.says("book an appointment tomorrow")
    writer.says("1")
    assert TOLD["emergency"] in writer.says("its about pains in my chest going into my back")
    assert surgery.appointments("Amira") == []
    writer.says("i have called 999 thank you")
    writer.says("no")
    assert "Booked" in confirm(writer)


def test_what_is_asked_about_is_shown_to_nobody_who_writes_another_language(surgery: Surgery) -> None:
    answer = surgery.texting(AMIRA).says("no tengo dolor en el pecho, necesito una cita para mi hijo")
    assert "Is this happening now" not in answer
    assert [each.reason for each in surgery.escalations()] == ["emergency_unclear", "other_language"]


@pytest.mark.parametrize("text", MESSAGES["none"][::40])
def test_a_lookalike_goes_its_usual_way(surgery: Surgery, text: str) -> None:
    surgery.texting(AMIRA).says(text)
    assert "safety.alarm" not in [action for action, _ in surgery.audit()]
