"""Tells an open page that something changed: the queue, or the conversation it shows. Never what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.escalation.handover import QUEUE
from bot.staff.roles import Task, may_do
from bot.store.staff import Account
from connectors.console.site import ConsoleSite

_PING_SECONDS = 20  # and how often the session is looked at again
_QUEUE, _CONVERSATION, _OVER = "queue", "conversation", "over"
_NOTHING_MORE = Response(status_code=204)  # to this a browser does not come back


class ConsoleEvents:
    """`/console/events?conversation=ID`: "queue", "conversation", and "over" when the session is locked or ended."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [Route("/console/events", self.events)]

    async def events(self, request: Request) -> Response:
        token = self._site.cookies.session(request)
        member = await run_in_threadpool(self._member, token)
        if member is None:
            return _NOTHING_MORE
        conversation_id = request.query_params.get("conversation")
        topics = {member.id: _OVER, **({QUEUE: _QUEUE} if may_do(member.role, Task.SEE_QUEUE) else {})}
        if conversation_id and may_do(member.role, Task.READ_CONVERSATION):
            topics[conversation_id] = _CONVERSATION
        response: Response = EventSourceResponse(
            self._follow(token, topics), ping=_PING_SECONDS, headers={"Cache-Control": "no-store"}
        )
        return response

    async def _follow(self, token: str | None, topics: dict[str, str]) -> AsyncIterator[ServerSentEvent]:
        """News that come while others are told make one event."""
        news: set[str] = set()
        awake, loop = asyncio.Event(), asyncio.get_running_loop()

        def hear(name: str) -> None:
            news.add(name)
            awake.set()

        def hearing(name: str) -> Callable[[], object]:
            return lambda: loop.call_soon_threadsafe(hear, name)

        with ExitStack() as listening:
            for topic, name in topics.items():
                listening.callback(self._site.program.notices.listen(topic, hearing(name)))
            yield ServerSentEvent(comment="listening")  # a browser learns with the first bytes that it is connected
            while True:
                awake.clear()
                if await run_in_threadpool(self._member, token) is None:
                    yield ServerSentEvent("", event=_OVER)
                    return
                told = sorted(news - {_OVER})
                news.clear()
                for name in told:
                    yield ServerSentEvent("", event=name)
                await _wait(awake, _PING_SECONDS)

    def _member(self, token: str | None) -> Account | None:
        """None where no session is open. An open page is no use of it: it locks all the same."""
        session = self._site.sessions.find(token)
        return None if session is None or self._site.sessions.is_locked(session) else session.member


async def _wait(awake: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(awake.wait(), seconds)
