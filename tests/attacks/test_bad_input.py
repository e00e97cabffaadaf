"""Links, pages and clocks as people have them: old, torn, open twice. Each gets one clear page with a way to a person,
and nothing of the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.backend.base import Unavailable
from tests.attacks.support import OVER, PAGES, Surroundings, knows_itself, opens_page
from tests.doors.proving import exchanges, is_offered
from tests.doors.secure import AMIRAS, PASSCODE, TOMS, Phone, hand_out_link, send_link, set_status
from tests.doors.support import Doors
from tests.support import AMIRA, TOM
from tests.unit.nhs_login_support import DISCOVERY, KEYS, TOKEN, answering, failing


def _says_it_once(phone: Phone) -> None:
    """One heading, a telephone number, nobody's name, and nothing that a machine said."""
    assert phone.heading
    assert "020 7946 0123" in phone.page.text
    for each in ("Amira", "Khan", "HbA1c", "Penicillin", "Traceback", "Exception", "None", "null"):
        assert each not in phone.words, each


def _expired(doors: Doors) -> str:
    path = send_link(doors)
    doors.clock.forward(minutes=10)
    return path


def _reused(doors: Doors) -> str:
    path = send_link(doors)
    Phone(doors).spends(path)
    return path


def _replaced(doors: Doors) -> str:
    path = send_link(doors)
    send_link(doors)
    return path


LINKS: dict[str, Callable[[Doors], str]] = {
    "expired": _expired,
    "reused": _reused,
    "replaced by a second": _replaced,
    "forged": lambda doors: "/secure/" + "A" * 22,
    "truncated": lambda doors: send_link(doors)[:-1],
    "with a full stop": lambda doors: send_link(doors) + ".",
    "wrapped": lambda doors: send_link(doors) + "%0A",
    "in capitals": lambda doors: send_link(doors).upper().replace("/SECURE/", "/secure/"),
    "of the chat": lambda doors: hand_out_link(doors)[0],
    "with more behind it": lambda doors: send_link(doors) + "/results",
    "of nothing": lambda doors: "/secure/%00",
    "endless": lambda doors: "/secure/" + "A" * 7000,
    "in other letters": lambda doors: "/secure/" + "%D0%9F" * 11,
}


@pytest.mark.parametrize("why", LINKS)
def test_a_link_that_is_no_good_says_so_and_shows_nothing(doors: Doors, why: str) -> None:
    phone, path = Phone(doors), LINKS[why](doors)
    phone.opens(path)
    assert phone.status == 404
    _says_it_once(phone)
    phone.spends(path)
    assert phone.status in (404, 405)
    assert phone.cookie() is None
    for page in PAGES:
        phone.opens(f"/secure/{page}")
        assert phone.status == 404, page


def test_somebody_elses_link_leads_to_the_question_who_it_is_and_no_further(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "results", TOM, TOMS))
    phone.proves(PASSCODE)
    assert phone.status == 400
    _says_it_once(phone)


@pytest.mark.parametrize("status", ["left", "died"])
@pytest.mark.parametrize("when", ["before the link", "before the proof", "after the proof"])
def test_of_somebody_who_moved_away_or_died_nothing_is_shown(doors: Doors, status: str, when: str) -> None:
    phone, path = Phone(doors), send_link(doors)
    if when != "before the link":
        phone.spends(path)
    if when == "after the proof":
        phone.proves()
    set_status(doors, status)
    phone.spends(path) if when == "before the link" else phone.opens("/secure/results")
    assert (phone.status, phone.heading) == (404, OVER)
    _says_it_once(phone)


def test_in_the_chat_of_somebody_who_left_everything_is_gone_and_the_chat_goes_on(doors: Doors) -> None:
    chat = knows_itself(doors)
    opens_page(chat).proves(PASSCODE)
    set_status(doors, "left", AMIRAS)
    for name in ("results", "record", "activity"):
        assert chat.client.get(f"/chat/cards/{name}", headers=chat.own_page).status_code == 404
    assert chat.says("hello")


def test_a_page_left_open_overnight_takes_no_form_and_shows_nothing(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("settings")
    phone.opens("/secure/settings/passcode")
    doors.clock.forward(hours=14)
    fields = {"old": PASSCODE, "new": "three quiet walnuts", "again": "three quiet walnuts"}
    phone.sends("/secure/settings/passcode", **fields)
    assert (phone.status, phone.heading) == (404, OVER)
    _says_it_once(phone)
    again = Phone(doors)
    again.logs_in()
    assert again.status == 200, "the passcode is what it was"


def test_a_chat_left_open_overnight_says_that_it_is_over(doors: Doors) -> None:
    chat = knows_itself(doors)
    link = is_offered(chat, "Amira")
    doors.clock.forward(hours=14)
    answer = chat.posts("secure", {"link": link})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "expired")


def test_two_tabs_of_one_link_go_the_same_way(doors: Doors) -> None:
    path, first, second = send_link(doors), Phone(doors), Phone(doors)
    first.opens(path)
    second.client = first.client
    second.opens(path)
    first.spends(path)
    second.spends(path)
    first.proves()
    second.opens("/secure/prove")
    assert second.page.headers["Location"] == "/secure/results"


def test_two_tabs_of_the_chat_ask_for_the_link_and_the_last_one_has_it(doors: Doors) -> None:
    chat = knows_itself(doors)
    link = is_offered(chat, "Amira")
    first, second = exchanges(chat, link), exchanges(chat, link)
    phone = Phone(doors)
    phone.posts(first["action"], {"handover": first["handover"]})
    _says_it_once(phone)
    assert phone.posts(second["action"], {"handover": second["handover"]}).status_code == 303


@pytest.mark.parametrize("minutes", [-4, -2, 2, 4])
def test_clocks_that_differ_a_little_shut_nobody_out(doors: Doors, minutes: int) -> None:
    phone = Phone(doors)
    phone.logs_in()
    doors.clock.forward(minutes=minutes)
    phone.opens("/secure/results")
    assert phone.status == 200


@pytest.mark.parametrize("hours", [-24, -1, 13, 24 * 365])
def test_clocks_that_differ_a_lot_show_nothing(doors: Doors, hours: int) -> None:
    phone = Phone(doors)
    phone.logs_in()
    doors.clock.forward(hours=hours)
    phone.opens("/secure/results")
    assert phone.status == 404
    _says_it_once(phone)


# What is behind the pages is away


@pytest.mark.parametrize("error", [Unavailable("down"), OperationalError("", {}, Exception())])
def test_while_something_behind_it_is_down_a_page_says_so(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    phone = Phone(doors)
    phone.logs_in()

    def fails(*_: Any) -> Any:
        raise error

    for name in ("results", "entries"):
        monkeypatch.setattr(doors.surgery.program.backend, name, fails)
    for page in ("results", "record", "record/medicines"):
        phone.opens(f"/secure/{page}")
        assert phone.status == 503
        _says_it_once(phone)


@pytest.mark.parametrize(
    "trouble",
    [
        failing(httpx.ConnectError("refused")), failing(httpx.ReadTimeout("slow")), answering(500, content=b"oops"),
        answering(200, content=b"not json"), answering(200, body=[1, 2]), answering(200, body={}),
        answering(200, content=b"x" * 300_000), answering(200, body={"issuer": "https://elsewhere.example"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN])
def test_an_nhs_login_that_is_down_slow_or_strange_leaves_the_other_ways(
    with_nhs_login: Surroundings, path: str, trouble: Any
) -> None:
    with_nhs_login.provider.answers[path] = trouble
    phone = Phone(with_nhs_login.doors)
    phone.spends(send_link(with_nhs_login.doors))
    phone.opens("/secure/prove")
    phone.sends("/secure/nhs-login")
    if path != DISCOVERY:
        state = phone.page.text.partition("state=")[2].partition("&")[0]
        phone.opens(f"/secure/nhs-login?state={state}&code=c")
    assert phone.status in (200, 400)
    _says_it_once(phone)
    assert 'id="passcode"' in phone.page.text
    assert phone.proves(PASSCODE).status_code == 303


def test_a_text_of_nonsense_and_a_chat_of_nonsense_are_answered(doors: Doors) -> None:
    for text in ("…", "http://x/secure/AAAA", "9" * 300, "passcode passcode"):
        doors.texts_in(text, AMIRA)
    doors.run()
    assert len(doors.telco.texts) == 4
