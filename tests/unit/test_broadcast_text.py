"""What a text to many looks like, what it costs and what is wrong with it; and who is on which list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.backend.demo_people import PATIENTS
from bot.backend.local import LocalBackend
from bot.notifying.audiences import code_of, day_of, kind_of, patients_in, read_numbers
from bot.notifying.broadcast_text import preview
from bot.practice import Practice

ASKS = "Call us to book."


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "is_too_long"),
    [
        (ASKS, "GSM-7", 1, False),
        (f"{ASKS} {'k' * 200}", "GSM-7", 2, False),
        (f"{ASKS} {'kk ' * 200}", "GSM-7", 5, True),
        (f"{ASKS} 🎉", "UCS-2", 1, False),
        (f"{ASKS} 🎉 {'k' * 40}", "UCS-2", 2, False),
        ("Don’t wait – call us…", "GSM-7", 1, False),
    ],
)
def test_encoding_and_length_are_of_the_whole_text_as_it_is_sent(
    practice: Practice, text: str, encoding: str, segments: int, is_too_long: bool
) -> None:
    looks = preview(text, practice)
    assert looks.body.startswith("Riverside Surgery: ")
    assert (looks.encoding, looks.segments, looks.is_too_long) == (encoding, segments, is_too_long)


def test_the_cost_is_people_times_segments(practice: Practice) -> None:
    assert preview(f"{ASKS} {'k' * 200}", practice).pence(500, practice) == 500 * 2 * 3.5


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("Your medicine review is due. Call 020 7946 0123 to book it.", ()),
        ("Flu jabs are here. Book at www.riversidesurgery.example", ()),
        ("Flu jabs are here.", ("no_answer",)),
        ("Flu jabs are here! 💉 Reply OK for one.", ("ucs2",)),
        ("Your clinic is off. Reply CANCEL to give up your place.", ("stop_word",)),
        ("Call us. To get no more of these, text STOP.", ("stop_word",)),
        ("Dear Mrs Jones, call us.", ("for_one",)),
        ("Hello {name}, call us.", ("for_one",)),
        ("We end at 6pm. Call before.", ()),
    ],
)
def test_it_is_warned_of_what_is_likely_to_go_wrong(practice: Practice, text: str, warnings: tuple[str, ...]) -> None:
    assert preview(text, practice).warnings == warnings


# Lists.


def test_a_list_is_a_code(practice: Practice) -> None:
    code = code_of("day", date(2026, 12, 10))
    assert (code, kind_of(code), day_of(code)) == ("day:2026-12-10", "day", date(2026, 12, 10))
    assert (kind_of("flu"), day_of("flu")) == ("flu", None)


@pytest.mark.parametrize(
    ("today", "born", "is_listed"),
    [
        (date(2026, 11, 23), date(1962, 3, 31), True),
        (date(2026, 11, 23), date(1962, 4, 1), False),
        (date(2027, 3, 31), date(1962, 3, 31), True),
        (date(2027, 4, 1), date(1962, 4, 1), True),
    ],
)
def test_the_flu_list_is_everybody_who_is_65_by_the_end_of_march(
    practice: Practice, today: date, born: date, is_listed: bool
) -> None:
    class Asked:
        before = date.min

        def patients_born_before(self, day: date) -> list[str]:
            self.before = day
            return []

    backend = Asked()
    patients_in("flu", backend, practice, today)  # type: ignore[arg-type]
    assert (born < backend.before) == is_listed


def test_those_who_left_or_died_are_on_no_list(backend: LocalBackend, practice: Practice) -> None:
    listed = backend.patients_born_before(date(2026, 1, 1))
    names = {each.patient.first_name for each in PATIENTS if each.patient.id in listed}
    assert "Hannah" in names and not {"Callum", "Margaret"} & names


def test_the_list_of_a_day_is_whoever_has_an_appointment_on_it(backend: LocalBackend, practice: Practice) -> None:
    (held,) = backend.appointments("patient-02")
    day = held.slot.start.astimezone(practice.zone).date()
    assert "patient-02" in patients_in(f"day:{day}", backend, practice, day)
    assert "patient-02" not in patients_in(f"day:{day + timedelta(days=1)}", backend, practice, day)


@pytest.mark.parametrize(
    ("text", "found", "wrong", "unknown"),
    [
        ("999 000 0018\n9990000026", ["patient-01", "patient-02"], [], []),
        ("9990000018, 9990000018; 999 000 0018", ["patient-01"], [], []),
        ("9990000019", [], ["9990000019"], []),
        ("hello", [], ["hello"], []),
        ("9990000990", [], ["9990000990"], []),
        ("999 000 1006", [], [], ["999 000 1006"]),
        ("", [], [], []),
    ],
)
def test_typed_numbers_are_checked_one_by_one(
    backend: LocalBackend, text: str, found: list[str], wrong: list[str], unknown: list[str]
) -> None:
    pasted = read_numbers(text, backend)
    assert (pasted.patient_ids, pasted.wrong, pasted.unknown) == (found, wrong, unknown)
