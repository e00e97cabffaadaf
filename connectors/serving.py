"""What the secure pages and the console are served by: a page is a function from whoever asks to a response."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from bot.identity.phone_numbers import spoken
from bot.program import Program
from bot.store.audit import AuditEntry, add_entries
from bot.wording import say_date, say_day, say_time
from connectors.forms import FormTokens, NotOurForm, read_form

log = structlog.get_logger(__name__)


class Elsewhere(Exception):
    """Another page is to be shown instead."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Stop(Exception):
    """Nothing of what was asked for is shown, but this page."""

    def __init__(self, template: str, status: int) -> None:
        super().__init__(template)
        self.template, self.status = template, status


MISSING = Stop("missing.html", 404)
REFUSED = Stop("refused.html", 403)
NOT_OURS = Stop("not_ours.html", 403)
DOWN = Stop("down.html", 503)

AskerT = TypeVar("AskerT")  # whoever asks
ReadForm = Callable[[Request], Awaitable[Mapping[str, str]]]  # raises NotOurForm


class Serving(ABC, Generic[AskerT]):
    """One for all pages of a site. `headers` go with each; `name` is how the log calls it."""

    def __init__(self, program: Program, name: str, templates: Path, headers: Mapping[str, str]) -> None:
        self.program, self.headers = program, dict(headers)
        self.tokens = FormTokens(program.database.keyring)
        self.templates = Jinja2Templates(templates)
        self.templates.env.trim_blocks = self.templates.env.lstrip_blocks = True
        self.templates.env.filters |= {"date": say_date, "day": say_day, "time": say_time}
        self.templates.env.filters |= {"when": self._say_when, "phone": spoken}
        self._failed = f"{name}.failed"

    @abstractmethod
    def render(self, asker: AskerT, template: str, status: int = 200, **values: object) -> Response: ...

    @abstractmethod
    def asker(self, request: Request, form: Mapping[str, str]) -> AskerT:
        """Whoever asks, with their cookie; nothing is looked up for it yet."""

    def open(
        self, path: str, page: Callable[[AskerT], Response], method: str = "GET", read: ReadForm = read_form
    ) -> Route:
        """A page for whoever asks. It runs off the event loop, and may raise Stop or Elsewhere."""
        return Route(path, self._answering(page, read), methods=[method])

    def form(self, asker: AskerT, template: str, errors: Mapping[str, str | None], **values: object) -> Response:
        """A page that asks for something. `errors`: for each field what is wrong with it, as a code."""
        found = {name: code for name, code in errors.items() if code}
        return self.render(asker, template, 400 if found else 200, errors=found, **values)

    def keep_trail(self, entry: AuditEntry) -> None:
        """Into the audit trail, before anything is shown."""
        with self.program.database.write() as connection:
            add_entries(connection, [entry])

    def go(self, path: str) -> Response:
        return RedirectResponse(path, 303, self.headers)

    def within(self, asker: AskerT, page: Callable[[], Response]) -> Response:
        """The page for somebody who was let in: what stops it is shown to them as such."""
        try:
            return page()
        except Stop as stop:
            return self._stopped(asker, stop)

    # What lies behind.

    def _answering(
        self, page: Callable[[AskerT], Response], read: ReadForm
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                form = await read(request) if request.method == "POST" else {}
            except NotOurForm:
                return await run_in_threadpool(self._stopped, self.asker(request, {}), NOT_OURS)
            return await run_in_threadpool(self._serve, page, self.asker(request, form))

        return answer

    def _serve(self, page: Callable[[AskerT], Response], asker: AskerT) -> Response:
        try:
            return page(asker)
        except Elsewhere as elsewhere:
            return self._elsewhere(asker, elsewhere.path)
        except Stop as stop:
            return self._stopped(asker, stop)
        except Exception as error:  # whatever it was: nothing is shown, and the log learns its kind alone
            log.error(self._failed, error=type(error).__name__)
            return self._stopped(asker, DOWN)

    def _elsewhere(self, asker: AskerT, path: str) -> Response:
        return self.go(path)

    def _stopped(self, asker: AskerT, stop: Stop) -> Response:
        return self.render(asker, stop.template, stop.status)

    def _say_when(self, at: datetime) -> str:
        local = at.astimezone(self.program.practice.zone)
        return f"{say_date(local.date())} at {say_time(local.time())}"
