"""Notice of the birthdays on which what a trusted person may do becomes less, and reviews that are due."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from bot.backend import tables
from bot.backend.people import patient_to_row
from bot.identity.policy import UNDER_PRESSURE, Access
from bot.notifying.ages import cuts_ahead
from bot.store.identity_tables import proxy
from bot.store.proxies import Proxy, add_proxy
from tests.support import AMIRA, MONDAY, OSEI, HandClock, NoDialogue, Surgery, make_surgery

TODAY = date(2026, 11, 23)
CHILD = "+447700900801"


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("quiet")
    make_surgery(home, NoDialogue(), HandClock()).program.database.close()
    return home


@pytest.fixture()
def surgery(tmp_path: Path, quiet_home: Path, clock: HandClock) -> Iterator[Surgery]:
    """Nobody writes, nobody acts for anybody."""
    shutil.copytree(quiet_home, tmp_path, dirs_exist_ok=True)
    made = make_surgery(tmp_path, NoDialogue(), clock)
    with made.program.database.write() as connection:
        connection.execute(delete(proxy))
    yield made
    made.program.database.close()


def child(surgery: Surgery, born: date, **given: object) -> Proxy:
    """Somebody born on that day with a phone of their own, for whom Abena may act."""
    patient = replace(surgery.program.backend.patient(surgery.patient_id("Maya")), date_of_birth=born, mobile=CHILD)
    held = Proxy("px", patient.id, "px", "Abena", OSEI, "coded", "parental_responsibility", "x",
                 date(2024, 1, 1), used_on=TODAY)  # fmt: skip
    held = replace(held, **given)  # type: ignore[arg-type]
    with surgery.program.database.write() as connection:
        own = tables.patient.c.id == patient.id
        connection.execute(update(tables.patient).where(own).values(**patient_to_row(patient)))
        add_proxy(connection, held)
    return held


def texts(surgery: Surgery) -> list[tuple[str, str]]:
    surgery.run()
    return [(number, body) for number, body in surgery.network.texts if "because of" in body]


def cuts(surgery: Surgery, held: Proxy) -> list[date]:
    program = surgery.program
    return [each.on for each in cuts_ahead([held], program.backend, program.practice, TODAY)]


def test_before_the_review_age_the_trusted_person_is_told_and_the_child_is_not(surgery: Surgery) -> None:
    child(surgery, date(2015, 12, 10))
    [(number, body)] = texts(surgery)
    assert number == OSEI
    assert "On 10 December 2026 what you can do online for somebody you look after" in body and "Maya" not in body
    surgery.clock.forward(days=1)
    assert len(texts(surgery)) == 1, "once"


def test_before_access_ends_both_are_told(surgery: Surgery) -> None:
    child(surgery, date(2010, 12, 10))
    assert {number for number, _ in texts(surgery)} == {OSEI, CHILD}
    assert all("10 December 2026" in body for _, body in texts(surgery))


@pytest.mark.parametrize(
    ("born", "on"),
    [
        (date(2015, 11, 24), [date(2026, 11, 24)]),
        (date(2015, 12, 23), [date(2026, 12, 23)]),
        (date(2015, 12, 24), []),  # more than 30 days ahead
        (date(2015, 11, 23), []),  # today: it is so already
        (date(2012, 12, 10), []),  # 14: nothing changes
    ],
)
def test_notice_is_given_for_thirty_days(surgery: Surgery, born: date, on: list[date]) -> None:
    assert cuts(surgery, child(surgery, born)) == on


def test_a_level_that_is_not_cut_needs_no_notice(surgery: Surgery) -> None:
    assert cuts(surgery, child(surgery, date(2015, 12, 10), level="appointments")) == []


def test_access_that_has_ended_needs_no_notice(surgery: Surgery) -> None:
    assert cuts(surgery, child(surgery, date(2015, 12, 10), ends_on=date(2026, 11, 1))) == []


def test_somebody_trusted_who_is_a_patient_here_is_told_at_the_number_on_their_record(surgery: Surgery) -> None:
    child(surgery, date(2015, 12, 10), person_id=surgery.patient_id("Amira"), mobile=None)
    assert [number for number, _ in texts(surgery)] == [AMIRA]


def test_nobody_is_told_about_a_patient_who_may_be_under_pressure(surgery: Surgery) -> None:
    held = child(surgery, date(2010, 12, 10))
    flagged = Access("appointments", flags=frozenset({UNDER_PRESSURE}))
    with surgery.program.database.write() as connection:
        surgery.program.services.desk.set_access(connection, held.patient_id, flagged, "x", MONDAY)
    assert texts(surgery) == []


def test_a_review_that_is_due_is_brought_to_staff_once(surgery: Surgery) -> None:
    due, later = (Access("appointments", review_on=TODAY + timedelta(days=ahead)) for ahead in (0, 1))
    with surgery.program.database.write() as connection:
        for name, access in (("Amira", due), ("Tom", later)):
            surgery.program.services.desk.set_access(connection, surgery.patient_id(name), access, "x", MONDAY)

    def raised() -> int:
        timers = surgery.program.timers()
        while timers.work_once():
            pass
        return len([each for each in surgery.escalations() if each.reason == "access_review"])

    assert raised() == 1 and raised() == 1
    surgery.clock.forward(days=1)
    assert raised() == 2
