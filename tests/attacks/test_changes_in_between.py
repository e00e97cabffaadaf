"""What was proved a moment ago, and has changed since: between opening a page and the next click, and between a card in
the chat and its next look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.backend import tables
from bot.backend.people import patient_to_row
from bot.identity.desk import Desk
from bot.identity.policy import DECLINED, NO_RECORD_BY_CHAT, UNDER_PRESSURE, UNDER_REVIEW
from bot.store.access import find_access
from bot.store.proxies import note_use
from tests.attacks.support import PAGES, knows_itself, opens_page
from tests.doors.proving import conversation_of, exchanges, is_offered
from tests.doors.secure import AMIRAS, OPEN, PASSCODE, PASSCODES, Phone, give_access, send_link, set_status
from tests.doors.support import Browser, Doors
from tests.support import AMIRA, LONDON, NOVAK, OSEI, TOM

JADES = "patient-14"


def _desk(doors: Doors) -> Desk:
    return Desk(doors.surgery.program.practice)


def _flags(flag: str) -> Callable[[Doors], None]:
    def change(doors: Doors) -> None:
        with doors.surgery.program.database.write() as connection:
            _desk(doors).flag(connection, AMIRAS, flag, True, "reception", doors.clock())

    return change


def _locks(doors: Doors) -> None:
    with doors.surgery.program.database.write() as connection:
        _desk(doors).lock(connection, AMIRAS, "reception", doors.clock())


def _changes_number(doors: Doors) -> None:
    patient = replace(doors.surgery.program.backend.patient(AMIRAS), mobile="+447700900555")
    with doors.surgery.program.database.write() as connection:
        row = patient_to_row(patient)
        connection.execute(tables.patient.update().where(tables.patient.c.id == AMIRAS).values(**row))


def _says_not_me(doors: Doors) -> None:
    doors.texts_in("NOT ME", AMIRA)
    doors.run()


CHANGES: dict[str, Callable[[Doors], object]] = {
    "access taken away": lambda doors: give_access(doors, level="none"),
    "no longer verified": lambda doors: give_access(doors, level="appointments", verified_by=None),
    "under review": _flags(UNDER_REVIEW),
    "under pressure": _flags(UNDER_PRESSURE),
    "not by chat": _flags(NO_RECORD_BY_CHAT),
    "declined": _flags(DECLINED),
    "locked by staff": _locks,
    "number changed": _changes_number,
    "left": lambda doors: set_status(doors, "left"),
    "died": lambda doors: set_status(doors, "died"),
    "not me": _says_not_me,
    "left open for half an hour": lambda doors: doors.clock.forward(minutes=31),
    "left open overnight": lambda doors: doors.clock.forward(hours=14),
    "clock set back": lambda doors: doors.clock.forward(hours=-2),
}

# Without a proof there is nothing that "not me" could be about, and a clock only makes it old.
BEFORE_PROOF = [name for name in CHANGES if name not in ("not me", "clock set back")]


def _shows_nothing(phone: Phone, but: tuple[str, ...] = ()) -> None:
    """Neither one's own login nor a form for writing to the surgery shows anything of it. `but`: nor do these."""
    for page in PAGES:
        phone.opens(f"/secure/{page}")
        if not page.startswith(("settings", "messages/write", *but)):
            assert phone.status in (303, 403, 404), page
        assert not re.search(r"HbA1c|Penicillin|Metformin|mmol", phone.page.text), page


def _card(browser: Browser, name: str = "results") -> int:
    return int(browser.client.get(f"/chat/cards/{name}", headers=browser.own_page).status_code)


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_is_open_leads_no_further(doors: Doors, change: str) -> None:
    phone = Phone(doors)
    phone.logs_in()
    (result, *_) = re.findall(r'href="(/secure/results/[^"]+)"', phone.page.text)
    CHANGES[change](doors)
    phone.opens(result)
    assert phone.status in (303, 403, 404)
    assert "HbA1c" not in phone.page.text
    _shows_nothing(phone)
    if phone.status != 303:
        assert "020 7946 0123" in phone.page.text


@pytest.mark.parametrize("change", CHANGES)
def test_a_card_that_was_shown_is_not_given_again(doors: Doors, change: str) -> None:
    browser = knows_itself(doors)
    opens_page(browser).proves(PASSCODE)
    assert (_card(browser), _card(browser, "record")) == (200, 200)
    CHANGES[change](doors)
    assert {_card(browser, name) for name in ("results", "record", "activity", "repeats")} <= {401, 404}


@pytest.mark.parametrize("change", CHANGES)
def test_an_order_that_only_waits_to_be_sent_is_not_taken(doors: Doors, change: str) -> None:
    phone, repeats = Phone(doors), "/secure/repeats"
    phone.logs_in("repeats")
    (_, field, *_) = re.findall(r'name="(want-\w+)"', phone.page.text)
    phone.sends(repeats, **{field: "yes"})
    for step, said in (("note", {"words": ""}), ("where", {"where": "usual"})):
        phone.opens(f"{repeats}/{step}")
        phone.sends(f"{repeats}/{step}", **said)
    phone.opens(f"{repeats}/check")
    fields = {"token": phone.hidden("token"), "key": phone.hidden("key")}
    assert fields["key"]
    CHANGES[change](doors)
    answer = phone.posts(f"{repeats}/check", fields)
    assert answer.status_code in (303, 403, 404)
    assert not doors.surgery.program.backend.prescription_requests(AMIRAS)


@pytest.mark.parametrize("change", BEFORE_PROOF)
def test_a_link_that_waits_to_be_opened_shows_nothing(doors: Doors, change: str) -> None:
    phone, path = Phone(doors), send_link(doors)
    CHANGES[change](doors)
    phone.spends(path)
    phone.proves(PASSCODE)
    _shows_nothing(phone)


@pytest.mark.parametrize("change", BEFORE_PROOF)
def test_a_proof_half_given_shows_nothing(doors: Doors, change: str) -> None:
    """The question is on the screen; the change comes before the answer."""
    phone = Phone(doors)
    phone.spends(send_link(doors))
    phone.opens("/secure/prove")
    CHANGES[change](doors)
    phone.sends("/secure/prove", passcode=PASSCODE)
    _shows_nothing(phone)


def test_lowered_access_shows_what_it_still_opens_and_no_more(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("record")
    give_access(doors, level="summary")
    phone.opens("/secure/record")
    assert "Penicillin" in phone.page.text and "Type 2" not in phone.page.text
    for page in ("results", "record/problems", "record/documents"):
        phone.opens(f"/secure/{page}")
        assert phone.status in (403, 404), page


def test_raised_access_waits_for_no_new_proof_and_shows_no_one_elses(doors: Doors) -> None:
    give_access(doors, level="summary")
    phone = Phone(doors)
    phone.logs_in("record")
    give_access(doors, OPEN)
    phone.opens("/secure/results")
    assert phone.status == 200


def test_stop_by_text_ends_what_the_text_opened(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    doors.texts_in("STOP", AMIRA)
    doors.run()
    _shows_nothing(phone)


def test_a_link_that_waits_ends_with_stop(doors: Doors) -> None:
    path, phone = send_link(doors), Phone(doors)
    doors.texts_in("STOP", AMIRA)
    doors.run()
    phone.spends(path)
    assert phone.cookie() is None


def test_logging_out_in_one_tab_ends_the_others_and_the_cards(doors: Doors) -> None:
    browser = knows_itself(doors)
    page = opens_page(browser)
    page.proves(PASSCODE)
    tab = Phone(doors)
    tab.client = page.client
    tab.opens("/secure/results")
    old = tab.page
    page.opens("/secure/results")
    page.sends("/secure/log-out")
    _shows_nothing(tab)
    tab.page = old
    tab.sends("/secure/settings/turn-off")
    with doors.surgery.program.database.read() as connection:
        access = find_access(connection, AMIRAS)
    assert access and DECLINED not in access.flags
    assert _card(browser) == 404


def test_ending_the_chat_ends_the_page_that_it_opened(doors: Doors) -> None:
    browser = knows_itself(doors)
    page = opens_page(browser)
    page.proves(PASSCODE)
    browser.posts("end", {})
    _shows_nothing(page)


def test_somebody_elses_proof_ends_with_the_first_that_replaces_it(doors: Doors) -> None:
    first, second = Phone(doors), Phone(doors)
    first.logs_in()
    second.logs_in()
    _shows_nothing(first)
    second.opens("/secure/results")
    assert second.status == 200


def test_a_chat_that_turns_to_another_patient_keeps_nothing_of_the_first(doors: Doors) -> None:
    """Amira proves it; then the same chat is told Tom's number and code: her cards and page are not his."""
    browser = knows_itself(doors)
    page = opens_page(browser)
    page.proves(PASSCODE)
    browser.posts("end", {})
    tom = knows_itself(doors, TOM)
    assert _card(tom) == 404
    given = exchanges(tom, is_offered(tom, "Tom"))
    page.posts(given["action"], {"handover": given["handover"]})
    page.opens("/secure/results")
    assert page.page.headers["Location"] == "/secure/prove"
    assert conversation_of(tom)


# People who act for others


def _mother(doors: Doors, number: str, patient_id: str, passcode: str) -> Phone:
    phone = Phone(doors)
    phone.spends(send_link(doors, "results", number, patient_id))
    assert phone.proves(passcode).status_code == 303
    return phone


def test_when_trust_ends_the_next_click_shows_nothing(doors: Doors) -> None:
    phone = _mother(doors, NOVAK, "patient-06", PASSCODES["patient-05"])
    phone.opens("/secure/record")
    assert phone.status == 200
    with doors.surgery.program.database.write() as connection:
        (trusted,) = _desk(doors).trusted(connection, "patient-06")
        _desk(doors).end_trust(connection, trusted, "reception", doors.clock())
    _shows_nothing(phone)


def test_at_midnight_before_a_sixteenth_birthday_a_parents_open_page_closes(doors: Doors) -> None:
    doors.clock.now = datetime(2027, 8, 20, 23, 50, tzinfo=LONDON)
    phone = _mother(doors, OSEI, JADES, PASSCODES["proxy-osei"])
    phone.opens("/secure/results")
    assert phone.status == 200
    doors.clock.now = datetime(2027, 8, 20, 23, 59, 59, tzinfo=LONDON)
    phone.opens("/secure/results")
    assert phone.status == 200
    doors.clock.now = datetime(2027, 8, 21, 0, 0, 1, tzinfo=LONDON)
    phone.opens("/secure/results")
    assert phone.status == 404
    _shows_nothing(phone)


def test_and_the_child_now_an_adult_goes_on_with_a_login_of_her_own(doors: Doors) -> None:
    doors.clock.now = datetime(2027, 8, 21, 8, 0, tzinfo=LONDON)
    phone = Phone(doors)
    phone.spends(send_link(doors, "results", "+447700900012", JADES))
    assert phone.proves(PASSCODES[JADES]).status_code == 303
    phone.opens("/secure/results")
    assert phone.status == 200


def test_trust_with_an_end_is_over_the_day_after_it(doors: Doors) -> None:
    doors.clock.now = datetime(2030, 12, 31, 23, 55, tzinfo=LONDON)
    with doors.surgery.program.database.write() as connection:
        (trusted,) = _desk(doors).trusted(connection, "patient-07")
        note_use(connection, trusted.id, date(2030, 6, 1))
    phone = _mother(doors, "+447700900019", "patient-07", PASSCODES["proxy-whitfield"])
    phone.opens("/secure/record")
    assert phone.status == 200
    doors.clock.forward(minutes=10)
    _shows_nothing(phone)


def test_the_patients_own_lowered_access_counts_for_whoever_acts_for_them(doors: Doors) -> None:
    phone = _mother(doors, NOVAK, "patient-06", PASSCODES["patient-05"])
    give_access(doors, OPEN, "patient-06", level="appointments")
    _shows_nothing(phone, but=("messages",))  # what she wrote herself
