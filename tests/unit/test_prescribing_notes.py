"""Notes to the prescriber that a person has to read first, and those that only look like it."""

from __future__ import annotations

import pytest

from bot.prescribing.notes import load_notes, needs_a_person

_LISTS = {code: kind for code, kind in load_notes().items() if code != "names"}
MORE = {
    "side_effect": (
        "i had a funny turn and felt sick after the first tablet",
        "the statin gives me muscle pain",
        "been getting awful cramps with these",
        "since ive been on them i cant sleep",
        "my skin is itchy since the new cream",
        "could you look at it, the ramipril gives me a dry cough",
        "had to stop because of the side affects",
        "it upsets my tummy",
        "theyre making me ill",
        "am dizzy all the time on the amlodipine",
        "im feeling really low since starting it",
        "havent been well on these",
    ),
    "allergy": (
        "just to say im allergic to penicilin",
        "my daughter is allergic to the colouring in it",
        "i have a nut allergy",
        "the pharmacist thinks im intolerant to it",
        "I came up in hives",
    ),
    "pregnancy": (
        "might be pregnant",
        "is it ok in pregnancy",
        "i'm due a baby in April",
        "trying for another baby",
        "currently breast feeding",
        "we r expecting our first",
        "6 wks pregnant",
        "ive got a positive pregnancy test",
        "going through ivf",
    ),
    "dose_change": (
        "can you put my dose up",
        "please give me 100 instead of 56",
        "i need a higher dose now",
        "my consultant upped it to 50mg",
        "can i get 3 months at once",
        "need double this month",
        "could i have an extra one for work",
        "two boxes please",
        "can i go back to the old strength",
        "please cut it down to 5mg",
        "can i have the 20mg ones instead",
        "more tablets than last month please",
        "8 weeks worth as im away",
        "i halved my tablets",
        "can i have a bigger bottle",
        "i take 2 a day now not 1",
        "change to the liquid one",
        "dr smith changed it to 40mg last week",
        "ive stopped taking the omeprazole",
    ),
}
WELL = (
    "going on holiday",
    "running out on friday",
    "please leave with the pharmacy by Asda",
    "I will be away from 12 december",
    "need it before christmas",
    "thanks very much",
    "im nearly out",
    "will run out on the weekend",
    "my daughter will collect it",
    "please send it to boots",
    "can it be ready for wednesday",
    "lost my tablets",
    "the dog ate my last pack",
    "dropped the bottle",
    "flight on tuesday",
    "visiting my mum in wales for a fortnight",
    "back at work so cant collect before 6",
    "please text when ready",
    "no rush",
    "sorry its late",
    "the pharmacy was closed for the bank holiday",
    "urgent please only 1 tablet left",
    "i have 3 left",
    "could you do it asap",
    "both please",
    "same as last month",
    "usual amount",
    "its the one in the blue box",
    "i need my inhaler for football",
    "asthma season",
    "off to spain for ten days",
    "going to university on sunday",
    "my carer picks it up",
    "leave it at reception",
    "moving house on the 4th",
    "please deliver",
    "can you deliver to the new house",
    "working away until thursday",
    "i am in hospital next week for my knee",
    "having an operation on monday",
    "so i dont run out over easter",
    "i missed my last order",
    "last order did not arrive",
    "they only had part of it in stock",
    "the chemist couldnt get it",
    "ordering early because of bank holidays",
    "out of stock last time",
    "im 70 and cant walk far",
    "two of us are going away",
    "i cant open the child proof lids",
    "large print label please",
    "please put in a dosette box",
    "taking my mum on a cruise",
    "twice now the pharmacy had none",
    "no thanks",
    "is the doctor in on friday",
    "thank the doctor for me",
    "i am feeling much better thanks",
    "change of pharmacy, boots please",
    "expecting a delivery on friday",
    "going away for half term",
    "stopping at my sisters for 2 weeks",
    "ordering two weeks early please",
    "6 weeks early as im off to australia please",
    "i have 2 weeks worth left but going away",
    "in three months time im moving",
    "twelve days holiday please",
)


def test_there_are_the_four_kinds() -> None:
    assert set(_LISTS) == {"side_effect", "allergy", "pregnancy", "dose_change"}


@pytest.mark.parametrize(
    ("note", "code"),
    [
        *((note, code) for code, kind in _LISTS.items() for note in kind["yes"]),
        *((note, code) for code, notes in MORE.items() for note in notes),
    ],
)
def test_a_person_reads_it(note: str, code: str) -> None:
    assert needs_a_person(note) == code


@pytest.mark.parametrize("note", [*(note for kind in _LISTS.values() for note in kind["no"]), *WELL])
def test_it_goes_along_with_the_order(note: str) -> None:
    assert needs_a_person(note) is None


@pytest.mark.parametrize(
    "note",
    ["", " ", "\n", "\x00", "🙂" * 200, "a" * 100_000, "the " * 25_000],
    ids=["nothing", "blank", "line", "null", "pictures", "one word", "many words"],
)
def test_nothing_in_it_is_harmless_however_long(note: str) -> None:
    assert needs_a_person(note) is None


@pytest.mark.parametrize(
    "note", ["SIDE EFFECTS", "I'm pregnant", "I am ALLERGIC", "side-effects!!", "Please INCREASE my dose.", "pregnánt"]
)
def test_case_apostrophes_and_accents_do_not_count(note: str) -> None:
    assert needs_a_person(note) is not None


@pytest.mark.parametrize("ordinary", ["holiday. ", "please leave it at the desk, thank you. "])
def test_it_is_found_at_the_end_of_a_long_note(ordinary: str) -> None:
    assert needs_a_person(ordinary * 40 + "also i am pregnant") == "pregnancy"
