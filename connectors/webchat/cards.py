"""Short cards of the record, as the chat's page draws them: the newest few of each kind. All of it is on the page.

A card is {"groups": [{"heading", "items": [item]}], "more"}: `more` says that something was left out for length. An
item is {"title", "date", "facts": [{"name", "text"}], "values": [{"name", "value", "range"}]}. What may be shown was
decided before, by `bot.identity.disclosure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.backend.record import SECTIONS, Entry, Result
from bot.identity.activity import Activity
from bot.store.threads import Listed
from bot.wording import say_date, say_time
from connectors.repeats import Ordered, Shown

_RESULTS = 10
_ENTRIES = 5  # of each section
_ACTIVITIES = 10
MESSAGES = 10
_MEDICINES = 10  # of each group

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


def repeats_card(headings: Sequence[str], orders: Sequence[Ordered], medicines: Sequence[Shown]) -> Card:
    """`headings`: of what is ordered, of what can be, and of what cannot be now."""
    groups = [
        [_ordered(each) for each in orders],
        [_medicine(each) for each in medicines if each.is_orderable],
        [_medicine(each) for each in medicines if not each.is_orderable],
    ]
    cut = [(heading, items[:_MEDICINES]) for heading, items in zip(headings, groups, strict=True)]
    return _card(cut, any(len(items) > _MEDICINES for items in groups))


def messages_card(held: Sequence[Listed], topics: Mapping[str, str], zone: ZoneInfo) -> Card:
    """Newest first, as they are given: what each is about, and whether there is an answer. `topics` in words."""
    items = [
        {
            "title": topics[each.thread.topic],
            "date": say_date(each.latest_at.astimezone(zone).date()),
            "facts": _facts(answer=_say_answer(each), reference=each.thread.reference),
            "values": [],
        }
        for each in held
    ]
    return _card([("", items)], len(items) == MESSAGES)


def _say_answer(each: Listed) -> str:
    if each.unread:
        return "New, to be read on the secure page"
    return "Read" if each.answers else "Not yet"


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


def _ordered(each: Ordered) -> dict[str, Any]:
    dose, quantity = (each.repeat.dose, each.repeat.quantity) if each.repeat else ("", "")
    facts = _facts(state=each.state, reference=each.request.reference, dose=dose, quantity=quantity)
    return {"title": each.request.name, "date": "", "facts": facts, "values": []}


def _medicine(each: Shown) -> dict[str, Any]:
    facts = _facts(why=each.why, dose=each.repeat.dose, quantity=each.repeat.quantity)
    return {"title": each.repeat.name, "date": "", "facts": facts, "values": []}


def _activity(activity: Activity, zone: ZoneInfo) -> dict[str, Any]:
    local = activity.at.astimezone(zone)
    when = f"{say_date(local.date())} at {say_time(local.time())}"
    return {"title": activity.what, "date": when, "facts": _facts(who=activity.who, how=activity.channel), "values": []}


def _facts(**facts: str) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in facts.items() if text]


def _with_unit(value: str, unit: str) -> str:
    return f"{value} {unit}".strip()
