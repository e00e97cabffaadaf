"""The journeys about an appointment that is held: which one."""

from __future__ import annotations

import re
from copy import copy

from bot.actions.choosing import choose
from bot.actions.forms import Changes, JourneyForm
from bot.actions.held import appointment_to_json
from bot.actions.talk import Talk
from bot.backend.base import Appointment, TooLateToCancel
from bot.backend.rules import check_cancel
from bot.nlu.when import read_when
from bot.wording import say_minutes

_APPOINTMENT = r"(?:appointments?|appts?|apts?|bookings?|one)"
# "My Monday appointment", "the one with Dr Hughes": what tells one appointment from another is no wish for a time.
_WHICH = re.compile(
    rf"\b(?:my|the) (?:(?!{_APPOINTMENT}\b|to\b|for\b)\S+ ){{1,4}}{_APPOINTMENT}\b"
    rf"|\b{_APPOINTMENT} (?:on|with|at)(?: (?!to\b|until\b|instead\b|and\b|please\b)\S+){{1,3}}",
    re.I,
)
_OTHER = re.compile(rf"\b(?:(?:the|my) other|wrong|not (?:that|this)) {_APPOINTMENT}\b", re.I)
_VERB = re.compile(r"\b(?:cancel|move|change|book|reschedule|when)\b", re.I)  # a request of its own


class ChoosesAppointment(JourneyForm):
    """Step `appointment`: one that is held. With a single one there is nothing to ask."""

    def is_interrupted(self, talk: Talk) -> bool:
        is_other = bool(talk.slot("choices")) and bool(_OTHER.search(talk.text)) and not _VERB.search(talk.text)
        return not is_other and super().is_interrupted(talk)

    def begin(self, talk: Talk, held: Changes) -> Changes:
        booked = self._booked(talk)
        if not booked:
            talk.say("utter_no_appointments")
            return {"stopped": True}
        choices = {"choices": [appointment_to_json(each) for each in booked]} if len(booked) > 1 else {}
        meant = _meant(talk, booked) or self._known(talk, held, booked)
        if meant is None:
            return choices
        return {**choices, **self._choose(talk, meant)}

    def start(self, talk: Talk) -> Changes:
        """ "Move it instead", said while cancelling: the appointment is still the one that was chosen."""
        kept = talk.slot("appointment") if talk.turn.caller.sharing < 2 else None
        return {**super().start(talk), "appointment": kept, "about": talk.turn.about}

    def read_appointment(self, talk: Talk, held: Changes) -> Changes | None:
        booked = [each for each in self._booked(talk) if each.id in [listed["id"] for listed in held["choices"] or []]]
        chosen = choose(talk, [each.slot for each in booked], talk.turn.practice.zone, are_held=True)
        if chosen is not None:
            return self._choose(talk, booked[chosen])
        if talk.intent == "deny":
            talk.say("utter_kept")
            return {"stopped": True}
        return None

    def other_appointment(self, talk: Talk, held: Changes) -> Changes | None:
        """After one was chosen: "no, the other one"."""
        others = [each for each in self._booked(talk) if each.id != held["appointment"]["id"]]
        is_other = bool(_OTHER.search(talk.text))
        meant = _meant(talk, others) or (others[0] if is_other and len(others) == 1 else None)
        again = {"slot": None, "offer": None, "confirm_number": None}
        if meant is not None:
            return {**again, **self._choose(talk, meant)}
        return {**again, "appointment": None} if is_other and others else None

    def _known(self, talk: Talk, held: Changes, booked: list[Appointment]) -> Appointment | None:
        """The only one, the one chosen before a switch, the one just made that is being corrected, or the one they
        were reminded of."""
        just_made = talk.slot("done") if talk.intent == "correction" else None
        known = (held["appointment"] or just_made or {}).get("id") or held["about"]
        return booked[0] if len(booked) == 1 else next((each for each in booked if each.id == known), None)

    def _booked(self, talk: Talk) -> list[Appointment]:
        return talk.turn.services.backend.appointments(talk.turn.patient.id)

    def _choose(self, talk: Talk, chosen: Appointment) -> Changes:
        """Too late for a change is said now, not after the patient has picked another time."""
        booking = talk.turn.practice.booking
        try:
            check_cancel(chosen, booking, talk.turn.now)
        except TooLateToCancel:
            talk.say("utter_refused_too_late_to_cancel", cutoff=say_minutes(booking.cancel_cutoff_minutes))
            return {"stopped": True}
        return {"appointment": appointment_to_json(chosen)}


def _meant(talk: Talk, booked: list[Appointment]) -> Appointment | None:
    """The one that is told apart in so many words; these words are then no longer read as a wish."""
    words = _WHICH.search(talk.text)
    if words is None:
        return None
    about = copy(talk)
    about.text, about.intent = words[0], "select_option"
    about.take_when(read_when(words[0], talk.turn.now))
    chosen = choose(about, [each.slot for each in booked], talk.turn.practice.zone, are_held=True)
    if chosen is None:
        return None
    talk.take_when(read_when(talk.text[: words.start()] + talk.text[words.end() :], talk.turn.now))
    return booked[chosen]
