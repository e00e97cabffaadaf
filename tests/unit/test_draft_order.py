"""What is about to be ordered: read from a message, changed by the next, and said in the patient's own words."""

from __future__ import annotations

import pytest

from bot.actions.draft_order import Draft, amend, read_draft, settle
from bot.actions.order_status import find_reference
from bot.backend.prescribing import RepeatMedication
from bot.nlu.medicines import find_medicines
from bot.nlu.short_replies import read_short_reply
from bot.prescribing.ordering import Item
from bot.prescribing.rules import ALREADY_ORDERED, EARLY, NOT_REPEAT, OK, TOO_SOON, Verdict

CODES = {
    "Metformin 500mg tablets": OK,
    "Omeprazole 20mg capsules": OK,
    "Levothyroxine 25microgram tablets": OK,
    "Levothyroxine 50microgram tablets": ALREADY_ORDERED,
    "Cetirizine 10mg tablets": EARLY,
    "Salbutamol 100micrograms/dose inhaler": TOO_SOON,
}
ITEMS = [Item(RepeatMedication(name.split("m")[0].lower(), name), Verdict(code)) for name, code in CODES.items()]
IDS = {item.repeat.name: item.repeat.id for item in ITEMS}


def read(text: str, is_early: bool = False) -> Draft:
    return read_draft(find_medicines(text, CODES), ITEMS, is_early)


def changed(first: str, then: str) -> Draft:
    return amend(read(first), find_medicines(then, CODES), ITEMS, then, is_early=False)


def names(draft: Draft) -> set[str]:
    return {name.split()[0] for name, repeat_id in IDS.items() if repeat_id in draft.items}


@pytest.mark.parametrize(
    ("text", "ordered", "said"),
    [
        ("my metformin please", {"Metformin"}, "metformin"),
        ("metphormin and the omeprazol", {"Metformin", "Omeprazole"}, "metphormin and omeprazol"),
        ("levothyroxine 25", {"Levothyroxine"}, "levothyroxine 25"),
        ("everything that is due", {"Metformin", "Omeprazole", "Levothyroxine"}, "everything that is due"),
        ("my usual", {"Metformin", "Omeprazole", "Levothyroxine"}, "everything that is due"),
        (
            "all except the omeprazole",
            {"Metformin", "Levothyroxine"},
            "everything that is due, but not omeprazole",
        ),
    ],
)
def test_what_is_ordered_and_how_it_is_said(text: str, ordered: set[str], said: str) -> None:
    draft = read(text)
    assert (names(draft), draft.say()) == (ordered, said)
    assert draft.is_plain and draft.refused == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("the salbutamol", [["salbutamol", TOO_SOON]]),
        ("levothyroxine 50", [["levothyroxine 50", ALREADY_ORDERED]]),
        ("ramipril", [["ramipril", NOT_REPEAT]]),
        ("metformin and ramipril", [["ramipril", NOT_REPEAT]]),
        ("all but the metformin, the omeprazole and the levothyroxine", [["everything that is due", TOO_SOON]]),
    ],
)
def test_what_cannot_be_ordered_is_kept_apart_with_its_reason(text: str, refused: list[list[str]]) -> None:
    assert read(text).refused == refused


def test_what_is_early_is_ordered_if_it_is_named_and_may_need_a_reason() -> None:
    assert read("cetirizine").early == [IDS["Cetirizine 10mg tablets"]]
    assert read("everything").early == []
    assert "Cetirizine" in names(read("everything", is_early=True))


def test_without_a_reason_what_is_early_is_refused() -> None:
    left = read("cetirizine and metformin").without_early()
    assert (names(left), left.early, left.refused) == ({"Metformin"}, [], [["cetirizine", EARLY]])


def test_what_may_be_two_is_unclear_until_it_is_settled() -> None:
    draft = read("metformin and levothyroxine")
    assert set(draft.unclear.values()) == {"levothyroxine"} and not draft.is_plain
    asked = [item for item in ITEMS if item.repeat.id in draft.unclear]

    def answered(text: str) -> Draft | None:
        return settle(draft, find_medicines(text, [item.repeat.name for item in asked]), asked, text)

    one, both, neither = answered("the 25 one"), answered("both please"), answered("hmm")
    assert one and (one.say(), one.refused) == ("metformin and levothyroxine 25", [])
    assert both and (names(both), both.refused) == (
        {"Metformin", "Levothyroxine"},
        [["levothyroxine", ALREADY_ORDERED]],
    )
    assert neither is None


def test_my_tablets_are_too_many_to_be_asked_about_one_by_one() -> None:
    assert read("my tablets").unclear == {}


@pytest.mark.parametrize(
    ("first", "then", "ordered"),
    [
        ("metformin", "not the metformin, the omeprazole", {"Omeprazole"}),
        ("metformin", "no, the omeprazole", {"Omeprazole"}),
        ("metformin", "sorry i meant omeprazole", {"Omeprazole"}),
        ("metformin", "and omeprazole", {"Metformin", "Omeprazole"}),
        ("metformin and omeprazole", "not the omeprazole", {"Metformin"}),
        ("everything", "not the omeprazole", {"Metformin", "Levothyroxine"}),
        ("metformin", "actually everything", {"Metformin", "Omeprazole", "Levothyroxine"}),
        ("metformin", "metformin", {"Metformin"}),
        ("metformin", "not the metformin", set()),
    ],
)
def test_the_next_message_changes_it(first: str, then: str, ordered: set[str]) -> None:
    assert names(changed(first, then)) == ordered


def test_saying_the_same_again_changes_nothing() -> None:
    assert changed("metformin and omeprazole", "yes the metformin") == read("metformin and omeprazole")


def test_a_draft_outlives_a_slot() -> None:
    draft = read("metformin, cetirizine, ramipril and levothyroxine")
    assert Draft(**draft.as_json()) == draft


def test_a_long_list_is_counted_not_said_again() -> None:
    many = Draft(items={str(number): f"a medicine called {number}" for number in range(9)})
    assert many.say() == "the 9 medicines you named"


@pytest.mark.parametrize("text", ["KTR7M4", "my order ktr7m4 please", "is it ready? KTR7M4."])
def test_a_reference_is_found(text: str) -> None:
    assert find_reference(text) == "KTR7M4"


@pytest.mark.parametrize("text", ["", "cancel my tablets", "metformin", "KTR7M", "KTR7M44", "order 5 boxes"])
def test_what_is_none_is_no_reference(text: str) -> None:
    assert find_reference(text) is None


@pytest.mark.parametrize(
    ("text", "read_as"), [("KTR7M4", "inform"), ("its ktr7m4", "inform"), ("tablets", None), ("482913", None)]
)
def test_a_reference_alone_is_an_answer(text: str, read_as: str | None) -> None:
    reply = read_short_reply(text)
    assert (reply[0] if reply else None) == read_as
