"""Writing to the practice: what it is about, the message, and the read-back. Staff answer, and the assistant never."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.ask import Ask
from bot.actions.choosing import is_confirmed
from bot.actions.forms import Changes, JourneyForm
from bot.actions.journey import FORMS, QUESTIONS, asked_for, end, say_stopped
from bot.actions.proof import offer_page
from bot.actions.talk import SURE, Talk, TalkAction
from bot.backend.references import new_reference
from bot.escalation.timing import answer_day
from bot.identity.policy import Decision, Service
from bot.nlu.short_replies import read_short_reply
from bot.store.threads import COMPLAINT
from bot.wording import say_day
from bot.writing import threads
from bot.writing.threads import Written
from bot.writing.topics import OTHER, TOPICS, find_message, find_topic, wants_files

# While the message is asked for, nearly everything is the message; only these are taken for something else.
_WAYS_OUT = frozenset(
    [
        *("start_over", "talk_to_human", "help", "repeat", "emergency", "crisis", "bot_challenge", "privacy_question"),
        *("log_out", "report_intruder", "under_pressure"),
    ]
)
_ANOTHER = frozenset(FORMS) - {"message_practice", "report_record_problem", "change_details"}
_PLEASANTRIES = frozenset({"greet", "thanks", "chitchat"})
_FEW_WORDS, _NEARLY_SURE = 6, 0.9  # "book an appointment" is a wish; a longer text that holds one is a message
_WHOLE_MESSAGE = 9  # words; so long an answer to "what is it about?" is the message itself
_SHOWN_BY_TEXT = 160  # characters of a message, where it is read back by text


class MessageForm(JourneyForm):
    """What it is about, what staff are to read, and the read-back. What was said at the start is not asked again."""

    form = "message_form"
    intent = "message_practice"
    service = Service.WRITE_MESSAGE
    steps = ("identified", "topic", "message", "sending")
    purpose, proof = "messages", "utter_prove_first"

    def asked_as(self, talk: Talk) -> str:
        return "complaint" if talk.intent == "complaint" else self.intent

    def start(self, talk: Talk) -> Changes:
        words = talk.slot("said") or asked_for(talk, self.asked_as(talk)) or talk.text
        topic = COMPLAINT if talk.intent == "complaint" else find_topic(words)
        found = find_message(words)
        changes = {**super().start(talk), "topic": topic or (OTHER if found else None), "message": found}
        return {**changes, "report": {"files": wants_files(words)}}

    def begin(self, talk: Talk, held: Changes) -> Changes:
        """Files are sent on the secure page."""
        if not (held["report"] or {}).get("files"):
            return {}
        offer_page(talk, "messages", "utter_page_files")
        return {"stopped": True}

    def is_interrupted(self, talk: Talk) -> bool:
        if talk.asked_for == "identified":
            return super().is_interrupted(talk)
        if talk.asked_for == "topic" and find_topic(talk.text):
            return False
        return _is_something_else(talk)

    def read_topic(self, talk: Talk, held: Changes) -> Changes | None:
        option = talk.entity("option")
        if isinstance(option, int) and 1 <= option <= len(TOPICS):
            return {"topic": TOPICS[option - 1]}
        topic, is_message = find_topic(talk.text), len(talk.text.split()) >= _WHOLE_MESSAGE
        if topic is None and not is_message:
            return None
        return {"topic": topic or OTHER, "message": held["message"] or (talk.text.strip() if is_message else None)}

    def read_message(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny" and read_short_reply(talk.text) is not None:
            say_stopped(talk)
            return {"stopped": True}
        if not any(character.isalpha() for character in talk.text) or read_short_reply(talk.text) is not None:
            return None
        longest = talk.turn.practice.messages.max_length
        if len(talk.text) > longest:
            talk.say("utter_message_too_long", limit=longest)
            return {"message": None}
        return {"message": talk.text.strip()}

    def read_sending(self, talk: Talk, held: Changes) -> Changes | None:
        """Yes; or no, and it is written anew; or more of it, which is added."""
        if is_confirmed(talk, held):
            return {"sending": True}
        is_short = read_short_reply(talk.text) is not None or len(talk.text.split()) < _FEW_WORDS
        if talk.intent in ("deny", "correction") or talk.entity("option") == 2:
            return {"message": None} if is_short else {"message": talk.text.strip()}
        longer = f"{held['message']}\n{talk.text.strip()}"
        if is_short or len(longer) > talk.turn.practice.messages.max_length:
            return None
        return {"message": longer}


def _is_something_else(talk: Talk) -> bool:
    """A way out; or, in a few words, another journey or a greeting."""
    if talk.confidence < SURE:
        return False
    is_topic = talk.asked_for == "topic"
    is_short = len(talk.text.split()) < (_WHOLE_MESSAGE if is_topic else _FEW_WORDS + 1)
    if talk.intent == "stop_this":
        return is_short
    if talk.intent in _ANOTHER | _PLEASANTRIES | (QUESTIONS if is_topic else frozenset()):
        return is_short and talk.confidence >= _NEARLY_SURE
    return talk.intent in _WAYS_OUT


class AskTopic(Ask):
    slot = "topic"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        labels = [topic_name(talk, topic) for topic in TOPICS]
        listed = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
        talk.say("utter_ask_topic_again" if is_again else "utter_ask_topic", options=listed)
        talk.offer_options(labels)
        return {}


class AskMessage(Ask):
    """It is said who reads it."""

    slot = "message"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        is_complaint = talk.slot("topic") == COMPLAINT
        asked = (
            "utter_ask_message_again" if is_again else "utter_ask_complaint" if is_complaint else "utter_ask_message"
        )
        talk.say(asked)
        return {}


class AskSending(Ask):
    """The read-back: whole in the chat, its beginning by text."""

    slot = "sending"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        if is_again:
            talk.say("utter_ask_sending_again")
            return {}
        words = talk.slot("message")
        if talk.by_text and len(words) > _SHOWN_BY_TEXT:
            words = words[:_SHOWN_BY_TEXT].rsplit(maxsplit=1)[0] + " ..."
        talk.say("utter_ask_sending", topic=topic_name(talk, talk.slot("topic")), message=words)
        return {}


class SendMessage(TalkAction):
    """Keeps the message in a thread of its own, with the turn."""

    def name(self) -> str:
        return "action_send_message"

    def act(self, talk: Talk) -> list[EventType]:
        turn = talk.turn
        if not talk.slot("sending"):
            return end(talk)
        if turn.may(Service.WRITE_MESSAGE) is not Decision.ALLOWED:
            talk.say("utter_refused_service")
            return end(talk)
        reference, written = new_reference(), Written(talk.slot("message"), turn.key("message"))
        whose = (turn.patient.id, turn.caller.person_id or turn.patient.id)
        turn.work.add(threads.begin, *whose, talk.slot("topic"), reference, written, turn.now)
        turn.audit("message.write", "done", reference)
        by = say_day(answer_day(turn.practice, turn.now))
        talk.say("utter_message_sent", reference=reference, day=by)
        if not talk.by_text:
            offer_page(talk, "messages", "utter_add_files")
        return end(talk)


class Complain(TalkAction):
    """How to complain; and, unless something else is under way, it can be written here at once."""

    def name(self) -> str:
        return "action_complaint"

    def act(self, talk: Talk) -> list[EventType]:
        talk.say("utter_complaint")
        if talk.form is None and talk.turn.practice.services.messages:
            return [FollowupAction(MessageForm.form)]
        talk.offer("person")
        return [SlotSet("misses", None)]


def topic_name(talk: Talk, topic: str) -> str:
    return talk.turn.services.responses.say(f"utter_topic_{topic}")
