"""Words that get an immediate answer, what lowers them, and what takes them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.screen import KINDS, Screening, is_retraction, screen

EMERGENCIES = """
i have chest pain
i can't breathe properly
her face is drooping
my husband is unconscious
the bleeding wont stop
CHEST PAIN!!!
"""
CRISES = """
i want to kill myself
im feeling suicidal
i dont want to be here anymore
i keep cutting myself
"""
URGENT_TODAY = """
my baby is 8 weeks old and has a temperature of 38.4
i have run out of insulin
my asthma is getting worse
"""


def lines(block: str) -> list[str]:
    return block.strip().splitlines()


def label(text: str) -> str | None:
    """As "now emergency" or "ask crisis"."""
    found = screen(text)
    return f"{found.certainty} {found.kind}" if found else None


@pytest.mark.parametrize("text", lines(EMERGENCIES))
def test_an_emergency_is_recognised(text: str) -> None:
    assert label(text) == "now emergency"


@pytest.mark.parametrize("text", lines(CRISES))
def test_a_crisis_is_recognised(text: str) -> None:
    assert label(text) == "now crisis"


@pytest.mark.parametrize("text", lines(URGENT_TODAY))
def test_what_needs_the_surgery_today_is_recognised(text: str) -> None:
    assert label(text) == "now urgent_today"


# Who is ill: anybody who is ill now. What is long past, or over, or a clinic's name is not.


@pytest.mark.parametrize(
    "text",
    [
        "my mum has chest pain",
        "my baby isnt breathing",
        "the man next door collapsed",
        "my friend says she wants to die",
        "my partner has a suicidal friend, no its me, im suicidal",
    ],
)
def test_somebody_else_who_is_ill_now_alarms(text: str) -> None:
    assert (label(text) or "").startswith("now")


@pytest.mark.parametrize(
    "text",
    [
        "stroke clinic letter",
        "chest x-ray appointment",
        "epilepsy review",
        "suicide prevention course",
        "heart attack follow-up in 2018",
        "had a stroke in 2019",
        "family history of heart attack",
        "my nan died of a stroke",
        "my cat had a stroke",
    ],
)
def test_clinics_history_the_dead_and_pets_do_not(text: str) -> None:
    assert screen(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "dying laughing",
        "this queue is killing me",
        "died of embarrassment",
        "choking on my words",
        "my phone died",
        "heart attack when I saw the bill",
    ],
)
def test_an_idiom_does_not(text: str) -> None:
    assert screen(text) is None


def test_an_idiom_takes_nothing_from_the_rest_of_the_message() -> None:
    assert label("dying laughing but now my chest hurts") == "now emergency"
    assert label("i had a stroke in 2019 and today my face is drooping") == "now emergency"
    assert label("my stroke clinic letter came. i want to kill myself") == "now crisis"


# What is denied, supposed or gone is asked about.


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "i do not have any chest pain",
        "no fever, cough or chest pain",
        "my chest is not tight",
        "chest pain has gone",
        "what if i get chest pain",
        "my dad had a heart attack",
        "she had chest pain last week",
    ],
)
def test_what_is_denied_supposed_or_past_is_asked_about(text: str) -> None:
    assert label(text) == "ask emergency"


@pytest.mark.parametrize(
    "text",
    [
        "no, i have chest pain",
        "no i have chest pain",
        "not well, chest pain",
        "im not sure what to do i have chest pain",
        "chest pain has not gone",
        "i dont know if im having a heart attack",
        "no chest pain yesterday but today i have chest pain",
    ],
)
def test_a_no_to_something_else_lowers_nothing(text: str) -> None:
    assert label(text) == "now emergency"


@pytest.mark.parametrize("text", ["not suicidal", "i would never harm myself", "i was suicidal in 2015"])
def test_suicide_is_asked_about_however_long_ago(text: str) -> None:
    assert label(text) == "ask crisis"


@pytest.mark.parametrize("text", ["no asthma getting worse", "my baby had a temperature last year"])
def test_nothing_is_asked_about_what_may_only_need_the_surgery(text: str) -> None:
    assert screen(text) is None


# Several at once, and anything at all.


def test_a_crisis_comes_before_an_emergency() -> None:
    assert label("i took an overdose because i want to die") == "now crisis"


def test_what_is_certain_comes_before_what_is_not() -> None:
    assert label("im not suicidal but i have chest pain") == "now emergency"
    assert label("no chest pain but i have run out of insulin") == "now urgent_today"


@pytest.mark.parametrize("text", ["I CAN'T BREATHE", "i can’t breathe", "i cant   breathe", "i can't... breathe!!"])
def test_case_apostrophes_and_punctuation_do_not_matter(text: str) -> None:
    assert label(text) == "now emergency"


@given(st.text(max_size=2000))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    assert screen(text) in (None, *(Screening(kind, certainty) for kind in KINDS for certainty in ("now", "ask")))
    assert is_retraction(text) in (True, False)


PIECES = (
    """no not chest pain 2019 999 , . i my died of stroke clinic kill myself 38.4 ~ | & * ( [ \\ paaaain ½ 😀 سینے
now today had a if""".split()
    + ["\n"]
)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
def test_no_mixture_of_the_lists_own_words_makes_it_fail(text: str) -> None:
    screen(text)


@pytest.mark.parametrize("piece", ["chest ", "no chest pain ", "a. ", "aaab ", "9", "x", "\n", "pain & chest, "])
def test_a_message_of_ten_kilobytes_is_read_to_its_end(piece: str) -> None:
    assert label(f"{piece * (10_000 // len(piece))}. i want to kill myself") == "now crisis"


@given(st.text(max_size=200), st.text(max_size=200))
def test_an_alarm_is_found_wherever_it_stands(before: str, after: str) -> None:
    found = screen(f"{before}\nzzz zzz i am suicidal\n{after}")
    assert found is not None


# Taking it back.


@pytest.mark.parametrize(
    "text",
    [
        "i have already called",
        "ive called 999",
        "the ambulance is on its way",
        "not happening now",
        "it's not happening anymore",
        "false alarm",
        "it was last year",
        "that was years ago",
        "im fine now",
        "he is ok now thanks",
        "it has stopped",
        "only joking",
        "i didnt mean it like that",
        "were at a&e",
    ],
)
def test_an_alarm_can_be_taken_back(text: str) -> None:
    assert is_retraction(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "tomorrow at 10",
            "the second one",
            "yes",
            "no",
            "my knee hurts",
            "book an appointment",
            "it hurts more",
            "1",
            "",
        ),
        *(
            "10am is fine thanks",
            "im fine with friday",
            "ignore that, make it friday",
            "i didnt mean tuesday",
            "thats ok",
        ),
    ],
)
def test_an_answer_to_a_question_takes_nothing_back(text: str) -> None:
    assert not is_retraction(text)


# Other languages.

IN_OTHER_LANGUAGES = {
    "emergency": """ból w klatce piersiowej
boli mnie w klatce
nie moge oddychac
durere in piept
nu pot să respir
dor no peito
nao consigo respirar
dolor en el pecho
no puedo respirar
dolore al petto
non riesco a respirare
سینے میں بہت درد ہے
سانس نہیں آ رہی
mere seene mein dard hai
saans nahi aa rahi
ਛਾਤੀ ਵਿੱਚ ਦਰਦ ਹੈ
ਸਾਹ ਨਹੀਂ ਆ ਰਿਹਾ
ألم في الصدر
لا استطيع التنفس
বুকে ব্যথা
শ্বাস নিতে পারছি না
છાતીમાં દુખાવો છે""",
    "crisis": """chce sie zabic
vreau sa mor
quero morrer
no quiero vivir
voglio morire
خودکشی کرنا چاہتا ہوں
marna chahta hoon
ਮਰਨਾ ਚਾਹੁੰਦਾ ਹਾਂ
أريد أن أموت
আত্মহত্যা
મરવું છે""",
}
NO_ALARM_IN_OTHER_LANGUAGES = """no tengo dolor en el pecho
no quiero morir
mujhe doctor se milna hai
ਮੈਨੂੰ ਅੰਗਰੇਜ਼ੀ ਨਹੀਂ ਆਉਂਦੀ
boli mnie brzuch
me duele la garganta
my inhaler is fine, no morte d'arthur
sans serif""".splitlines()


@pytest.mark.parametrize(
    ("alarm", "text"), [(alarm, text) for alarm, texts in IN_OTHER_LANGUAGES.items() for text in texts.splitlines()]
)
def test_the_plainest_alarms_are_found_in_the_languages_most_spoken_in_england(alarm: str, text: str) -> None:
    assert label(text) == f"now {alarm}"


@pytest.mark.parametrize("text", NO_ALARM_IN_OTHER_LANGUAGES)
def test_other_words_of_these_languages_are_no_alarm(text: str) -> None:
    assert (label(text) or "ask").startswith("ask")
