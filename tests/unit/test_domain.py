"""The wording, the rules and the code agree, and what patients are told is short and plain."""

from __future__ import annotations

import itertools
import re
import string
from typing import Any

import pytest
import yaml

from bot.actions.attendance import JOURNEYS
from bot.actions.draft_order import EVERYTHING
from bot.actions.journey import LEFT, OFFERED
from bot.actions.registry import all_actions
from bot.actions.talk import ANSWERS
from bot.backend.prescribing import APPROVED, CANCELLED, READY, REJECTED, REQUESTED, SENT
from bot.identity.visits import CARDS, PURPOSES
from bot.nlu.attendance import Reading
from bot.nlu.languages import OTHER, answered, detect, fold
from bot.practice import load_practice
from bot.prescribing.rules import ALREADY_ORDERED, EARLY, REFUSALS
from bot.settings import ROOT
from bot.sms_text import MAX_SEGMENTS, compose_text, count_segments
from bot.store.contact_changes import APPROVED as DETAILS_APPROVED
from bot.store.contact_changes import DECLINED
from bot.writing.topics import TOPICS

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
PRACTICE = load_practice(ROOT / "practice.yml")
RULES = [
    rule
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot").rglob("*.py")))
CONNECTORS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "connectors").rglob("*.py")))
INTENTS = """book_appointment cancel_appointment reschedule_appointment list_appointments confirm_attendance
order_prescription prescription_status nominate_pharmacy view_test_results view_record message_practice talk_to_human
opening_hours practice_info change_details privacy_question proxy_request complaint report_symptom emergency crisis
greet goodbye thanks affirm deny inform select_option ask_alternatives correction repeat help start_over stop_this
bot_challenge chitchat abusive out_of_scope log_out prove_identity register_online stop_online_access report_intruder
report_record_problem who_has_looked run_out cancel_prescription_request why_not_shown under_pressure
tell_earlier stop_waiting read_messages""".split()

STEPS = {slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]}

# The longest that can stand in each place.
_SLOT = "Wednesday 30 September at 12:50pm with Dr Ngozi Okafor, at the surgery"
VALUES = {
    "surgery": PRACTICE.name,
    "phone": "020 7946 0123",
    "slot": _SLOT,
    "old": _SLOT,
    "options": "\n".join(f"{number}. {_SLOT}" for number in range(1, PRACTICE.booking.offers + 1)),
    "number": "999",
    "reason": "k" * PRACTICE.booking.reason_max_length,
    "reference": "W94FMN",
    "status": "Ordered on Wednesday 30 September. The surgery has not looked at it yet. "
    "It should be ready by Wednesday 30 September.",
    "order": "k" * 100 + f" and {EVERYTHING}, but not " + "k" * 100,
    "time": "12:50pm",
    "code": "123456",
    "minutes": "10",
    "limit": "100",
    "embargo": "90 minutes",
    "cutoff": "90 minutes",
    "window": "42",
    "max_future": "2",
    "day": "on Wednesday 30 September",
    "hours": "8:30am to 12:30pm and 1:30pm to 6:30pm",
    "week": "Monday to Friday 8am to 6:30pm. Saturday and Sunday closed",
    "why": " for Platinum Jubilee of Elizabeth II",
    "next_open": "on Wednesday 30 September from 8:30am",
    "ready": "Wednesday 30 September",
    "by": "on Wednesday 30 September from 8:30am",
    "answer": max(PRACTICE.answers.dict().values(), key=len),
    "address": ", ".join(PRACTICE.address),
    "website": PRACTICE.website,
    "link": f"https://online.{'k' * 30}.nhs.uk/secure/{'k' * 22}",
    "text_number": "07700 900000",
    "name": "Margaret Ellis",
    "topic": "Question about medicine",
    "message": "k" * 165,
    "wishes": "with Dr Ngozi Okafor, on Mondays, Tuesdays, Wednesdays, Thursdays, Saturdays and Sundays, "
    "from Wednesday 30 September to Wednesday 30 September, from 10:30am to 12:50pm",
    "until": "Wednesday 30 September at 12:50pm",
}
# Said to patients who do not write in English: two parts, one after the other.
IN_LANGUAGES = {code: (f"utter_language_{code}", f"utter_passed_on_{code}") for code in (*answered(), OTHER)}
NOT_ENGLISH = {name for code, names in IN_LANGUAGES.items() if code != OTHER for name in names}
# What is only ever said in the chat: its channel has no segments.
NOT_BY_TEXT = {"utter_welcome"}


def texts(name: str, channel: str | None = None) -> list[str]:
    """The wordings of a response; for a channel, the one that it gets."""
    variants = RESPONSES[name]
    if channel is None:
        return [variant["text"] for variant in variants]
    own = [variant["text"] for variant in variants if variant.get("channel") == channel]
    return own or [variant["text"] for variant in variants if "channel" not in variant]


def filled(text: str) -> str:
    return text.format(**VALUES)


def said_by_code() -> set[str]:
    named = set(re.findall(r"[\"'](utter_[a-z0-9_]+)[\"']", CODE + CONNECTORS))
    topics = ("phone", "website", "address", "all")
    alarms = ("emergency", "emergency_ask", "crisis", "crisis_ask", "urgent_today", "urgent_today_closed")
    refusing = "\n".join((ROOT / f"bot/backend/{name}.py").read_text() for name in ("base", "prescribing"))
    refusals = re.findall(r"^    code = \"(\w+)\"", refusing, re.M)
    answered = [
        step["intent"]
        for rule in RULES
        for step, then in itertools.pairwise(rule["steps"])
        if then.get("action") == "action_answer"
    ]
    return (
        named
        | {f"utter_{alarm}" for alarm in alarms}
        | {f"utter_practice_{topic}" for topic in topics}
        | {f"utter_refused_{code}" for code in refusals}
        | {f"utter_attendance_{reading.value}" for reading in Reading if reading not in JOURNEYS}
        | {f"utter_{intent}" for intent in answered}
        | {
            f"utter_confirm_{journey}{again}"
            for journey in ("book", "cancel", "reschedule", "order", "cancel_order", "access_off")
            for again in ("", "_again")
        }
        | {name for names in IN_LANGUAGES.values() for name in names}
        | {f"utter_when_{problem}" for problem in ("past", "impossible", "ambiguous")}
        | {f"utter_can_say_{slot}" for slot in STEPS - {"identified"}}
        | {f"utter_left_{form}" for form in LEFT}
        | {f"utter_order_{status}" for status in (REJECTED, CANCELLED)}
        | {f"utter_card_{card}" for card in CARDS}
        | {f"utter_topic_{topic}" for topic in TOPICS}
        | {f"utter_details_{state}" for state in (DETAILS_APPROVED, DECLINED)}
        | {f"utter_repeat_{code}" for code in (EARLY, *REFUSALS) if code != ALREADY_ORDERED}
        | {f"utter_request_{status}" for status in (REQUESTED, APPROVED, REJECTED, SENT, READY)}
        | {f"utter_also_{intent}" for intent in OFFERED}
        | {f"utter_offer_{what}" for what in re.findall(r"talk\.offer\(\"(\w+)\"\)", CODE)}
    )


def test_every_response_that_code_names_is_worded() -> None:
    assert sorted(said_by_code() - set(RESPONSES)) == []


def test_every_response_is_said_by_something() -> None:
    assert sorted(set(RESPONSES) - said_by_code()) == []


def test_every_placeholder_is_known() -> None:
    unknown = {
        (name, field)
        for name in RESPONSES
        for text in texts(name)
        for _, field, _, _ in string.Formatter().parse(text)
        if field is not None and field not in VALUES
    }
    assert unknown == set()


@pytest.mark.parametrize("name", sorted(set(RESPONSES) - NOT_BY_TEXT - NOT_ENGLISH))
def test_a_response_by_text_is_plain_and_short(name: str) -> None:
    for text in texts(name, "sms"):
        said = filled(text)
        whole = f"{PRACTICE.name}: " + "\n".join(line for line in said.splitlines() if line)
        assert count_segments(whole).encoding == "GSM-7"
        assert count_segments(whole).count <= MAX_SEGMENTS
        assert compose_text(PRACTICE.name, said)[0] == whole.strip(), "it is cut"


@pytest.mark.parametrize("code", IN_LANGUAGES)
def test_what_is_said_in_another_language_fits_into_a_text_and_keeps_its_letters(code: str) -> None:
    said = " ".join(filled(texts(name)[0]) for name in IN_LANGUAGES[code])
    longest_name = "The Surgery with the Longest Name Allowed"[:40]
    body, segments = compose_text(longest_name, said)
    assert segments <= MAX_SEGMENTS
    assert not body.endswith("..."), f"{len(said)} characters"
    if count_segments(body).encoding == "UCS-2":
        assert body == f"{longest_name}: {said}"
    else:
        assert fold(body) == fold(f"{longest_name}: {said}")


@pytest.mark.parametrize("code", IN_LANGUAGES)
def test_what_is_said_in_another_language_names_the_phone_number_and_999(code: str) -> None:
    said = " ".join(texts(name)[0] for name in IN_LANGUAGES[code])
    assert "{phone}" in said
    assert "999" in said


# In Roman letters they hold as many English words as others.
@pytest.mark.parametrize("code", [code for code in answered() if not code.endswith("_roman")])
def test_what_is_said_in_another_language_is_recognised_as_that_language(code: str) -> None:
    detected = detect(" ".join(filled(texts(name)[0]) for name in IN_LANGUAGES[code]))
    assert detected is not None
    assert detected.code == code


def answers_in_the_middle() -> list[str]:
    answered = [f"utter_{intent}" for intent in sorted(set(INTENTS) - ANSWERS) if f"utter_{intent}" in RESPONSES]
    surgery = [
        "utter_hours",
        "utter_closed",
        "utter_closed_now",
        "utter_open_that_day",
        "utter_practice_says",
        "utter_practice_all",
        *(f"utter_page_{purpose}" for purpose in PURPOSES),
        "utter_step_up_locked",
    ]
    misses = [
        "utter_not_understood",
        *(f"utter_can_say_{slot}" for slot in STEPS - {"identified"}),
        "utter_confirm_by_number",
        "utter_refused_slot_taken",
    ]
    ends = {"utter_talk_to_human", "utter_emergency", "utter_crisis", "utter_under_pressure"}  # nothing is asked after
    return [name for name in [*answered, *surgery, *misses] if name not in ends]


QUESTIONS = {
    "utter_ask_who",
    "utter_ask_wanted_again",
    "utter_ask_slot_again",
    "utter_ask_reason_again",
    "utter_ask_appointment_again",
    "utter_confirm_book_again",
    "utter_confirm_cancel_again",
    "utter_confirm_reschedule_again",
    "utter_confirm_access_off_again",
    "utter_ask_problem_again",
    "utter_ask_message_again",
    "utter_ask_sending_again",
}


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize("answer", sorted(answers_in_the_middle()))
def test_an_answer_in_the_middle_and_the_question_after_it_fit_into_one_text(answer: str, question: str) -> None:
    said = "\n\n".join(filled(texts(name, "sms")[0]) for name in (answer, question))
    body, _ = compose_text(PRACTICE.name, said)
    assert not body.endswith("..."), f"{len(said)} characters"


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_no_response_asks_for_a_word_that_networks_take_for_an_opt_out(name: str) -> None:
    asked = re.compile(
        r"\b(?:reply|text|say|send|type|answer)(?: us)? (?:with )?(?:the word )?[\"'“]?"
        r"(?:stop|cancel|end|quit|unsubscribe)[\"'”]?(?=[\s.,]|$)",
        re.I,
    )
    for text in texts(name):
        assert not asked.search(text)
        assert not re.search(r"\b(?:STOP|CANCEL|END|QUIT)\b", text)


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_no_response_asks_for_yes_by_text(name: str) -> None:
    for text in texts(name, "sms"):
        assert not re.search(r"\b(?:reply|text) [\"'“]?yes\b", text, re.I)


@pytest.mark.parametrize("again", ["", "_again"])
@pytest.mark.parametrize("name", ["utter_confirm_cancel", "utter_confirm_reschedule", "utter_confirm_access_off"])
def test_a_change_by_text_is_confirmed_with_its_number(name: str, again: str) -> None:
    assert "Reply {number}" in texts(name + again, "sms")[0]


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_never_asks_for_secrets_by_text(name: str) -> None:
    for text in texts(name, "sms"):
        assert not re.search(r"date of birth|passcode|password|NHS number", text, re.I)


def test_a_response_has_one_wording_for_each_channel() -> None:
    for name, variants in RESPONSES.items():
        channels = [variant.get("channel") for variant in variants]
        assert len(channels) == len(set(channels)), name
        assert None in channels, f"{name} has no wording for the chat"


def test_the_wording_for_every_channel_stands_last() -> None:
    assert [name for name, variants in RESPONSES.items() if "channel" in variants[-1]] == []


def test_nearly_every_sentence_has_at_most_twenty_words() -> None:
    sentences = [
        sentence
        for name in RESPONSES
        for text in texts(name)
        for sentence in re.split(r"(?<=[.?!:])\s+|\n", text)
        if sentence.strip()
    ]
    long = [sentence for sentence in sentences if len(sentence.split()) > 20]
    assert len(long) / len(sentences) < 0.05, long
    assert [sentence for sentence in long if len(sentence.split()) > 30] == []


def test_wording_is_plain() -> None:
    said = " ".join(text for name in RESPONSES for text in texts(name))
    stiff = "utilise|in order to|prior to|invalid|error|unfortunately|kindly|regarding|assist|authenticate|submit"
    assert re.findall(rf"\b(?:{stiff})\b", said, re.I) == []


def test_the_intents_are_the_fixed_list() -> None:
    assert len(INTENTS) == 52
    assert sorted(DOMAIN["intents"]) == sorted(INTENTS)


def test_every_intent_leads_somewhere() -> None:
    ruled = {step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step}
    assert sorted(set(INTENTS) - ruled) == []
    assert ruled - set(INTENTS) == {"nlu_fallback"}


def test_every_intent_has_examples_to_learn_from() -> None:
    listed = [
        each["intent"]
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in each
    ]
    assert sorted(set(INTENTS) - set(listed)) == []


def test_every_action_is_listed_and_registered() -> None:
    assert sorted(DOMAIN["actions"]) == sorted(action.name() for action in all_actions())


def test_every_slot_of_a_form_has_a_question() -> None:
    asked = {slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]}
    assert {f"action_ask_{slot}" for slot in asked} <= set(DOMAIN["actions"])


def test_no_slot_has_a_say_in_what_happens_next() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert slot["influence_conversation"] is False, name
        assert slot["mappings"] == [{"type": "custom"}], name


def test_every_button_leads_to_an_intent_or_is_said_as_it_reads() -> None:
    for name, variants in RESPONSES.items():
        for variant in variants:
            for button in variant.get("buttons", []):
                payload = button["payload"]
                if payload.startswith("/"):
                    assert payload[1:].partition("{")[0] in INTENTS, f"{name}: {payload}"
                else:
                    assert payload.casefold() == button["title"].casefold(), f"{name}: {payload}"


def test_a_wording_for_text_has_no_buttons() -> None:
    assert [
        name
        for name, variants in RESPONSES.items()
        for each in variants
        if each.get("channel") == "sms" and each.get("buttons")
    ] == []
