"""Words that get an immediate answer, and words that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.screen import screen

EMERGENCIES = """
i have chest pain
ive got really bad chest pains
tight feeling, chest is very tight
a crushing pain in my chest
pain in chest and left arm
i think im having a heart attack
her face is drooping
my dads speech is slurred, slurred speech
i think my mum is having a stroke
one side of his body is weak
i cant breathe
i can't breathe properly
struggling to breathe
hes not breathing
finding it hard to breathe
she is choking
his lips are blue
my tongue is swelling up
my throat is closing
anaphylaxis
my husband is unconscious
i cant wake him
grandad collapsed in the kitchen
my son is having a seizure
he's having a fit
the bleeding wont stop
i cant stop the bleeding
bleeding heavily
i am vomiting blood
coughing up blood
worst headache of my life
ive taken an overdose
she took too many tablets
he swallowed bleach
i think i have sepsis
im pregnant and bleeding
baby has stopped moving
we need an ambulance
im dying
CHEST PAIN!!!
"""
CRISES = """
i want to kill myself
im feeling suicidal
thinking about suicide
i want to end my life
i want to end it all
i just want to die
i wish i was dead
i dont want to be here anymore
i don't want to live
everyone would be better off without me
ive been self harming, self harm again
i keep cutting myself
i want to hurt myself
theres no reason to live
i cant go on
"""
ABSENT = """
no chest pain
i have a cough but no chest pain
not suicidal
he is not unconscious
no i have not had a stroke
without any difficulty breathing
i dont have chest pain
i have never self harmed, never self harm
"""
ORDINARY = """
can i book an appointment tomorrow
my knee hurts
i have a cough and a cold
i need a chest x-ray appointment
i want to cancel my appointment
what time do you close
flu jab please
i need my blood pressure checked
blood test results
my heart tablets have run out
the baby is due in march
can i see the nurse about my asthma
i have a headache
i want to kill time before my appointment
my phone died
can you breathe life into this website
i live at a new address now
i cut my finger
please cut my name from the list
are you fitting new windows
hope you are having a good day
the car park is full
end of next week please
"""


def lines(block: str) -> list[str]:
    return block.strip().splitlines()


@pytest.mark.parametrize("text", lines(EMERGENCIES))
def test_an_emergency_is_recognised(text: str) -> None:
    assert screen(text) == "emergency"


@pytest.mark.parametrize("text", lines(CRISES))
def test_a_crisis_is_recognised(text: str) -> None:
    assert screen(text) == "crisis"


@pytest.mark.parametrize("text", lines(ABSENT))
def test_what_is_said_to_be_absent_is_no_alarm(text: str) -> None:
    assert screen(text) is None


@pytest.mark.parametrize("text", lines(ORDINARY))
def test_an_ordinary_message_is_no_alarm(text: str) -> None:
    assert screen(text) is None


def test_a_crisis_comes_before_an_emergency() -> None:
    assert screen("i took an overdose because i want to die") == "crisis"


def test_a_second_mention_counts_although_the_first_was_denied() -> None:
    assert screen("no chest pain yesterday but today i have chest pain") == "emergency"


@pytest.mark.parametrize("text", ["I CAN'T BREATHE", "i can’t breathe", "i cant   breathe", "i can't... breathe!!"])
def test_case_apostrophes_and_punctuation_do_not_matter(text: str) -> None:
    assert screen(text) == "emergency"


@given(st.text(max_size=2000))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    assert screen(text) in (None, "emergency", "crisis")


@given(st.text(max_size=200), st.text(max_size=200))
def test_an_alarm_is_found_wherever_it_stands(before: str, after: str) -> None:
    if screen(f"{before}. {after}") is None and screen(before) is None:
        assert screen(f"{before} zzz zzz zzz zzz suicidal {after}") is not None


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
    assert screen(text) == alarm


@pytest.mark.parametrize("text", NO_ALARM_IN_OTHER_LANGUAGES)
def test_other_words_of_these_languages_are_no_alarm(text: str) -> None:
    assert screen(text) is None
