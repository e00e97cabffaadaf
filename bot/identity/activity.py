"""What was done about a patient, told to them in plain words: "who has looked at my record?" """

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.engine import Connection

from bot.store.audit import entries_of

_WORDS = Path(__file__).with_name("activity.yml")

YOU, TRUSTED, STAFF, ASSISTANT = "you", "somebody you trust", "the surgery's staff", "the assistant"
UNPROVEN = "somebody who had not proved who they are"


@dataclass(frozen=True)
class Activity:
    """Attributes:
    what: a sentence or two without a subject: "Logged out."
    channel: how: "by text message".
    who: YOU, TRUSTED, STAFF, ASSISTANT or UNPROVEN.
    """

    at: datetime
    what: str
    channel: str
    who: str


@dataclass(frozen=True)
class Wording:
    """What the entries of one action and outcome are told as. `what` is None for those that are not shown."""

    what: str | None
    is_proven: bool = True


def activity_of(connection: Connection, patient_id: str, since: datetime) -> list[Activity]:
    """What was done about a patient since then, newest first; see `twelve_months_before`."""
    channels = _words()["channels"]
    told = ((entry, wording_of(entry.action, entry.outcome)) for entry in entries_of(connection, patient_id, since))
    return [
        Activity(entry.at, wording.what, channels[entry.channel], _who(entry) if wording.is_proven else UNPROVEN)
        for entry, wording in told
        if wording and wording.what
    ]


def twelve_months_before(now: datetime) -> datetime:
    is_leap_day = (now.month, now.day) == (2, 29)
    return now.replace(year=now.year - 1, day=28 if is_leap_day else now.day)


@cache
def wording_of(action: str, outcome: str) -> Wording | None:
    """None if this file has no word on it: then it is not shown either."""
    code = f"{action} {outcome}"
    listed = _listed()
    fitting = (pattern for pattern in listed if fnmatchcase(code, pattern))
    return listed.get(code) or next((listed[pattern] for pattern in fitting), None)


@lru_cache(maxsize=1)
def _listed() -> dict[str, Wording]:
    words = _words()
    return {
        **{code: Wording(None) for code in words["hidden"]},
        **{code: Wording(what) for code, what in words["shown"].items()},
        **{code: Wording(what, is_proven=False) for code, what in words["unproven"].items()},
    }


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return words


def _who(entry: Any) -> str:
    if entry.channel == "desk":
        return STAFF
    if entry.channel == "system":
        return ASSISTANT
    return YOU if entry.actor_id in (None, entry.patient_id) else TRUSTED
