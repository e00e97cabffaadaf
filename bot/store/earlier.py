"""Who waits for an earlier appointment, in the order in which they asked, and which times they were offered.

Whatever changes the order, or who holds an offer, does so one at a time, so that what the audit trail says of it stands
in the order in which it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.earlier_tables import slot_offer, slot_wish

TAKEN, DECLINED, EXPIRED, GONE, UNSENT = "taken", "declined", "expired", "gone", "unsent"
WITHDRAWN = "withdrawn"

_TURN = 3  # the number of the advisory lock that is held while somebody's turn changes

# Ready-made, since building a statement costs more than running it.
_LIVE = slot_wish.c.ended_at.is_(None)
_WAITING = select(slot_wish).where(_LIVE).order_by(slot_wish.c.id)
_OF_PATIENT = select(slot_wish).where(_LIVE, slot_wish.c.patient_id == bindparam("patient_id")).order_by(slot_wish.c.id)
_OFFERED = slot_offer.c.ended_at.is_(None)
_LIVE_OFFERS = select(slot_offer).where(_OFFERED).order_by(slot_offer.c.id)
_FOR_OTHERS = select(slot_offer.c.slot_id).where(_OFFERED, slot_offer.c.patient_id != bindparam("patient_id"))
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(_TURN))
_AHEAD = select(slot_wish.c.id).where(
    _LIVE,
    slot_wish.c.id < bindparam("wish_id"),
    ~select(slot_offer.c.id)
    .where(slot_offer.c.wish_id == slot_wish.c.id, or_(_OFFERED, slot_offer.c.slot_id == bindparam("slot_id")))
    .exists(),
)


@dataclass(frozen=True)
class Wishes:
    """Which earlier times would do; None is open.

    Attributes:
        clinician_id: None for any of the same kind.
        weekdays: "MON" … "SUN"; empty for any.
        day_from, day_to: inclusive.
        time_from, time_to: wall-clock, the latest start exclusive.
    """

    clinician_id: str | None = None
    weekdays: tuple[str, ...] = ()
    day_from: date | None = None
    day_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None


@dataclass(frozen=True)
class Wish:
    """Somebody who waits.

    Attributes:
        id: the order of ids is the order in which they are asked.
        appointment_id: the one they have; an earlier time would take its place.
    """

    id: int
    patient_id: str
    appointment_id: str
    wishes: Wishes
    asked_at: datetime


@dataclass(frozen=True)
class Offer:
    """Attributes:
    number: three digits, to be repeated by whoever takes it.
    outcome: None while it stands; then TAKEN, DECLINED, EXPIRED, GONE (the slot, or the appointment it was to take the
        place of) or UNSENT (they could not be told).
    """

    id: int
    wish_id: int
    patient_id: str
    slot_id: str
    number: str
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    outcome: str | None


def take_turns(connection: Connection) -> None:
    """Wait until nobody else changes the order; others wait until this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(_ONE_AT_A_TIME)


def add_wish(connection: Connection, patient_id: str, appointment_id: str, wishes: Wishes, now: datetime) -> int:
    """Put them at the end of the line; whoever waits already keeps their place, with these wishes. Gives the id."""
    take_turns(connection)
    columns = {**vars(wishes), "weekdays": ",".join(wishes.weekdays)}
    ids = {"patient_id": patient_id, "appointment_id": appointment_id}
    insert_or_ignore(connection, slot_wish, **ids, **columns, asked_at=now)
    of_appointment = and_(_LIVE, slot_wish.c.appointment_id == appointment_id)
    connection.execute(update(slot_wish).where(of_appointment).values(**columns))
    return int(connection.execute(select(slot_wish.c.id).where(of_appointment)).scalar_one())


def end_wish(connection: Connection, wish_id: int, why: str, now: datetime) -> list[Offer] | None:
    """TAKEN, WITHDRAWN or GONE; None if it had ended. Gives what was on offer to them, which is free for the next."""
    take_turns(connection)
    ended = update(slot_wish).where(slot_wish.c.id == wish_id, _LIVE).values(ended_at=now, ended_why=why)
    if connection.execute(ended).rowcount != 1:
        return None
    held = and_(slot_offer.c.wish_id == wish_id, _OFFERED)
    offers = [_as_offer(row) for row in connection.execute(select(slot_offer).where(held))]
    outcome = DECLINED if why == WITHDRAWN else why
    connection.execute(update(slot_offer).where(held).values(ended_at=now, outcome=outcome))
    return offers


def waiting(connection: Connection) -> list[Wish]:
    """Everybody, in the order in which they asked."""
    return [_as_wish(row) for row in connection.execute(_WAITING)]


def wishes_of(connection: Connection, patient_id: str) -> list[Wish]:
    """Those of this patient that still stand."""
    return [_as_wish(row) for row in connection.execute(_OF_PATIENT, {"patient_id": patient_id})]


def find_wish(connection: Connection, wish_id: int) -> Wish | None:
    """One that still stands."""
    row = connection.execute(select(slot_wish).where(slot_wish.c.id == wish_id, _LIVE)).one_or_none()
    return _as_wish(row) if row else None


def not_yet_asked(connection: Connection, wish_id: int, slot_id: str) -> set[int]:
    """The ids of those who asked before this one, hold no offer, and have not been offered this slot."""
    return set(connection.execute(_AHEAD, {"wish_id": wish_id, "slot_id": slot_id}).scalars())


def add_offer(
    connection: Connection, wish: Wish, slot_id: str, number: str, now: datetime, expires_at: datetime
) -> int | None:
    """Gives its id; None if the slot is on offer, or this wish has an offer, already."""
    ids = {"wish_id": wish.id, "patient_id": wish.patient_id, "slot_id": slot_id}
    times = {"number": number, "offered_at": now, "expires_at": expires_at}
    made = insert_or_ignore(connection, slot_offer, **ids, **times)
    return made[0] if made else None


def add_unsent(connection: Connection, wish: Wish, slot_id: str, now: datetime) -> bool:
    """They cannot be told of this slot, and are asked for it no more; False if they are or were asked already."""
    if slot_id in offered_before(connection, wish.id):
        return False
    ids = {"wish_id": wish.id, "patient_id": wish.patient_id, "slot_id": slot_id, "number": ""}
    ended = {"offered_at": now, "expires_at": now, "ended_at": now, "outcome": UNSENT}
    connection.execute(insert(slot_offer).values(**ids, **ended))
    return True


def end_offer(connection: Connection, offer_id: int, outcome: str, now: datetime) -> bool:
    """False if it had ended."""
    take_turns(connection)
    ended = update(slot_offer).where(slot_offer.c.id == offer_id, _OFFERED).values(ended_at=now, outcome=outcome)
    return bool(connection.execute(ended).rowcount == 1)


def keep_until(connection: Connection, offer_id: int, expires_at: datetime) -> None:
    """The time to answer counts from when they were told."""
    connection.execute(update(slot_offer).where(slot_offer.c.id == offer_id, _OFFERED).values(expires_at=expires_at))


def live_offers(connection: Connection) -> list[Offer]:
    return [_as_offer(row) for row in connection.execute(_LIVE_OFFERS)]


def find_offers(connection: Connection, offer_ids: Iterable[int]) -> list[Offer]:
    """Newest first, live or not."""
    found = select(slot_offer).where(slot_offer.c.id.in_(list(offer_ids))).order_by(slot_offer.c.id.desc())
    return [_as_offer(row) for row in connection.execute(found)]


def offers_of(connection: Connection, patient_id: str, since: datetime) -> list[Offer]:
    """What was offered to this patient since then, newest first, live or not."""
    of_patient = (slot_offer.c.patient_id == patient_id, slot_offer.c.offered_at > since)
    return [
        _as_offer(row)
        for row in connection.execute(select(slot_offer).where(*of_patient).order_by(slot_offer.c.id.desc()))
    ]


def offered_before(connection: Connection, wish_id: int) -> set[str]:
    """The ids of the slots that they were offered, whatever came of it."""
    asked = select(slot_offer.c.slot_id).where(slot_offer.c.wish_id == wish_id)
    return set(connection.execute(asked).scalars())


def kept_from(connection: Connection, patient_id: str) -> set[str]:
    """The ids of the slots that are on offer to somebody else."""
    return set(connection.execute(_FOR_OTHERS, {"patient_id": patient_id}).scalars())


def _as_wish(row: Any) -> Wish:
    wishes = {name: getattr(row, name) for name in Wishes.__dataclass_fields__}
    wishes["weekdays"] = tuple(filter(None, row.weekdays.split(",")))
    return Wish(row.id, row.patient_id, row.appointment_id, Wishes(**wishes), row.asked_at)


def _as_offer(row: Any) -> Offer:
    return Offer(**{name: getattr(row, name) for name in Offer.__dataclass_fields__})
