"""The line of those who wait for an earlier time, as a conversation sees it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.backend.base import Appointment, Patient, PracticeBackend, Slot
from bot.earlier.fitting import earlier_search, free_for
from bot.earlier.telling import OFFER, offer_id_of
from bot.notifying.reach import OutOfReach, number_to_text
from bot.practice import Practice
from bot.store import earlier, messages, notifications
from bot.store.database import Database
from bot.store.earlier import Offer, Wish, Wishes

_REMEMBERED = timedelta(days=1)  # that a time was offered, so that a late answer is understood


class Line:
    """Looks only; what changes is written by the turn."""

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice) -> None:
        self._database, self._backend, self._practice = database, backend, practice

    def wishes_of(self, patient_id: str) -> list[Wish]:
        with self._database.read() as connection:
            return earlier.wishes_of(connection, patient_id)

    def can_be_told(self, patient: Patient, now: datetime) -> bool:
        """Whether there is a phone that an offer could be texted to, be it switched off just now."""
        try:
            with self._database.read() as connection:
                number_to_text(connection, patient, now)
        except OutOfReach as reason:
            return reason.why == "unreachable"
        return True

    def wish_of(self, offer: Offer) -> Wish | None:
        """None once they wait no more."""
        with self._database.read() as connection:
            return earlier.find_wish(connection, offer.wish_id)

    def live_offers(self, wish: Wish) -> list[Offer]:
        """What is on offer to them: one, or none."""
        with self._database.read() as connection:
            return [each for each in earlier.live_offers(connection) if each.wish_id == wish.id]

    def free_now(self, held: Appointment, wishes: Wishes, now: datetime) -> list[Slot]:
        """Earlier times that would do and can be booked at once; nobody needs to wait for these."""
        search = earlier_search(held, wishes, self._backend.clinicians())
        return free_for(self._backend, held.patient_id, search, now)

    def was_said_last(self, conversation_id: str, before: int, message_id: int | None, text: str) -> bool:
        """Whether the last thing said before this message was that one, or this text."""
        with self._database.read() as connection:
            said = messages.last_said(connection, conversation_id, before)
        return said is not None and (said.id == message_id or said.text == text)

    def offered_to_number(self, number: str, now: datetime) -> list[tuple[Offer, int | None]]:
        """What was offered to this phone lately, newest first, each with the id of the message that said so."""
        with self._database.read() as connection:
            told = notifications.sent_to(connection, number, now - _REMEMBERED, [OFFER])
            told_by = {offer_id_of(each.subject): each.message_id for each in told}
            return [(each, told_by[each.id]) for each in earlier.find_offers(connection, told_by)]

    def offered_to_patient(self, patient_id: str, now: datetime) -> list[tuple[Offer, int | None]]:
        """The same for somebody who is known from elsewhere."""
        with self._database.read() as connection:
            return [(each, None) for each in earlier.offers_of(connection, patient_id, now - _REMEMBERED)]
