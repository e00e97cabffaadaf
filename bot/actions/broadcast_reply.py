"""A bare yes or no to a text that went to many. Whatever says more is read like any other message."""

from __future__ import annotations

from bot.actions.turn import Turn
from bot.nlu.short_replies import read_short_reply
from bot.store.conversations import SMS
from bot.store.messages import Reply

_ANSWERS = {"affirm": "utter_broadcast_yes", "deny": "utter_broadcast_no"}


def answer_broadcast(turn: Turn, text: str) -> Reply | None:
    """What is said to it; None: the message is about something else. A yes is passed on, with what it was said to."""
    response = _ANSWERS.get((read_short_reply(text) or ("", None))[0])
    if response is None or turn.channel != SMS:
        return None
    held = turn.services.told.broadcast(turn.conversation, turn.message_id, turn.now)
    if held is None:
        return None
    turn.audit("broadcast.answer", "yes" if response == "utter_broadcast_yes" else "no", f"broadcast:{held.id}")
    if response == "utter_broadcast_yes":
        turn.escalate("broadcast_yes", f"{held.title}: {text}")
    return Reply(turn.services.responses.say(response))
