"""Messages that need special care: alarms, opt-outs, commands, emptiness, staff, failures, and anything at all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.store.conversations import get_conversation
from bot.store.tables import conversation
from bot.store.tracker import LONG, load_tracker
from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, NOBODY, HandClock, Surgery

STEPS = [
    [],
    ["book an appointment"],
    ["book an appointment tomorrow"],
    ["book an appointment tomorrow", "1"],
    ["book an appointment tomorrow", "1", "no"],
]
NAMES = ["nothing", "when", "which", "why", "sure"]


@pytest.mark.parametrize("said", STEPS, ids=NAMES)
@pytest.mark.parametrize(
    ("alarm", "reason", "told"),
    [("i have chest pain", "emergency", "Call 999"), ("i want to kill myself", "crisis", "Samaritans")],
)
def test_an_alarm_is_answered_at_every_step_and_told_to_staff(
    surgery: Surgery, said: list[str], alarm: str, reason: str, told: str
) -> None:
    amira = surgery.texting(AMIRA)
    for text in said:
        amira.says(text)
    assert told in amira.says(alarm)
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [(reason, "urgent")]


def test_after_an_alarm_the_journey_goes_on_where_it_stood(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    second = offered(amira.says("book an appointment tomorrow"))[1]
    amira.says("my dad has chest pain")
    amira.says("2")
    amira.says("i cant go on")
    assert second in amira.says("no")
    assert "Booked" in confirm(amira)


def test_an_alarm_is_answered_from_any_number_and_before_a_code(surgery: Surgery) -> None:
    assert "Call 999" in surgery.texting(NOBODY).says("i cant breathe")
    chat = surgery.chatting()
    chat.says("book an appointment")
    assert "Call 999" in chat.says("i cant breathe")


def own(surgery: Surgery, owner: str) -> None:
    with surgery.program.database.write() as connection:
        connection.execute(update(conversation).values(owner=owner))


def test_while_staff_own_the_conversation_the_assistant_is_silent(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    own(surgery, "staff")
    texts = len(surgery.network.texts)
    assert amira.says("1") == ""
    assert len(surgery.network.texts) == texts
    assert surgery.escalations()[-1].reason == "patient_wrote"
    own(surgery, "bot")
    assert "short reason" in amira.says("1")


def test_an_alarm_is_answered_even_while_staff_own_the_conversation(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("hello")
    own(surgery, "staff")
    assert "Call 999" in amira.says("i have chest pain")


@pytest.mark.parametrize("said", ["STOP", "stop", "Stop.", "STOPALL", "unsubscribe"])
def test_stop_means_no_more_texts(surgery: Surgery, said: str) -> None:
    amira = surgery.texting(AMIRA)
    assert amira.says(said) == ""
    texts = len(surgery.network.texts)
    amira.says("book an appointment tomorrow")
    assert len(surgery.network.texts) == texts
    assert "opted_out" in [each.reason for each in surgery.escalations()]


def test_start_brings_texts_back(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("STOP")
    assert "texts from us again" in amira.says("START")
    texts = len(surgery.network.texts)
    amira.says("are you open")
    assert len(surgery.network.texts) == texts + 1


def test_what_the_provider_answered_itself_is_not_answered_twice(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert amira.says("STOP", opt_out="STOP") == ""
    assert amira.says("START", opt_out="START") == ""
    assert amira.says("HELP", opt_out="HELP") == ""
    assert "8am" in amira.says("are you open")


def test_help_by_text_is_answered(surgery: Surgery) -> None:
    assert "I can book, change, cancel" in surgery.texting(NOBODY).says("HELP")


def test_stop_in_the_chat_leaves_the_journey_and_no_more(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment")
    assert chat.says("stop") != ""
    assert "texts.opt_out" not in [action for action, _ in surgery.audit()]


@pytest.mark.parametrize(
    "typed",
    ["/book_appointment", '/book_appointment{"when": 1}', "//book_appointment{}", "/affirm", "/session_start", "/back"],
)
def test_a_slash_is_never_a_command(surgery: Surgery, typed: str) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("1")
    amira.says("no")
    amira.says(typed)
    with surgery.program.database.read() as connection:
        held = get_conversation(connection, connection.execute(select(conversation.c.id)).scalar_one())
        events = load_tracker(connection, held).events
    heard = [event["text"] for event in events if event["event"] == "user"]
    assert not [text for text in heard if text.startswith("/")]
    assert surgery.appointments("Amira") == []
    assert "session_started" not in [event["event"] for event in events[3:]]


def test_a_person_who_types_a_slash_is_asked_for_plain_words(patient: Known) -> None:
    assert "plain words" in patient(AMIRA).says("/restart")


@pytest.mark.parametrize("text", ["", "   ", "\n", "?", "...", "/", "😀", "‮", "\u200b"])
def test_a_message_without_words_is_asked_for_words(patient: Known, text: str) -> None:
    assert "any words" in patient(AMIRA).says(text)


def test_a_picture_alone_is_said_to_be_of_no_use(surgery: Surgery) -> None:
    assert "cannot receive pictures" in surgery.texting(AMIRA).says("", media=1)


def test_a_message_without_words_leaves_the_journey_where_it_is(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("😀")
    assert "short reason" in amira.says("1")


def test_the_same_message_delivered_twice_is_answered_once(surgery: Surgery) -> None:
    from bot.gateway import Inbound

    inbound = Inbound("sms", AMIRA, "same-id", "are you open")
    first = surgery.program.gateway.receive(inbound)
    surgery.run()
    second = surgery.program.gateway.receive(inbound)
    surgery.run()
    assert (first.is_new, second.is_new) == (True, False)
    assert len(surgery.network.texts) == 1


def test_after_quiet_hours_a_new_conversation_begins(surgery: Surgery, clock: HandClock) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    clock.forward(hours=12, minutes=1)
    assert "did not understand" in amira.says("1")
    with surgery.program.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(conversation)).scalar_one() == 2


def test_within_the_quiet_hours_the_journey_goes_on(surgery: Surgery, clock: HandClock) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment on thursday")
    clock.forward(hours=11)
    assert "short reason" in amira.says("1")


def test_trackers_stay_short_however_long_the_conversation(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    lengths = []
    for _ in range(12):
        amira.says("are you open")
        with surgery.program.database.read() as connection:
            held = get_conversation(connection, connection.execute(select(conversation.c.id)).scalar_one())
            lengths.append(len(load_tracker(connection, held).events))
    assert max(lengths) <= LONG + 12


WHOLE = """/restart|/book_appointment{}|intent{}|yes|1|no|book an appointment tomorrow|2|cancel|%s %d {0}|\x00\x01
مرحبا كيف حالك|שלום|\u202etxet desrever|👨\u200d👩\u200d👧 help|١٢٣|½""".replace("\n", "|").split("|")
PIECES = "tomorrow the 2nd 31/02 0:00 99:99 dr / 😀 no next -1".split()
ODD = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="/{}[]\"'\\:,0123456789abcintent_", max_size=40),
    st.sampled_from(WHOLE),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=ODD)
def test_anything_at_all_gets_an_answer(surgery: Surgery, text: str) -> None:
    amira = surgery.texting(AMIRA)
    answer = amira.says(text)
    said = text.strip().casefold().rstrip(".!")
    assert answer or said in ("stop", "stopall", "unsubscribe")
    assert "something went wrong" not in answer


def test_turns_take_the_time_of_the_message_not_of_the_worker(surgery: Surgery, clock: HandClock) -> None:
    from bot.gateway import Inbound

    surgery.program.gateway.receive(Inbound("sms", AMIRA, "late", "book an appointment tomorrow"))
    clock.forward(hours=2)
    surgery.run()
    assert "Tuesday 24 November" in surgery.network.texts[-1][1]
