"""The web chat's session: one browser, one conversation, and nothing left behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.store import grants
from bot.store.identity_tables import challenge, grant
from bot.store.tables import conversation, web_session
from tests.doors.support import Browser, Doors, short
from tests.support import AMIRA, TOM


def _cookie(answer: Any) -> tuple[str, str, set[str]]:
    """(name, value, attributes) of the one cookie that an answer sets."""
    (header,) = answer.headers.get_list("Set-Cookie")
    first, *attributes = [part.strip() for part in header.split(";")]
    name, _, value = first.partition("=")
    return name, value, set(attributes)


def _rows(doors: Doors, table: Any) -> list[Any]:
    with doors.surgery.program.database.read() as connection:
        return connection.execute(select(table)).all()


def test_on_https_the_cookie_is_bound_to_our_host_and_to_the_site_that_shows_the_frame(doors: Doors) -> None:
    name, value, attributes = _cookie(doors.browser().client.get("/chat/messages?after=0"))
    assert name == "__Host-chat"
    assert attributes == {"Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"}
    assert re.fullmatch(r"[\w-]{43}", value), "256 random bits"


def test_on_plain_http_the_cookie_works_on_this_machine_only_as_first_party(demo: Doors) -> None:
    name, value, attributes = _cookie(demo.browser().client.get("/chat/messages?after=0"))
    assert name == "chat"
    assert attributes == {"Path=/", "HttpOnly", "SameSite=Lax"}
    assert re.fullmatch(r"[\w-]{43}", value)


def test_the_token_is_kept_only_as_a_hash(doors: Doors) -> None:
    browser = doors.browser()
    _, token, _ = _cookie(browser.client.get("/chat/messages?after=0"))
    (session,) = _rows(doors, web_session)
    assert token not in str(session)
    home = doors.settings.home
    doors.surgery.program.database.close()
    for file in home.rglob("*"):
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file.name


def test_a_visitor_is_greeted_once_and_finds_the_conversation_again(doors: Doors) -> None:
    browser = doors.browser()
    (welcome,) = browser.opens()["messages"]
    assert welcome["author"] == "assistant"
    assert "Riverside Surgery" in welcome["text"]
    browser.says("what are your opening hours")
    again = browser.opens()["messages"]
    assert [each["author"] for each in again] == ["assistant", "patient", "assistant"]
    assert doors.count_conversations() == 1


def test_two_browsers_never_see_each_other(doors: Doors) -> None:
    amira, tom = doors.browser(), doors.browser()
    amira.opens()
    tom.opens()
    amira.says("what are your opening hours")
    assert len(amira.reads()) == 3
    assert len(tom.reads()) == 1
    assert doors.count_conversations() == 2


def test_reading_after_a_message_gives_only_what_came_later(doors: Doors) -> None:
    browser = doors.browser()
    browser.opens()
    browser.says("what are your opening hours")
    everything = browser.reads()
    assert [each["seq"] for each in everything] == sorted({each["seq"] for each in everything})
    for number, each in enumerate(everything):
        assert browser.reads(each["seq"]) == everything[number + 1 :]
    assert browser.reads(10**15) == []


@pytest.mark.parametrize("after", ["", "x", "-5", "0", "²", "9" * 400, "1e9", "%00", "1;drop"], ids=short)
def test_a_strange_place_to_read_from_is_the_beginning(doors: Doors, after: str) -> None:
    browser = doors.browser()
    browser.opens()
    answer = browser.client.get(f"/chat/messages?after={after}")
    assert answer.status_code == 200
    assert len(answer.json()["messages"]) == 1
    assert doors.count_conversations() == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 4000, "é", "' or 1=1 --"], ids=short)
def test_a_made_up_session_opens_nothing(doors: Doors, token: str) -> None:
    doors.browser().opens()
    forged = {"Cookie": f"__Host-chat={token}".encode()}
    for path in ("messages?after=1", "events", "calendar/x.ics"):
        assert doors.client.get(f"/chat/{path}", headers=forged).status_code == 401
    assert doors.browser().posts("extend", {}, **{"Cookie": "__Host-chat=abc"}).status_code == 401


def test_the_plain_cookie_is_worth_nothing_on_https(doors: Doors) -> None:
    _, token, _ = _cookie(doors.browser().client.get("/chat/messages?after=0"))
    assert doors.client.get("/chat/messages?after=1", headers={"Cookie": f"chat={token}"}).status_code == 401


def test_an_expired_session_is_refused_and_a_reload_begins_anew(doors: Doors) -> None:
    browser = doors.browser()
    browser.opens()
    browser.says("what are your opening hours")
    doors.clock.forward(minutes=31)
    refused = browser.client.get("/chat/messages?after=1")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "expired"
    assert "Set-Cookie" not in refused.headers
    reloaded = browser.client.get("/chat/messages?after=0")
    assert reloaded.status_code == 200
    assert [each["author"] for each in reloaded.json()["messages"]] == ["assistant"]
    _cookie(reloaded)
    assert doors.count_conversations() == 2


def test_a_message_in_an_expired_session_is_refused_and_not_kept(doors: Doors) -> None:
    browser = doors.browser()
    browser.opens()
    doors.clock.forward(minutes=31)
    answer = browser.posts("messages", {"id": "7e0e7a3c-31b3-4f0e-8f57-111111111111", "text": "hello"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "expired"
    assert doors.count_messages("patient") == 0


def test_a_person_who_is_there_keeps_the_session_and_one_who_only_listens_does_not(doors: Doors) -> None:
    browser = doors.browser()
    browser.opens()
    for _ in range(4):
        doors.clock.forward(minutes=20)
        assert browser.posts("extend", {}).status_code == 200
    doors.clock.forward(minutes=20)
    browser.says("what are your opening hours")
    doors.clock.forward(minutes=20)
    assert browser.client.get("/chat/messages?after=1").status_code == 200, "polling works, and extends nothing"
    doors.clock.forward(minutes=11)
    assert browser.client.get("/chat/messages?after=1").status_code == 401


def test_the_page_is_told_when_the_session_ends_and_when_to_warn(doors: Doors) -> None:
    browser = doors.browser()
    session = browser.opens()["session"]
    doors.clock.forward(minutes=7)
    extended = browser.posts("extend", {}).json()
    assert session.keys() == extended.keys() == {"expires_at", "warn_at", "proved_at"}
    assert session["warn_at"] < session["expires_at"] < extended["expires_at"]
    assert session["warn_at"] < extended["warn_at"]


def _known(doors: Doors, number: str = AMIRA) -> Browser:
    browser = doors.browser()
    browser.opens()
    browser.says("show my appointments")
    browser.identifies(number)
    return browser


def test_ending_the_chat_leaves_nothing_to_come_back_to(doors: Doors) -> None:
    browser = _known(doors, TOM)
    conversation_id = _rows(doors, conversation)[0].id
    with doors.surgery.program.database.read() as connection:
        assert grants.held_grants(connection, conversation_id)
    before = dict(browser.client.cookies)
    ended = browser.posts("end", {})
    assert ended.status_code == 204
    name, value, attributes = _cookie(ended)
    assert (name, value) == ("__Host-chat", "")
    assert "Max-Age=0" in attributes
    with doors.surgery.program.database.read() as connection:
        assert not grants.held_grants(connection, conversation_id)
    assert all(row.ended_at for row in _rows(doors, grant))
    assert all(row.closed_at for row in _rows(doors, challenge))
    assert all(row.closed_at for row in _rows(doors, conversation))
    stolen = {"Cookie": "; ".join(f"{name}={value}" for name, value in before.items())}
    for path in ("messages?after=1", "events", "calendar/x.ics"):
        assert doors.client.get(f"/chat/{path}", headers=stolen).status_code == 401


def test_the_next_person_at_the_same_browser_is_a_stranger(doors: Doors) -> None:
    browser = _known(doors, TOM)
    browser.posts("end", {})
    assert [each["author"] for each in browser.opens()["messages"]] == ["assistant"]
    assert "mobile number" in browser.says("show my appointments")[-1]["text"]


def test_ending_twice_or_without_a_session_does_no_harm(doors: Doors) -> None:
    browser = doors.browser()
    assert browser.posts("end", {}).status_code == 204
    browser.opens()
    assert browser.posts("end", {}).status_code == 204
    assert browser.posts("end", {}).status_code == 204


def test_the_first_message_may_come_before_the_page_was_loaded(doors: Doors) -> None:
    browser = doors.browser()
    answer = browser.posts("messages", {"id": "7e0e7a3c-31b3-4f0e-8f57-111111111111", "text": "opening hours"})
    assert answer.status_code == 202
    _cookie(answer)
    doors.run()
    assert [each["author"] for each in browser.reads()] == ["assistant", "patient", "assistant"]


def test_more_visitors_in_a_minute_than_any_surgery_has_are_asked_to_wait(doors: Doors) -> None:
    answers = [doors.browser().client.get("/chat/messages?after=0").status_code for _ in range(301)]
    assert answers[:300] == [200] * 300
    assert answers[300] == 503
    doors.clock.forward(minutes=2)
    assert doors.browser().client.get("/chat/messages?after=0").status_code == 200


def test_the_page_may_be_shown_only_by_the_practices_own_sites(opening: Callable[..., Doors]) -> None:
    doors = opening()
    doors.surgery.program.practice.web_chat.allowed_sites.append("https://www.riversidesurgery.example")
    try:
        policy = doors.client.get("/chat").headers["Content-Security-Policy"]
    finally:
        doors.surgery.program.practice.web_chat.allowed_sites.pop()
    assert "frame-ancestors 'self' https://www.riversidesurgery.example;" in policy
