"""Messages that are not in English are recognised, and English in any spelling is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.languages import OTHER, answered, detect, fold
from bot.settings import ROOT

LISTED = yaml.safe_load((ROOT / "bot/nlu/languages.yml").read_text(encoding="utf-8"))

ENGLISH = """
hiya need c doc asap re bloods, any chance thurs pm?? not b4 2
thx
ok
si
no
ja
amoxicillin pls
amlodipine lisinopril bendroflumethiazide metformin
sw1a 1aa
flat 3 casa nova, 12 via road
maria de la cruz
its for leonardo di stefano
joao da silva dos santos
agnieszka kowalska-nowak
gurpreet kaur and harjit singh
mohammed abdul rahman al hassan
my name is محمد علی
can i see dr garcia-lopez on mon
me mam is poorly
me da needs his tabs
ta me duck
cannae come the morn
wagwan need doc today innit
dis pain too much abeg doctor
i no understand can you help
hello i want appointment for my baby he no eat two days
please doctor tomorrow morning my wife pain stomach
por favor pharmacy
ciao for now
muchas gracias mate
sat sri akal i want to book appointment
namaste doctor
c'est la vie i will come tomorrow
i only speak a little spanish
polish interpreter please
50μg
2 tabs tds po prn
test test test
07700 900123
👍👍
🙏🏽 ta
""".strip().splitlines()

SAMPLES = {
    "ar": ["أريد موعد مع الطبيب", "ابني عنده حرارة", "شكرا"],
    "bn": ["আমি ডাক্তার দেখাতে চাই", "আমার ওষুধ লাগবে"],
    "gu": ["મારે ડૉક્ટરને મળવું છે", "મને દવા જોઈએ છે"],
    "pa": ["ਮੈਨੂੰ ਡਾਕਟਰ ਨੂੰ ਮਿਲਣਾ ਹੈ", "ਮੈਂ ਕੱਲ੍ਹ ਨਹੀਂ ਆ ਸਕਦਾ"],
    "ur": ["مجھے ڈاکٹر سے ملنا ہے", "پیٹ میں درد ہے"],
    "pl": ["chce umowic wizyte do lekarza", "Chcę umówić wizytę do lekarza", "boli mnie brzuch od trzech dni"],
    "ro": ["vreau sa fac o programare", "mă doare burta", "as avea nevoie de reteta mea"],
    "pt": ["quero marcar uma consulta", "o meu filho está com febre", "nao posso ir amanha"],
    "es": ["quiero una cita para mañana", "me duele la garganta", "no me ha llegado la carta del hospital"],
    "it": ["vorrei un appuntamento domani", "mio figlio ha la febbre", "ho bisogno della ricetta"],
    "ur_roman": ["mujhe doctor se milna hai", "mere bache ko bukhar hai"],
    "pa_roman": ["mainu doctor nu milna hai", "tusi kado khulde ho"],
    "bn_roman": ["ami doctor dekhate chai", "amar oshudh lagbe"],
    "gu_roman": ["mare doctor ne malvu che", "mane dava joie chhe"],
}
OTHERS = {
    "French": "je voudrais un rendez-vous avec le médecin",
    "German": "ich brauche einen Termin beim Arzt",
    "Turkish": "doktordan randevu almak istiyorum",
    "Somali": "waxaan rabaa ballan dhakhtar",
    "Lithuanian": "noriu uzsiregistruoti pas gydytoja",
    "Persian": "من وقت دکتر می خواهم",
    "Persian, Pashto or Kurdish": "زه ډاکټر ته اړتیا لرم",
    "a language in Cyrillic letters": "мені потрібен лікар",
    "Hindi or Nepali": "मुझे डॉक्टर से मिलना है",
    "Chinese or Japanese": "我想预约医生",
    "a language in Tamil letters": "எனக்கு மருத்துவரைப் பார்க்க வேண்டும்",
}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_in_any_spelling_is_english(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAMPLES.items() for text in texts])
def test_a_language_that_is_answered_is_recognised(code: str, text: str) -> None:
    detected = detect(text)
    assert detected is not None
    assert detected.code == code


@pytest.mark.parametrize(("name", "text"), OTHERS.items())
def test_other_languages_are_named_for_staff(name: str, text: str) -> None:
    detected = detect(text)
    assert detected is not None
    assert (detected.code, detected.name) == (OTHER, name)


@pytest.mark.parametrize(("code", "texts"), SAMPLES.items())
def test_capitals_commas_and_accents_make_no_difference(code: str, texts: list[str]) -> None:
    for text in texts:
        assert detect(text.upper() + "!!") == detect(text) == detect(fold(text))


def test_the_ten_languages_most_spoken_in_england_are_answered() -> None:
    assert {code.partition("_")[0] for code in answered()} == set("pl ro pa ur pt es ar bn gu it".split())


def test_a_language_says_how_a_screen_reader_is_to_read_it() -> None:
    tags = {code: language.tag for code, language in answered().items()}
    assert (tags["ar"], tags["pl"], tags["ur_roman"]) == ("ar", "pl", "ur-Latn")
    assert detect("мені потрібен лікар").tag is None  # type: ignore[union-attr]


def test_one_word_alone_is_never_another_language() -> None:
    words = {word for group in ("answered", "others") for each in LISTED[group].values() for word in _words(each)}
    latin = [word for word in words if word.isascii()]
    assert len(latin) > 1500
    assert [word for word in latin if detect(word)] == []


def test_no_word_of_a_language_speaks_for_english_too() -> None:
    english = set(LISTED["english"].split())
    shared = {
        code: found
        for group in ("answered", "others")
        for code, each in LISTED[group].items()
        if (found := english & set(each.get("words", "").split()))
    }
    assert shared == {}


def test_the_words_are_listed_without_accents() -> None:
    for group in ("answered", "others"):
        for each in LISTED[group].values():
            assert [word for word in _words(each) if fold(word) != word] == []


def test_nothing_that_the_assistant_is_taught_as_english_is_taken_for_another_language() -> None:
    """Every example of the training data, names, medicines and text-speak included."""
    taught = [line for path in (ROOT / "data" / "nlu").glob("*.yml") for line in _examples(path)]
    assert len(taught) > 1000
    assert [text for text in taught if detect(text)] == []


@given(st.text(max_size=200))
def test_anything_can_be_asked(text: str) -> None:
    detect(text)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_one_word_in_latin_letters_is_never_another_language(word: str) -> None:
    assert detect(word) is None


def _words(each: dict[str, str]) -> list[str]:
    return each.get("words", "").split() + each.get("little", "").split()


def _examples(path: Path) -> list[str]:
    """Examples as a patient would write them: without the marks of entities."""
    listed = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
    lines = [line[2:] for each in listed if "intent" in each for line in each["examples"].splitlines()]
    return [re.sub(r"\[([^\]]*)\][({][^)}]*[)}]", r"\1", line) for line in lines]
