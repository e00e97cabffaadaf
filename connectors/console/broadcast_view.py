"""What the pages of texts to many show: the text, whom it reaches, what it costs, how far it is, who wrote back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.backend.base import NoSuchPatient, Unavailable
from bot.notifying.audiences import DAY, FLU, NUMBERS, REVIEWS, day_of, kind_of
from bot.notifying.broadcast_text import preview
from bot.notifying.broadcasts import SAME_NUMBER
from bot.notifying.told import subject_of
from bot.program import Program
from bot.store import broadcasts
from bot.store.broadcasts import DONE, DRAFT, SENDING, STOPPED, SUBMITTED, Broadcast
from bot.store.conversations import get_conversation
from bot.store.staff import names_of
from bot.wording import say_date
from connectors.console.people import name_of, patient_of

AUDIENCES = {
    REVIEWS: "Medicine review due",
    FLU: "Flu jab: 65 and over",
    DAY: "Appointments on a day",
    NUMBERS: "NHS numbers I type in",
}
STATES = {
    DRAFT: "Draft",
    SUBMITTED: "Waits for somebody else to approve it",
    SENDING: "Being sent",
    STOPPED: "Stopped",
    DONE: "Sent",
}
_LEFT_OUT = {
    "not_registered": "No longer registered here",
    "no_number": "No mobile number",
    "flagged": "Flagged: no texts",
    "opted_out": "Want no texts",
    "unreachable": "The last text did not arrive",
    SAME_NUMBER: "Share a phone with somebody who gets it",
}
_DROPPED = {**_LEFT_OUT, "stopped": "Stopped", "changed": "No appointment that day any more", "too_late": "Too late"}
_ARRIVED, _LOST = ("delivered", "read"), ("suppressed", "canceled", "undelivered", "failed")
_ANSWERED_WITHIN = timedelta(days=7)
_MOST_REPLIES, _MOST_NAMES = 100, 200


@dataclass(frozen=True)
class Row:
    held: Broadcast
    state: str
    audience: str
    written_by: str


@dataclass(frozen=True)
class Answer:
    """A conversation in which somebody wrote back."""

    conversation_id: str
    who: str
    at: Any


def say_audience(code: str) -> str:
    day, kind = day_of(code), kind_of(code)
    if kind == REVIEWS and day:
        return f"Medicine review due before {say_date(day)}"
    return f"Appointments on {say_date(day)}" if day else {**AUDIENCES, NUMBERS: "NHS numbers typed in"}[kind]


def show_row(program: Program, held: Broadcast) -> Row:
    with program.database.read() as connection:
        names = names_of(connection, [held.written_by])
    return Row(held, STATES[held.state], say_audience(held.audience), names.get(held.written_by, ""))


def show_one(program: Program, held: Broadcast, recipients: Mapping[str, str | None]) -> dict[str, Any]:
    """The values of broadcast.html."""
    looks = preview(held.text, program.practice)
    people = sum(why is None for why in recipients.values())
    members = [each for each in (held.written_by, held.approved_by, held.stopped_by) if each]
    with program.database.read() as connection:
        names = names_of(connection, members)
    return {
        "state": STATES[held.state],
        "audience": say_audience(held.audience),
        "looks": looks,
        "people": people,
        "pounds": f"{looks.pence(people, program.practice) / 100:.2f}",
        "left_out": _left_out(program, recipients),
        "names": names,
        "answers": _answers(program, held),
        **show_progress(program, held),
    }


def show_progress(program: Program, held: Broadcast) -> dict[str, Any]:
    """The values of broadcast_progress.html."""
    with program.database.read() as connection:
        reached = broadcasts.progress(connection, subject_of(held.id))
    arrived = sum(reached.fates.get(each, 0) for each in _ARRIVED)
    lost = sum(reached.fates.get(each, 0) for each in _LOST)
    counts = {"Wait to be sent": reached.waiting, "Sent": reached.sent, "Arrived": arrived, "Did not arrive": lost}
    dropped = {f"Not sent: {_DROPPED.get(why, why)}": count for why, count in reached.dropped.items()}
    return {"held": held, "counts": {**counts, **dropped}, "is_under_way": held.state == SENDING}


def _left_out(program: Program, recipients: Mapping[str, str | None]) -> list[tuple[str, int, list[str]]]:
    """(why, how many, their names), most first."""
    by_reason = Counter(why for why in recipients.values() if why)
    named: dict[str, list[str]] = {why: [] for why in by_reason}
    for patient_id, why in recipients.items():
        if why and sum(map(len, named.values())) < _MOST_NAMES:
            named[why].append(_name(program, patient_id))
    return [(_LEFT_OUT.get(why, why), count, sorted(named[why])) for why, count in by_reason.most_common()]


def _name(program: Program, patient_id: str) -> str:
    try:
        return program.backend.patient(patient_id).name
    except (NoSuchPatient, Unavailable):
        return "Somebody who is not known here"


def _answers(program: Program, held: Broadcast) -> list[Answer]:
    with program.database.read() as connection:
        found = broadcasts.replies(connection, subject_of(held.id), _ANSWERED_WITHIN, _MOST_REPLIES)
        conversations = [(get_conversation(connection, each), at) for each, at in found]
    return [Answer(each.id, name_of(patient_of(program, None, each), each), at) for each, at in conversations]
