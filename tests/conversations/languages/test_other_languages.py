"""Patients who do not write in English: an answer in their language, and their own words for staff."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.practice import load_practice
from bot.responses import Responses
from bot.settings import ROOT
from bot.sms_text import count_segments, to_gsm
from bot.store.conversations import get_conversation
from bot.store.staff_tables import escalation
from bot.store.tables import conversation
from bot.store.tracker import load_tracker
from tests.conversations.conftest import Known, confirm
from tests.conversations.steps import STEPS, Step
from tests.support import AMIRA, NOBODY, Surgery, Writer

SAID = {
    "pl": ("Polish", "chce umowic wizyte do lekarza"),
    "ro": ("Romanian", "Bună ziua, aș vrea o programare la medic"),
    "pt": ("Portuguese", "queria marcar uma consulta para a minha filha"),
    "es": ("Spanish", "hola necesito una cita para mi hijo"),
    "it": ("Italian", "buongiorno vorrei un appuntamento"),
    "ar": ("Arabic", "أريد موعد مع الطبيب"),
    "bn": ("Bengali", "আমি ডাক্তার দেখাতে চাই"),
    "gu": ("Gujarati", "મારે ડૉક્ટરને મળવું છે"),
    "pa": ("Panjabi", "ਮੈਨੂੰ ਡਾਕਟਰ ਨੂੰ ਮਿਲਣਾ ਹੈ"),
    "ur": ("Urdu", "مجھے ڈاکٹر سے ملنا ہے"),
    "ur_roman": ("Urdu or Hindi", "mujhe doctor se milna hai"),
    "pa_roman": ("Panjabi", "mainu doctor nu milna hai"),
    "bn_roman": ("Bengali", "ami doctor dekhate chai"),
    "gu_roman": ("Gujarati", "mare doctor ne malvu che"),
    "other": ("a language in Cyrillic letters", "мені потрібен лікар"),
}
RESPONSES = Responses(load_practice(ROOT / "practice.yml"))
POLISH, ARABIC = SAID["pl"][1], SAID["ar"][1]


def first(code: str) -> str:
    return RESPONSES.say(f"utter_language_{code}")


def passed_on(code: str) -> str:
    return RESPONSES.say(f"utter_passed_on_{code}")


def for_staff(surgery: Surgery) -> list[tuple[str, str]]:
    return [(each.reason, each.summary.open(each.conversation_id)) for each in surgery.escalations()]


@pytest.mark.parametrize("code", SAID)
def test_a_patient_is_answered_in_their_language(patient: Known, code: str) -> None:
    assert patient(AMIRA).says(SAID[code][1]) == f"{first(code)} {passed_on(code)}"


@pytest.mark.parametrize("code", SAID)
def test_staff_get_the_patients_own_words_and_the_name_of_the_language(
    patient: Known, surgery: Surgery, code: str
) -> None:
    name, text = SAID[code]
    patient(AMIRA).says(text)
    assert for_staff(surgery) == [("other_language", f"{name}: {text}")]
    assert [each.urgency for each in surgery.escalations()] == ["routine"]


@pytest.mark.parametrize("code", SAID)
def test_by_text_the_surgery_is_named_first_and_every_letter_arrives(surgery: Surgery, code: str) -> None:
    surgery.texting(AMIRA).says(SAID[code][1])
    body = surgery.network.texts[-1][1]
    assert body == to_gsm(f"Riverside Surgery: {first(code)} {passed_on(code)}")
    assert count_segments(body).count <= 3
    latin = code.endswith("_roman") or code in ("pl", "ro", "pt", "es", "it", "other")
    assert count_segments(body).encoding == ("GSM-7" if latin else "UCS-2")


def test_the_next_message_is_answered_too_but_shorter(patient: Known) -> None:
    writer = patient(AMIRA)
    writer.says(POLISH)
    assert writer.says("boli mnie brzuch od trzech dni") == passed_on("pl")
    assert writer.says("prosze o kontakt z recepcja") == passed_on("pl")


def test_once_staff_have_dealt_with_it_the_whole_is_said_again(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says(POLISH)
    with surgery.program.database.write() as connection:
        connection.execute(update(escalation).values(state="resolved", closed_at=surgery.clock()))
    assert amira.says(POLISH) == f"{first('pl')} {passed_on('pl')}"
    assert len(surgery.escalations()) == 2


def test_somebody_the_surgery_does_not_know_is_answered_too(surgery: Surgery) -> None:
    assert surgery.texting(NOBODY).says(ARABIC).startswith(first("ar"))
    assert surgery.chatting().says(ARABIC).startswith(first("ar"))


@pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
def test_a_journey_waits_and_goes_on_in_english(patient: Known, step: Step) -> None:
    writer = step.reach(patient)
    asked = writer.answer
    assert writer.says(POLISH).endswith(passed_on("pl"))
    writer.answer = asked  # where the number of a read-back stands
    assert step.done in step.finish(writer)


def test_a_message_in_another_language_never_reaches_rasa(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment")
    before = heard(surgery, amira)
    amira.says(POLISH)
    assert heard(surgery, amira) == before


def test_a_patient_can_change_to_english(patient: Known) -> None:
    writer = patient(AMIRA)
    writer.says(POLISH)
    assert "I can offer" in writer.says("book an appointment tomorrow")
    writer.says("1")
    writer.says("no")
    assert "Booked" in confirm(writer)


def test_while_a_number_is_asked_for_the_question_stays_open(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")
    assert chat.says(POLISH).startswith(first("pl"))
    assert "no appointments booked" in chat.identifies(AMIRA)


def test_while_staff_own_the_conversation_the_assistant_is_silent(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says(POLISH)
    with surgery.program.database.write() as connection:
        connection.execute(update(conversation).values(owner="staff"))
    assert amira.says("boli mnie brzuch od trzech dni") == ""
    assert for_staff(surgery)[-1] == ("patient_wrote", "boli mnie brzuch od trzech dni")


ALARMS = {
    "pl": "boli mnie w klatce piersiowej",
    "ro": "ma doare in piept",
    "pt": "não consigo respirar",
    "es": "me duele mucho el pecho",
    "it": "ho un forte dolore al petto",
    "ar": "عندي ألم شديد في الصدر",
    "bn": "আমার বুকে অনেক ব্যথা",
    "gu": "મારી છાતીમાં દુખાવો છે",
    "pa": "ਮੇਰੀ ਛਾਤੀ ਵਿੱਚ ਬਹੁਤ ਦਰਦ ਹੈ",
    "ur": "میرے سینے میں بہت درد ہے",
    "ur_roman": "mere seene mein dard ho raha hai",
}


@pytest.mark.parametrize("code", ALARMS)
def test_an_emergency_is_answered_in_both_languages_and_in_full(surgery: Surgery, code: str) -> None:
    amira = surgery.texting(AMIRA)
    answer = amira.says(ALARMS[code])
    assert answer == f"{passed_on(code)}\n\n{RESPONSES.say('utter_emergency')}"
    assert surgery.network.texts[-1][1].endswith(to_gsm(RESPONSES.say("utter_emergency"))[-60:])
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("emergency", "urgent")]


def test_a_crisis_is_answered_in_both_languages_and_in_full(surgery: Surgery) -> None:
    answer = surgery.texting(AMIRA).says("أريد أن أموت ولا أريد العيش")
    assert answer == f"{passed_on('ar')}\n\n{RESPONSES.say('utter_crisis')}"
    assert not surgery.network.texts[-1][1].endswith("...")


@pytest.mark.parametrize("text", ["hiya need c doc asap", "si", "amoxicillin pls", "maria de la cruz", "me mam is ill"])
def test_english_in_any_spelling_is_no_other_language(patient: Known, surgery: Surgery, text: str) -> None:
    patient(AMIRA).says(text)
    assert "other_language" not in [each.reason for each in surgery.escalations()]


def heard(surgery: Surgery, writer: Writer) -> list[str]:
    with surgery.program.database.read() as connection:
        rows = connection.execute(conversation.select()).all()
        held = next(row.id for row in rows if row.address.open(row.id) == writer.address)
        events = load_tracker(connection, get_conversation(connection, held)).events
    return [event["text"] for event in events if event["event"] == "user"]
