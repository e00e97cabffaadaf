"""Ready-made answers: adding, changing, looking at them again, taking them away."""

from __future__ import annotations

import re
from datetime import date, datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.staff.roles import Task
from bot.store.canned_replies import VARIABLES, CannedReply, add_canned, list_canned, remove_canned
from connectors.console.desk import read_day
from connectors.console.site import ConsoleSite
from connectors.console.visitor import MISSING, Visitor

_HERE = "/console/replies"
_LONGEST_TITLE, _LONGEST_TEXT = 80, 1000


class ReplyPages:
    """A changed answer takes the place of the old one, which stays in the store for whoever asks what was said."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        page, task, one = self._site.page, Task.MANAGE_REPLIES, f"{_HERE}/{{reply:int}}"
        return [
            page(_HERE, self.show, task),
            page(_HERE, self.add, task, "POST"),
            page(one, self.ask, task),
            page(one, self.change, task, "POST"),
            page(f"{one}/remove", self.remove, task, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        return self._showing(visitor, dict(visitor.draft))

    def add(self, visitor: Visitor) -> Response:
        errors = self._problems(visitor)
        if errors:
            return self._showing(visitor, dict(visitor.form), errors)
        self._save(visitor, None)
        return self._site.go(_HERE)

    def ask(self, visitor: Visitor) -> Response:
        held = self._held(visitor)
        form = {"title": held.title, "text": held.text, "review_on": held.review_on.isoformat()}
        return self._asking(visitor, held, {**form, **visitor.draft})

    def change(self, visitor: Visitor) -> Response:
        held, errors = self._held(visitor), self._problems(visitor)
        if errors:
            return self._asking(visitor, held, dict(visitor.form), errors)
        self._save(visitor, held)
        return self._site.go(_HERE)

    def remove(self, visitor: Visitor) -> Response:
        held = self._held(visitor)
        with self._site.program.database.write() as connection:
            remove_canned(connection, held.id, self._now())
        self._site.note(visitor, "reply.removed", subject=str(held.id))
        return self._site.go(_HERE)

    # What lies behind.

    def _save(self, visitor: Visitor, instead_of: CannedReply | None) -> None:
        form = visitor.form
        review_on = read_day(form.get("review_on", "")) or self._today()
        with self._site.program.database.write() as connection:
            if instead_of:
                remove_canned(connection, instead_of.id, self._now())
            title, text = form.get("title", "").strip(), form.get("text", "").strip()
            reply_id = add_canned(connection, title, text, review_on, visitor.member.id, self._now())
        self._site.note(visitor, "reply.changed" if instead_of else "reply.added", subject=str(reply_id))

    def _problems(self, visitor: Visitor) -> dict[str, str]:
        form, errors = visitor.form, {}
        if not 0 < len(form.get("title", "").strip()) <= _LONGEST_TITLE:
            errors["title"] = "empty"
        text = form.get("text", "").strip()
        if not 0 < len(text) <= _LONGEST_TEXT:
            errors["text"] = "empty"
        elif set(re.findall(r"{(.*?)}", text)) - set(VARIABLES):
            errors["text"] = "unknown"
        if (read_day(form.get("review_on", "")) or date.min) <= self._today():
            errors["review_on"] = "past"
        return errors

    def _held(self, visitor: Visitor) -> CannedReply:
        with self._site.program.database.read() as connection:
            held = list_canned(connection)
        found = next((each for each in held if each.id == visitor.request.path_params["reply"]), None)
        if found is None:
            raise MISSING
        return found

    def _showing(self, visitor: Visitor, form: dict[str, str], errors: dict[str, str] | None = None) -> Response:
        with self._site.program.database.read() as connection:
            held = list_canned(connection)
        return self._render(visitor, "replies.html", form, errors, replies=held)

    def _asking(
        self, visitor: Visitor, held: CannedReply, form: dict[str, str], errors: dict[str, str] | None = None
    ) -> Response:
        return self._render(visitor, "reply.html", form, errors, reply=held)

    def _render(
        self, visitor: Visitor, template: str, form: dict[str, str], errors: dict[str, str] | None, **values: object
    ) -> Response:
        shared = {"form": form, "variables": VARIABLES, "today": self._today()}
        return self._site.form(visitor, template, errors or {}, **shared, **values)

    def _now(self) -> datetime:
        return self._site.program.clock()

    def _today(self) -> date:
        return self._now().astimezone(self._site.program.practice.zone).date()
