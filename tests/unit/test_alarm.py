"""The first step of every message, with every message of the measuring set, in every state, without a trained model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.alarm import Alarm
from bot.clock import LONDON
from bot.gateway import Inbound
from bot.responses import Responses
from bot.safety.screen import screen
from bot.sms_text import MAX_SEGMENTS, MAX_SEGMENTS_URGENT, compose_text
from bot.store.conversations import SMS
from bot.store.messages import QuickReply, Reply
from bot.store.tables import conversation
from tests.support import AMIRA, MONDAY, HandClock, Surgery, Writer, make_surgery
from tests.unit.test_safety_messages import LOOKALIKES, MESSAGES

QUESTION = "What is the reason?"

ALARMS = {kind: f"utter_{kind}" for kind in ("emergency", "crisis", "urgent_today")}


class OneForm:
    """A dialogue that is in the middle of a form, and counts what reaches it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_open = True

    def turn(self, turn: object, text: str, tracker: object) -> Reply:
        self.heard.append(text)
        return Reply(QUESTION, quick_replies=(QuickReply("Skip", "/deny"),))

    def use_wording(self, wording: dict[str, str]) -> None:
        pass


@pytest.fixture()
def form(monkeypatch: pytest.MonkeyPatch) -> OneForm:
    made = OneForm()
    monkeypatch.setattr(Alarm, "_is_under_way", lambda self, turn: made.is_open)
    return made


@pytest.fixture()
def desk(tmp_path: Path, prepared_home: Path, form: OneForm) -> Iterator[Surgery]:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)
    made = make_surgery(tmp_path, form, HandClock())  # type: ignore[arg-type]
    yield made
    made.program.notices.stop()
    made.program.database.close()


@pytest.fixture()
def say(desk: Surgery) -> Responses:
    return desk.program.services.responses


def given_to_staff(desk: Surgery) -> None:
    with desk.program.database.write() as connection:
        connection.execute(update(conversation).values(owner="staff"))


def reasons(desk: Surgery) -> list[tuple[str, str]]:
    return [(each.reason, each.urgency) for each in desk.escalations()]


def answers(writer: Writer, texts: list[str]) -> list[str]:
    """What each is answered with. They are received at once, and then taken in order."""
    gateway = writer.surgery.program.gateway
    for number, text in enumerate(texts):
        receipt = gateway.receive(Inbound(SMS, writer.address, f"set-{number}", text))
    writer.surgery.clock.forward(seconds=1)
    while gateway.work_once():
        pass
    writer.conversation_id = receipt.conversation_id
    from bot.store import messages

    with writer.surgery.program.database.read() as connection:
        kept = messages.messages_after(connection, receipt.conversation_id, 0, 5000)
    return [each.text for each in kept if each.author != messages.PATIENT]


# The whole set, in every state. Owned by staff, a form's answer is for them, so the assistant says nothing.


@pytest.mark.parametrize("owner", ["bot", "staff"])
@pytest.mark.parametrize("kind", list(ALARMS))
def test_every_alarm_is_answered_in_a_form_and_while_staff_own_it(
    desk: Surgery, form: OneForm, say: Responses, kind: str, owner: str
) -> None:
    amira = desk.texting(AMIRA)
    amira.says("hello")
    if owner == "staff":
        given_to_staff(desk)
    form.heard.clear()
    texts = [text for text in MESSAGES[kind] if screen(text)]
    said = answers(amira, texts)[-len(texts) :]
    assert set(said) == {say.say(ALARMS[kind])}
    assert form.heard == []
    assert reasons(desk) == [(kind, "urgent")] * len(texts)


def test_every_lookalike_reaches_the_form(desk: Surgery, form: OneForm) -> None:
    answers(desk.texting(AMIRA), [*LOOKALIKES])
    assert len(form.heard) >= 0.97 * len(LOOKALIKES)
    assert [each for each in reasons(desk) if each[1] == "urgent"] == []


@pytest.mark.parametrize("label", ["ask_emergency", "ask_crisis"])
def test_what_is_unclear_is_asked_about_and_kept(desk: Surgery, say: Responses, label: str) -> None:
    kind = label.removeprefix("ask_")
    said = answers(desk.texting(AMIRA), [MESSAGES[label][0]])
    assert said == [say.say(f"utter_{kind}_ask")]
    assert reasons(desk) == [(f"{kind}_unclear", "routine")]


# One at a time.


def test_the_journey_waits_and_the_next_message_answers_its_question(desk: Surgery, form: OneForm) -> None:
    amira = desk.texting(AMIRA)
    amira.says("i have chest pain")
    assert amira.says("tomorrow at 10") == QUESTION
    assert form.heard == ["tomorrow at 10"]


def test_the_patients_words_are_kept_for_staff(desk: Surgery) -> None:
    desk.texting(AMIRA).says("my dad has chest pain")
    kept = desk.escalations()[-1]
    assert kept.summary.open(kept.conversation_id) == "my dad has chest pain"


def test_an_alarm_that_comes_again_is_answered_again(desk: Surgery, say: Responses) -> None:
    amira = desk.texting(AMIRA)
    for text in ("i have chest pain", "i have already called but i have chest pain", "CHEST PAIN"):
        assert amira.says(text) == say.say("utter_emergency")
    assert reasons(desk) == [("emergency", "urgent")] * 3


@pytest.mark.parametrize("yes", ["yes", "Yes I am", "yeah", "it is", "right now", "yes its happening now"])
def test_a_yes_to_the_question_is_an_alarm(desk: Surgery, say: Responses, yes: str) -> None:
    amira = desk.texting(AMIRA)
    amira.says("no chest pain i think, what if i get chest pain")
    assert amira.says(yes) == say.say("utter_emergency")
    assert reasons(desk)[-1] == ("emergency", "urgent")


@pytest.mark.parametrize("no", ["no", "nope", "no not now", "not happening now", "it was last year", "No."])
def test_a_no_to_the_question_goes_on_with_the_journey(desk: Surgery, form: OneForm, say: Responses, no: str) -> None:
    amira = desk.texting(AMIRA)
    amira.says("i dont have chest pain")
    assert amira.says(no) == f"{say.say('utter_alarm_not_now')}\n\n{QUESTION}"
    assert form.heard == ["/repeat"]
    assert reasons(desk) == [("emergency_unclear", "routine")]
    assert ("safety.retracted", "emergency") in desk.audit()


@pytest.mark.parametrize("other", ["tomorrow morning", "now can we go on", "it is for my knee", "i am free on friday"])
def test_any_other_answer_to_the_question_goes_to_the_journey(desk: Surgery, form: OneForm, other: str) -> None:
    amira = desk.texting(AMIRA)
    amira.says("i dont have chest pain")
    assert amira.says(other) == QUESTION
    assert form.heard == [other]


def test_a_yes_that_nobody_asked_for_is_the_forms(desk: Surgery, form: OneForm) -> None:
    amira = desk.texting(AMIRA)
    amira.says("i dont have chest pain")
    amira.says("no")
    form.heard.clear()
    amira.says("yes")
    assert form.heard == ["yes"]


@pytest.mark.parametrize("kind", list(ALARMS))
def test_an_alarm_taken_back_is_noted_and_the_question_asked_again(
    desk: Surgery, form: OneForm, say: Responses, kind: str
) -> None:
    amira = desk.texting(AMIRA)
    amira.says(MESSAGES[kind][0])
    assert amira.says("false alarm") == f"{say.say('utter_alarm_retracted')}\n\n{QUESTION}"
    assert form.heard == ["/repeat"]
    assert reasons(desk) == [(kind, "urgent"), (f"{kind}_retracted", "urgent")]


def test_without_a_journey_no_question_follows(desk: Surgery, form: OneForm, say: Responses) -> None:
    form.is_open = False
    amira = desk.texting(AMIRA)
    amira.says("i have chest pain")
    assert amira.says("i have already called") == say.say("utter_alarm_retracted")


def test_what_was_taken_back_is_not_taken_back_twice(desk: Surgery, form: OneForm) -> None:
    amira = desk.texting(AMIRA)
    for text in ("i have chest pain", "false alarm", "im fine now"):
        amira.says(text)
    assert form.heard == ["/repeat", "im fine now"]


def test_without_an_alarm_nothing_is_taken_back(desk: Surgery, form: OneForm) -> None:
    amira = desk.texting(AMIRA)
    amira.says("wrong number, it was last year")
    assert form.heard == ["wrong number, it was last year"]
    assert reasons(desk) == []


def test_while_staff_own_it_a_denial_is_theirs_to_read(desk: Surgery) -> None:
    amira = desk.texting(AMIRA)
    amira.says("hello")
    given_to_staff(desk)
    assert amira.says("no chest pain") == ""
    assert [reason for reason, _ in reasons(desk)] == ["emergency_unclear", "patient_wrote"]


def test_while_staff_own_it_they_are_told_that_it_was_taken_back(desk: Surgery) -> None:
    amira = desk.texting(AMIRA)
    amira.says("i have chest pain")
    given_to_staff(desk)
    assert amira.says("false alarm") == ""
    assert [reason for reason, _ in reasons(desk)] == ["emergency", "emergency_retracted", "patient_wrote"]


# What is said.


@pytest.mark.parametrize(
    ("hours", "told"), [(0, "call us now on 020 7946 0123"), (12, "call 111"), (5 * 24, "call 111")]
)
def test_what_needs_the_surgery_today_depends_on_whether_it_is_open(desk: Surgery, hours: int, told: str) -> None:
    desk.clock.now = MONDAY.astimezone(LONDON) + timedelta(hours=hours)
    answer = desk.texting(AMIRA).says("i have run out of insulin")
    assert told in answer
    assert ("111" in answer) is bool(hours)


def test_under_fives_are_never_sent_to_111_online(say: Responses) -> None:
    assert "For a child under 5, always call. Do not use 111 online." in say.say("utter_urgent_today_closed")
    for kind in ALARMS.values():
        assert "111.nhs.uk" not in say.say(kind)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("utter_emergency", ("999", "A&E", "18000")),
        ("utter_crisis", ("999", "111", "option 2", "116 123", "SHOUT to 85258", "0800 1111")),
        ("utter_urgent_today", ("999", "020 7946 0123")),
        ("utter_urgent_today_closed", ("999", "111")),
        ("utter_emergency_ask", ("999",)),
        ("utter_crisis_ask", ("999",)),
    ],
)
def test_an_answer_names_whom_to_call_and_fits_into_a_text(say: Responses, name: str, numbers: tuple[str, ...]) -> None:
    said = say.say(name)
    assert [number for number in numbers if number not in said] == []
    body, segments = compose_text("Riverside Surgery", said, MAX_SEGMENTS_URGENT)
    assert segments <= MAX_SEGMENTS
    assert not body.endswith("...")


@pytest.mark.parametrize("name", ["utter_emergency_ask", "utter_crisis_ask"])
def test_one_question_is_asked_at_a_time(say: Responses, name: str) -> None:
    assert say.say(name).count("?") == 1
    assert [button.payload for button in say.quick_replies(name)] == ["/affirm", "/deny"]


def test_no_answer_gives_advice_or_scores(say: Responses) -> None:
    said = " ".join(say.say(name) for name in ALARMS.values()).casefold()
    for word in ("likely", "probably", "serious", "diagnos", "symptom", "risk", "score", "triage", "you have"):
        assert word not in said.replace("you have already", "").replace("when you have called", "")
