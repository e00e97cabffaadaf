"""An order that is being put together. It is kept with the visit, sealed, between the pages that ask for its parts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from connectors.repeats import Shown
from connectors.secure.visitor import Guest

LIST = "/secure/repeats"
EARLY, NOTE, WHERE, FIND, CHECK = (f"{LIST}/{step}" for step in ("early", "note", "where", "find", "check"))


@dataclass(frozen=True)
class Draft:
    """Attributes:
    key: of the order as it is now; with it, sending it twice orders once.
    early_reason: "" while it has not been asked for, or nothing is early.
    note: to the prescriber; None while it has not been asked for.
    pharmacy_id: for this time only; "" for the usual one; None while it has not been asked for.
    """

    key: str = ""
    repeat_ids: tuple[str, ...] = ()
    early_reason: str = ""
    note: str | None = None
    pharmacy_id: str | None = None

    def changed(self, **changes: Any) -> Draft:
        """Under another key: a page that still shows it as it was orders nothing."""
        return replace(self, key=secrets.token_hex(16), **changes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def draft_of(guest: Guest) -> Draft:
    held = dict(guest.visit.pending.get("order") or {})
    return Draft(**{**held, "repeat_ids": tuple(held.get("repeat_ids", ()))})


def next_page(draft: Draft, wanted: Iterable[Shown]) -> str:
    """The first that asks for something still to be said; then the one to check it all."""
    if any(each.needs_reason for each in wanted) and not draft.early_reason:
        return EARLY
    if draft.note is None:
        return NOTE
    return WHERE if draft.pharmacy_id is None else CHECK
