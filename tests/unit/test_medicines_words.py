"""How the words of a message and of a printed name are taken apart."""

from __future__ import annotations

import pytest

from bot.nlu.medicines_book import the_book, tokens_of
from bot.nlu.medicines_repeats import in_mg, read_repeat
from bot.nlu.medicines_spelling import by_sound, guesses, like_known, shortened
from bot.nlu.medicines_words import lexemes_of


def words(text: str) -> list[str]:
    return [token.word for token in tokens_of(text)]


def test_a_text_is_words_numbers_and_marks() -> None:
    assert words("Adcal-D3 1500mg, don't") == ["adcal", "d3", "1500", "mg", ",", "dont"]
    assert words("my inhaler's empty") == ["my", "inhaler", "empty"]
    assert words("0.5mg İ")[:2] == ["0.5", "mg"]


@pytest.mark.parametrize(
    ("printed", "medicine", "form", "numbers"),
    [
        ("Amlodipine 5mg tablets", "amlodipine", "tablet", {5}),
        ("Fostair 100micrograms/dose / 6micrograms/dose inhaler", "beclometasone + formoterol", "inhaler", {100, 6}),
        ("Co-codamol 30mg/500mg tablets", "paracetamol + codeine", "tablet", {30, 500}),
        ("Microgynon 30 tablets", "ethinylestradiol + levonorgestrel", "tablet", {30}),
        ("Salbutamol 2.5mg/2.5ml nebuliser liquid unit dose vials", "salbutamol", "nebuliser liquid", {2.5}),
        ("Beclometasone 100micrograms/dose / Formoterol 6micrograms/dose inhaler", "beclometasone + formoterol",
         "inhaler", {100, 6}),
        ("Ferrous fumarate 305mg / Folic acid 350microgram capsules", "ferrous fumarate", "capsule", {305, 350}),
        ("Hydrocortisone 1% cream", "hydrocortisone", "cream", {1}),
        ("Something else", "", "", set()),
    ],
)  # fmt: skip
def test_a_printed_name_tells_medicine_form_and_amounts(
    printed: str, medicine: str, form: str, numbers: set[float]
) -> None:
    read = read_repeat(printed)
    assert (read.medicine, read.form) == (medicine, form)
    assert numbers <= read.numbers


def test_what_an_inhaler_is_called_depends_on_its_form() -> None:
    assert "preventer" in read_repeat("Budesonide 200micrograms/dose dry powder inhaler").kinds
    assert "preventer" not in read_repeat("Budesonide 3mg gastro-resistant capsules").kinds
    assert "nose" in read_repeat("Fluticasone 50micrograms/dose nasal spray").kinds


def test_weights_are_compared_in_milligrams() -> None:
    assert in_mg(1, "g") == in_mg(1000, "mg") == 1000
    assert in_mg(50, "micrograms") == in_mg(0.05, "mg")
    assert in_mg(5, "ml") is None


@pytest.mark.parametrize(
    ("said", "name"),
    [("metfromin", "metformin"), ("amlodopine", "amlodipine"), ("setralin", "sertraline"), ("ventalin", "ventolin")],
)
def test_the_nearest_name_comes_first(said: str, name: str) -> None:
    assert guesses(said)[0].name == name


@pytest.mark.parametrize("word", ["question", "complaint", "patient", "clinic", "different", "company", "appointment"])
def test_ordinary_words_are_no_misspelt_medicines(word: str) -> None:
    assert guesses(word) == () and shortened(word) == ()


def test_dictation_is_read_by_its_consonants() -> None:
    assert "amlodipine" in [guess.name for guess in by_sound("amlowdipin")]
    assert by_sound("aeiou") == ()


def test_words_for_kinds_are_known_when_misspelt() -> None:
    assert like_known("antidepresants") == "antidepressants"
    assert the_book().conditions[like_known("cholestral") or ""] == "cholesterol"
    assert like_known("hello") is None


@pytest.mark.parametrize(
    ("text", "strengths"),
    [
        ("ramipril 5mg", [(5.0,)]),
        ("co-codamol 30/500", [(30.0, 500.0)]),
        ("five milligrams", [(5.0,)]),
        ("28 tablets", []),
        ("at 10:30", []),
        ("1. ramipril 2. senna", []),
        ("2 boxes for 3 months", []),
    ],
)
def test_a_strength_is_told_from_how_many(text: str, strengths: list[tuple[float, ...]]) -> None:
    assert [each.numbers for each in lexemes_of(text, frozenset()) if each.sort == "strength"] == strengths


def test_every_kind_of_a_medicine_is_listed() -> None:
    book = the_book()
    known = {kind for kind, _ in book.called.values()} | set(book.conditions.values())
    assert {kind for entry in book.entries.values() for kind in entry.kinds | entry.also} <= known


def test_the_book_is_large_enough() -> None:
    assert len(the_book().entries) > 500
