"""By when somebody must have looked, and what patients are told of it. Pure: from opening hours and our own rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.escalation.reasons import ABOUT
from bot.practice import Practice
from bot.store.escalations import URGENT, WAITING, Escalation
from bot.wording import say_relative_day, say_time


def due_at(held: Escalation, practice: Practice, now: datetime) -> datetime:
    """When this becomes overdue: minutes count only while the surgery is open."""
    rules = practice.staff
    if held.state == WAITING:
        return now + timedelta(days=rules.waiting_days)
    if held.urgency != URGENT and held.reason.startswith(ABOUT):
        return _end_of_day(practice, answer_day(practice, now))
    minutes = rules.urgent_minutes if held.urgency == URGENT else rules.routine_minutes
    return after_open_time(practice, now, timedelta(minutes=minutes))


def answer_day(practice: Practice, now: datetime) -> date:
    """The day by whose end a message to the practice is answered."""
    return practice.after_working_days(now.astimezone(practice.zone).date(), practice.messages.answer_working_days)


def after_open_time(practice: Practice, start: datetime, length: timedelta) -> datetime:
    """The moment when the surgery will have been open for `length` since `start`, in local time."""
    at = practice.next_open(start)
    while True:
        closes = _closes(practice, at)
        if closes - at >= length:
            return at + length
        length -= closes - at
        at = practice.next_open(closes)


def say_when_answered(practice: Practice, now: datetime) -> str:
    """By when a person will have looked: "today" if the surgery is open for long enough, or when it opens next."""
    local = now.astimezone(practice.zone)
    opens = practice.next_open(now)
    if practice.is_open(now):
        due = after_open_time(practice, now, timedelta(minutes=practice.staff.routine_minutes))
        if due.date() == local.date():
            return "today"
        opens = practice.next_open(_closes(practice, local))
    return f"{say_relative_day(opens.date(), local.date())} from {say_time(opens.time())}"


def _end_of_day(practice: Practice, day: date) -> datetime:
    return datetime.combine(day, practice.open_spans(day)[-1].end, practice.zone)


def _closes(practice: Practice, at: datetime) -> datetime:
    """When the span of opening ends that `at`, local time, lies in."""
    span = next(each for each in practice.open_spans(at.date()) if each.start <= at.time() < each.end)
    return datetime.combine(at.date(), span.end, at.tzinfo)
