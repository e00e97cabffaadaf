"""Something in the record is wrong, or is somebody else's: what it is about is asked, and a person is told."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from bot.actions.ask import Ask
from bot.actions.forms import Changes, JourneyForm
from bot.actions.journey import end
from bot.actions.talk import SURE, Talk, TalkAction
from bot.escalation.timing import say_when_answered
from bot.identity.policy import Service

_NOT_MINE = re.compile(
    r"\b(?:not|isn.?t|aren.?t|wasn.?t|never) (?:\w+ )?(?:about me|mine|me|my (?!full|whole|complete|latest)\w+)\b"
    r"|\b(?:some(?:one|body) else|another (?:patient|person)|other (?:patient|person|people)|stranger)(?:.?s)?\b"
    r"|\b(?:wrong|different) (?:person|patient|name)(?:.?s)?\b|\bbelongs? to\b",
    re.I,
)
# While it is asked what it is about, everything else is the answer.
_NO_ANSWER = frozenset(
    [
        *("stop_this", "start_over", "talk_to_human", "help", "repeat", "emergency", "crisis"),
        *("log_out", "report_intruder", "under_pressure"),
    ]
)


class ProblemForm(JourneyForm):
    """What it is about. Another person's data is a breach: staff are told at once, whether or not that is answered."""

    form = "problem_form"
    intent = "report_record_problem"
    service = Service.ASK_FOR_PERSON
    steps = ("problem",)

    def start(self, talk: Talk) -> Changes:
        words = talk.slot("said") or talk.text
        reason = "record_not_mine" if _NOT_MINE.search(words) else "record_wrong"
        changes = super().start(talk)
        if reason == "record_not_mine":
            talk.turn.escalate(reason, words, "urgent")
            talk.say("utter_record_not_mine")
        return {**changes, "report": {"reason": reason, "words": words}}

    def is_interrupted(self, talk: Talk) -> bool:
        return talk.intent in _NO_ANSWER and talk.confidence >= SURE

    def read_problem(self, talk: Talk, held: Changes) -> Changes:
        report = held["report"]
        urgency = "urgent" if report["reason"] == "record_not_mine" else "routine"
        talk.turn.escalate(report["reason"], f"{report['words']}\n{talk.text}", urgency)
        return {"problem": True}

    def _identify(self, talk: Talk, held: Changes, is_new: bool) -> Changes:
        return {}  # whoever was shown something that is not theirs may be nobody we know


class AskProblem(Ask):
    slot = "problem"

    def ask(self, talk: Talk, is_again: bool) -> Changes:
        talk.say("utter_ask_problem_again" if is_again else "utter_ask_problem")
        return {}


class ReportProblem(TalkAction):
    def name(self) -> str:
        return "action_report_problem"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.slot("problem"):
            talk.say("utter_problem_reported", by=say_when_answered(talk.turn.practice, talk.turn.now))
        return end(talk)
