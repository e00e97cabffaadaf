"""The event stream of the web chat, over a real server: what is said arrives once, in order, and can be resumed."""

from __future__ import annotations

import json
import queue
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.store import messages
from bot.store.messages import Reply
from tests.doors.live import Live, served
from tests.doors.proving import logs_out, proves
from tests.doors.support import Doors, wait_until
from tests.support import HandClock


@pytest.fixture()
def live(demo: Doors) -> Iterator[Live]:
    with served(demo.app) as server:
        yield server


@dataclass
class Listener:
    """An EventSource: reads the stream in a thread and keeps what it is told."""

    url: str
    cookies: dict[str, str]
    last_event_id: str | None = None
    after: int | None = None
    heard: queue.Queue[tuple[str, str | None, Any]] = field(default_factory=queue.Queue)
    status: int = 0
    is_over: bool = False

    def __enter__(self) -> Listener:
        self._client = httpx.Client(timeout=httpx.Timeout(60, connect=10))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        wait_until(lambda: self.status)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # it may be over already
            self._response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(30)
        self._client.close()

    def _listen(self) -> None:
        headers = {"Last-Event-ID": self.last_event_id} if self.last_event_id is not None else {}
        query = f"?after={self.after}" if self.after is not None else ""
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        request = self._client.build_request("GET", f"{self.url}/chat/events{query}", headers={**headers, **cookie})
        self._response = self._client.send(request, stream=True)
        self.headers = self._response.headers
        self.status = self._response.status_code
        event: dict[str, str] = {}
        try:
            for line in self._response.iter_lines():
                name, _, value = line.partition(":")
                if name:
                    event[name] = value.removeprefix(" ")
                elif "data" in event:
                    self.heard.put((event.get("event", "message"), event.get("id"), json.loads(event["data"])))
                    event = {}
        except (httpx.HTTPError, httpx.StreamError):
            pass
        self.is_over = True

    def next(self, name: str) -> tuple[str | None, Any]:
        """The next event of this name; (id, data). What comes before it is dropped."""
        while True:
            heard, identifier, data = self.heard.get(timeout=30)
            if heard == name:
                return identifier, data

    def messages(self, count: int) -> list[Any]:
        return [self.next("message")[1] for _ in range(count)]


class Visitor:
    """A browser on the real server."""

    def __init__(self, doors: Doors, live: Live) -> None:
        self.doors, self.url = doors, live.url
        self.client = httpx.Client(base_url=live.url, timeout=30)
        self.client.get("/chat/messages?after=0")

    def posts(self, path: str, body: Any) -> httpx.Response:
        headers = {"X-Requested-With": "chat", "Origin": self.url}
        return self.client.post(f"/chat/{path}", json=body, headers=headers)

    def says(self, text: str) -> int:
        return int(self.posts("messages", {"id": str(uuid.uuid4()), "text": text}).json()["seq"])

    def listens(self, **resuming: Any) -> Listener:
        return Listener(self.url, dict(self.client.cookies), **resuming)


@pytest.fixture()
def visitor(demo: Doors, live: Live) -> Iterator[Visitor]:
    made = Visitor(demo, live)
    yield made
    made.client.close()


def _staff_say(doors: Doors, text: str) -> None:
    """Something is said in the only conversation without the patient asking."""
    program = doors.surgery.program
    with program.database.write() as connection:
        (conversation_id,) = connection.exec_driver_sql("SELECT id FROM conversation").one()
        messages.store_reply(connection, conversation_id, Reply(text), doors.clock())
    program.notices.announce(conversation_id)


def test_the_stream_is_told_as_a_stream_that_nobody_may_keep(visitor: Visitor) -> None:
    with visitor.listens() as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.headers["X-Content-Type-Options"] == "nosniff"
        assert stream.headers["X-Accel-Buffering"] == "no"


def test_a_message_and_its_answer_arrive_once_and_in_order(visitor: Visitor) -> None:
    with visitor.listens() as stream:
        assert stream.messages(1)[0]["author"] == "assistant"
        seq = visitor.says("what are your opening hours")
        own_id, own = stream.next("message")
        assert (own_id, own["seq"], own["author"]) == (str(seq), seq, "patient")
        assert stream.next("typing")[1] == {"on": True}
        visitor.doors.run()
        answer_id, answer = stream.next("message")
        assert "Monday" in answer["text"]
        assert answer_id == str(answer["seq"])
        _staff_say(visitor.doors, "one more thing")
        assert stream.next("message")[1]["text"] == "one more thing"


def test_a_stream_that_was_cut_goes_on_where_it_stopped(visitor: Visitor) -> None:
    for number in range(3):
        visitor.says(f"opening hours {number}")
    visitor.doors.run()
    with visitor.listens() as stream:
        before = stream.messages(4)
    for number in range(3):
        _staff_say(visitor.doors, f"while you were away {number}")
    with visitor.listens(last_event_id=str(before[-1]["seq"])) as stream:
        after = stream.messages(6)
        _staff_say(visitor.doors, "now")
        after += stream.messages(1)
    everything = visitor.client.get("/chat/messages?after=0").json()["messages"]
    assert before + after == everything


def test_what_is_said_while_streams_come_and_go_is_neither_lost_nor_told_twice(visitor: Visitor) -> None:
    said = [f"note {number}" for number in range(60)]
    writer = threading.Thread(target=lambda: [_staff_say(visitor.doors, text) for text in said])
    writer.start()
    heard: list[Any] = []
    while len(heard) < 61:
        resume = str(heard[-1]["seq"]) if heard else None
        with visitor.listens(last_event_id=resume) as stream:
            heard += stream.messages(min(7, 61 - len(heard)))
    writer.join()
    assert [each["text"] for each in heard[1:]] == said
    assert len({each["seq"] for each in heard}) == 61


def test_two_tabs_hear_the_same(visitor: Visitor) -> None:
    with visitor.listens() as first, visitor.listens() as second:
        visitor.says("what are your opening hours")
        visitor.doors.run()
        assert first.messages(3) == second.messages(3)


def test_a_place_to_begin_from_is_taken_from_the_header_before_the_address(visitor: Visitor) -> None:
    _staff_say(visitor.doors, "second")
    _staff_say(visitor.doors, "third")
    with visitor.listens(after=1) as stream:
        assert [each["text"] for each in stream.messages(2)] == ["second", "third"]
    with visitor.listens(after=1, last_event_id="2") as stream:
        assert [each["text"] for each in stream.messages(1)] == ["third"]
    with visitor.listens(last_event_id="nonsense") as stream:
        assert len(stream.messages(3)) == 3


def test_the_stream_tells_when_the_session_will_end(visitor: Visitor) -> None:
    with visitor.listens() as stream:
        first = stream.next("session")[1]
        visitor.doors.clock.forward(minutes=5)
        visitor.says("what are your opening hours")
        second = stream.next("session")[1]
    assert first.keys() == second.keys() == {"expires_at", "warn_at", "proved_at"}
    assert first["expires_at"] < second["expires_at"]


def test_ending_the_chat_ends_the_stream_in_every_tab(visitor: Visitor) -> None:
    with visitor.listens() as first, visitor.listens() as second:
        for stream in (first, second):
            assert "expires_at" in stream.next("session")[1]
        assert visitor.posts("end", {}).status_code == 204
        for stream in (first, second):
            assert stream.next("session")[1] == {"ended": True}
            wait_until(lambda stream=stream: stream.is_over)


def test_an_expired_session_ends_the_stream_and_tells_nothing_more(visitor: Visitor, clock: HandClock) -> None:
    with visitor.listens() as stream:
        stream.next("session")
        clock.forward(minutes=31)
        _staff_say(visitor.doors, "too late")
        assert stream.next("session")[1] == {"ended": True}
        wait_until(lambda: stream.is_over)
        assert stream.heard.empty()


def test_the_stream_tells_of_a_proof_before_the_card_that_rests_on_it_and_of_its_end(visitor: Visitor) -> None:
    with visitor.listens() as stream:
        assert stream.next("session")[1]["proved_at"] is None
        stream.messages(1)
        cookie = proves(visitor, "Amira")
        assert stream.next("session")[1]["proved_at"] is not None
        assert stream.next("message")[1]["attachment"] == {"label": "Your test results", "card": "results"}
        logs_out(visitor.doors, cookie)
        assert stream.next("session")[1]["proved_at"] is None


def test_without_a_session_there_is_no_stream(live: Live, visitor: Visitor) -> None:
    assert httpx.get(f"{live.url}/chat/events").status_code == 401
    assert httpx.get(f"{live.url}/chat/events", cookies={"chat": "x"}).status_code == 401


def test_a_stream_hears_nothing_of_anybody_else(demo: Doors, live: Live, visitor: Visitor) -> None:
    other = Visitor(demo, live)
    with visitor.listens() as stream:
        stream.messages(1)
        other.says("what are your opening hours")
        demo.run()
        own = visitor.says("what is your address")
        assert stream.next("message")[1]["seq"] == own
    other.client.close()


def test_nobody_is_left_listening_after_the_streams_were_closed(visitor: Visitor) -> None:
    for _ in range(5):
        with visitor.listens() as stream:
            stream.messages(1)
    listeners = visitor.doors.surgery.program.notices._listeners
    wait_until(lambda: not listeners)


def test_a_webhook_is_answered_while_streams_are_open_and_a_turn_is_running(demo: Doors, visitor: Visitor) -> None:
    with visitor.listens(), visitor.listens():
        visitor.says("can i see dr patel tues pm")
        turn = threading.Thread(target=demo.run)
        turn.start()
        assert visitor.client.get("/healthz").status_code == 200
        turn.join()
