"""Short cards of the record, as the chat's page draws them: the newest few of each kind. All of it is on the page.

A card is {"groups": [{"heading", "items": [item]}], "more"}: `more` says that something was left out for length. An
item is {"title", "date", "facts": [{"name", "text"}], "values": [{"name", "value", "range"}]}. What may be shown was
decided before, by `bot.identity.disclosure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.backend.record import SECTIONS, Entry, Result
from bot.identity.activity import Activity
from bot.wording import say_date, say_time

_RESULTS = 10
_ENTRIES = 5  # of each section
_ACTIVITIES = 10

Card = dict[str, Any]


def results_card(results: Sequence[Result]) -> Card:
    """Newest first, as they are given."""
    return _card([("", [_result(each) for each in results[:_RESULTS]])], len(results) > _RESULTS)


def record_card(entries: Sequence[Entry]) -> Card:
    """By section, in the usual order."""
    by_section = {section: [each for each in entries if each.section == section] for section in SECTIONS}
    groups = [
        (section.capitalize(), [_entry(each) for each in held[:_ENTRIES]]) for section, held in by_section.items()
    ]
    return _card(groups, any(len(held) > _ENTRIES for held in by_section.values()))


def activity_card(activities: Sequence[Activity], zone: ZoneInfo) -> Card:
    """Newest first, as they are given."""
    return _card([("", [_activity(each, zone) for each in activities[:_ACTIVITIES]])], len(activities) > _ACTIVITIES)


def _card(groups: list[tuple[str, list[dict[str, Any]]]], more: bool) -> Card:
    return {"groups": [{"heading": heading, "items": items} for heading, items in groups if items], "more": more}


def _result(result: Result) -> dict[str, Any]:
    values = [
        {"name": each.name, "value": _with_unit(each.value, each.unit), "range": each.reference_range}
        for each in result.values
    ]
    facts = _facts(outcome=result.outcome, comment=result.comment)
    return {"title": result.title, "date": say_date(result.taken_on), "facts": facts, "values": values}


def _entry(entry: Entry) -> dict[str, Any]:
    facts = _facts(value=_with_unit(entry.value, entry.unit), detail=entry.detail, note=entry.note)
    return {"title": entry.title, "date": say_date(entry.recorded_on), "facts": facts, "values": []}


def _activity(activity: Activity, zone: ZoneInfo) -> dict[str, Any]:
    local = activity.at.astimezone(zone)
    when = f"{say_date(local.date())} at {say_time(local.time())}"
    return {"title": activity.what, "date": when, "facts": _facts(who=activity.who, how=activity.channel), "values": []}


def _facts(**facts: str) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in facts.items() if text]


def _with_unit(value: str, unit: str) -> str:
    return f"{value} {unit}".strip()
