"""The web chat: a page for a frame, messages by POST, answers by an event stream, a session in a cookie."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
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
from bot.program import Program
from bot.store import messages
from bot.store.conversations import WEB, get_conversation
from bot.store.messages import PATIENT, StoredMessage
from connectors.headers import page_policy
from connectors.webchat.browser import (
    BAD_REQUEST,
    TOO_MANY,
    Refusal,
    SessionCookie,
    answering,
    as_number,
    read_json,
    read_message,
)
from connectors.webchat.private import PrivateDoor
from connectors.webchat.session import ChatSessions

_HERE = Path(__file__).parent
_PING_SECONDS = 20


class ChatDoor:
    """Everything under /chat."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._rules = program.practice.web_chat
        self._sessions = ChatSessions(program)
        self._cookie = SessionCookie(program.settings.is_https)
        self._templates = Jinja2Templates(_HERE / "templates")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat", self.page),
            Route("/chat/widget.js", self.widget),
            Route("/chat/messages", answering(self.read), methods=["GET"]),
            Route("/chat/messages", answering(self.send), methods=["POST"]),
            Route("/chat/events", answering(self.events)),
            Route("/chat/extend", answering(self.extend), methods=["POST"]),
            Route("/chat/end", answering(self.end), methods=["POST"]),
            *PrivateDoor(self._program, self._sessions, self._cookie).routes(),
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
        return JSONResponse(await run_in_threadpool(lambda: self._sessions.tell(self._sessions.touch(token))))

    async def end(self, request: Request) -> Response:
        await read_json(request)
        await run_in_threadpool(self._sessions.end, self._cookie.token(request))
        response = Response(status_code=204)
        self._cookie.clear(response)
        return response

    async def events(self, request: Request) -> Response:
        token = self._cookie.token(request)
        session = await run_in_threadpool(self._sessions.look, token)
        after = as_number(request.headers.get("Last-Event-ID") or request.query_params.get("after"))
        stream = self._follow(token or "", session.conversation_id, after)
        response: Response = EventSourceResponse(stream, ping=_PING_SECONDS, headers={"Cache-Control": "no-store"})
        return response

    # What follows runs off the event loop.

    def _open(self, token: str | None) -> Response:
        try:
            return self._read(token, 0)
        except Refusal:
            token = self._sessions.start()
        response = self._read(token, 0)
        self._cookie.set(response, token)
        return response

    def _read(self, token: str | None, after: int) -> Response:
        session = self._sessions.touch(token) if after == 0 else self._sessions.look(token)
        with self._program.database.read() as connection:
            listed = messages.messages_after(connection, session.conversation_id, after)
        # Told last: it is never older than a message that refers to it.
        return JSONResponse({"messages": [_as_json(each) for each in listed], "session": self._sessions.tell(session)})

    def _send(self, token: str | None, sent: Any) -> Response:
        program = self._program
        is_first = token is None
        token = token or self._sessions.start()
        session = self._sessions.touch(token)
        conversation_id = session.conversation_id
        with program.database.read() as connection:
            lately = messages.count_received_since(connection, conversation_id, session.now - timedelta(minutes=1))
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
                if ends != told:
                    told = ends
                    yield _event("session", ends)
                for each in listed:
                    after = each.id
                    yield _event("message", _as_json(each), str(each.id))
                if listed and listed[-1].author == PATIENT and owner == "bot":
                    yield _event("typing", {"on": True})
                await _wait(news, _PING_SECONDS)
        finally:
            unlisten()

    def _news(self, token: str, after: int) -> tuple[list[StoredMessage], dict[str, str | None], str]:
        session = self._sessions.look(token)
        with self._program.database.read() as connection:
            owner = get_conversation(connection, session.conversation_id).owner
            listed = messages.messages_after(connection, session.conversation_id, after)
        return listed, self._sessions.tell(session), owner


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
