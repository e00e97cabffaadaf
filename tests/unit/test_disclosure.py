"""What of a record is shown, to whom, and that what is not shown cannot be told from what is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.record import DOCUMENTS, MEASUREMENTS, MEDICINES, PROBLEMS, SECTIONS, Entry, Result, Value
from bot.identity.disclosure import visible_entries, visible_results, visible_sections
from bot.identity.policy import ACCESS_LEVELS, NO_ACCESS, Access
from tests.support import MONDAY

FULL = Access("full", full_history=True, verified_by="documents")
CODED = replace(FULL, level="coded")
TODAY = MONDAY.date()
A_YEAR_AGO = TODAY - timedelta(days=365)

days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
instants = st.none() | st.datetimes(datetime(2019, 1, 1), datetime(2026, 12, 31))
ids = st.integers(0, 10_000).map(lambda number: f"id-{number}")
outcomes = st.sampled_from(
    ("", "Normal", "No action needed", "action needed", "ACTION NEEDED", " Action required: ring")
)

results = st.lists(
    st.builds(
        Result,
        id=ids,
        title=st.sampled_from(("HbA1c", "Full blood count")),
        taken_on=days,
        values=st.just((Value("HbA1c", "48"),)),
        outcome=outcomes,
        filed_at=instants,
        released=st.booleans(),
        told_at=instants,
        redacted=st.booleans(),
        sensitive=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda result: result.id,
)
entries = st.lists(
    st.builds(
        Entry,
        id=ids,
        section=st.sampled_from(SECTIONS),
        title=st.just("Asthma"),
        recorded_on=days,
        note=st.sampled_from(("", "worse at night")),
        redacted=st.booleans(),
        sensitive=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda entry: entry.id,
)
accesses = st.builds(
    Access,
    level=st.sampled_from(ACCESS_LEVELS),
    record_from=st.none() | days,
    full_history=st.booleans(),
    is_proxy=st.booleans(),
)


def result(**facts: object) -> Result:
    """A result that everyone with coded access sees, but for the facts given."""
    shown = Result("r", "HbA1c", TODAY, (Value("HbA1c", "48", "mmol/mol"),), "Normal", filed_at=MONDAY, released=True)
    return replace(shown, **facts)  # type: ignore[arg-type]


def entry(section: str = PROBLEMS, **facts: object) -> Entry:
    return replace(Entry("e", section, "Asthma", TODAY), **facts)  # type: ignore[arg-type]


def shown_ids(given_results: list[Result], given_entries: list[Entry], access: Access) -> set[str]:
    shown = [f"result {each.id}" for each in visible_results(given_results, access)]
    return {*shown, *(f"entry {each.id}" for each in visible_entries(given_entries, access))}


def is_more(one: Access, other: Access) -> bool:
    """Whether `one` gives at least what `other` gives, in every respect."""
    as_early = one.full_history or (
        not other.full_history
        and (other.record_from is None or (one.record_from is not None and one.record_from <= other.record_from))
    )
    return (
        ACCESS_LEVELS.index(one.level) >= ACCESS_LEVELS.index(other.level)
        and as_early
        and one.is_proxy <= other.is_proxy
    )


@given(results, entries, accesses, st.data())
def test_more_access_never_hides_and_less_never_shows(
    some: list[Result], others: list[Entry], access: Access, data: st.DataObject
) -> None:
    lower = data.draw(accesses.filter(lambda drawn: is_more(access, drawn)) | st.just(NO_ACCESS))
    assert shown_ids(some, others, lower) <= shown_ids(some, others, access)


@given(results, entries, accesses, st.sampled_from(ACCESS_LEVELS))
def test_a_higher_level_alone_never_hides(some: list[Result], others: list[Entry], access: Access, level: str) -> None:
    lower, higher = sorted((access.level, level), key=ACCESS_LEVELS.index)
    less, more = replace(access, level=lower), replace(access, level=higher)
    assert shown_ids(some, others, less) <= shown_ids(some, others, more)


@given(results, accesses)
def test_what_is_unfiled_unreleased_redacted_or_needs_action_untold_is_never_shown(
    some: list[Result], access: Access
) -> None:
    for each in visible_results(some, access):
        assert each.filed_at is not None and each.released and not each.redacted
        assert not each.needs_action or each.told_at is not None


@given(entries, accesses)
def test_a_redacted_entry_is_never_shown(others: list[Entry], access: Access) -> None:
    assert not [each for each in visible_entries(others, access) if each.redacted]


@given(results, entries, accesses)
def test_somebody_acting_for_a_patient_never_sees_what_is_sensitive(
    some: list[Result], others: list[Entry], access: Access
) -> None:
    acting = replace(access, is_proxy=True)
    assert not [each for each in visible_results(some, acting) if each.sensitive]
    assert not [each for each in visible_entries(others, acting) if each.sensitive]


@given(results, entries, accesses)
def test_what_is_left_out_leaves_no_trace(some: list[Result], others: list[Entry], access: Access) -> None:
    seen, also_seen = visible_results(some, access), visible_entries(others, access)
    kept = {each.id for each in seen}
    also_kept = {each.id for each in also_seen}
    assert visible_results([each for each in some if each.id in kept], access) == seen
    assert visible_entries([each for each in others if each.id in also_kept], access) == also_seen


@given(results, entries, accesses, st.randoms())
def test_the_order_in_which_a_system_gives_them_does_not_matter(
    some: list[Result], others: list[Entry], access: Access, chance: object
) -> None:
    mixed, also_mixed = list(some), list(others)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    chance.shuffle(also_mixed)  # type: ignore[attr-defined]
    assert visible_results(mixed, access) == visible_results(some, access)
    assert visible_entries(also_mixed, access) == visible_entries(others, access)


@given(results, entries, accesses)
def test_a_day_before_access_begins_is_not_shown(some: list[Result], others: list[Entry], access: Access) -> None:
    begins = replace(access, full_history=False, record_from=A_YEAR_AGO)
    assert not [each for each in visible_results(some, begins) if each.taken_on < A_YEAR_AGO]
    dated = [each for each in visible_entries(others, begins) if each.section not in (MEDICINES, "allergies")]
    assert not [each for each in dated if each.recorded_on < A_YEAR_AGO]


@pytest.mark.parametrize("level", ["none", "appointments", "prescriptions", "summary"])
def test_results_need_the_coded_record(level: str) -> None:
    assert visible_results([result()], replace(FULL, level=level)) == []
    assert visible_results([result()], CODED) == [result()]


@pytest.mark.parametrize(
    ("level", "sections"),
    [
        ("none", ()),
        ("appointments", ()),
        ("prescriptions", ("medicines",)),
        ("summary", ("medicines", "allergies")),
        ("coded", ("medicines", "allergies", "problems", "immunisations", "measurements")),
        ("full", SECTIONS),
    ],
)
def test_each_level_opens_its_sections(level: str, sections: tuple[str, ...]) -> None:
    access = replace(FULL, level=level)
    assert visible_sections(access) == sections
    all_of_them = [entry(section, id=section) for section in SECTIONS]
    assert {each.section for each in visible_entries(all_of_them, access)} == set(sections)


@pytest.mark.parametrize(
    "facts",
    [
        {"filed_at": None},
        {"released": False},
        {"redacted": True},
        {"outcome": "Action needed"},
        {"outcome": "action-required: please ring"},
    ],
)
def test_what_is_held_back_reads_like_what_is_not_there(facts: dict[str, object]) -> None:
    assert visible_results([result(**facts)], FULL) == visible_results([], FULL) == []


def test_a_result_that_needs_action_is_shown_once_the_patient_was_told() -> None:
    told = result(outcome="Action needed", told_at=MONDAY)
    assert visible_results([told], FULL) == [told]


@pytest.mark.parametrize("outcome", ["Normal", "Satisfactory", "No action needed", ""])
def test_any_other_outcome_is_shown_word_for_word(outcome: str) -> None:
    assert [each.outcome for each in visible_results([result(outcome=outcome)], FULL)] == [outcome]


def test_the_day_access_begins_is_shown_and_the_day_before_is_not() -> None:
    begins = replace(FULL, full_history=False, record_from=TODAY)
    before = result(id="before", taken_on=TODAY - timedelta(days=1))
    assert visible_results([result(), before], begins) == [result()]
    assert visible_entries([entry(), entry(id="before", recorded_on=before.taken_on)], begins) == [entry()]


def test_without_a_day_from_which_on_only_lists_of_how_things_stand_are_shown() -> None:
    undated = replace(FULL, full_history=False)
    held = [entry(section, id=section) for section in (MEDICINES, "allergies", MEASUREMENTS, DOCUMENTS)]
    assert {each.section for each in visible_entries(held, undated)} == {MEDICINES, "allergies"}
    assert visible_results([result()], undated) == []


def test_medicines_are_shown_whole_however_old() -> None:
    old = entry(MEDICINES, recorded_on=date(1999, 1, 1))
    assert visible_entries([old], replace(FULL, full_history=False, record_from=TODAY)) == [old]


def test_free_text_is_for_full_access_only() -> None:
    noted = entry(note="worse at night")
    assert visible_entries([noted], FULL) == [noted]
    assert visible_entries([noted], CODED) == [entry()]


def test_the_newest_comes_first() -> None:
    held = [result(id=str(days), taken_on=TODAY - timedelta(days=days)) for days in (3, 1, 2)]
    assert [each.id for each in visible_results(held, FULL)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("printed", "number"),
    [("48", 48.0), ("5.30", 5.3), (" 7 ", 7.0), ("-0.5", -0.5), (".5", 0.5)],
)
def test_what_is_printed_as_a_number_is_one(printed: str, number: float) -> None:
    assert Value("HbA1c", printed).number == number


@pytest.mark.parametrize(
    "printed", ["", "<5", ">90", "Not detected", "nan", "inf", "1_000", "1e5", "٤٨", "5.", "120/80"]
)
def test_words_and_limits_are_no_numbers(printed: str) -> None:
    assert Value("HbA1c", printed).number is None
