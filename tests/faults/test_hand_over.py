"""Whatever happens in the middle: the assistant never speaks over staff, nothing is lost, and the patient is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import Dialogue, DialogueError
from bot.escalation.handover import Member, NotYours
from bot.program import TURN_WORKERS
from bot.store import escalations
from bot.store.conversations import get_conversation, set_owner
from bot.store.escalations import Escalation, Stale
from bot.store.messages import ASSISTANT, PATIENT, STAFF, SYSTEM, StoredMessage
from bot.store.tracker import load_tracker
from tests.faults.support import all_at_once, at_work, close_surgery, is_all_done, open_surgery, receive, wait_until
from tests.support import AMIRA, TOM, HandClock, Surgery, Writer

SAM, ALEX = Member("staff-sam", "Sam"), Member("staff-alex", "Alex")
JOINED = "Someone from the surgery has joined"


def live(surgery: Surgery, writer: Writer) -> Escalation:
    with surgery.program.database.read() as connection:
        held = escalations.live_escalation(connection, writer.conversation_id)
    assert held
    return held


def take(surgery: Surgery, writer: Writer, member: Member = SAM) -> Escalation:
    return surgery.program.handover.claim(live(surgery, writer).id, member)


def beat(surgery: Surgery, **length: float) -> None:
    """Time passes; what is due happens; texts leave."""
    surgery.clock.forward(**length)
    timers = surgery.program.timers()
    while timers.work_once():
        pass
    surgery.run()


def asks_for_person(writer: Writer) -> Writer:
    writer.says("can I speak to a person please")
    return writer


def since(writer: Writer, author: str) -> list[StoredMessage]:
    """What was said after the first message of this author."""
    kept = writer.reads()
    first = next(each.id for each in kept if each.author == author)
    return [each for each in kept if each.id > first]


def says_nothing(surgery: Surgery, writer: Writer, *texts: str) -> None:
    for text in texts:
        assert writer.says(text) == "", text


def owner(surgery: Surgery, writer: Writer) -> str:
    with surgery.program.database.read() as connection:
        return get_conversation(connection, writer.conversation_id).owner


@pytest.fixture(params=["sms", "web"])
def amira(request: Any, surgery: Surgery) -> Writer:
    writer = surgery.texting(AMIRA) if request.param == "sms" else surgery.chatting()
    return asks_for_person(writer)


def test_while_staff_have_it_the_assistant_says_nothing_to_anything(surgery: Surgery, amira: Writer) -> None:
    take(surgery, amira)
    says_nothing(
        surgery, amira, "hello?", "book an appointment", "/restart", "/book_appointment", "restart", "1", "yes",
        "are you open today", "😀", "", "x" * 2000, "Chciałbym umówić się na wizytę u lekarza", "start over",
    )  # fmt: skip
    kept = [each.text for each in amira.reads() if each.author == PATIENT]
    assert len(kept) == 14 and "/restart" in kept


def test_what_is_written_to_staff_reaches_them_and_waits_again(surgery: Surgery, amira: Writer) -> None:
    held = take(surgery, amira)
    surgery.program.handover.reply(held.id, SAM, "Which day?", seen=amira.reads()[-1].id)
    beat(surgery, seconds=5)
    assert live(surgery, amira).state == "waiting"
    says_nothing(surgery, amira, "Tuesday please")
    assert (live(surgery, amira).state, live(surgery, amira).assignee_id) == ("open", SAM.id)


def test_an_emergency_is_answered_whoever_has_it(surgery: Surgery, amira: Writer) -> None:
    take(surgery, amira)
    assert "999" in amira.says("I have crushing chest pain and can't breathe")
    assert live(surgery, amira).urgency == "urgent"
    says_nothing(surgery, amira, "hello?")


def test_networks_words_are_obeyed_whoever_has_it(surgery: Surgery) -> None:
    amira = asks_for_person(surgery.texting(AMIRA))
    take(surgery, amira)
    assert "speak" in amira.says("HELP").lower()
    assert amira.says("STOP") == ""
    assert amira.says("START") != ""


def test_a_turn_that_was_running_when_staff_took_over_is_not_said_but_shown_to_staff(
    surgery: Surgery, amira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = surgery.program

    def while_it_thinks(act: Callable[..., Any]) -> Callable[..., Any]:
        def turn(*arguments: Any) -> Any:
            said = act(*arguments)
            take(surgery, amira)
            return said

        return turn

    monkeypatch.setattr(program.dialogue, "turn", while_it_thinks(program.dialogue.turn))
    heard = amira.says("when are you open")
    assert JOINED in heard and "8am" not in heard
    with program.database.read() as connection:
        story = escalations.events_of(connection, live(surgery, amira))
    assert [each.kind for each in story] == ["raised", "claimed", "unsaid"]
    assert "8am" in story[-1].summary


def test_a_turn_that_fails_while_staff_have_it_does_not_apologise_over_them(
    surgery: Surgery, amira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.time.sleep", lambda _: None)

    def broken(*_: Any) -> Any:
        if owner(surgery, amira) == "bot":
            take(surgery, amira)
        raise DialogueError("broken")

    monkeypatch.setattr(surgery.program.dialogue, "turn", broken)
    heard = amira.says("when are you open")
    assert "Sorry" not in heard
    monkeypatch.setattr("bot.steps.Steps.take", broken)
    says_nothing(surgery, amira, "hello?")
    with surgery.program.database.read() as connection:
        reasons = [each.reason for each in escalations.events_of(connection, live(surgery, amira))]
    assert "turn_failed" in reasons and live(surgery, amira).urgency == "urgent"


def test_a_rasa_error_before_anybody_took_over_asks_for_a_person_and_says_so(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.time.sleep", lambda _: None)

    def broken(*_: Any) -> Any:
        raise DialogueError("broken")

    monkeypatch.setattr(surgery.program.dialogue, "turn", broken)
    tom = surgery.texting(TOM)
    assert "staff have been told" in tom.says("book an appointment")
    assert live(surgery, tom).reason == "turn_failed"


def test_a_night_without_a_word_changes_nothing(surgery: Surgery) -> None:
    amira = asks_for_person(surgery.texting(AMIRA))
    conversation_id = amira.conversation_id
    take(surgery, amira)
    beat(surgery, hours=48)
    says_nothing(surgery, amira, "are you still there?")
    assert amira.conversation_id == conversation_id


def test_nor_does_a_night_in_the_queue(surgery: Surgery) -> None:
    """Or staff would answer in a conversation that is over, while the assistant talks in another."""
    amira = asks_for_person(surgery.texting(AMIRA))
    conversation_id = amira.conversation_id
    beat(surgery, hours=48)
    assert amira.says("when are you open") != ""
    assert amira.conversation_id == conversation_id
    take(surgery, amira)
    says_nothing(surgery, amira, "are you still there?")


def test_after_a_redeploy_everything_is_as_it_was(
    surgery: Surgery, tmp_path: Path, dialogue: Dialogue, clock: HandClock
) -> None:
    amira = asks_for_person(surgery.texting(AMIRA))
    held = take(surgery, amira)
    surgery.program.handover.reply(held.id, SAM, "Your form is ready.", seen=amira.reads()[-1].id)
    receive(surgery, AMIRA, "one more thing")  # neither the reply nor this has been dealt with yet
    close_surgery(surgery)

    after = open_surgery(tmp_path, dialogue, clock)
    amira.surgery = after
    beat(after, seconds=5)
    assert [each.text for each in amira.reads() if each.author == STAFF] == ["Your form is ready."]
    says_nothing(after, amira, "hello?", "/restart")
    now = live(after, amira)
    assert (now.id, now.assignee_id, now.state) == (held.id, SAM.id, "open")
    with pytest.raises(NotYours):
        after.program.handover.reply(held.id, ALEX, "Hello", seen=amira.reads()[-1].id)
    close_surgery(after)


def test_a_second_member_of_staff_cannot_answer_too(surgery: Surgery, amira: Writer) -> None:
    held = take(surgery, amira)
    seen = amira.reads()[-1].id
    surgery.program.handover.reply(held.id, SAM, "It is at the desk.", seen)
    with pytest.raises(NotYours):
        surgery.program.handover.reply(held.id, ALEX, "It is in the post.", seen)
    with pytest.raises(Stale):
        surgery.program.handover.claim(held.id, ALEX)
    beat(surgery, seconds=5)
    assert [each.text for each in amira.reads() if each.author == STAFF] == ["It is at the desk."]


def test_back_with_the_assistant_it_begins_afresh(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("cancel my appointment")
    asks_for_person(tom)
    held = take(surgery, tom)
    says_nothing(surgery, tom, "yes")
    surgery.program.handover.give_back(held.id, SAM, live(surgery, tom).version)
    surgery.run()
    with surgery.program.database.read() as connection:
        conversation = get_conversation(connection, tom.conversation_id)
        assert load_tracker(connection, conversation).events == []
    assert "8am" in tom.says("when are you open")
    assert len(surgery.appointments("Tom")) == 1


def test_the_patient_is_told_who_they_talk_to_at_each_change(surgery: Surgery, amira: Writer) -> None:
    held = take(surgery, amira)
    surgery.program.handover.give_back(held.id, SAM, held.version)
    surgery.run()
    told = [each.text for each in amira.reads() if each.author == SYSTEM]
    assert [JOINED in told[0], "automatic assistant" in told[1]] == [True, True]


def test_a_code_that_the_assistant_asked_for_is_taken_in_silence_and_hidden(surgery: Surgery) -> None:
    amira = surgery.chatting()
    amira.says("book an appointment")
    amira.says(AMIRA)
    body = next(body for to, body in reversed(surgery.network.texts) if to == AMIRA)
    code = next(word for word in body.split() if word.isdigit() and len(word) == 6)
    with surgery.program.database.write() as connection:
        escalations.add_escalation(
            connection, amira.conversation_id, "asked_for_person", "routine", "", surgery.clock()
        )
    take(surgery, amira)
    says_nothing(surgery, amira, code)
    assert code not in [each.text for each in amira.reads()]
    with surgery.program.database.read() as connection:
        story = escalations.events_of(connection, live(surgery, amira))
    assert code not in "".join(each.summary for each in story)


def test_taken_over_in_the_middle_of_a_busy_hour_nothing_of_the_assistant_follows(surgery: Surgery) -> None:
    """Messages pour in while staff take it over: what the assistant says, it says before they join."""
    amira = asks_for_person(surgery.texting(AMIRA))
    held = live(surgery, amira)
    with at_work(surgery, TURN_WORKERS):
        texts = [lambda number=number: receive(surgery, AMIRA, f"are you open today {number}") for number in range(12)]
        all_at_once([*texts, lambda: surgery.program.handover.claim(held.id, SAM)])
        wait_until(lambda: is_all_done(surgery))
    after = since(amira, SYSTEM)
    assert [each.author for each in after if each.author == ASSISTANT] == []
    assert len([each for each in amira.reads() if each.author == PATIENT]) == 13


def test_fifty_claims_against_a_store_in_use_have_one_winner(surgery: Surgery) -> None:
    amira = asks_for_person(surgery.texting(AMIRA))
    held = live(surgery, amira)
    members = [Member(f"staff-{number}", str(number)) for number in range(50)]
    claims = [lambda each=each: surgery.program.handover.claim(held.id, each) for each in members]
    with at_work(surgery):
        came_to = all_at_once([*claims, *[lambda: receive(surgery, AMIRA, "hello")] * 5])
        wait_until(lambda: is_all_done(surgery))
    won = [each for each in came_to if isinstance(each, Escalation)]
    assert len(won) == 1 and live(surgery, amira).assignee_id == won[0].assignee_id
    assert sum(isinstance(each, Stale) for each in came_to) == 49


def test_an_owner_that_changed_by_any_other_way_is_respected_too(surgery: Surgery) -> None:
    """The rule is kept where a reply is written, not only where staff press a button."""
    amira = asks_for_person(surgery.texting(AMIRA))
    with surgery.program.database.write() as connection:
        set_owner(connection, amira.conversation_id, "staff")
    says_nothing(surgery, amira, "when are you open")


def test_who_wrote_out_of_hours_is_told_when_somebody_will_look(surgery: Surgery, clock: HandClock) -> None:
    clock.now += timedelta(hours=10)  # 8pm
    assert "tomorrow from 8am" in surgery.texting(AMIRA).says("can I speak to a person please")


def test_at_night_somebody_who_writes_to_staff_is_told_once_that_nobody_is_there(
    surgery: Surgery, amira: Writer
) -> None:
    asks_for_person(amira)
    take(surgery, amira)
    surgery.clock.forward(hours=10)  # 8pm
    assert "The surgery is closed" in amira.says("are you still there?")
    says_nothing(surgery, amira, "hello?")
    assert live(surgery, amira).again >= 1
