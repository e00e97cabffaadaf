"""practice.yml: what is wrong in it is named, and when the surgery is open."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.practice import Practice, load_practice
from bot.settings import ROOT, SettingsError
from tests.support import LONDON

WHOLE = yaml.safe_load((ROOT / "practice.yml").read_text(encoding="utf-8"))


def changed(**values: Any) -> dict[str, Any]:
    """practice.yml with other values; "booking__offers" stands for booking.offers."""
    held = deepcopy(WHOLE)
    for name, value in values.items():
        *path, last = name.split("__")
        part = held
        for step in path:
            part = part[step]
        part[last] = value
    return held


def practice_with(**values: Any) -> Practice:
    return Practice(**changed(**values))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "R"),
        ("name", "A surgery with a name that is far too long to begin every text with"),
        ("phone", "reception"),
        ("phone", "12"),
        ("text_number", "Riverside"),
        ("address", []),
        ("time_zone", "Europe/Londinium"),
        ("bank_holidays", "Atlantis"),
        ("opening_hours", {"monday": "08:00-18:30"}),
        ("opening_hours", "always"),
        ("closures", [{"date": "the tenth"}]),
        ("closures", [{"date": "2026-12-10", "from": "25:00"}]),
        ("services__appointments", "perhaps"),
        ("booking__window_days", 0),
        ("booking__window_days", 366),
        ("booking__embargo_minutes", -1),
        ("booking__max_future_appointments", 0),
        ("booking__cancel_cutoff_minutes", "an hour"),
        ("booking__reason_max_length", 19),
        ("booking__offers", 6),
        ("clinics", [{"type": "blood test", "words": []}]),
        ("conversation__quiet_hours", 0),
        ("conversation__code_minutes", 11),
        ("conversation__code_tries", 6),
        ("web_chat__idle_minutes", 4),
        ("web_chat__max_length", 10),
        ("answers__parking", None),
    ],
)
def test_a_wrong_value_is_named_in_one_line(tmp_path: Path, name: str, value: Any) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(yaml.safe_dump(changed(**{name: value})))
    with pytest.raises(SettingsError) as refusal:
        load_practice(file)
    assert name.replace("__", ".") in str(refusal.value)
    assert str(refusal.value).startswith("practice.yml: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("hours", ["8-18", "18:30-08:00", "08:00-08:00", "open", "08:00"])
def test_hours_that_cannot_be_are_named(tmp_path: Path, hours: str) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(yaml.safe_dump(changed(opening_hours__tuesday=hours)))
    with pytest.raises(SettingsError, match="opening_hours") as refusal:
        load_practice(file)
    assert "\n" not in str(refusal.value)


def test_a_value_that_nobody_knows_is_named(tmp_path: Path) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(yaml.safe_dump(changed(booking__offer=3)))
    with pytest.raises(SettingsError, match="booking.offer"):
        load_practice(file)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_missing_value_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(yaml.safe_dump({key: value for key, value in WHOLE.items() if key != name}))
    with pytest.raises(SettingsError, match=f"practice.yml: {name}: field required"):
        load_practice(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BOT_PRACTICE_FILE .*nowhere.yml"):
        load_practice(tmp_path / "nowhere.yml")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "name: [unclosed", "a: b: c"])
def test_a_file_that_holds_no_practice_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        load_practice(file)
    assert "practice.yml" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T18:29:59", True),
        ("2026-11-23T18:30:00", False),
        ("2026-11-28T10:00:00", False),  # Saturday
        ("2026-11-29T10:00:00", False),
        ("2026-12-25T10:00:00", False),  # a Friday
        ("2026-12-28T10:00:00", False),  # Boxing Day, a Saturday, is kept on the Monday
        ("2026-12-29T10:00:00", True),
        ("2026-12-10T12:59:00", True),
        ("2026-12-10T13:00:00", False),  # staff training
    ],
)
def test_the_surgery_is_open_in_its_hours_and_not_on_bank_holidays(practice: Practice, now: str, is_open: bool) -> None:
    assert practice.is_open(at(now)) is is_open


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23T10:00:00", "2026-11-23T10:00:00"),  # open: now
        ("2026-11-23T06:00:00", "2026-11-23T08:00:00"),
        ("2026-11-23T18:30:00", "2026-11-24T08:00:00"),
        ("2026-11-27T19:00:00", "2026-11-30T08:00:00"),  # over a weekend
        ("2026-12-24T18:30:00", "2026-12-29T08:00:00"),  # over Christmas: Friday, the weekend, Boxing Day on Monday
        ("2026-12-31T20:00:00", "2027-01-04T08:00:00"),  # over New Year
        ("2026-04-02T20:00:00", "2026-04-07T08:00:00"),  # over Easter
        ("2026-12-10T13:30:00", "2026-12-11T08:00:00"),  # the afternoon of a closure
    ],
)
def test_when_the_surgery_opens_next(practice: Practice, now: str, opens: str) -> None:
    assert practice.next_open(at(now)) == at(opens)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (datetime(2026, 3, 27, 8, 0, tzinfo=timezone.utc), True),  # the Friday before the clocks go forward
        (datetime(2026, 3, 27, 7, 30, tzinfo=timezone.utc), False),
        (datetime(2026, 3, 30, 7, 0, tzinfo=timezone.utc), True),  # the Monday after: 8am is 7am UTC
        (datetime(2026, 3, 30, 17, 30, tzinfo=timezone.utc), False),
        (datetime(2026, 10, 26, 7, 30, tzinfo=timezone.utc), False),  # the Monday after they go back
        (datetime(2026, 10, 26, 18, 0, tzinfo=timezone.utc), True),
    ],
)
def test_opening_hours_follow_the_clock_on_the_wall(practice: Practice, now: datetime, is_open: bool) -> None:
    assert practice.is_open(now) is is_open


def test_the_next_opening_after_the_clocks_change_is_at_eight_on_the_wall(practice: Practice) -> None:
    opens = practice.next_open(datetime(2026, 3, 27, 20, 0, tzinfo=timezone.utc))
    assert opens.astimezone(timezone.utc) == datetime(2026, 3, 30, 7, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("closure", "spans"),
    [
        ({"from": "13:00", "to": "18:30"}, [("08:00", "13:00")]),
        ({"from": "08:00", "to": "09:00"}, [("09:00", "18:30")]),
        ({"from": "12:00", "to": "14:00"}, [("08:00", "12:00"), ("14:00", "18:30")]),
        ({}, []),
        ({"from": "19:00", "to": "20:00"}, [("08:00", "18:30")]),
        ({"from": "06:00", "to": "07:00"}, [("08:00", "18:30")]),
    ],
)
def test_a_closure_takes_its_hours_out_of_the_day(closure: dict[str, str], spans: list[tuple[str, str]]) -> None:
    practice = practice_with(closures=[{"date": "2026-12-10", **closure}])
    held = [(f"{span.start:%H:%M}", f"{span.end:%H:%M}") for span in practice.open_spans(date(2026, 12, 10))]
    assert held == spans


def test_two_closures_on_one_day_are_both_taken_out() -> None:
    day = {"date": "2026-12-10"}
    practice = practice_with(
        closures=[{**day, "from": "08:00", "to": "09:00"}, {**day, "from": "17:00", "to": "18:30"}]
    )
    assert [(span.start.hour, span.end.hour) for span in practice.open_spans(date(2026, 12, 10))] == [(9, 17)]


def test_between_two_parts_of_a_day_the_second_is_the_next_opening() -> None:
    practice = practice_with(closures=[{"date": "2026-12-10", "from": "12:00", "to": "14:00"}])
    assert practice.next_open(at("2026-12-10T12:30:00")) == at("2026-12-10T14:00:00")


def test_a_surgery_that_never_opens_is_an_error_of_the_settings() -> None:
    practice = practice_with(opening_hours=dict.fromkeys(WHOLE["opening_hours"], "closed"))
    with pytest.raises(SettingsError, match="opening_hours"):
        practice.next_open(at("2026-11-23T10:00:00"))


@pytest.mark.parametrize(
    ("nation", "day", "is_holiday"),
    [("England", "2026-11-30", False), ("Scotland", "2026-11-30", True), ("England", "2026-08-31", True)],
)
def test_bank_holidays_are_those_of_the_nation(nation: str, day: str, is_holiday: bool) -> None:
    assert bool(practice_with(bank_holidays=nation).bank_holiday(date.fromisoformat(day))) is is_holiday


def test_bank_holidays_have_names_to_tell_patients(practice: Practice) -> None:
    assert practice.bank_holiday(date(2026, 12, 25)) == "Christmas Day"
