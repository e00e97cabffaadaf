"""`python -m bot audit …`: whether the audit trail is whole, and what it says of a patient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import LONDON
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.store.audit_check import Verdict

app = typer.Typer(help="The audit trail.", no_args_is_help=True)

_ANCHOR = typer.Option(None, exists=True, dir_okay=False, help="An anchor file that was kept elsewhere.")
_SINCE = typer.Option(..., formats=["%Y-%m-%d"], help="The first day.")
_FAULTS = {
    "changed": "Entry {:,} is not as it was written: it was changed.",
    "missing": "Entry {:,} is missing: it was taken out.",
    "inserted": "Entry {:,} was put in by somebody else.",
    "anchor": "Entry {:,} is not as it was anchored: the end was cut off, or the chain was made anew.",
    "anchor_unreadable": "Line {:,} of the anchor file cannot be read.",
}


@app.command()
def verify(
    anchor: Optional[Path] = _ANCHOR,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check that no entry was changed, taken out or put in. Exits 1 if one was."""
    settings = load_settings()
    from bot.store.audit_anchor import ANCHOR_FILE, read_anchors
    from bot.store.audit_check import check

    with _reading(settings) as connection:
        verdict = check(connection, read_anchors(anchor or settings.home / ANCHOR_FILE))
    typer.echo(json.dumps(_as_json(verdict)) if as_json else say(verdict))
    raise typer.Exit(1 if verdict.fault else 0)


@app.command()
def show(
    patient: str = typer.Option(..., help="The patient's id."),
    since: datetime = _SINCE,
) -> None:
    """What was done about a patient: ids and codes, newest first."""
    settings = load_settings()
    from bot.store.audit import entries_of

    with _reading(settings) as connection:
        entries = entries_of(connection, patient, since.replace(tzinfo=LONDON))
    columns = ("id", "at", "action", "outcome", "channel", "actor_id", "subject", "reason")
    table = Table("Entry", "When", "What", "Outcome", "Channel", "By", "About", "Why")
    for entry in entries:
        table.add_row(*(_say_value(entry[column]) for column in columns))
    Console().print(table)


def say(verdict: Verdict) -> str:
    """One line for people."""
    if verdict.fault:
        return _FAULTS[verdict.fault.what].format(verdict.fault.number)
    older = f" {_count(verdict.older, 'entry', 'entries')} from before the chain began cannot be checked."
    return _say_whole(verdict) + (older if verdict.older else "")


def _say_whole(verdict: Verdict) -> str:
    if verdict.since is None:
        return "Nothing has been noted since the chain began." if verdict.older else "The audit trail is empty."
    day = verdict.since.astimezone(LONDON)
    anchors = _count(verdict.anchors, "anchor agrees", "anchors agree")
    if not verdict.anchors:
        anchors = "no anchors, so an end that was cut off would not show"
    return f"{_count(verdict.entries, 'entry', 'entries')}, unbroken since {day.day} {day:%B %Y}; {anchors}."


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": verdict.fault is None,
        "entries": verdict.entries,
        "older": verdict.older,
        "since": verdict.since.isoformat() if verdict.since else None,
        "anchors": verdict.anchors,
        "fault": vars(verdict.fault) if verdict.fault else None,
    }


def _say_value(value: Any) -> str:
    return value.astimezone(LONDON).strftime("%d/%m/%Y %H:%M:%S") if isinstance(value, datetime) else str(value or "")


@contextmanager
def _reading(settings: Settings) -> Iterator[Connection]:
    from bot.store.database import open_database

    database = open_database(settings)
    database.upgrade()
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()
