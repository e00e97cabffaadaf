"""A correction when nothing is being asked: it is about what was just done, or it is a wish of its own."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction

from bot.actions.talk import Talk, TalkAction


class Correct(TalkAction):
    """ "No, I meant Wednesday", said after the booking was made, moves what was booked and books no second one."""

    def name(self) -> str:
        return "action_correct"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.slot("done"):
            return [FollowupAction("reschedule_form")]
        return [FollowupAction("book_form" if talk.entity("when") else "action_default_fallback")]
