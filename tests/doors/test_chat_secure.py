"""The chat's way to the secure page: for the browser that asked, once, and for a short time."""

from __future__ import annotations

from typing import Any

import pytest

from bot.store.identity_tables import secure_link
from tests.doors.proving import (
    exchanges,
    is_given,
    is_offered,
    logs_out,
    proves,
    spends,
    token_in,
    visit_of,
)
from tests.doors.support import Browser, Doors, short


@pytest.fixture()
def browser(doors: Doors) -> Browser:
    opened = doors.browser()
    opened.opens()
    return opened


def _refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_link_of_the_chat_is_exchanged_for_an_address_and_what_opens_it(doors: Doors, browser: Browser) -> None:
    answer = browser.posts("secure", {"link": is_offered(browser, "Amira")})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json().keys() == {"action", "handover"}
    assert answer.json()["action"].startswith("/secure/")
    assert visit_of(doors, spends(browser, answer.json())).purpose == "results"


def test_the_address_alone_opens_nothing(doors: Doors, browser: Browser) -> None:
    given = exchanges(browser, is_offered(browser, "Amira"))
    step_up = doors.surgery.program.services.step_up
    for handover in (None, "", "x" * 22, token_in(given)):
        assert step_up.spend(token_in(given), handover, None) is None
    assert spends(browser, given) is not None


def test_asking_again_takes_the_first_answer_back(browser: Browser) -> None:
    link = is_offered(browser, "Amira")
    first, second = exchanges(browser, link), exchanges(browser, link)
    assert spends(browser, first) is None
    assert spends(browser, second) is not None


def test_somebody_elses_link_reads_like_one_that_never_was(doors: Doors, browser: Browser) -> None:
    link = is_offered(browser, "Amira")
    other = doors.browser()
    other.opens()
    theirs, never = (other.posts("secure", {"link": each}) for each in (link, "0" * 32))
    assert _refusal(theirs) == (410, "over")
    assert (theirs.status_code, theirs.json()) == (never.status_code, never.json())
    assert spends(browser, exchanges(browser, link)) is not None, "the one it belongs to still can"


def test_a_link_that_is_over_says_so_in_one_sentence_and_what_to_do(doors: Doors, browser: Browser) -> None:
    replaced = is_offered(browser, "Amira")
    spent = is_offered(browser, "Amira")
    spends(browser, exchanges(browser, spent))
    expired = is_offered(browser, "Amira")
    doors.clock.forward(minutes=11)
    for link in (replaced, spent, expired):
        answer = browser.posts("secure", {"link": link})
        assert _refusal(answer) == (410, "over")
        assert answer.json()["error"]["message"] == "That link no longer works. Please ask again to get a new one."


def test_without_a_session_nothing_is_exchanged(doors: Doors, browser: Browser) -> None:
    link = is_offered(browser, "Amira")
    stranger = doors.browser()
    assert _refusal(stranger.posts("secure", {"link": link})) == (401, "expired")
    browser.posts("end", {})
    assert _refusal(browser.posts("secure", {"link": link})) == (401, "expired")


def test_another_site_cannot_exchange_a_link(browser: Browser) -> None:
    body = {"link": is_offered(browser, "Amira")}
    assert _refusal(browser.posts("secure", body, Origin="https://evil.example")) == (403, "bad_request")
    assert _refusal(browser.posts("secure", body, Origin="null")) == (403, "bad_request")
    assert browser.client.post("/chat/secure", data=body).status_code == 403
    del browser.own_page["X-Requested-With"]
    assert _refusal(browser.posts("secure", body)) == (403, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"link": ""},
        {"link": None},
        {"link": 5},
        {"link": ["0" * 32]},
        {"link": "A" * 32},
        {"link": "\x00" * 32},
        {"link": "\ud800" * 32},
        {"link": "' or 1=1 --"},
        {"card": "settings"},
        {"card": ["results"]},
        {"card": "../results"},
        {"purpose": "results"},
        [],
        "results",
    ],
    ids=short,
)
def test_what_is_no_link_is_refused(browser: Browser, body: Any) -> None:
    assert _refusal(browser.posts("secure", body)) == (400, "bad_request")


def test_what_opens_the_page_is_kept_only_as_a_hash(doors: Doors, browser: Browser) -> None:
    given = exchanges(browser, is_offered(browser, "Amira"))
    doors.surgery.program.database.close()
    for file in doors.settings.home.rglob("*"):
        if file.is_file():
            for secret in (token_in(given), given["handover"]):
                assert secret.encode() not in file.read_bytes(), file.name


# From a card to its page


def test_after_proof_a_card_leads_to_its_page_without_another(doors: Doors, browser: Browser) -> None:
    cookie = proves(browser, "Amira", "results")
    given = browser.posts("secure", {"card": "record"}).json()
    same = spends(browser, given, cookie)
    assert same == cookie
    visit = visit_of(doors, same)
    assert visit.grant_id is not None
    assert visit.purpose == "record"
    assert ("step_up.link", "made") in doors.surgery.audit()


def test_in_another_browser_that_page_asks_for_proof(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    given = browser.posts("secure", {"card": "record"}).json()
    assert visit_of(doors, spends(browser, given)).grant_id is None


@pytest.mark.parametrize("assurance", [None, "CONTACT"])
def test_without_proof_a_card_leads_nowhere(doors: Doors, browser: Browser, assurance: str | None) -> None:
    if assurance:
        is_given(browser, "Amira", assurance)
    assert _refusal(browser.posts("secure", {"card": "results"})) == (404, "not_here")
    with doors.surgery.program.database.read() as connection:
        assert connection.execute(secure_link.select()).first() is None


def test_after_logging_out_a_card_leads_nowhere(doors: Doors, browser: Browser) -> None:
    logs_out(doors, proves(browser, "Amira"))
    assert _refusal(browser.posts("secure", {"card": "results"})) == (404, "not_here")
