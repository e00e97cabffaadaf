"""Somebody has none of a medicine left: the practice's rule for it comes before anything else, whoever they are."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.journey import FORMS, add_requests
from bot.actions.talk import Talk, TalkAction

_NOT_YET = r"(?<!nearly )(?<!almost )(?<!about to )(?<!going to )(?<!will )(?<!i'll )(?<!before i )(?<!to )"
_HAS_NONE = re.compile(
    rf"{_NOT_YET}\b(?:r[au]n|got|all|completely|totally) out\b(?! (?:on|before|by|next|to)\b)|\bi.?m out of\b"
    r"|\b(?:none|nothing|no (?:more )?(?:\w+ )?(?:tablets|meds|pills|inhalers?|insulin|medicines?|medication)) left\b"
    r"|\b(?:none|not one|not (?:a|any) \w+|zero) left\b|\ball gone\b",
    re.I,
)


def say_if_none_left(talk: Talk, words: str) -> None:
    """What the practice says to those who have nothing left of a medicine, while it is open and while it is closed."""
    if talk.intent != "run_out" and not _HAS_NONE.search(words):
        return
    rules = talk.turn.practice.prescriptions
    is_open = talk.turn.practice.is_open(talk.turn.now)
    talk.say("utter_run_out", answer=rules.run_out_open if is_open else rules.run_out_closed)


class RunOut(TalkAction):
    """Begins an order, which says it first. In the middle of another journey it is said, and an order offered after."""

    def name(self) -> str:
        return "action_run_out"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.form is None:
            return [FollowupAction(FORMS["run_out"])]
        say_if_none_left(talk, talk.text)
        wish = {"intent": "order_prescription", "words": talk.text}
        return [SlotSet("misses", None), SlotSet("later", add_requests([wish], talk.slot("later")))]
