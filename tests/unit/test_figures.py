"""The figures of the overview: counted by the practice's own days, and without a person in them."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.insight.figures import Figures, by_day, last_days, nearest_rank, read_figures, waited
from bot.practice import Practice
from bot.store.audit import AuditEntry, add_entries
from bot.store.conversations import SMS, open_conversation
from bot.store.database import Database
from bot.store.messages import store_received
from bot.store.outbox import queue_text, record_end
from bot.store.staff_tables import escalation
from connectors.console import chart
from connectors.console.chart import Bar, Series
from connectors.console.overview import as_rows, say_length
from tests.support import LONDON, MONDAY


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def begin(database: Database, when: datetime = MONDAY - timedelta(days=2), channel: str = SMS) -> str:
    with database.write() as connection:
        address = f"{secrets.randbelow(10**6)}"
        return open_conversation(connection, channel, address, when, timedelta(hours=12)).id


def needs_staff(
    database: Database,
    conversation_id: str,
    when: datetime,
    reply_after: float | None = None,
    reason: str = "asked_for_person",
    urgency: str = "routine",
) -> None:
    """`reply_after`: minutes."""
    replied = when + timedelta(minutes=reply_after) if reply_after is not None else None
    with database.write() as connection:
        connection.execute(
            insert(escalation).values(
                conversation_id=conversation_id,
                reason=reason,
                urgency=urgency,
                state="queued",
                version=0,
                opened_at=when,
                first_reply_at=replied,
            )
        )


def figures(database: Database, practice: Practice, span: int = 7, now: datetime = MONDAY) -> Figures:
    with database.read() as connection:
        return read_figures(connection, practice, now, span)


# What is counted.


def test_nothing_happened_yet(database: Database, practice: Practice) -> None:
    held = figures(database, practice)
    assert (held.total, held.finished, held.without_staff, held.missed) == (0, 0, None, None)
    assert held.waiting["urgent"].median is None
    assert len(held.days) == len(held.not_understood) == 7


def test_conversations_are_counted_by_day_and_channel(database: Database, practice: Practice) -> None:
    for channel, when in ((SMS, "2026-11-23T09:00"), (SMS, "2026-11-22T23:30"), ("web", "2026-11-22T08:00")):
        begin(database, at(when), channel)
    held = figures(database, practice)
    assert held.conversations["sms"][-2:] == (1, 1)
    assert held.conversations["web"][-2:] == (1, 0)


def test_a_day_is_the_practices_and_not_utcs(database: Database, practice: Practice) -> None:
    """Half past midnight on a summer's day is still the day before in UTC."""
    begin(database, at("2026-07-02T00:30"))
    held = figures(database, practice, now=at("2026-07-02T10:00"))
    assert held.conversations["sms"][-2:] == (0, 1)


def test_what_is_older_than_the_span_is_not_counted(database: Database, practice: Practice) -> None:
    begin(database, MONDAY - timedelta(days=7))
    assert figures(database, practice, 7).total == 0
    assert figures(database, practice, 28).total == 1


def test_the_share_without_staff_is_of_what_has_finished(database: Database, practice: Practice) -> None:
    begun = [begin(database) for _ in range(4)]
    begin(database, MONDAY - timedelta(minutes=5))  # still going on
    needs_staff(database, begun[0], MONDAY - timedelta(days=2))
    held = figures(database, practice)
    assert (held.finished, held.with_staff, held.without_staff) == (4, 1, 0.75)


def test_a_conversation_that_needed_staff_twice_counts_once(database: Database, practice: Practice) -> None:
    needed = begin(database)
    needs_staff(database, needed, MONDAY - timedelta(days=2))
    with database.write() as connection:
        connection.execute(escalation.update().values(closed_at=MONDAY))
    needs_staff(database, needed, MONDAY - timedelta(days=1))
    assert figures(database, practice).with_staff == 1


def test_waiting_is_from_the_request_to_the_first_reply(database: Database, practice: Practice) -> None:
    for minutes in (10, 20, 90):
        needs_staff(database, begin(database), MONDAY - timedelta(days=1), minutes)
    needs_staff(database, begin(database), MONDAY - timedelta(days=1))
    needs_staff(database, begin(database), MONDAY - timedelta(days=1), 2, "emergency", "urgent")
    held = figures(database, practice).waiting
    routine = held["routine"]
    assert (routine.answered, round(routine.median or 0), round(routine.ninetieth or 0)) == (3, 20, 90)
    assert (routine.unanswered, held["urgent"].unanswered) == (1, 0)
    assert round(held["urgent"].median or 0) == 2


def test_reasons_come_most_frequent_first(database: Database, practice: Practice) -> None:
    for reason in ("not_me", "asked_for_person", "asked_for_person"):
        needs_staff(database, begin(database), MONDAY, reason=reason)
    assert figures(database, practice).reasons == (("asked_for_person", 2), ("not_me", 1))


def test_what_was_not_understood_is_a_share_of_what_patients_wrote(database: Database, practice: Practice) -> None:
    begun = begin(database, MONDAY)
    with database.write() as connection:
        for number in range(4):
            store_received(connection, begun, f"test-{number}", "hello", {}, MONDAY)
        add_entries(connection, [AuditEntry(MONDAY, "message.read", "not_understood", "sms", begun, subject="1")])
    held = figures(database, practice)
    assert (held.messages, held.not_understood[-1], held.missed) == (4, 1, 0.25)


def test_texts_that_never_arrived_are_counted_by_their_cause(database: Database, practice: Practice) -> None:
    with database.write() as connection:
        for state, code in (("delivered", None), ("failed", "30005"), ("failed", "30005"), ("suppressed", "opted_out")):
            text = queue_text(connection, "+447700900001", "Hello", 1, MONDAY)
            record_end(connection, text, state, code)
        queue_text(connection, "+447700900001", "Not yet sent", 1, MONDAY)
    held = figures(database, practice)
    assert (held.texts, held.lost) == (4, (("30005", 2), ("opted_out", 1)))


# Counting.


@given(st.lists(st.floats(0, 10**6), min_size=1, max_size=60))
def test_nine_in_ten_waited_no_longer(seconds: list[float]) -> None:
    was = waited(seconds)
    assert was.median is not None and was.ninetieth is not None
    assert was.median <= was.ninetieth or was.median == pytest.approx(was.ninetieth)
    assert sum(each / 60 <= was.ninetieth for each in seconds) >= 0.9 * len(seconds)


def test_the_nearest_rank_is_a_value_that_was_there() -> None:
    assert nearest_rank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == 9
    assert nearest_rank([7], 0.9) == 7


def test_the_last_days_end_today() -> None:
    assert last_days(at("2026-11-23T00:10"), 2, LONDON) == (date(2026, 11, 22), date(2026, 11, 23))


def test_the_hour_that_comes_twice_in_autumn_is_counted_twice() -> None:
    hours = [("2026-10-25 00", 1), ("2026-10-25 01", 2)]  # both are 1 o'clock in London
    assert by_day(hours, [date(2026, 10, 25)], LONDON) == (3,)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (89, "89 minutes"), (90, "2 hours"), (60 * 72, "3 days"), (None, "nobody yet")],
)
def test_a_length_is_said_in_one_unit(minutes: float | None, said: str) -> None:
    assert say_length(minutes) == said


def test_rows_hold_numbers_and_codes_alone(database: Database, practice: Practice) -> None:
    needs_staff(database, begin(database, MONDAY), MONDAY)
    rows = as_rows(figures(database, practice))
    assert ("escalations", "asked_for_person", 1) in rows
    assert all(len(row) == 3 for row in rows)


# Charts.


@pytest.mark.parametrize("values", [[], [0], [3], [0, 0, 7], list(range(90)), [12_345] * 28])
def test_columns_are_a_picture_with_words(values: list[int]) -> None:
    labels = [f"Day {number}" for number in range(len(values))]
    drawn = ElementTree.fromstring(chart.columns("A <title>", "So many & more", labels, [Series("texts", values)]))
    assert drawn.get("role") == "img"
    named = drawn.get("aria-labelledby", "").split()
    assert [each.text for each in drawn if each.get("id") in named] == ["A <title>", "So many & more"]
    for each in drawn.iter():
        if each.tag.endswith("rect") and each.get("height"):
            assert 0 <= float(each.get("y", 0)) <= 190 and float(each.get("height", 0)) >= 0


def test_every_chart_of_a_page_has_ids_of_its_own() -> None:
    one, other = (chart.ring("Share", "Half", 0.5, "50%") for _ in range(2))
    assert ElementTree.fromstring(one).get("aria-labelledby") != ElementTree.fromstring(other).get("aria-labelledby")


def test_bars_stay_inside_their_picture() -> None:
    drawn = ElementTree.fromstring(chart.bars("Why", "Most", [Bar("One", 1, "1"), Bar("Many", 9_000, "9,000")]))
    lengths = [float(each.get("width", 0)) for each in drawn.iter() if each.tag.endswith("rect")]
    assert lengths[0] < lengths[1] <= chart.WIDTH


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (3, 3), (5, 6), (9, 10), (11, 15), (41, 60), (128, 150), (999, 1000)]
)
def test_an_axis_ends_at_a_round_number(highest: int, top: int) -> None:
    assert chart.nice_top(highest) == top


def test_a_chart_uses_no_script_and_no_inline_style() -> None:
    drawn = chart.columns("A", "B", ["x"], [Series("s", [1])]) + chart.ring("A", "B", 1, "100%")
    assert "style" not in drawn and "script" not in drawn
