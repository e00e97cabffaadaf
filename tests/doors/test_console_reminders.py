"""The page on reminders: who was reminded, what they answered, who did not, and who could not be told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.backend import tables
from bot.backend.base import Unavailable
from bot.backend.local import LocalBackend
from bot.identity.policy import NO_TEXTS, Access
from bot.store import contacts
from bot.store.tables import outbox
from tests.doors.console import Computer, sign_in
from tests.doors.support import Doors
from tests.support import MENSAH, PRIYA, TOM, ZAINAB

HERE = "/console/reminders"


@pytest.fixture()
def jo(doors: Doors) -> Computer:
    return sign_in(doors)


def days_on(doors: Doors, days: int, hour: int = 10, minute: int = 5) -> None:
    """The day and time, counted from Monday 23 November; whatever is due is told."""
    monday = datetime(2026, 11, 23, tzinfo=doors.surgery.program.practice.zone)
    doors.clock.now = monday + timedelta(days=days, hours=hour, minutes=minute)
    doors.run()


def rows(page: Computer) -> dict[str, str]:
    """Each row's words by the name they begin with."""
    found = re.findall(r"<li class=\"row\">.*?</li>", page.page.text, re.DOTALL)
    texts = [" ".join(re.sub(r"<form.*?</form>|<[^>]+>", " ", each, flags=re.DOTALL).split()) for each in found]
    return {" ".join(text.split()[:2]): text for text in texts}


def test_before_anything_is_sent_it_says_when_it_will_be(doors: Doors, jo: Computer) -> None:
    jo.opens(f"{HERE}?days=week")
    assert "The reminder goes 24 November 2026 at 10am" in rows(jo)["Tom Barker"]


def test_what_was_sent_has_no_reply_until_somebody_answers(doors: Doors) -> None:
    days_on(doors, 1)
    jo = sign_in(doors)
    jo.opens(f"{HERE}?days=tomorrow")
    assert "No reply" in rows(jo)["Tom Barker"]
    doors.texts_in("yep ill be there", TOM)
    doors.texts_in("cant make it", ZAINAB)
    doors.texts_in("yes", MENSAH)
    doors.run()
    jo.opens(f"{HERE}?days=tomorrow")
    told = rows(jo)
    assert "Coming" in told["Tom Barker"]
    assert any("Says they cannot come" in each for each in told.values())
    assert sum("No reply" in each for each in told.values()) == 1


def test_it_can_be_narrowed_to_those_who_did_not_reply(doors: Doors) -> None:
    days_on(doors, 1)
    doors.texts_in("yes", TOM)
    doors.run()
    jo = sign_in(doors)
    jo.opens(f"{HERE}?days=tomorrow&group=no_reply")
    assert rows(jo) and all("No reply" in each for each in rows(jo).values())
    assert "Tom Barker" not in rows(jo)


def test_who_cannot_be_told_stands_there_with_why(doors: Doors) -> None:
    surgery = doors.surgery
    with surgery.program.database.write() as connection:
        contacts.set_opted_out(connection, TOM, doors.clock())
        contacts.set_unreachable(connection, PRIYA, doors.clock() + timedelta(days=1))
        access = Access("appointments", flags=frozenset({NO_TEXTS}))
        flagged = surgery.program.backend.patients_with_mobile(ZAINAB)[0]
        surgery.program.services.desk.set_access(connection, flagged.id, access, "reception", doors.clock())
    jo = sign_in(doors)
    jo.opens(f"{HERE}?days=week")
    assert "Could not be told they want no texts" in rows(jo)["Tom Barker"], "before it is due, too"
    days_on(doors, 1)
    jo = sign_in(doors)
    jo.opens(f"{HERE}?days=tomorrow")
    told = rows(jo)
    assert "they want no texts" in told["Tom Barker"]
    assert "a flag on their record stops texts" in told[flagged.name]
    assert any("their number did not get the last text" in each for each in told.values())


def test_a_reminder_that_did_not_arrive_is_marked(doors: Doors) -> None:
    days_on(doors, 1)
    with doors.surgery.program.database.write() as connection:
        connection.execute(update(outbox).where(outbox.c.number_index == TOM).values(state="undelivered"))
    jo = sign_in(doors)
    jo.opens(f"{HERE}?days=tomorrow")
    assert "Did not arrive" in rows(jo)["Tom Barker"]


def test_what_was_cancelled_after_a_reminder_stands_below(doors: Doors) -> None:
    days_on(doors, 1)
    tom = doors.surgery.texting(TOM)
    number = re.search(r"Reply (\d+)", tom.says("cant make it"))
    assert number
    tom.says(number[1])
    jo = sign_in(doors)
    page = jo.opens(f"{HERE}?days=tomorrow")
    below = page.split("Cancelled or moved after a reminder")[1]
    assert "Tom Barker" in below and "Cancelled" in below


def test_a_day_without_appointments_says_so(doors: Doors, jo: Computer) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(update(tables.appointment).values(status="cancelled"))
    assert "No appointments here." in jo.opens(f"{HERE}?days=tomorrow")


def test_an_odd_question_shows_today(doors: Doors, jo: Computer) -> None:
    for query in ("?days=next-year", "?group=nonsense", "?days=week&group='", ""):
        jo.opens(HERE + query)
        assert jo.page.status_code == 200


def test_it_says_so_if_the_clinical_system_is_away(doors: Doors, jo: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(LocalBackend, "appointments_between", away)
    assert "does not answer just now" in jo.opens(HERE)


def test_looking_is_noted_and_names_nobody_in_the_address(doors: Doors, jo: Computer) -> None:
    page = jo.opens(f"{HERE}?days=week")
    assert ("reminders.view", "done") in doors.surgery.audit()
    assert not re.search(r'href="[^"]*(999|Barker|07700)', page)


@pytest.mark.parametrize(
    ("role", "status"), [("reception", 200), ("clinician", 200), ("supervisor", 200), ("admin", 403), ("auditor", 403)]
)
def test_those_who_see_patients_see_it(doors: Doors, role: str, status: int) -> None:
    member = sign_in(doors, role=role)
    member.opens(HERE)
    assert member.page.status_code == status
