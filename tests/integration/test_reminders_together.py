"""Two processes on one PostgreSQL look for the same reminders: each is planned once, and told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.backend import tables
from bot.store.notification_tables import notification
from bot.store.tables import outbox
from tests.faults.support import add_patients, all_at_once, rows
from tests.support import MONDAY, HandClock, NoDialogue, Surgery, make_surgery

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture()
def surgeries(tmp_path: Path, url: str, clock: HandClock) -> Iterator[list[Surgery]]:
    """The same surgery twice, as two processes with one key file have it."""
    both = [make_surgery(tmp_path, NoDialogue(), clock, url) for _ in range(2)]
    yield both
    for each in both:
        each.program.notices.stop()
        each.program.database.close()


@pytest.fixture()
def crowd(surgeries: list[Surgery]) -> int:
    """So many more patients have an appointment on Wednesday, booked long ago."""
    patients = add_patients(surgeries[0], 40)
    with surgeries[0].program.database.write() as connection:
        session_id = connection.execute(tables.session.select()).first().id
        slots = [
            {"id": f"slot-{number}", "session_id": session_id, "start": MONDAY + timedelta(days=2, minutes=number)}
            for number in range(len(patients))
        ]
        shared = {"minutes": 10, "mode": "phone", "online_bookable": True, "status": "busy"}
        connection.execute(insert(tables.slot), [{**each, **shared} for each in slots])
        held = {"status": "booked", "made_at": MONDAY - timedelta(days=30)}
        connection.execute(
            insert(tables.appointment),
            [
                {"id": each["id"], "patient_id": patient.id, "slot_id": each["id"], "reference": each["id"], **held}
                for each, patient in zip(slots, patients, strict=True)
            ],
        )
    return len(patients)


def tell(surgery: Surgery) -> int:
    """How much there was to do for a process that looks and tells until nothing is due."""
    schedule, count = surgery.program.schedule(), 0
    while schedule.work_once():
        count += 1
    return count


def test_of_several_that_plan_and_tell_at_once_each_reminder_is_told_once(
    surgeries: list[Surgery], crowd: int, clock: HandClock
) -> None:
    clock.now = TUESDAY
    did = all_at_once([lambda each=each: tell(each) for each in surgeries * 3])
    assert not [each for each in did if isinstance(each, Exception)]
    sent = rows(surgeries[0], notification, notification.c.state == "sent")
    assert len(sent) >= crowd and len({each.subject for each in sent}) == len(sent)
    texts = [each.message_id for each in rows(surgeries[0], outbox)]
    assert sorted(texts) == sorted(each.message_id for each in sent), "one text for each, and none besides"


def test_while_one_tells_another_may_drop_and_neither_is_done_twice(
    surgeries: list[Surgery], crowd: int, clock: HandClock
) -> None:
    """Patients cancel while they are being reminded: each was told or was not, and nobody is told afterwards."""
    backend = surgeries[1].program.backend
    booked = [
        each
        for each in backend.appointments_between(TUESDAY, TUESDAY + timedelta(days=2))
        if "crowd" in each.patient_id
    ]

    def cancel() -> None:
        for each in booked:
            backend.cancel(each.patient_id, each.id, f"test:{each.id}")

    clock.now = TUESDAY
    did = all_at_once([lambda: tell(surgeries[0]), cancel])
    assert not [each for each in did if isinstance(each, Exception)]
    tell(surgeries[1])
    crowds = [each for each in rows(surgeries[0], notification) if "crowd" in each.patient_id]
    assert len(crowds) <= crowd and {each.state for each in crowds} <= {"sent", "dropped"}
    assert {each.dropped_why for each in crowds if each.state == "dropped"} <= {"cancelled"}
    assert len(rows(surgeries[0], outbox)) == len(rows(surgeries[0], notification, notification.c.state == "sent"))
