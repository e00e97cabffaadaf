"""Messages by the web chat: kept once, bounded, and never more than text."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.doors.support import Browser, Doors, short
from tests.support import AMIRA

_ID = "7e0e7a3c-31b3-4f0e-8f57-7d8f0c1a2b3c"


@pytest.fixture()
def browser(doors: Doors) -> Browser:
    opened = doors.browser()
    opened.opens()
    return opened


def _say(browser: Browser, text: Any = "what are your opening hours", **more: Any) -> Any:
    return browser.posts("messages", {"id": str(uuid.uuid4()), "text": text, **more})


def _refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_message_is_taken_at_once_and_answered_later(doors: Doors, browser: Browser) -> None:
    answer = browser.posts("messages", {"id": _ID, "text": "what are your opening hours"})
    assert answer.status_code == 202
    assert answer.json()["id"] == _ID
    (own,) = browser.reads(1)
    assert (own["id"], own["seq"], own["author"]) == (_ID, answer.json()["seq"], "patient")
    doors.run()
    (reply,) = browser.reads(own["seq"])
    assert "Monday" in reply["text"]


def test_a_patient_books_in_the_chat(doors: Doors, browser: Browser) -> None:
    assert "mobile number" in browser.says("book an appointment with a doctor tomorrow morning")[-1]["text"]
    assert "I can offer" in browser.identifies(AMIRA)[-1]["text"]
    browser.presses("2.")
    browser.presses("No reason")
    assert "Booked" in browser.presses("Yes")[-1]["text"]
    assert len(doors.surgery.appointments("Amira")) == 1


def test_an_answer_in_another_language_says_which(browser: Browser) -> None:
    assert browser.says("مجھے ڈاکٹر سے ملنا ہے")[-1]["lang"] == "ur"
    assert browser.says("are you open")[-1]["lang"] is None


def test_the_same_message_sent_again_is_kept_once(doors: Doors, browser: Browser) -> None:
    sent = [browser.posts("messages", {"id": _ID, "text": "opening hours"}) for _ in range(3)]
    assert len({answer.json()["seq"] for answer in sent}) == 1
    doors.run()
    again = browser.posts("messages", {"id": _ID.upper(), "text": "opening hours"})
    assert again.json()["seq"] == sent[0].json()["seq"]
    doors.run()
    assert doors.count_messages("patient") == 1
    assert len(browser.reads()) == 3


def test_the_same_message_sent_fifty_times_at_once_is_kept_once(doors: Doors, browser: Browser) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())

    def send(_: int) -> Any:
        return doors.browser().posts("messages", {"id": _ID, "text": "opening hours"}, Cookie=cookie)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(send, range(50)))
    doors.run()
    # Only as many as anyone may write in a minute are looked at; those are all the same message.
    assert {answer.status_code for answer in answers} <= {202, 429}
    assert len({answer.json()["seq"] for answer in answers if answer.status_code == 202}) == 1
    assert doors.count_messages("patient") == 1
    assert len(browser.reads()) == 3


def test_two_people_may_happen_on_the_same_id(doors: Doors, browser: Browser) -> None:
    other = doors.browser()
    other.opens()
    for each in (browser, other):
        each.posts("messages", {"id": _ID, "text": "opening hours"})
    doors.run()
    assert len(browser.reads()) == len(other.reads()) == 3


def test_a_button_stands_for_something_that_never_leaves_the_server(doors: Doors, browser: Browser) -> None:
    browser.says("book an appointment with a doctor tomorrow morning")
    browser.identifies(AMIRA)
    everything = browser.client.get("/chat/messages?after=0").text
    buttons = [button for each in json.loads(everything)["messages"] for button in each["quick_replies"]]
    assert buttons
    for button in buttons:
        assert button.keys() == {"id", "label"}
        assert len(button["id"]) == 32
    assert '"/' not in everything
    assert "payload" not in everything
    assert "select_option" not in everything
    assert "book_appointment" not in everything


def test_a_press_is_shown_as_what_the_button_says(doors: Doors, browser: Browser) -> None:
    browser.presses("Opening hours")
    pressed = next(each for each in browser.reads() if each["author"] == "patient")
    assert pressed["text"] == "Opening hours"


def test_somebody_elses_button_is_refused(doors: Doors, browser: Browser) -> None:
    other = doors.browser()
    button = other.opens()["messages"][0]["quick_replies"][0]
    assert browser.posts("messages", {"id": _ID, "reply": button["id"]}).status_code in (400, 401)
    assert doors.count_messages("patient") == 0


@pytest.mark.parametrize(
    "reply",
    ["0" * 32, "/book_appointment", "x", "A" * 32, "é" * 32, "\ud800" * 32, "\x00" * 32, "' or 1=1 --", "9" * 5000],
    ids=["unknown", "payload", "short", "capitals", "not ASCII", "surrogates", "NUL", "SQL", "huge"],
)
def test_a_made_up_button_is_refused(doors: Doors, browser: Browser, reply: str) -> None:
    answer = browser.posts("messages", {"id": _ID, "reply": reply, "text": "book"})
    assert answer.status_code in (400, 401)
    assert doors.count_messages("patient") == 0


def test_a_message_as_long_as_allowed_is_taken_and_a_longer_one_is_not(doors: Doors, browser: Browser) -> None:
    assert _say(browser, "é" * 1000).status_code == 202
    refused = _say(browser, "é" * 1001)
    assert _refusal(refused) == (413, "too_long")
    assert "1000" in refused.json()["error"]["message"]
    assert doors.count_messages("patient") == 1


def test_more_messages_in_a_minute_than_anyone_types_are_refused(doors: Doors, browser: Browser) -> None:
    answers = [_say(browser).status_code for _ in range(25)]
    assert answers == [202] * 20 + [429] * 5
    assert _refusal(_say(browser)) == (429, "too_many")
    other = doors.browser()
    other.opens()
    assert _say(other).status_code == 202, "others are not held up"
    doors.clock.forward(seconds=61)
    assert _say(browser).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"\xff\xfe\x00",
        b'{"id": "\xff"}',
        b"[" * 15_000,
        b'{"a":' * 3_000,
        b'{"id": ' + b"9" * 15_000 + b"}",
        b'{"id": NaN, "text": Infinity}',
    ],
    ids=[
        "nothing",
        "cut off",
        "null",
        "a list",
        "a string",
        "a number",
        "not UTF-8",
        "not UTF-8 inside",
        "deep lists",
        "deep objects",
        "a huge number",
        "no JSON numbers",
    ],
)
def test_what_is_no_message_is_refused(doors: Doors, browser: Browser, body: bytes) -> None:
    assert _refusal(browser.posts("messages", body)) == (400, "bad_request")
    assert doors.count_messages("patient") == 0


@pytest.mark.parametrize("path", ["messages", "extend", "end"])
def test_a_huge_body_is_refused_before_it_is_read(doors: Doors, browser: Browser, path: str) -> None:
    body = {"id": _ID, "text": "hello", "more": "x" * 200_000}
    assert _refusal(browser.posts(path, body)) == (413, "too_long")
    assert doors.count_messages("patient") == 0


@pytest.mark.parametrize(
    "body",
    [
        {"text": "hello"},
        {"id": None, "text": "hello"},
        {"id": 5, "text": "hello"},
        {"id": "1234", "text": "hello"},
        {"id": [_ID], "text": "hello"},
        {"id": _ID + "\ud800", "text": "hello"},
        {"id": _ID},
        {"id": _ID, "text": None},
        {"id": _ID, "text": ""},
        {"id": _ID, "text": " \n\t "},
        {"id": _ID, "text": 5},
        {"id": _ID, "text": True},
        {"id": _ID, "text": ["hello"]},
        {"id": _ID, "text": {"a": "hello"}},
        {"id": _ID, "reply": ["x"]},
        {"id": _ID, "reply": 1},
        {"id": _ID, "reply": "", "text": ""},
    ],
    ids=short,
)
def test_a_message_of_the_wrong_shape_is_refused(doors: Doors, browser: Browser, body: dict[str, Any]) -> None:
    assert _refusal(browser.posts("messages", body)) == (400, "bad_request")
    assert doors.count_messages("patient") == 0


@pytest.mark.parametrize(
    "text", ["opening \ud800hours", "\ud83d opening hours", "opening\x00 hours\x00", "\ufeffopening hours"]
)
def test_characters_that_no_database_keeps_are_dropped_and_the_rest_is_read(
    doors: Doors, browser: Browser, text: str
) -> None:
    assert "Monday" in browser.says(text)[-1]["text"]
    own = next(each for each in browser.reads() if each["author"] == "patient")["text"]
    assert "\x00" not in own
    assert own.encode("utf-8")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u200b", "🙂"], ids=["NUL", "surrogate", "zero width", "emoji"])
def test_a_message_without_words_is_answered(browser: Browser, text: str) -> None:
    assert "did not get any words" in browser.says(text)[-1]["text"]


def test_markup_is_text_like_any_other(browser: Browser) -> None:
    markup = '<img src=x onerror="alert(1)"> opening hours'
    browser.says(markup)
    answer = browser.client.get("/chat/messages?after=0")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [each["text"] for each in answer.json()["messages"] if each["author"] == "patient"] == [markup]


def test_unknown_fields_are_of_no_account(doors: Doors, browser: Browser) -> None:
    extra = {"author": "staff", "payload": "/confirm", "conversation": "x", "seq": 1, "opt_out": "STOP", "media": 3}
    assert _say(browser, **extra).status_code == 202
    doors.run()
    assert [each["author"] for each in browser.reads()] == ["assistant", "patient", "assistant"]


# A page that is not ours


def test_a_request_without_the_header_that_only_our_page_sends_is_refused(doors: Doors, browser: Browser) -> None:
    del browser.own_page["X-Requested-With"]
    for path in ("messages", "extend", "end"):
        assert _refusal(browser.posts(path, {"id": _ID, "text": "hello"})) == (403, "bad_request")
    assert _refusal(_with(browser, "X-Requested-With", "XMLHttpRequest")) == (403, "bad_request")
    assert doors.count_messages("patient") == 0
    assert browser.client.get("/chat/messages?after=1").status_code == 200, "the session was not ended"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "https://chat.surgery.example.evil.example",
        "https://chat.surgery.example:8443",
        "https://evil.example/chat.surgery.example",
        "ftp://chat.surgery.example",
        "http://[::1",
        "chat.surgery.example",
    ],
)
def test_a_request_from_another_origin_is_refused(doors: Doors, browser: Browser, origin: str) -> None:
    for path in ("messages", "extend", "end"):
        answer = browser.posts(path, {"id": _ID, "text": "hello"}, Origin=origin)
        assert _refusal(answer) == (403, "bad_request")
    assert doors.count_messages("patient") == 0
    assert browser.client.get("/chat/messages?after=1").status_code == 200


def test_a_form_on_another_site_gets_nowhere(doors: Doors, browser: Browser) -> None:
    form = browser.client.post("/chat/messages", data={"id": _ID, "text": "hello"})
    assert form.status_code == 403
    assert doors.count_messages("patient") == 0


def test_no_other_site_is_ever_allowed_to_read(doors: Doors, browser: Browser) -> None:
    for method, path in (("GET", "messages?after=0"), ("OPTIONS", "messages"), ("GET", "calendar/x.ics")):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = browser.client.request(method, f"/chat/{path}", headers=asked)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def _with(browser: Browser, name: str, value: str) -> Any:
    return browser.posts("messages", {"id": _ID, "text": "hello"}, **{name: value})
