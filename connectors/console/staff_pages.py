"""Staff accounts, for whoever manages them: made, reset, given another role, disabled."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.staff.accounts import NotPossible
from bot.staff.roles import ROLES, Task
from connectors.console.site import ConsoleSite
from connectors.console.visitor import Visitor

Change = Callable[[str, str], None]

_HERE = "/console/staff"
_FIELDS = {"bad_login": "login", "taken": "login", "bad_name": "name", "unknown_role": "role"}


class StaffPages:
    """A set-up link is shown once, to be handed over in person."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._accounts = site, site.program.accounts

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.MANAGE_STAFF
        return [
            page(_HERE, self.list, task),
            page(_HERE, self.add, task, "POST"),
            page(f"{_HERE}/reset", self.reset, task, "POST"),
            page(f"{_HERE}/role", self.change_role, task, "POST"),
            page(f"{_HERE}/disable", self.disable, task, "POST"),
        ]

    def list(self, visitor: Visitor) -> Response:
        return self._listing(visitor)

    def add(self, visitor: Visitor) -> Response:
        login, name, role = (visitor.form.get(field, "") for field in ("login", "name", "role"))
        subject = visitor.form.get("subject", "").strip() or None
        try:
            token = self._accounts.add(login, name, role, visitor.member.id, subject)
        except NotPossible as error:
            return self._listing(visitor, error.code)
        return self._handing_over(visitor, name, token)

    def reset(self, visitor: Visitor) -> Response:
        login = visitor.form.get("login", "")
        try:
            return self._handing_over(visitor, login, self._accounts.reset(login, visitor.member.id))
        except NotPossible as error:
            return self._listing(visitor, error.code)

    def change_role(self, visitor: Visitor) -> Response:
        role = visitor.form.get("role", "")
        return self._changed(visitor, lambda login, by: self._accounts.change_role(login, role, by))

    def disable(self, visitor: Visitor) -> Response:
        return self._changed(visitor, self._accounts.disable)

    def _changed(self, visitor: Visitor, change: Change) -> Response:
        """Not of one's own account: nobody locks themselves out, or gives themselves another role."""
        login = visitor.form.get("login", "")
        try:
            if login == visitor.member.login:
                raise NotPossible("own")
            change(login, visitor.member.id)
        except NotPossible as error:
            return self._listing(visitor, error.code)
        return self._site.go(_HERE)

    def _listing(self, visitor: Visitor, code: str = "") -> Response:
        errors = {_FIELDS.get(code, "list"): code} if code else {}
        everybody = self._accounts.all()
        return self._site.form(visitor, "staff.html", errors, everybody=everybody, roles=ROLES, typed=visitor.form)

    def _handing_over(self, visitor: Visitor, name: str, token: str) -> Response:
        link = f"{self._site.program.settings.public_url}/console/set-up/{token}"
        return self._site.render(visitor, "staff_link.html", name=name, link=link)
