"""A surgery in which every time is taken, so that whoever wants an earlier one has to wait."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from bot.backend import tables
from tests.support import Surgery, Writer

TUESDAY_WITH_HUGHES = "dr-hughes-20261124%"  # Tom has an appointment with him on Wednesday
ON_THE_LIST = "You are on the list."


@pytest.fixture()
def full(surgery: Surgery) -> Surgery:
    with surgery.program.database.write() as connection:
        connection.execute(update(tables.slot).where(tables.slot.c.status == "free").values(status="busy"))
    return surgery


def frees(surgery: Surgery, session: str = TUESDAY_WITH_HUGHES, count: int = 1) -> list[str]:
    """So many times of these sessions are given back, by whatever way; gives the ids of the slots."""
    times = select(tables.slot.c.id).where(
        tables.slot.c.session_id.like(session), tables.slot.c.status == "busy", tables.slot.c.online_bookable.is_(True)
    )
    with surgery.program.database.write() as connection:
        ids = list(connection.execute(times.order_by(tables.slot.c.start.desc()).limit(count)).scalars())
        connection.execute(update(tables.slot).where(tables.slot.c.id.in_(ids)).values(status="free"))
    surgery.run()
    return ids


def texts_to(surgery: Surgery, number: str) -> list[str]:
    return [body for to, body in surgery.network.texts if to == number]


def number_in(text: str) -> str:
    found = re.search(r"Reply (\d{3}) to take it", text)
    assert found, text
    return found[1]


def waits(writer: Writer) -> Writer:
    """Has asked to be told of any earlier time."""
    writer.says("let me know if something earlier comes up")
    writer.says("2")
    writer.says("any day")
    assert ON_THE_LIST in writer.says("yes"), writer.answer
    return writer
