"""Texts to many: one person writes, another approves; both see what it will look like, whom it reaches and its cost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Unavailable
from bot.notifying.broadcasts import Broadcasts, NobodyLeft, OwnWork
from bot.staff.roles import Task
from bot.store import broadcasts
from bot.store.broadcasts import DRAFT, SENDING, STOPPED, SUBMITTED, Broadcast, Changed
from connectors.console.broadcast_form import BroadcastForm, form_of
from connectors.console.broadcast_view import AUDIENCES, show_one, show_progress, show_row
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import DOWN, MISSING, Visitor

HERE = f"{HOME}/broadcasts"
_ONE = f"{HERE}/{{broadcast:int}}"
_MOST = 50  # on the list
_KEY = re.compile(r"[0-9a-f]{32}")

Do = Callable[[Broadcast], None]


class BroadcastPages:
    """Whatever is sent twice is done once: a form has a key, and a step the version that was read."""

    def __init__(self, site: ConsoleSite) -> None:
        program = site.program
        self._site, self._program = site, program
        self._broadcasts = Broadcasts(
            program.database, program.backend, program.practice, program.notices, program.clock
        )

    def routes(self) -> list[BaseRoute]:
        page, see, write = self._site.page, Task.SEE_BROADCASTS, Task.WRITE_BROADCASTS
        return [
            page(HERE, self.show, see),
            page(HERE, self.add, write, "POST"),
            page(_ONE, self.show_one, see),
            page(f"{_ONE}/progress", self.progress, see),
            page(f"{_ONE}/change", self.ask, write),
            page(f"{_ONE}/change", self.change, write, "POST"),
            page(f"{_ONE}/submit", self.submit, write, "POST"),
            page(f"{_ONE}/approve", self.approve, Task.APPROVE_BROADCASTS, "POST"),
            page(f"{_ONE}/send-back", self.send_back, Task.APPROVE_BROADCASTS, "POST"),
            page(f"{_ONE}/stop", self.stop, see, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        self._site.note(visitor, "broadcast.list")
        return self._listing(visitor, dict(visitor.draft))

    def add(self, visitor: Visitor) -> Response:
        key = visitor.form.get("key", "")
        if not _KEY.fullmatch(key):
            raise MISSING
        form = self._read(visitor)
        if form.written is None:
            return self._listing(visitor, dict(visitor.form), form)
        try:
            broadcast_id = self._broadcasts.write(key, *form.written, visitor.member.id)
        except Unavailable:
            raise DOWN from None
        return self._site.go(f"{HERE}/{broadcast_id}")

    def show_one(self, visitor: Visitor) -> Response:
        held = self._held(visitor)
        self._site.note(visitor, "broadcast.view", subject=f"broadcast:{held.id}")
        return self._showing(visitor, held)

    def progress(self, visitor: Visitor) -> Response:
        held = self._held(visitor)
        return self._site.render(visitor, "broadcast_progress.html", **show_progress(self._program, held))

    def ask(self, visitor: Visitor) -> Response:
        held = self._held(visitor)
        if held.state != DRAFT:
            return self._site.go(f"{HERE}/{held.id}")
        form = form_of(held, self._broadcasts.recipients(held), self._program.backend)
        return self._asking(visitor, held, {**form, **visitor.draft})

    def change(self, visitor: Visitor) -> Response:
        held, form = self._held(visitor), self._read(visitor)
        if form.written is None:
            return self._asking(visitor, held, dict(visitor.form), form)
        title, text, audience, typed = form.written
        return self._step(
            visitor,
            DRAFT,
            lambda held: self._broadcasts.rewrite(held, title, text, audience, typed, visitor.member.id),
        )

    def submit(self, visitor: Visitor) -> Response:
        return self._step(visitor, SUBMITTED, lambda held: self._broadcasts.submit(held, visitor.member.id))

    def approve(self, visitor: Visitor) -> Response:
        return self._step(visitor, SENDING, lambda held: self._broadcasts.approve(held, visitor.member.id))

    def send_back(self, visitor: Visitor) -> Response:
        return self._step(visitor, DRAFT, lambda held: self._broadcasts.send_back(held, visitor.member.id))

    def stop(self, visitor: Visitor) -> Response:
        return self._step(visitor, STOPPED, lambda held: self._broadcasts.stop(held, visitor.member.id))

    # What lies behind.

    def _step(self, visitor: Visitor, leads_to: str, do: Do) -> Response:
        """Do it with what was read. What the same form did a moment ago is not done, nor complained of, again."""
        held = self._held(visitor)
        read = visitor.form.get("version", "")
        if read != str(held.version):
            is_done = read == str(held.version - 1) and held.state == leads_to
            return self._site.go(f"{HERE}/{held.id}") if is_done else self._showing(visitor, held, "changed", 409)
        try:
            do(held)
        except Changed:
            return self._showing(visitor, self._held(visitor), "changed", 409)
        except OwnWork:
            return self._showing(visitor, held, "own", 403)
        except NobodyLeft:
            return self._showing(visitor, held, "nobody", 400)
        except Unavailable:
            raise DOWN from None
        return self._site.go(f"{HERE}/{held.id}")

    def _read(self, visitor: Visitor) -> BroadcastForm:
        try:
            return BroadcastForm.read(visitor.form, self._program)
        except Unavailable:
            raise DOWN from None

    def _held(self, visitor: Visitor) -> Broadcast:
        with self._program.database.read() as connection:
            held = broadcasts.find(connection, visitor.request.path_params["broadcast"])
        if held is None:
            raise MISSING
        return held

    def _listing(self, visitor: Visitor, form: dict[str, str], read: BroadcastForm | None = None) -> Response:
        with self._program.database.read() as connection:
            held = broadcasts.newest(connection, _MOST)
        rows = [show_row(self._program, each) for each in held]
        key = form.get("key") or secrets.token_hex(16)
        return self._form(visitor, "broadcasts.html", form, read, rows=rows, key=key)

    def _asking(
        self, visitor: Visitor, held: Broadcast, form: dict[str, str], read: BroadcastForm | None = None
    ) -> Response:
        version = form.get("version") or str(held.version)
        return self._form(visitor, "broadcast_change.html", form, read, held=held, version=version)

    def _form(
        self, visitor: Visitor, template: str, form: dict[str, str], read: BroadcastForm | None, **values: object
    ) -> Response:
        errors = read.errors if read else {}
        bad_numbers = read.bad_numbers if read else ()
        shared = {"form": form, "bad_numbers": bad_numbers, "audiences": AUDIENCES}
        return self._site.form(visitor, template, errors, **shared, **values)

    def _showing(self, visitor: Visitor, held: Broadcast, said: str = "", status: int = 200) -> Response:
        recipients = self._broadcasts.recipients(held)
        shown = show_one(self._program, held, recipients)
        is_own = visitor.member.id == held.written_by
        return self._site.render(visitor, "broadcast.html", status, said=said, is_own=is_own, **shown)
