"""The text that offers an earlier time; whether it still can be had is looked up as it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Appointment, NoSuchAppointment, Patient, PracticeBackend, Slot
from bot.earlier.fitting import earlier_search, free_for
from bot.notifying.notifier import NotNow
from bot.practice import Practice
from bot.responses import Responses
from bot.store import earlier
from bot.store.database import Database
from bot.store.earlier import Offer, Wish
from bot.store.notifications import Notification
from bot.wording import say_slot, say_time, say_when

OFFER = "earlier"  # the kind of notification


def subject_of(offer_id: int) -> str:
    """What a notification of an offer is about; also its key."""
    return f"offer:{offer_id}"


def offer_id_of(subject: str) -> int:
    return int(subject.partition(":")[2])


class OfferTeller:
    """A `Teller`, see `bot.notifying.notifier`."""

    kind = OFFER

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._practice, self._responses = practice, responses

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        with self._database.read() as connection:
            offer = next(iter(earlier.find_offers(connection, [offer_id_of(due.subject)])), None)
            wish = earlier.find_wish(connection, offer.wish_id) if offer and not offer.ended_at else None
        if offer is None or wish is None:
            raise NotNow("ended")
        held = self._held(wish)
        slot = self._slot(wish, held, offer, now)
        zone = self._practice.zone
        return self._responses.say(
            "utter_earlier_offer",
            slot=say_slot(slot, zone),
            old=say_when(held.slot.start, zone),
            number=offer.number,
            until=say_until(self._until(now), now, self._practice),
        )

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        earlier.keep_until(connection, offer_id_of(due.subject), self._until(now))

    def _until(self, now: datetime) -> datetime:
        return now + timedelta(minutes=self._practice.earlier_slots.answer_minutes)

    def _held(self, wish: Wish) -> Appointment:
        try:
            held = self._backend.appointment(wish.appointment_id)
        except NoSuchAppointment:
            raise NotNow("changed") from None
        if held.status != "booked":
            raise NotNow("changed")
        return held

    def _slot(self, wish: Wish, held: Appointment, offer: Offer, now: datetime) -> Slot:
        search = earlier_search(held, wish.wishes, self._backend.clinicians())
        free = free_for(self._backend, wish.patient_id, search, now)
        slot = next((each for each in free if each.id == offer.slot_id), None)
        if slot is None:
            raise NotNow("taken")
        return slot


def say_until(until: datetime, now: datetime, practice: Practice) -> str:
    """11:15am; with the day where that is another."""
    local, today = until.astimezone(practice.zone), now.astimezone(practice.zone).date()
    return say_time(local.time()) if local.date() == today else say_when(until, practice.zone)
