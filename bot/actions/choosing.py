"""Which of several things a patient means, and whether they said yes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.actions.talk import SURE, Talk


def is_confirmed(talk: Talk, held: dict[str, Any]) -> bool:
    """By text a change is confirmed with the number in the read-back, so that a forged sender cannot confirm blind."""
    if talk.by_text and held["confirm_number"]:
        return str(held["confirm_number"]) in re.findall(r"\d+", talk.text)
    return (talk.intent == "affirm" and talk.confidence >= SURE) or talk.entity("option") == 1


def choose(talk: Talk, starts: list[datetime], zone: Any, by_day: bool = False) -> int | None:
    """Which of the listed times is meant: by number or position, time, or day; None if that is not plain.

    Args:
        by_day: a day alone is a choice; where times are offered, "Tuesday" is a wish for others.
    """
    option = talk.entity("option")
    if isinstance(option, int):
        if option == -1 and starts:
            return len(starts) - 1
        return option - 1 if 0 < option <= len(starts) else None
    if talk.intent == "affirm":
        return 0 if len(starts) == 1 else None
    if talk.intent in ("ask_alternatives", "deny"):
        return None
    local = [start.astimezone(zone) for start in starts]
    is_choice = by_day or talk.intent == "select_option"
    fits = [index for index, start in enumerate(local) if _meets(start, talk.entity("when"), is_choice)]
    return fits[0] if len(fits) == 1 else None


def _meets(start: datetime, when: dict[str, Any] | None, is_choice: bool) -> bool:
    """Whether this time is the one that was named: "the 10.20", "the Tuesday one"."""
    if not when or when.get("exclude"):
        return False
    is_exact = when["time_from"] and when["time_from"] == when["time_to"]
    if not (is_exact or is_choice):
        return False  # "Tuesday afternoon" is a wish, not a choice
    day = start.date().isoformat()
    if when["date_from"] and not when["date_from"] <= day <= (when["date_to"] or when["date_from"]):
        return False
    return not is_exact or when["time_from"] in (f"{start:%H:%M}", f"{(start.hour + 12) % 24:02}:{start.minute:02}")
