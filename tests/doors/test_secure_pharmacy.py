"""The usual pharmacy on the secure page: seen, looked for, changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.backend.tables import nomination, pharmacy
from tests.doors.secure import AMIRAS, Phone, last_noted
from tests.doors.support import Doors

HERE = "/secure/pharmacy"


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.logs_in("pharmacy")
    return opened


def _looks_for(phone: Phone, text: str) -> None:
    phone.opens(f"{HERE}/find")
    assert phone.sends(f"{HERE}/find", search=text).headers["Location"] == f"{HERE}/find"
    phone.opens(f"{HERE}/find")


def _chooses(phone: Phone, pharmacy_id: str) -> None:
    assert phone.sends(f"{HERE}/find/choose", pharmacy=pharmacy_id).headers["Location"] == f"{HERE}/confirm"
    phone.opens(f"{HERE}/confirm")


def _usual(doors: Doors) -> str:
    held = doors.surgery.program.services.ordering.nominated(AMIRAS)
    return held.id if held else ""


def test_the_usual_pharmacy_is_shown_with_how_to_reach_it(doors: Doors, phone: Phone) -> None:
    assert phone.heading == "Your pharmacy"
    assert "Riverside Pharmacy 3 Mill Lane, Riverside, Westshire, WS1 2AD 020 7946 0201" in phone.words
    assert last_noted(doors) == ("pharmacy.view", "done", "page", None)


def test_without_one_the_page_says_so(doors: Doors, phone: Phone) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(nomination.delete())
    phone.opens(HERE)
    assert "You have not chosen a pharmacy." in phone.words and "Choose a pharmacy" in phone.words


def test_it_is_changed_after_a_question(doors: Doors, phone: Phone) -> None:
    _looks_for(phone, "ws3 1rb")
    assert "Oakfield Pharmacy" in phone.words
    _chooses(phone, "FZZ03")
    assert "It takes the place of Riverside Pharmacy." in phone.words
    assert _usual(doors) == "FZZ01"
    assert phone.sends(f"{HERE}/confirm", key=phone.hidden("key")).headers["Location"] == f"{HERE}/changed"
    phone.opens(f"{HERE}/changed")
    assert (phone.heading, "Oakfield Pharmacy" in phone.words) == ("This is your pharmacy now", True)
    assert _usual(doors) == "FZZ03"
    assert ("pharmacy.nominate", "done") in doors.surgery.audit()


def test_sending_it_twice_changes_it_once(doors: Doors, phone: Phone) -> None:
    """And does not undo what was changed since."""
    _looks_for(phone, "oakfield")
    _chooses(phone, "FZZ03")
    fields = {"token": phone.hidden("token"), "key": phone.hidden("key")}
    phone.posts(f"{HERE}/confirm", fields)
    doors.surgery.program.services.ordering.nominate(AMIRAS, "FZZ02", "test:elsewhere")
    assert phone.posts(f"{HERE}/confirm", fields).headers["Location"] == f"{HERE}/changed"
    assert _usual(doors) == "FZZ02"


def test_a_question_that_was_about_another_pharmacy_changes_nothing(doors: Doors, phone: Phone) -> None:
    _looks_for(phone, "pharmacy")
    _chooses(phone, "FZZ03")
    stale = {"token": phone.hidden("token"), "key": phone.hidden("key")}
    phone.opens(f"{HERE}/find")
    _chooses(phone, "FZZ04")
    assert phone.posts(f"{HERE}/confirm", stale).headers["Location"] == f"{HERE}/confirm"
    assert _usual(doors) == "FZZ01"


def test_one_that_closes_on_the_way_gets_a_clear_answer(doors: Doors, phone: Phone) -> None:
    _looks_for(phone, "oakfield")
    _chooses(phone, "FZZ03")
    key, yesterday = phone.hidden("key"), doors.clock().date() - timedelta(days=1)
    with doors.surgery.program.database.write() as connection:
        connection.execute(pharmacy.update().where(pharmacy.c.id == "FZZ03").values(closed_on=yesterday))
    phone.sends(f"{HERE}/confirm", key=key)
    assert (phone.status, "That pharmacy takes no prescriptions now" in phone.words) == (400, True)
    assert ("pharmacy.nominate", "no_such_pharmacy") in doors.surgery.audit()
    phone.opens(f"{HERE}/confirm")
    assert phone.status == 400
    assert _usual(doors) == "FZZ01"


def test_the_usual_one_that_closed_is_told_of(doors: Doors, phone: Phone) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(pharmacy.update().where(pharmacy.c.id == "FZZ01").values(closed_on=doors.clock().date()))
    phone.opens(HERE)
    assert "This pharmacy has closed." in phone.words


def test_nothing_is_confirmed_that_was_not_chosen(doors: Doors, phone: Phone) -> None:
    phone.opens(f"{HERE}/confirm")
    assert phone.page.headers["Location"] == HERE
    phone.opens(HERE)
    assert phone.sends(f"{HERE}/confirm", key="").headers["Location"] == HERE
    assert _usual(doors) == "FZZ01"


@pytest.mark.parametrize("text", ["%", "_", "'; drop table pharmacy", "x" * 5000, "\x00", "(", "\\"])
def test_whatever_is_looked_for_is_only_looked_for(phone: Phone, text: str) -> None:
    phone.opens(f"{HERE}/find")
    phone.sends(f"{HERE}/find", search=text)
    phone.opens(f"{HERE}/find")
    assert phone.status == 200
    assert "Bridge Street" not in phone.words


def test_what_is_looked_for_stands_in_no_address(phone: Phone) -> None:
    _looks_for(phone, "oakfield")
    assert "oakfield" not in str(phone.page.url)
    assert 'value="oakfield"' in phone.page.text
