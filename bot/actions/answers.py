"""Questions that need no patient, requests for a person, and the words around a conversation."""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from datetime import datetime
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from bot.actions.journey import FORMS, QUESTIONS, Request, add_requests, asked_after, asked_for, finish, journey_named
from bot.actions.order_status import find_reference
from bot.actions.talk import Talk, TalkAction
from bot.escalation.reasons import NOT_UNDERSTOOD
from bot.escalation.timing import say_when_answered
from bot.nlu.medicines import find_medicines
from bot.practice import Practice
from bot.wording import say_relative_day, say_time

_OPENERS = frozenset({"greet", "help", "bot_challenge", "chitchat", "out_of_scope"})
_ALARMS = frozenset({"emergency", "crisis"})
_MOST_WORDS = 4
_PLEASANTRIES = _ALARMS | {"thanks", "goodbye"}

# "Ok thanks" and "no that's all" are no misses when nothing was asked.
_NOTHING_ASKED = {"affirm": "utter_all_right", "deny": "utter_nothing_more"}

# Which part of what the surgery says about itself a question is about. The first that fits is told.
_TOPICS = (
    ("parking", ("park", "parking", "car park", "blue badge")),
    ("access", ("wheelchair", "ramp", "step free", "disabled", "access", "hearing loop", "lift", "stairs")),
    ("register", ("register", "registration", "join", "sign up", "new patient", "taking patients", "catchment")),
    ("repeats", ("fax", "repeat", "repeats", "prescription", "prescriptions", "medicine", "medicines", "medication")),
    ("phone", ("phone", "number", "telephone", "ring", "call")),
    ("website", ("website", "web site", "web page", "online", "email")),
    (
        "address",
        ("address", "where", "located", "location", "find you", "directions", "postcode", "post code", "street"),
    ),
)


class Answering(TalkAction):
    """Answers at once, and what was asked in the same breath too."""

    def act(self, talk: Talk) -> list[EventType]:
        answer(talk, {"intent": talk.intent, "words": asked_for(talk, talk.intent)})
        return [SlotSet("misses", None), *_go_on(talk)]

    @abstractmethod
    def answer(self, talk: Talk) -> None:
        """Say it."""


def answer(talk: Talk, request: Request) -> None:
    """Say the answer to one request, whatever else the message asked for first."""
    about = copy(talk)
    about.intent = request["intent"]
    if request["words"]:
        about.narrow(request["words"])
    answering = {"opening_hours": OpeningHours, "practice_info": PracticeInfo}.get(about.intent, Answer)
    answering().answer(about)


def _go_on(talk: Talk) -> list[EventType]:
    """Outside a journey the rest is answered, up to the first journey asked for: it reads the same message."""
    rest = asked_after(talk, talk.intent)
    if talk.form is not None:
        for each in rest:
            if each["intent"] in QUESTIONS:
                answer(talk, each)
        return [SlotSet("later", add_requests(rest, talk.slot("later")))]
    for each in rest:
        if each["intent"] in FORMS:
            return [FollowupAction(FORMS[each["intent"]])]
        if each["intent"] == "talk_to_human":
            return [FollowupAction("action_talk_to_human")]
        answer(talk, each)
    return []


def _miss(talk: Talk) -> list[EventType]:
    """In a journey what does not belong here is a miss too; the second time it is said what can be said."""
    misses = (talk.slot("misses") or 0) + 1
    note_miss(talk, misses)
    talk.say("utter_out_of_scope" if misses == 1 else f"utter_can_say_{talk.asked_for}")
    return [SlotSet("misses", misses)]


def note_miss(talk: Talk, misses: int) -> None:
    """By its id staff can find the message, to make an example of it. The second in a row is shown to them: without a
    word, since whoever is offered a person may not want one."""
    talk.turn.audit("message.read", "not_understood", str(talk.turn.message_id))
    if misses == 2:
        talk.turn.escalate(NOT_UNDERSTOOD, talk.text)


class Answer(Answering):
    """Says the response named after the intent: utter_<intent>."""

    def name(self) -> str:
        return "action_answer"

    def act(self, talk: Talk) -> list[EventType]:
        journey = journey_named(talk.text)
        if talk.intent == "proxy_request" and talk.turn.caller.sharing > 1 and journey and not talk.form:
            return [FollowupAction(FORMS[journey])]  # who it is for is asked there
        if talk.intent == "out_of_scope" and talk.asked_for not in (None, "identified"):
            return _miss(talk)
        return super().act(talk)

    def answer(self, talk: Talk) -> None:
        if talk.intent == "proxy_request" and talk.turn.caller.sharing > 1:
            talk.say("utter_proxy_shared_number")  # who it is for is asked as soon as it matters
            return
        if talk.intent in _ALARMS:
            talk.turn.escalate(talk.intent, talk.text, "urgent")
        talk.say("utter_hello" if talk.intent == "greet" and talk.form else f"utter_{talk.intent}")
        if talk.intent in _OPENERS:
            talk.offer("start")
        elif talk.intent not in _PLEASANTRIES:
            talk.offer("person")


class PracticeInfo(Answering):
    """What the surgery says about itself, from practice.yml."""

    def name(self) -> str:
        return "action_practice_info"

    def answer(self, talk: Talk) -> None:
        practice = talk.turn.practice
        said = talk.text.casefold()
        topic = next((name for name, words in _TOPICS if any(word in said for word in words)), "all")
        known = {
            "parking": practice.answers.parking,
            "access": practice.answers.access,
            "register": practice.answers.register_,
            "repeats": practice.answers.repeats,
        }
        values = {"address": ", ".join(practice.address), "website": practice.website}
        if topic in known:
            talk.say("utter_practice_says", answer=known[topic])
        else:
            talk.say(f"utter_practice_{topic}", **values)


class OpeningHours(Answering):
    """Hours today, or on the day that was asked about, with bank holidays and closures."""

    def name(self) -> str:
        return "action_opening_hours"

    def answer(self, talk: Talk) -> None:
        practice, now = talk.turn.practice, talk.turn.now.astimezone(talk.turn.practice.zone)
        when = talk.entity("when") or {}
        asked = when.get("date_from") if when.get("date_from") == when.get("date_to") else None
        day = datetime.fromisoformat(asked).date() if asked else now.date()
        said = say_relative_day(day, now.date())
        hours = _say_hours(practice, day)
        why = f" for {practice.bank_holiday(day)}" if practice.bank_holiday(day) else ""
        if asked and hours:
            talk.say("utter_open_that_day", day=said, hours=hours)
        elif asked:
            opens = practice.next_open(datetime.combine(day, datetime.min.time(), practice.zone))
            talk.say("utter_closed", day=said, why=why, next_open=_say_opening(opens, now))
        elif practice.is_open(now):
            talk.say("utter_hours", day=said, hours=hours, week=say_week(practice))
        else:
            opens = practice.next_open(now)
            talk.say("utter_closed_now", why=why, next_open=_say_opening(opens, now), week=say_week(practice))


class TalkToHuman(TalkAction):
    """Keeps a request for a person, and says when one will answer."""

    def name(self) -> str:
        return "action_talk_to_human"

    def act(self, talk: Talk) -> list[EventType]:
        talk.turn.escalate("asked_for_person", talk.text)
        talk.turn.audit("escalation.open", "asked_for_person")
        talk.say("utter_talk_to_human", by=say_when_answered(talk.turn.practice, talk.turn.now))
        return [ActiveLoop(None), SlotSet("requested_slot", None), *finish()]


class Stop(TalkAction):
    """Leaves the journey; nothing has been changed."""

    def name(self) -> str:
        return "action_stop"

    def act(self, talk: Talk) -> list[EventType]:
        later = talk.slot("later") if talk.form != "later_form" and talk.intent != "start_over" else None
        if talk.intent == "start_over":
            talk.say("utter_start_over")
        elif talk.form:
            talk.say("utter_left" if later else "utter_stopped")
        else:
            talk.say("utter_nothing_to_stop")
        return [ActiveLoop(None), SlotSet("requested_slot", None), *finish(later)]


class Repeat(TalkAction):
    """Says the last answer again; inside a journey its question is asked anew by the form."""

    def name(self) -> str:
        return "action_repeat"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.form:
            return []
        if talk.last_said:
            talk.say_again(talk.last_said)
        else:
            talk.say("utter_help")
        return [SlotSet("misses", None)]


class NotUnderstood(TalkAction):
    """Nothing could be made of it. From the second time in a row on, offers a person."""

    def name(self) -> str:
        return "action_default_fallback"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.intent in _NOTHING_ASKED:
            talk.say(_NOTHING_ASKED[talk.intent])
            return [SlotSet("misses", None)]
        if find_reference(talk.text):
            return [FollowupAction(FORMS["prescription_status"])]
        if _is_medicine(talk.text):
            return [FollowupAction(FORMS["order_prescription"])]
        misses = (talk.slot("misses") or 0) + 1
        note_miss(talk, misses)
        talk.say("utter_fallback" if misses == 1 else "utter_fallback_again")
        return [SlotSet("misses", misses)]


def _is_medicine(text: str) -> bool:
    """Whether it is hardly more than the name of a medicine, said out of nowhere: a wish for it."""
    is_short = len(text.split()) <= _MOST_WORDS and "?" not in text
    return is_short and bool(find_medicines(text, ()).not_on_repeat)


def _say_opening(opens: datetime, now: datetime) -> str:
    return f"{say_relative_day(opens.date(), now.date())} from {say_time(opens.time())}"


def _say_hours(practice: Practice, day: Any) -> str | None:
    spans = practice.open_spans(day)
    return " and ".join(f"{say_time(span.start)} to {say_time(span.end)}" for span in spans) or None


def say_week(practice: Practice) -> str:
    """Monday to Friday 8am to 6:30pm; days with the same hours are told together."""
    groups: list[tuple[list[str], str]] = []
    for day, span in practice.opening_hours.items():
        hours = f"{say_time(span.start)} to {say_time(span.end)}" if span else "closed"
        if groups and groups[-1][1] == hours:
            groups[-1][0].append(day)
        else:
            groups.append(([day], hours))
    return ". ".join(f"{_say_days(days)} {hours}" for days, hours in groups)


def _say_days(days: list[str]) -> str:
    first, last = days[0].capitalize(), days[-1].capitalize()
    return first if len(days) == 1 else f"{first} {'and' if len(days) == 2 else 'to'} {last}"
