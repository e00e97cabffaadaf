"""Who asks for a secure page, and how a page that cannot be given ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from bot.identity.callers import NOBODY, Caller
from bot.store.secure_links import Visit
from connectors.serving import DOWN, MISSING, NOT_OURS, REFUSED, Elsewhere, Stop

__all__ = ["DOWN", "LOCKED", "MISSING", "NOT_OURS", "OVER", "REFUSED", "Elsewhere", "Guest", "Stop", "Visitor"]


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page, and with what. `caller` is NOBODY until proof was given on this visit."""

    request: Request
    form: Mapping[str, str] = field(repr=False)
    cookie: str | None = field(default=None, repr=False)
    visit: Visit | None = field(default=None, repr=False)
    caller: Caller = NOBODY


@dataclass(frozen=True)
class Guest(Visitor):
    """A visitor whose link was spent."""

    cookie: str = field(repr=False)
    visit: Visit = field(repr=False)

    @property
    def home(self) -> str:
        """What the link was for."""
        return f"/secure/{self.visit.purpose}"


OVER = Stop("over.html", 404)  # the link, or the visit, whatever became of it
LOCKED = Stop("locked.html", 403)
