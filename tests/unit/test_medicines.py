"""Which of their repeat medicines a patient means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.evaluation.medicines import evaluate, markdown
from bot.nlu.medicines import Medicines, find_medicines
from bot.nlu.medicines_book import the_book

AMLODIPINE = "Amlodipine 5mg tablets"
RAMIPRIL = "Ramipril 5mg capsules"
RAMIPRIL_10 = "Ramipril 10mg capsules"
STATIN = "Atorvastatin 20mg tablets"
RELIEVER = "Salbutamol 100micrograms/dose inhaler CFC free"
PREVENTER = "Clenil Modulite 100micrograms/dose inhaler"
OMEPRAZOLE = "Omeprazole 20mg gastro-resistant capsules"
SERTRALINE = "Sertraline 50mg tablets"
CREAM = "Hydrocortisone 1% cream"
REPEATS = [AMLODIPINE, RAMIPRIL, STATIN, RELIEVER, PREVENTER, OMEPRAZOLE, SERTRALINE, CREAM]
GENERICS = [name for name in the_book().entries if " + " not in name]


def meant(text: str, repeats: list[str] = REPEATS) -> set[str]:
    """What is ordered, where nothing is left to ask."""
    found = find_medicines(text, repeats)
    assert found.ask == ()
    return set(found.meant)


def asked(text: str, repeats: list[str] = REPEATS) -> set[str]:
    """What is asked about, where nothing is ordered."""
    found = find_medicines(text, repeats)
    assert found.meant == ()
    return set(found.ask)


def printed(name: str) -> str:
    return f"{name.capitalize()} 5mg tablets"


def test_it_is_told_what_the_patient_called_each() -> None:
    found = find_medicines("my blue inhaler, amlodopine 5mg and not the cream", REPEATS)
    assert found.words == {RELIEVER: "blue inhaler", AMLODIPINE: "amlodopine 5 mg", CREAM: "cream"}
    assert (found.unwanted, found.whole) == ((CREAM,), "")


@pytest.mark.parametrize(
    ("text", "whole"), [("everything please", "everything"), ("my usual", "usual"), ("same as last time", "last")]
)
def test_it_is_told_that_not_all_was_named(text: str, whole: str) -> None:
    found = find_medicines(text, REPEATS)
    assert (found.whole, found.words) == (whole, {})


def test_the_messages_of_the_evaluation_are_read_and_none_orders_what_was_not_meant() -> None:
    report = evaluate()
    assert len(report.outcomes) >= 200
    assert report.score() >= 0.95
    assert report.ordered_wrongly == 0
    assert "ordered wrongly: 0" in markdown(report)


@pytest.mark.parametrize(
    ("text", "medicines"),
    [
        ("amlodipine please", {AMLODIPINE}),
        ("amlodopine, ramiprill n setraline", {AMLODIPINE, RAMIPRIL, SERTRALINE}),
        ("am low dip in and a tor va statin", {AMLODIPINE, STATIN}),
        ("istin, tritace and lipitor", {AMLODIPINE, RAMIPRIL, STATIN}),
        ("ventolin", {RELIEVER}),
        ("becotide", {PREVENTER}),
        ("omep and atorva", {OMEPRAZOLE, STATIN}),
        ("1. amlodipine 2. sertraline", {AMLODIPINE, SERTRALINE}),
        ("💊 SERTRALINE 🙏", {SERTRALINE}),
    ],
)
def test_a_medicine_is_known_by_its_name_its_brand_and_its_misspellings(text: str, medicines: set[str]) -> None:
    assert meant(text) == medicines


@pytest.mark.parametrize(
    ("text", "medicines"),
    [
        ("blood pressure tablets", {AMLODIPINE, RAMIPRIL}),
        ("bp meds and cholestrol tablets", {AMLODIPINE, RAMIPRIL, STATIN}),
        ("the statin", {STATIN}),
        ("blue inhaler", {RELIEVER}),
        ("blue and brown inhalers", {RELIEVER, PREVENTER}),
        ("my preventer", {PREVENTER}),
        ("both inhalers", {RELIEVER, PREVENTER}),
        ("the ones for my stomach", {OMEPRAZOLE}),
        ("antidepresants", {SERTRALINE}),
        ("the cream for my eczema", {CREAM}),
        ("amlodipine for my blood pressure", {AMLODIPINE}),
        ("my blue inhaler, ventolin", {RELIEVER}),
    ],
)
def test_a_medicine_is_known_by_what_it_is_for_by_its_colour_and_its_form(text: str, medicines: set[str]) -> None:
    assert meant(text) == medicines


@pytest.mark.parametrize("text", ["my blood pressure is 150 over 90", "my asthma is bad", "i feel blue", "hello", "?"])
def test_an_illness_alone_asks_for_no_medicine(text: str) -> None:
    assert not find_medicines(text, REPEATS)


@pytest.mark.parametrize(
    ("text", "medicines"),
    [
        ("ramipril 10mg", {RAMIPRIL_10}),
        ("ramipril, the 5 not the 10", {RAMIPRIL}),
        ("the bigger dose of ramipril", {RAMIPRIL_10}),
        ("ramipril 5 and 10", {RAMIPRIL, RAMIPRIL_10}),
        ("both my ramiprils", {RAMIPRIL, RAMIPRIL_10}),
        ("five milligram ramipril", {RAMIPRIL}),
        ("28 ramipril 10mg", {RAMIPRIL_10}),
    ],
)
def test_a_strength_chooses_among_several(text: str, medicines: set[str]) -> None:
    assert meant(text, [RAMIPRIL, RAMIPRIL_10, STATIN]) == medicines


@pytest.mark.parametrize("text", ["ramipril 2.5mg", "ramipril 2 x 2.5mg", "ramipril 2.5", "ramipril, the 2.5mg one"])
def test_a_strength_that_is_not_on_the_list_is_asked_about(text: str) -> None:
    assert asked(text) == {RAMIPRIL}


def test_both_amounts_of_a_combination_count() -> None:
    weak = "Co-codamol 15mg/500mg tablets"
    assert meant("cocodamol 15/500", [weak]) == {weak}
    assert asked("co-codamol 30/500 tabs", [weak]) == {weak}


def test_all_strengths_are_those_of_the_medicine_named() -> None:
    assert meant("ramipril all strengths", [RAMIPRIL, RAMIPRIL_10, STATIN]) == {RAMIPRIL, RAMIPRIL_10}


def test_a_weight_may_be_said_in_another_unit() -> None:
    assert meant("metformin 1000mg", ["Metformin 1g tablets", "Metformin 500mg tablets"]) == {"Metformin 1g tablets"}


@pytest.mark.parametrize("text", ["everything", "all of them pls", "the lot", "all my meds", "everything thats due"])
def test_everything_is_everything(text: str) -> None:
    assert meant(text) == set(REPEATS)


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("all except the omeprazole", {OMEPRAZOLE}),
        ("everything but the inhalers", {RELIEVER, PREVENTER}),
        ("all my meds bar sertraline and the cream", {SERTRALINE, CREAM}),
        ("i don't need the cream, everything else please", {CREAM}),
        ("everything. omeprazole i dont need", {OMEPRAZOLE}),
    ],
)
def test_everything_may_leave_something_out(text: str, left_out: set[str]) -> None:
    assert meant(text) == set(REPEATS) - left_out


@pytest.mark.parametrize(
    "text", ["all except the omprzl", "everything except the last one", "all but my water tablets"]
)
def test_everything_but_something_that_cannot_be_read_is_asked_about(text: str) -> None:
    assert asked(text) == set(REPEATS)


@pytest.mark.parametrize(
    ("text", "medicines"),
    [
        ("not the amlodipine, just the statin", {STATIN}),
        ("sertraline, no omeprazole i've got loads", {SERTRALINE}),
        ("the amlodipine i dont need but sertraline yes", {SERTRALINE}),
        ("omeprazole no, sertraline yes", {SERTRALINE}),
        ("i mean sertraline not amlodipine", {SERTRALINE}),
        ("dr stopped my ramipril so only amlodipine", {AMLODIPINE}),
        ("i have no sertraline left", {SERTRALINE}),
        ("ive only 2 amlodipine left", {AMLODIPINE}),
        ("im on amlodipine and sertraline, just need sertraline", {SERTRALINE}),
        ("amlodipine but not the others", {AMLODIPINE}),
        ("Amlodipine please. I do not require the cream.", {AMLODIPINE}),
        ("nothing except sertraline", {SERTRALINE}),
    ],
)
def test_what_is_not_wanted_is_not_ordered(text: str, medicines: set[str]) -> None:
    assert meant(text) == medicines


@pytest.mark.parametrize(
    "text",
    [
        "sertraline is making me dizzy",
        "can i stop taking sertraline",
        "i want to swap sertraline for something else",
        "is my sertraline ready",
        "how many sertraline can i take",
    ],
)
def test_a_medicine_that_is_only_talked_about_is_asked_about(text: str) -> None:
    assert asked(text) == {SERTRALINE}


def test_as_last_time_needs_to_know_what_that_was() -> None:
    assert asked("same as last time") == set(REPEATS)
    assert find_medicines("same as last time", REPEATS, [STATIN, CREAM]).meant == (STATIN, CREAM)
    assert find_medicines("same as last time but not the cream", REPEATS, [STATIN, CREAM]).meant == (STATIN,)
    assert find_medicines("same as last time", [STATIN]).meant == (STATIN,)


def test_the_usual_is_what_was_ordered_last_or_else_everything() -> None:
    assert find_medicines("my usual please", REPEATS, [STATIN]).meant == (STATIN,)
    assert meant("my usual please") == set(REPEATS)
    assert not find_medicines("to my usual pharmacy", REPEATS)


@pytest.mark.parametrize(
    ("text", "either"),
    [
        ("carbamazole", {"carbamazepine", "carbimazole"}),
        ("prednisolne", {"prednisolone", "prednisone"}),
    ],
)
def test_a_misspelling_that_is_as_near_to_two_is_asked_about(text: str, either: set[str]) -> None:
    assert asked(text, [printed(name) for name in either]) == {printed(name) for name in either}


def test_two_that_fit_are_asked_about() -> None:
    assert asked("amlodipine or sertraline") == {AMLODIPINE, SERTRALINE}
    assert asked("the inhaler") == {RELIEVER, PREVENTER}
    assert asked("my inhaler's run out") == {RELIEVER, PREVENTER}
    assert asked("the blue inhaler", [RELIEVER, "Salbutamol 200micrograms/dose dry powder inhaler"])


def test_another_brand_is_not_the_same_as_the_one_on_the_list() -> None:
    assert asked("toujeo", ["Lantus 100units/ml solution for injection 3ml cartridges"])
    assert meant("ventolin", ["Salbutamol 100micrograms/dose inhaler CFC free"])


def test_what_holds_the_medicine_is_asked_about() -> None:
    assert asked("codeine", ["Co-codamol 30mg/500mg tablets"]) == {"Co-codamol 30mg/500mg tablets"}


@pytest.mark.parametrize("name", ["hydralazine", "prednisone", "citalopram", "clomipramine", "carbimazole"])
def test_a_medicine_that_is_spelt_like_one_on_the_list_is_not_taken_for_it(name: str) -> None:
    alike = ["Hydroxyzine 25mg tablets", "Prednisolone 5mg tablets", "Escitalopram 10mg tablets"]
    found = find_medicines(f"{name} please", [*alike, "Imipramine 25mg tablets", "Carbamazepine 200mg tablets"])
    assert found == Medicines(not_on_repeat=(name,))


def test_no_medicine_of_the_book_is_taken_for_another() -> None:
    for name in GENERICS[::2]:
        others = [printed(other) for other in GENERICS if other != name]
        assert find_medicines(f"can i have my {name}", others).meant == (), name


def test_no_brand_is_taken_for_another_medicine() -> None:
    for brand, names in list(the_book().names.items())[::3]:
        its_own = {name.medicine for name in names}
        others = [printed(other) for other in GENERICS if other not in its_own]
        assert find_medicines(f"can i have my {brand}", others).meant == (), brand


def test_a_name_with_two_letters_swapped_is_never_taken_for_another() -> None:
    everything = [printed(name) for name in GENERICS]
    for name in [name for name in GENERICS if " " not in name][::4]:
        for at in range(1, len(name) - 2, 5):
            swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
            assert set(find_medicines(swapped, everything).meant) <= {printed(name)}, swapped


def test_a_product_that_the_book_does_not_know_is_known_by_its_own_words() -> None:
    repeats = ["Zyxoprine 5mg tablets", "Someplast island dressing 10cm x 10cm"]
    assert meant("zyxoprine and the dressing please", repeats) == set(repeats)


def test_names_are_given_back_as_they_were_printed_in_the_order_of_the_list() -> None:
    assert find_medicines("sertraline and AMLODIPINE", REPEATS).meant == (AMLODIPINE, SERTRALINE)


@pytest.mark.parametrize("repeats", [[], [""], ["", " ", "\n"], [AMLODIPINE, AMLODIPINE], ["💊"], ["100%"], ["İ"]])
def test_odd_lists_are_no_trouble(repeats: list[str]) -> None:
    assert set(find_medicines("everything and amlodipine", repeats).meant) <= set(repeats)


def test_a_long_list_is_no_trouble() -> None:
    many = [f"{name.capitalize()} {strength}mg tablets" for name in GENERICS[:100] for strength in range(1, 6)]
    assert set(find_medicines("everything", many).meant) == set(many)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.lists(st.one_of(st.text(max_size=40), st.sampled_from(REPEATS)), max_size=8))
def test_no_text_and_no_list_can_break_it(text: str, repeats: list[str]) -> None:
    found = find_medicines(text, repeats)
    assert set(found.meant) | set(found.ask) <= set(repeats)
    assert not set(found.meant) & set(found.ask)


_WORDS = sorted(
    {*the_book().cues, *the_book().called, *the_book().said_forms, "the", "and", ",", ".", "5mg", "ramipril"}
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_no_order_of_its_own_words_can_break_it(words: list[str]) -> None:
    found = find_medicines(" ".join(words), REPEATS)
    assert not set(found.meant) & set(found.ask)
