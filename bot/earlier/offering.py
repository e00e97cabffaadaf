"""Offers what has become free to those who wait, in the order in which they asked: one at a time for each slot, and for
each of them."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Appointment, NoSuchPatient, PracticeBackend, Slot
from bot.earlier.fitting import earlier_search, free_for
from bot.earlier.telling import OFFER, subject_of
from bot.identity.callers import Callers
from bot.identity.policy import Assurance, Decision, Service, may
from bot.notifying.reach import OutOfReach, number_to_text
from bot.practice import Practice
from bot.store import earlier, notifications
from bot.store.audit import add_audit
from bot.store.database import Database
from bot.store.earlier import EXPIRED, GONE, UNSENT, Offer, Wish

_ON_ITS_WAY = timedelta(minutes=2)  # an answer that was sent in time may still be being read
_FAR_AHEAD = timedelta(days=400)  # further than anybody is booked
_TRIES = 10  # while others change the order, or offer too


class _LeftOut(Exception):
    """Somebody who asked earlier would have been passed over: it is worked out anew."""


@dataclass(frozen=True)
class _Waiter:
    """Somebody who waits, and the times that would do, earliest first. `why_not`: an offer would be of no use."""

    wish: Wish
    slots: list[Slot]
    why_not: str | None


class Offering:
    """A `Planner`, see `bot.notifying.schedule`."""

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, callers: Callers) -> None:
        self._database, self._backend = database, backend
        self._practice, self._callers = practice, callers

    def plan(self, now: datetime) -> None:
        """End what is over, then offer what is free. By several processes at once each slot is still offered once."""
        with self._database.read() as connection:
            waiting = earlier.waiting(connection)
        if not waiting:
            return
        booked = {each.id: each for each in self._backend.appointments_between(now, now + _FAR_AHEAD)}
        self._end_what_is_over([each for each in waiting if each.appointment_id not in booked], now)
        if self._practice.when_to_text(now) > now:
            return
        for _ in range(_TRIES):
            with suppress(_LeftOut):
                self._offer(booked, now)
                return

    # What is over.

    def _end_what_is_over(self, without_appointment: list[Wish], now: datetime) -> None:
        for wish in without_appointment:
            self._end_wish(wish, now)
        with self._database.read() as connection:
            offers = earlier.live_offers(connection)
            told = {each.id: notifications.find_by_key(connection, subject_of(each.id)) for each in offers}
        for offer in offers:
            notified = told[offer.id]
            if notified is not None and notified.state == notifications.DROPPED:
                self._end_offer(offer, GONE if notified.dropped_why == "taken" else UNSENT, now)
            elif offer.expires_at + _ON_ITS_WAY <= now:
                self._end_offer(offer, EXPIRED, now)

    def _end_wish(self, wish: Wish, now: datetime) -> None:
        with self._database.write() as connection:
            offers = earlier.end_wish(connection, wish.id, GONE, now)
            if offers is None:
                return
            for each in offers:
                notifications.drop_about(connection, subject_of(each.id), GONE)
            add_audit(connection, now, "earlier.wish", "gone", "system", None, wish.patient_id, f"wish:{wish.id}")
            for each in offers:
                note_offer(connection, now, "gone", each.wish_id, each.patient_id, each.slot_id)

    def _end_offer(self, offer: Offer, outcome: str, now: datetime) -> None:
        with self._database.write() as connection:
            if earlier.end_offer(connection, offer.id, outcome, now):
                notifications.drop_about(connection, subject_of(offer.id), outcome)
                note_offer(connection, now, outcome, offer.wish_id, offer.patient_id, offer.slot_id)

    # What is free.

    def _offer(self, booked: dict[str, Appointment], now: datetime) -> None:
        """What everybody could have is looked up before anything is offered, from the end of the line to its front: so
        whatever was free for somebody is known for all who asked earlier."""
        found = [self._waiter(wish, booked[wish.appointment_id], now) for wish in reversed(self._in_line(booked))]
        considered = {each.wish.id for each in found}
        given: set[str] = set()
        for waiter in reversed(found):
            left = [each for each in waiter.slots if each.id not in given]
            if waiter.why_not:
                self._pass_over(waiter, left, now)
            elif left and self._offer_to(waiter.wish, left[0], considered, now):
                given.add(left[0].id)

    def _in_line(self, booked: dict[str, Appointment]) -> list[Wish]:
        """Those who hold no offer."""
        with self._database.read() as connection:
            busy = {each.wish_id for each in earlier.live_offers(connection)}
            waiting = earlier.waiting(connection)
        return [each for each in waiting if each.id not in busy and each.appointment_id in booked]

    def _waiter(self, wish: Wish, held: Appointment, now: datetime) -> _Waiter:
        search = earlier_search(held, wish.wishes, self._backend.clinicians())
        free = free_for(self._backend, wish.patient_id, search, self._earliest(now))
        with self._database.read() as connection:
            known = earlier.offered_before(connection, wish.id)
        return _Waiter(
            wish, [slot for slot in free if slot.id not in known], self._why_not(wish, now) if free else None
        )

    def _earliest(self, now: datetime) -> datetime:
        """Nothing so near that it could no longer be booked when the time to answer is over."""
        rules, booking = self._practice.earlier_slots, self._practice.booking
        answering = timedelta(minutes=2 * rules.answer_minutes + booking.embargo_minutes)
        return now + max(timedelta(hours=rules.notice_hours), answering)

    def _why_not(self, wish: Wish, now: datetime) -> str | None:
        try:
            patient = self._backend.patient(wish.patient_id)
            with self._database.read() as connection:
                number_to_text(connection, patient, now)
        except NoSuchPatient:
            return "not_registered"
        except OutOfReach as reason:
            return reason.why
        access = self._callers.access(patient, None, now)
        is_refused = may(Service.CHANGE_APPOINTMENT, access, Assurance.CONTACT, self._practice) is Decision.REFUSED
        return "no_access" if is_refused else None

    def _pass_over(self, waiter: _Waiter, slots: list[Slot], now: datetime) -> None:
        """The next in line is asked; that they could not be told is noted, once for each slot."""
        wish = waiter.wish
        with self._database.write() as connection:
            earlier.take_turns(connection)
            noted = [each for each in slots if earlier.add_unsent(connection, wish, each.id, now)]
            for each in noted:
                note_offer(connection, now, "passed_over", wish.id, wish.patient_id, each.id, waiter.why_not)

    def _offer_to(self, wish: Wish, slot: Slot, considered: set[int], now: datetime) -> bool:
        """Whether the slot is now on offer to them.

        Raises:
            _LeftOut: things have changed since they were looked up, so that it might not be their turn.
        """
        ends = now + timedelta(minutes=self._practice.earlier_slots.answer_minutes)
        with self._database.write() as connection:
            earlier.take_turns(connection)
            if earlier.find_wish(connection, wish.id) is None:
                return False
            if earlier.not_yet_asked(connection, wish.id, slot.id) - considered:
                raise _LeftOut
            offer_id = earlier.add_offer(connection, wish, slot.id, new_number(), now, ends)
            if offer_id is None:
                raise _LeftOut
            subject = subject_of(offer_id)
            notifications.plan(connection, OFFER, subject, wish.patient_id, subject, now, now, ends)
            note_offer(connection, now, "made", wish.id, wish.patient_id, slot.id)
        return True


def note_offer(
    connection: Connection,
    now: datetime,
    outcome: str,
    wish_id: int,
    patient_id: str,
    slot_id: str,
    why: str | None = None,
) -> None:
    """From these entries it can be shown that everybody had their turn."""
    about = f"wish:{wish_id}:{slot_id}"
    add_audit(connection, now, "earlier.offer", outcome, "system", None, patient_id, about, reason=why)


def new_number() -> str:
    """Three digits that nobody types for another reason: no 999, 111 or 101, and no number of a list."""
    return str(200 + secrets.randbelow(700))
