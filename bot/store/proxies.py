"""People trusted to act for a patient (DAPB3051: proxies)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.identity_tables import proxy
from bot.store.private import Private

# Ready-made, since building a statement costs more than running it.
_LIVE = select(proxy).where(proxy.c.ended_on.is_(None)).order_by(proxy.c.id)
_WITH_MOBILE = _LIVE.where(proxy.c.mobile_index == bindparam("mobile"))
_FOR_PATIENT = _LIVE.where(proxy.c.patient_id == bindparam("patient_id"))


@dataclass(frozen=True)
class Proxy:
    """Attributes:
    person_id: whose passcode proves them: their own patient id, or `id` if they are not registered here.
    level: the most they may see or do, of `ACCESS_LEVELS`.
    basis: why: "parental_responsibility", "consent", "power_of_attorney", "deputy" or "best_interests".
    given_on, ends_on, reviewed_on, used_on: days.
    """

    id: str
    patient_id: str
    person_id: str
    name: str
    mobile: str | None
    level: str
    basis: str
    given_by: str
    given_on: date
    ends_on: date | None = None
    reviewed_on: date | None = None
    used_on: date | None = None


def live_proxies(connection: Connection) -> list[Proxy]:
    """Everybody who may act for a patient."""
    return [_as_proxy(row) for row in connection.execute(_LIVE)]


def proxies_with_mobile(connection: Connection, mobile: str) -> list[Proxy]:
    return [_as_proxy(row) for row in connection.execute(_WITH_MOBILE, {"mobile": mobile})]


def proxies_for(connection: Connection, patient_id: str) -> list[Proxy]:
    return [_as_proxy(row) for row in connection.execute(_FOR_PATIENT, {"patient_id": patient_id})]


def is_person(connection: Connection, person_id: str) -> bool:
    """Whether somebody of this id was ever trusted to act for a patient."""
    return connection.execute(select(proxy.c.id).where(proxy.c.person_id == person_id).limit(1)).first() is not None


def add_proxy(connection: Connection, given: Proxy) -> None:
    connection.execute(
        insert(proxy).values(
            id=given.id,
            patient_id=given.patient_id,
            person_id=given.person_id,
            details=Private(json.dumps({"name": given.name, "mobile": given.mobile}), given.id),
            mobile_index=given.mobile,
            level=given.level,
            basis=given.basis,
            given_by=given.given_by,
            given_on=given.given_on,
            ends_on=given.ends_on,
            reviewed_on=given.reviewed_on,
            used_on=given.used_on,
        )
    )


def end_proxy(connection: Connection, proxy_id: str, today: date) -> None:
    connection.execute(update(proxy).where(proxy.c.id == proxy_id).values(ended_on=today))


def note_review(connection: Connection, proxy_id: str, today: date) -> None:
    connection.execute(update(proxy).where(proxy.c.id == proxy_id).values(reviewed_on=today))


def note_use(connection: Connection, proxy_id: str, today: date) -> None:
    connection.execute(update(proxy).where(proxy.c.id == proxy_id).values(used_on=today))


def _as_proxy(row: Any) -> Proxy:
    details = json.loads(row.details.open(row.id))
    return Proxy(
        id=row.id,
        patient_id=row.patient_id,
        person_id=row.person_id,
        name=details["name"],
        mobile=details["mobile"],
        level=row.level,
        basis=row.basis,
        given_by=row.given_by,
        given_on=row.given_on,
        ends_on=row.ends_on,
        reviewed_on=row.reviewed_on,
        used_on=row.used_on,
    )
