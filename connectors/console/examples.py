"""What was not understood, without names and numbers: offered as an example by one person, approved by another."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.insight.examples import Examples, NotPossible, intents
from bot.staff.roles import Task
from bot.store.staff import all_staff
from connectors.console.site import ConsoleSite
from connectors.console.visitor import MISSING, Visitor

_HERE = "/console/examples"


class ExamplePages:
    """Nothing trains by itself: what was approved is written to a file, for a person to read."""

    def __init__(self, site: ConsoleSite) -> None:
        program = site.program
        self._site = site
        self._examples = Examples(program.database, program.backend, program.services.callers, program.clock)

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.APPROVE_EXAMPLES
        return [
            page(_HERE, self.show, task),
            page(f"{_HERE}/missed/{{message:int}}", self.sort, task, "POST"),
            page(f"{_HERE}/waiting/{{example:int}}", self.judge, task, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        self._site.note(visitor, "example.list")
        return self._showing(visitor)

    def sort(self, visitor: Visitor) -> Response:
        """Offer it as an example, or put it aside."""
        message_id, form, member = visitor.request.path_params["message"], visitor.form, visitor.member.id
        if form.get("do") == "dismiss":
            self._examples.dismiss(message_id, member)
            return self._site.go(_HERE)
        try:
            intent = form.get("intent", "").strip().lower().replace(" ", "_")
            self._examples.propose(message_id, form.get("text", ""), intent, member)
        except NotPossible as error:
            return self._showing(visitor, {f"missed-{message_id}": error.code})
        return self._site.go(_HERE)

    def judge(self, visitor: Visitor) -> Response:
        example_id, verdict = visitor.request.path_params["example"], visitor.form.get("do")
        if verdict not in ("approve", "reject"):
            raise MISSING
        try:
            self._examples.judge(example_id, verdict == "approve", visitor.member.id)
        except NotPossible as error:
            return self._showing(visitor, {f"waiting-{example_id}": error.code})
        return self._site.go(_HERE)

    def _showing(self, visitor: Visitor, errors: dict[str, str] | None = None) -> Response:
        with self._site.program.database.read() as connection:
            names = {each.account.id: each.account.name for each in all_staff(connection)}
        return self._site.form(
            visitor,
            "examples.html",
            errors or {},
            missed=self._examples.missed(),
            waiting=self._examples.waiting(),
            approved=len(self._examples.approved()),
            intents=intents(),
            names=names,
        )
