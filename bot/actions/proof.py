"""Sending somebody to the secure page, where they prove who they are and read what is theirs."""

from __future__ import annotations

from bot.actions.talk import Talk


def offer_page(talk: Talk, purpose: str, response: str) -> None:
    """Say `response` with a link for the patient of this turn; `purpose` as in `bot.identity.step_up`.

    By text the link stands in the sentence, in the chat under it. Where proof is locked only the surgery can help.
    """
    turn = talk.turn
    link = turn.services.step_up.offer(turn.work, turn.conversation, turn.patient.id, purpose, turn.now)
    if link is None:
        turn.escalate("step_up_locked", "")
        talk.say("utter_step_up_locked")
        talk.offer("person")
        return
    turn.audit("step_up.link", "made")
    talk.say(response, link=link, minutes=turn.practice.identity.link_minutes)
    talk.attach(turn.services.responses.say("utter_open_page"), secure=link)
