"""The web chat: a page for a frame, messages by POST, answers by an event stream, a session in a cookie."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.gateway import Inbound
from bot.identity.phone_numbers import spoken
from bot.identity.policy import Decision, Service, may
from bot.program import Program
from bot.store import grants, messages, sessions
from bot.store.conversations import WEB, close_conversation, get_conversation, open_conversation
from bot.store.messages import PATIENT, Reply, StoredMessage
from connectors.headers import page_policy
from connectors.webchat.browser import (
    BAD_REQUEST,
    BUSY,
    EXPIRED,
    TOO_MANY,
    Refusal,
    SessionCookie,
    as_number,
    read_json,
    read_message,
)
from connectors.webchat.calendar import appointment_calendar

_HERE = Path(__file__).parent
_WARN_BEFORE = timedelta(minutes=5)
_PING_SECONDS = 20
_NEW_SESSIONS_PER_MINUTE = 300  # all visitors together; more is no practice's traffic

Endpoint = Callable[[Request], Any]


class ChatDoor:
    """Everything under /chat."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._rules = program.practice.web_chat
        self._idle = timedelta(minutes=self._rules.idle_minutes)
        self._cookie = SessionCookie(program.settings.is_https)
        self._templates = Jinja2Templates(_HERE / "templates")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat", self.page),
            Route("/chat/widget.js", self.widget),
            Route("/chat/messages", _answering(self.read), methods=["GET"]),
            Route("/chat/messages", _answering(self.send), methods=["POST"]),
            Route("/chat/events", _answering(self.events)),
            Route("/chat/extend", _answering(self.extend), methods=["POST"]),
            Route("/chat/end", _answering(self.end), methods=["POST"]),
            Route("/chat/calendar/{appointment_id}.ics", _answering(self.calendar)),
            Mount("/chat/static", StaticFiles(directory=_HERE / "static")),
        ]

    async def page(self, request: Request) -> Response:
        practice = self._program.practice
        values = {
            "practice": {
                "name": practice.name,
                "phone": spoken(practice.phone),
                "phone_href": f"tel:{practice.phone_e164}",
            },
            "lang": "en",
            "dir": "ltr",
            "base": "/chat",
            "max_length": self._rules.max_length,
        }
        ancestors = " ".join(["'self'", *self._rules.allowed_sites])
        policy = {"Content-Security-Policy": page_policy(frame_ancestors=ancestors)}
        return self._templates.TemplateResponse(request, "chat.html", values, headers=policy)

    async def widget(self, request: Request) -> Response:
        """The one script tag; any site may load it, only allowed ones may show the frame."""
        headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
        return FileResponse(_HERE / "static" / "widget.js", media_type="text/javascript", headers=headers)

    async def read(self, request: Request) -> Response:
        """What was written after a message; without a session and from the start, a new conversation."""
        after = as_number(request.query_params.get("after"))
        token = self._cookie.token(request)
        if after > 0:
            return await run_in_threadpool(self._read, token, after)
        return await run_in_threadpool(self._open, token)

    async def send(self, request: Request) -> Response:
        sent = await read_message(request, self._rules.max_length)
        return await run_in_threadpool(self._send, self._cookie.token(request), sent)

    async def extend(self, request: Request) -> Response:
        await read_json(request)
        token = self._cookie.token(request)
        _, _, ends = await run_in_threadpool(self._touch, token)
        return JSONResponse(ends)

    async def end(self, request: Request) -> Response:
        await read_json(request)
        await run_in_threadpool(self._end, self._cookie.token(request))
        response = Response(status_code=204)
        self._cookie.clear(response)
        return response

    async def events(self, request: Request) -> Response:
        token = self._cookie.token(request)
        conversation_id = await run_in_threadpool(self._conversation_of, token)
        after = as_number(request.headers.get("Last-Event-ID") or request.query_params.get("after"))
        stream = self._follow(token or "", conversation_id, after)
        response: Response = EventSourceResponse(stream, ping=_PING_SECONDS, headers={"Cache-Control": "no-store"})
        return response

    async def calendar(self, request: Request) -> Response:
        token, wanted = self._cookie.token(request), request.path_params["appointment_id"]
        file = await run_in_threadpool(self._calendar, token, wanted)
        headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
        return Response(file, media_type="text/calendar; charset=utf-8", headers=headers)

    # What follows runs off the event loop.

    def _open(self, token: str | None) -> Response:
        try:
            return self._read(token, 0)
        except Refusal:
            token = self._start()
        response = self._read(token, 0)
        self._cookie.set(response, token)
        return response

    def _start(self) -> str:
        """A new conversation, greeted; gives the session's token."""
        program, now = self._program, self._program.clock()
        with program.database.write() as connection:
            if sessions.count_since(connection, now - timedelta(minutes=1)) >= _NEW_SESSIONS_PER_MINUTE:
                raise BUSY
            conversation = open_conversation(connection, WEB, secrets.token_hex(16), now, timedelta.max)
            greeting, buttons = program.responses.say("utter_welcome"), program.responses.quick_replies("utter_welcome")
            welcome = Reply(greeting, quick_replies=buttons)
            messages.store_reply(connection, conversation.id, welcome, now)
            return sessions.start_session(connection, conversation.id, now)

    def _read(self, token: str | None, after: int) -> Response:
        conversation_id, now, ends = self._touch(token) if after == 0 else self._look(token)
        with self._program.database.read() as connection:
            listed = messages.messages_after(connection, conversation_id, after)
        return JSONResponse({"messages": [_as_json(each) for each in listed], "session": ends})

    def _send(self, token: str | None, sent: Any) -> Response:
        program = self._program
        is_first = token is None
        token = token or self._start()
        conversation_id, now, _ = self._touch(token)
        with program.database.read() as connection:
            lately = messages.count_received_since(connection, conversation_id, now - timedelta(minutes=1))
            conversation = get_conversation(connection, conversation_id)
            button = messages.find_quick_reply(connection, conversation_id, sent.reply) if sent.reply else None
        if lately >= self._rules.messages_per_minute:
            raise TOO_MANY
        if sent.reply and button is None:
            raise BAD_REQUEST
        receipt = program.gateway.receive(
            Inbound(
                channel=WEB,
                address=conversation.address,
                provider_id=f"{conversation_id[:32]}:{sent.id}",
                text=button.label if button else sent.text,
                payload=button.payload if button else None,
            )
        )
        response = JSONResponse({"id": sent.id, "seq": receipt.message_id}, 202)
        if is_first:
            self._cookie.set(response, token)
        return response

    def _end(self, token: str | None) -> None:
        """Leaving nothing behind that this browser, or whoever uses it next, could go back to."""
        try:
            conversation_id, now, _ = self._look(token)
        except Refusal:
            return
        with self._program.database.write() as connection:
            sessions.end_sessions(connection, conversation_id, now)
            grants.end_grants(connection, conversation_id, now)
            grants.close_challenges(connection, conversation_id, now)
            close_conversation(connection, conversation_id, now)
        self._program.notices.announce(conversation_id)

    def _calendar(self, token: str | None, wanted: str) -> bytes:
        """Only for a conversation that may see appointments, and only one of its own patient's."""
        program = self._program
        conversation_id, now, _ = self._look(token)
        with program.database.read() as connection:
            held = grants.live_grant(connection, conversation_id)
            conversation = get_conversation(connection, conversation_id)
        caller = program.identify.caller(conversation, held)
        decision = may(Service.SEE_APPOINTMENTS, caller.access, caller.assurance, program.practice)
        if decision is Decision.ALLOWED and caller.patient:
            for each in program.backend.appointments(caller.patient.id):
                if each.id == wanted:
                    return appointment_calendar(each, program.practice, now)
        raise Refusal(404, "bad_request", "That appointment is not here.")

    def _conversation_of(self, token: str | None) -> str:
        return self._look(token)[0]

    def _look(self, token: str | None) -> tuple[str, datetime, dict[str, str]]:
        """(conversation id, now, when the session ends). Raises EXPIRED."""
        now = self._program.clock()
        with self._program.database.read() as connection:
            session = sessions.find_session(connection, token, now, self._idle) if token else None
        if session is None:
            raise EXPIRED
        return session.conversation_id, now, self._ends(session.last_seen_at)

    def _touch(self, token: str | None) -> tuple[str, datetime, dict[str, str]]:
        """As `_look`; the person is here, so the session starts to run anew."""
        conversation_id, now, _ = self._look(token)
        with self._program.database.write() as connection:
            sessions.touch_session(connection, token or "", now)
        return conversation_id, now, self._ends(now)

    def _ends(self, seen: datetime) -> dict[str, str]:
        ends = seen + self._idle
        return {"expires_at": ends.isoformat(), "warn_at": (ends - _WARN_BEFORE).isoformat()}

    async def _follow(self, token: str, conversation_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
        """Messages as they come, until the session ends."""
        news = asyncio.Event()
        loop = asyncio.get_running_loop()
        unlisten = self._program.notices.listen(conversation_id, lambda: loop.call_soon_threadsafe(news.set))
        told = None
        try:
            while True:
                news.clear()
                try:
                    listed, ends, owner = await run_in_threadpool(self._news, token, after)
                except Refusal:
                    yield _event("session", {"ended": True})
                    return
                for each in listed:
                    after = each.id
                    yield _event("message", _as_json(each), str(each.id))
                if listed and listed[-1].author == PATIENT and owner == "bot":
                    yield _event("typing", {"on": True})
                if ends != told:
                    told = ends
                    yield _event("session", ends)
                await _wait(news, _PING_SECONDS)
        finally:
            unlisten()

    def _news(self, token: str, after: int) -> tuple[list[StoredMessage], dict[str, str], str]:
        conversation_id, _, ends = self._look(token)
        with self._program.database.read() as connection:
            owner = get_conversation(connection, conversation_id).owner
            return messages.messages_after(connection, conversation_id, after), ends, owner


def _answering(endpoint: Endpoint) -> Endpoint:
    """A refusal is an answer like any other."""

    async def answer(request: Request) -> Response:
        try:
            response: Response = await endpoint(request)
            return response
        except Refusal as refusal:
            return refusal.response()

    return answer


async def _wait(news: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(news.wait(), seconds)


def _event(name: str, data: dict[str, Any], identifier: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data), event=name, id=identifier)


def _as_json(each: StoredMessage) -> dict[str, Any]:
    own_id = (each.provider_id or "").partition(":")[2] or None
    return {
        "seq": each.id,
        "id": own_id,
        "author": each.author,
        "name": None,
        "text": each.text,
        "at": each.at.isoformat(),
        "urgent": bool(each.extra.get("urgent")),
        "lang": each.extra.get("language"),
        "quick_replies": [{"id": button.id, "label": button.label} for button in each.quick_replies],
        "attachment": each.extra.get("attachment"),
    }
