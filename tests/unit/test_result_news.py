"""The text that results are ready: for whom, when, how often; and never a word of what they say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from bot.backend import tables
from bot.backend.local_record import result_to_row
from bot.backend.record import Result
from bot.identity.policy import UNDER_REVIEW, Access
from bot.store.notification_tables import notification
from tests.faults.support import rows
from tests.support import AMIRA, MENSAH, MONDAY, HandClock, NoDialogue, Surgery, make_surgery

READY = 'Riverside Surgery: Results from your test are ready. To see them, say "my results".'
OPEN = Access("coded", full_history=True, verified_by="documents")


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("quiet")
    made = make_surgery(home, NoDialogue(), HandClock())
    with made.program.database.write() as connection:
        connection.execute(delete(tables.result))
    made.program.database.close()
    return home


@pytest.fixture()
def surgery(tmp_path: Path, quiet_home: Path, clock: HandClock) -> Iterator[Surgery]:
    """Nobody writes, and no results are there yet."""
    shutil.copytree(quiet_home, tmp_path, dirs_exist_ok=True)
    made = make_surgery(tmp_path, NoDialogue(), clock)
    yield made
    made.program.database.close()


def result(name: str = "r1", filed_at: datetime | None = MONDAY, **facts: object) -> Result:
    made = Result(name, "HbA1c", date(2026, 11, 20), (), "Normal", filed_at=filed_at, released=True)
    return replace(made, **facts)  # type: ignore[arg-type]


def file(surgery: Surgery, *results: Result, first_name: str = "Amira") -> None:
    with surgery.program.database.write() as connection:
        filed = [result_to_row(surgery.patient_id(first_name), each) for each in results]
        connection.execute(insert(tables.result), filed)


def let(surgery: Surgery, access: Access, first_name: str = "Amira") -> None:
    with surgery.program.database.write() as connection:
        patient_id = surgery.patient_id(first_name)
        surgery.program.services.desk.set_access(connection, patient_id, access, "reception", surgery.clock())


def told(surgery: Surgery, number: str = AMIRA, **later: float) -> list[str]:
    """The texts about results once so long has passed; a quarter of an hour where nothing is said."""
    surgery.run()
    surgery.clock.forward(**(later or {"minutes": 15}))
    surgery.run()
    return [body for to, body in surgery.network.texts if to == number and "esults" in body]


def test_results_that_may_be_seen_are_told_of(surgery: Surgery) -> None:
    file(surgery, result())
    assert told(surgery) == [READY]
    assert told(surgery, hours=1) == [READY], "once"


def test_several_that_are_filed_together_are_told_of_once(surgery: Surgery) -> None:
    file(surgery, result("r1"), result("r2"))
    surgery.run()
    surgery.clock.forward(minutes=5)
    file(surgery, result("r3", surgery.clock()))
    assert told(surgery) == [READY]
    assert told(surgery, days=1) == [READY]


def test_more_on_the_same_day_wait_until_the_next(surgery: Surgery) -> None:
    file(surgery, result("r1"))
    told(surgery)
    file(surgery, result("r2", surgery.clock()))
    assert told(surgery, hours=9) == [READY]
    assert told(surgery, hours=13) == [READY, READY]


@pytest.mark.parametrize(
    "hidden",
    [
        result(released=False),
        result(filed_at=None),
        result(redacted=True),
        result(outcome="Action needed: see the GP"),
        result(filed_at=MONDAY - timedelta(days=3)),
    ],
    ids=["not released", "not filed", "redacted", "needs action, and was not told", "filed before"],
)
def test_what_is_not_to_be_seen_is_not_told_of(surgery: Surgery, hidden: Result) -> None:
    file(surgery, hidden)
    assert told(surgery) == []


def test_what_needs_action_is_told_of_once_somebody_has_spoken_to_them(surgery: Surgery) -> None:
    file(surgery, result(outcome="Action needed", told_at=MONDAY))
    assert told(surgery) == [READY]


@pytest.mark.parametrize(
    "access",
    [Access("appointments"), replace(OPEN, flags=frozenset({UNDER_REVIEW}))],
    ids=["no access to results", "under review"],
)
def test_somebody_who_may_not_see_results_is_not_told(surgery: Surgery, access: Access) -> None:
    let(surgery, access)
    file(surgery, result())
    assert told(surgery) == []


def test_what_is_taken_back_before_it_is_told_is_dropped(surgery: Surgery) -> None:
    file(surgery, result())
    surgery.run()
    let(surgery, Access("appointments"))
    assert told(surgery) == []
    assert [each.dropped_why for each in rows(surgery, notification, notification.c.kind == "results")] == ["not_shown"]


def test_a_sensitive_result_is_not_told_of_where_somebody_else_reads_the_texts(surgery: Surgery) -> None:
    let(surgery, OPEN, "Grace")
    file(surgery, result(sensitive=True), first_name="Grace")
    assert told(surgery, MENSAH) == []
    file(surgery, result("r2"), first_name="Grace")
    assert told(surgery, MENSAH) == [READY]


def test_a_practice_that_shows_no_results_tells_of_none(surgery: Surgery) -> None:
    surgery.program.practice.services.results = False
    file(surgery, result())
    assert told(surgery) == []
