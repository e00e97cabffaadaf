"""How journeys end that change something: it is done, refused in plain words, or begun again with other times."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, TypeVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.journey import end, finish
from bot.actions.talk import Talk, TalkAction
from bot.backend.base import Appointment, SlotTaken
from bot.backend.prescribing import PrescriptionRequest
from bot.backend.refused import Refused
from bot.escalation.timing import say_when_answered
from bot.identity.policy import Decision, Service
from bot.wording import say_minutes

Changed = TypeVar("Changed", Appointment, PrescriptionRequest)


class Change(TalkAction, Generic[Changed]):
    """Makes one change in the clinical system once its form is complete, and says what came of it.

    The policy is asked again: what was allowed when the journey began may have been taken away since.

    Attributes:
        form: the form that leads here.
        service: what the policy is asked for.
        audit_as: the change's name in the audit trail.
    """

    form: str
    service: Service
    audit_as: str

    def act(self, talk: Talk) -> list[EventType]:
        if not talk.slot("confirmed"):
            return end(talk)
        if talk.turn.may(self.service) is not Decision.ALLOWED:
            talk.say("utter_refused_service")
            return end(talk)
        try:
            changed = self.change(talk)
        except Refused as refusal:
            talk.turn.audit(self.audit_as, refusal.code)
            talk.say(f"utter_refused_{refusal.code}", **_limits(talk))
            return _with_other_times(self.form) if isinstance(refusal, SlotTaken) else end(talk)
        talk.turn.audit(self.audit_as, "done", changed.id)
        self.say_done(talk, changed)
        return [*end(talk), SlotSet("done", self.keep(changed))]

    def when_unavailable(self) -> list[EventType]:
        return finish()

    def keep(self, changed: Changed) -> dict[str, Any] | None:
        """The appointment that a correction said afterwards ("no, I meant Wednesday") is about, if there is one."""
        return None

    @abstractmethod
    def change(self, talk: Talk) -> Changed:
        """Call the clinical system, with the turn's idempotency key."""

    @abstractmethod
    def say_done(self, talk: Talk, changed: Changed) -> None:
        """Tell the patient."""


def calendar_of(made: Appointment) -> dict[str, str]:
    """What is attached, in the chat, to an answer about an appointment that was made."""
    return {"label": "Add to your calendar", "href": f"/chat/calendar/{made.id}.ics"}


def attach_calendar(talk: Talk, made: Appointment) -> None:
    talk.attach(**calendar_of(made))


def _with_other_times(form: str) -> list[EventType]:
    kept = [SlotSet(name, None) for name in ("slot", "offer", "confirmed", "confirm_number")]
    return [*kept, SlotSet("resume", True), FollowupAction(form)]


def _limits(talk: Talk) -> dict[str, Any]:
    booking = talk.turn.practice.booking
    return {
        "max_future": booking.max_future_appointments,
        "cutoff": say_minutes(booking.cancel_cutoff_minutes),
        "embargo": say_minutes(booking.embargo_minutes),
        "window": booking.window_days,
        "by": say_when_answered(talk.turn.practice, talk.turn.now),
    }
