"""Patients who wait for an earlier time: a full surgery without an assistant, and what the audit trail proves of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.actions.offer_reply import answer_offer
from bot.actions.turn import Services, Turn
from bot.backend import tables
from bot.backend.base import Appointment, Patient
from bot.backend.local import LocalBackend
from bot.backend.people import patient_to_row
from bot.clock import Clock
from bot.earlier.keeping import keeping_offered
from bot.earlier.offering import Offering
from bot.earlier.telling import OfferTeller
from bot.identity.callers import NOBODY
from bot.identity.policy import Access
from bot.notifying.notifier import Notifier
from bot.practice import Practice
from bot.responses import Responses
from bot.store import earlier, messages
from bot.store.conversations import SMS, open_conversation
from bot.store.database import Database
from bot.store.earlier import Offer, Wishes
from bot.store.earlier_tables import slot_offer, slot_wish
from bot.store.notices import Notices
from bot.store.tables import audit, outbox
from tests.support import LONDON

EARLY = datetime(2026, 11, 26, 9, 0, tzinfo=LONDON)  # a Thursday
LATE = datetime(2026, 12, 14, 9, 0, tzinfo=LONDON)
_ids = itertools.count(1)


class WaitingList:
    """One process of a surgery. Several may share a database."""

    def __init__(self, database: Database, practice: Practice, clock: Clock) -> None:
        self.database, self.practice, self.clock = database, practice, clock
        notices, responses = Notices(database), Responses(practice)
        self.local = LocalBackend(database, practice, clock)
        self.backend = keeping_offered(self.local, database, notices)
        url = "https://online.example"
        self.services = Services.over(practice, database, self.backend, responses, notices, clock, url)
        self.offering = Offering(database, self.backend, practice, self.services.callers)
        teller = OfferTeller(database, self.backend, practice, responses)
        self._notifier = Notifier(database, self.backend, practice, notices, clock, {teller.kind: teller})

    def looks(self) -> None:
        """One round: what is over ends, what is free is offered, and whoever it is offered to is told."""
        self.offering.plan(self.clock())
        while self._notifier.work_once():
            pass

    def asks(self, held: Appointment, **wishes: Any) -> int:
        with self.database.write() as connection:
            return earlier.add_wish(connection, held.patient_id, held.id, Wishes(**wishes), self.clock())

    def hears(self, number: str, text: str) -> str:
        """What is answered to a text; "" where it is about something else."""
        now = self.clock()
        with self.database.write() as connection:
            conversation = open_conversation(connection, SMS, number, now, timedelta(hours=12))
            message_id = messages.store_received(connection, conversation.id, f"t-{next(_ids)}", text, {}, now, now)
        caller = self.services.callers.caller(conversation, [], now)
        turn = Turn(conversation, message_id or 0, now, caller or NOBODY, None, self.services)
        reply = answer_offer(turn, text)
        with self.database.write() as connection:
            if reply:
                messages.store_reply(connection, conversation.id, reply, now)
            turn.work.run(connection)
        return reply.text if reply else ""

    def live_offers(self) -> list[Offer]:
        with self.database.read() as connection:
            return earlier.live_offers(connection)

    def offers(self) -> list[Any]:
        """(first name, outcome) of every offer, in the order in which they were made."""
        with self.database.read() as connection:
            rows = connection.execute(select(slot_offer).order_by(slot_offer.c.id)).all()
        return [(self.local.patient(row.patient_id).first_name, row.outcome) for row in rows]

    def texts(self) -> list[str]:
        with self.database.read() as connection:
            return [row.body.open("outbox") for row in connection.execute(select(outbox.c.body).order_by(outbox.c.id))]

    def books(self, patient: Patient, slot_id: str) -> Appointment:
        return self.local.book(patient.id, slot_id, "", f"{patient.id}:{slot_id}")

    def cancels(self, held: Appointment) -> None:
        self.backend.cancel(held.patient_id, held.id, f"cancel:{held.id}")


def add_slots(
    database: Database, clinician_id: str, starts: Sequence[datetime], mode: str = "face to face"
) -> list[str]:
    """Free slots with this doctor, each in a session of its own; gives their ids."""
    ids = [f"{clinician_id}-slot-{next(_ids)}" for _ in starts]
    name = f"Dr {clinician_id.removeprefix('dr-').title()}"
    with database.write() as connection:
        known = connection.execute(select(tables.clinician.c.id).where(tables.clinician.c.id == clinician_id)).first()
        if known is None:
            doctor = {"id": clinician_id, "name": name, "role": "GP", "sex": "female"}
            connection.execute(insert(tables.clinician), [doctor])
        sessions = [
            {"id": each, "clinician_id": clinician_id, "type": "general", "site": "Riverside", "start": start}
            for each, start in zip(ids, starts, strict=True)
        ]
        connection.execute(insert(tables.session), sessions)
        slot = {"minutes": 10, "mode": "face to face", "online_bookable": True, "status": "free"}
        rows = [{**slot, "id": i, "session_id": i, "start": start} for i, start in zip(ids, starts, strict=True)]
        connection.execute(insert(tables.slot), rows)
    return ids


def add_people(process: WaitingList, names: Iterable[str], mobiles: Iterable[str] | None = None) -> list[Patient]:
    """Patients with a mobile each, who may change appointments online."""
    numbers = mobiles or (f"+447700900{number:03}" for number in itertools.count(200))
    people = [
        Patient(f"person-{next(_ids)}", name, "Waits", date(1980, 1, 1), "female", mobile=number)
        for name, number in zip(names, numbers)
    ]
    with process.database.write() as connection:
        connection.execute(insert(tables.patient), [patient_to_row(each) for each in people])
        for each in people:
            process.services.desk.set_access(connection, each.id, Access("appointments"), "reception", process.clock())
    return people


# What the trail proves.


def unfair(database: Database) -> list[str]:
    """Every offer that the audit trail shows to have been made out of turn, twice, or to somebody with another."""
    with database.read() as connection:
        wishes = sorted(connection.execute(select(slot_wish.c.id)).scalars())
        noted = connection.execute(
            select(audit).where(audit.c.action.in_(["earlier.offer", "earlier.wish"])).order_by(audit.c.id)
        ).all()
    waiting, holding, asked, found = set(wishes), {}, set(), []
    for row in noted:
        _, wish, *slot = row.subject.split(":") if row.subject.startswith("wish:") else ("", "", "")
        if row.action == "earlier.wish" and wish:
            waiting.discard(int(wish))
        if row.action != "earlier.offer":
            continue
        number, slot_id = int(wish), slot[0]
        if row.outcome != "made":
            holding.pop(number, None) if row.outcome != "passed_over" else None
            asked.add((number, slot_id))
            continue
        first = [each for each in waiting if each < number and each not in holding and (each, slot_id) not in asked]
        found += [f"{slot_id}: {number} before {each}" for each in first]
        found += [f"{slot_id}: on offer to {each} already" for each, held in holding.items() if held == slot_id]
        found += [f"{number} holds an offer already"] if number in holding else []
        holding[number] = slot_id
        asked.add((number, slot_id))
    return found
