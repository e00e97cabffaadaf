"""Who asks for a secure page, and how a page that cannot be given ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from bot.identity.callers import NOBODY, Caller
from bot.store.secure_links import Visit


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page, and with what. `caller` is NOBODY until proof was given on this visit."""

    request: Request
    form: Mapping[str, str] = field(repr=False)
    cookie: str | None = field(default=None, repr=False)
    visit: Visit | None = field(default=None, repr=False)
    caller: Caller = NOBODY


@dataclass(frozen=True)
class Guest:
    """A visitor whose link was spent."""

    request: Request
    form: Mapping[str, str] = field(repr=False)
    cookie: str = field(repr=False)
    visit: Visit = field(repr=False)
    caller: Caller

    @property
    def home(self) -> str:
        """What the link was for."""
        return f"/secure/{self.visit.purpose}"


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


OVER = Stop("over.html", 404)  # the link, or the visit, whatever became of it
MISSING = Stop("missing.html", 404)
REFUSED = Stop("refused.html", 403)
NOT_OURS = Stop("not_ours.html", 403)
DOWN = Stop("down.html", 503)
LOCKED = Stop("locked.html", 403)
