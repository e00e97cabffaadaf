"""Who asks for a page of the console, and how a page that cannot be given ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from bot.staff.roles import Task, may_do
from bot.store.staff import Account
from bot.store.staff_sessions import StaffSession
from connectors.serving import DOWN, MISSING, NOT_OURS, REFUSED, Elsewhere, Stop

__all__ = ["DOWN", "MISSING", "NOT_OURS", "REFUSED", "Asker", "Elsewhere", "Stop", "Visitor"]


@dataclass(frozen=True)
class Asker:
    """Whoever asks for a page that is open to all."""

    request: Request
    form: Mapping[str, str] = field(repr=False)
    cookie: str | None = field(default=None, repr=False)
    session: StaffSession | None = None

    @property
    def address(self) -> str:
        """The network address it comes from; "" where there is none."""
        return self.request.client.host if self.request.client else ""

    @property
    def is_part(self) -> bool:
        """htmx asks for a part of a page, and not a browser for the whole."""
        return "HX-Request" in self.request.headers


@dataclass(frozen=True)
class Visitor(Asker):
    """A member of staff whose session is open."""

    cookie: str = field(repr=False)
    session: StaffSession

    @property
    def member(self) -> Account:
        return self.session.member

    @property
    def draft(self) -> Mapping[str, str]:
        """What was typed on this page, and not sent, when it locked: its fields by name."""
        return self.session.drafts.get(self.request.url.path, {})

    def may(self, task: Task | str) -> bool:
        """By the task, or in a template by its name: `may("ANSWER")`."""
        return may_do(self.member.role, Task[task] if isinstance(task, str) else task)
