"""The first step of every message: words that need an immediate answer, whatever is under way and whoever owns it.

The answer is fixed, a person is told, and the journey waits where it stands: the next message goes on with it. What
is unclear ("no chest pain") is asked about. What is taken back ("false alarm") is noted, and the journey's question
is asked again. What was asked is known by its words, the assistant's last: nothing more is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.actions.turn import Turn
from bot.nlu.languages import detect
from bot.responses import Responses
from bot.safety.screen import KINDS, Kind, is_retraction, screen
from bot.store import messages
from bot.store.database import Database
from bot.store.messages import Reply
from bot.store.tracker import is_idle, load_tracker
from bot.store.turn_queue import Waiting

_ASKED_ABOUT: tuple[Kind, ...] = ("crisis", "emergency")
_LOOKED_BACK = 20  # messages; an alarm further back is not what "false alarm" is about
_YES = re.compile(
    r"\W*(?:(?:y|ye|yes|yeah|yep|yh|yea|yup|right now)\b|(?:now|it is|it does|i am|i do|she is|he is)\W*$)", re.I
)
_NO = re.compile(r"\W*(?:n|no|nope|nah|not)\b", re.I)


class Alarm:
    """Takes a message first. `talk` runs a turn of the journey under way."""

    def __init__(self, database: Database, responses: Responses, talk: Callable[[Turn, str], Reply | None]) -> None:
        self._database, self._responses, self._talk = database, responses, talk

    def take(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Whether it was dealt with, and what is answered."""
        found = screen(waiting.text)
        if found and found.certainty == "now":
            return True, self._raise(turn, waiting.text, found.kind)
        asked = self._asked(turn) if _YES.match(waiting.text) or _takes_back(waiting.text) else None
        if asked and _YES.match(waiting.text):
            return True, self._raise(turn, waiting.text, asked)
        taken_back = asked or (self._raised(turn) if is_retraction(waiting.text) else None)
        if taken_back:
            return self._stand_down(turn, waiting.text, taken_back, was_raised=asked is None)
        return self._ask(turn, waiting.text, found.kind) if found else (False, None)

    def _raise(self, turn: Turn, words: str, kind: Kind) -> Reply:
        turn.escalate(kind, words, "urgent")
        turn.audit("safety.alarm", kind)
        said = self._responses.say(self._named(turn, kind))
        language = detect(words)
        if language is not None:
            said = self._responses.say(f"utter_passed_on_{language.code}") + f"\n\n{said}"
        return Reply(said, is_urgent=kind != "urgent_today", is_said_regardless=True)

    def _ask(self, turn: Turn, words: str, kind: Kind) -> tuple[bool, Reply | None]:
        """One question. Staff who own the conversation, or who will read another language, ask it themselves."""
        turn.escalate(f"{kind}_unclear", words)
        turn.audit("safety.ask", kind)
        if turn.conversation.owner != "bot" or detect(words) is not None:
            return False, None
        name = f"utter_{kind}_ask"
        return True, Reply(self._responses.say(name), quick_replies=self._responses.quick_replies(name))

    def _stand_down(self, turn: Turn, words: str, kind: Kind, was_raised: bool) -> tuple[bool, Reply | None]:
        """Nothing is deleted: staff see the alarm, and that it was taken back."""
        if was_raised:
            turn.escalate(f"{kind}_retracted", words, "urgent")
        turn.audit("safety.retracted", kind)
        if turn.conversation.owner != "bot":
            return False, None
        said = self._responses.say("utter_alarm_retracted" if was_raised else "utter_alarm_not_now")
        question = self._talk(turn, "/repeat") if self._is_under_way(turn) else None
        if question is None:
            return True, Reply(said)
        return True, Reply(f"{said}\n\n{question.text}", quick_replies=question.quick_replies)

    def _named(self, turn: Turn, kind: Kind) -> str:
        """The answer; what needs the surgery today depends on whether it is open."""
        is_closed = kind == "urgent_today" and not turn.practice.is_open(turn.now)
        return f"utter_{kind}_closed" if is_closed else f"utter_{kind}"

    def _asked(self, turn: Turn) -> Kind | None:
        """What the assistant's last words asked about."""
        last = next(iter(self._said(turn)), "")
        return next((kind for kind in _ASKED_ABOUT if last == self._responses.say(f"utter_{kind}_ask")), None)

    def _raised(self, turn: Turn) -> Kind | None:
        """The latest alarm that was answered in this conversation, unless it was taken back since."""
        answers = {self._responses.say(name): kind for kind in KINDS for name in self._answers_of(kind)}
        for said in self._said(turn):
            if said.startswith(self._responses.say("utter_alarm_retracted")):
                return None
            kind = next((kind for answer, kind in answers.items() if said.endswith(answer)), None)
            if kind:
                return kind
        return None

    def _answers_of(self, kind: Kind) -> tuple[str, ...]:
        return ("utter_urgent_today", "utter_urgent_today_closed") if kind == "urgent_today" else (f"utter_{kind}",)

    def _said(self, turn: Turn) -> list[str]:
        """The assistant's latest words, the last first."""
        with self._database.read() as connection:
            latest = messages.messages_after(connection, turn.conversation.id, 0, _LOOKED_BACK)
        said = (each for each in reversed(latest) if each.author != messages.PATIENT and each.id < turn.message_id)
        return [each.text for each in said]

    def _is_under_way(self, turn: Turn) -> bool:
        with self._database.read() as connection:
            return not is_idle(load_tracker(connection, turn.conversation).events)


def _takes_back(text: str) -> bool:
    return bool(_NO.match(text)) or is_retraction(text)
