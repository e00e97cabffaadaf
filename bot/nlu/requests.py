"""Several requests in one message: "book me in with dr patel and order my tablets"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

Ranking = list[dict[str, Any]]

# What can be asked for by itself; the rest are answers, feelings and small talk.
REQUESTS = frozenset(
    [
        *("book_appointment", "reschedule_appointment", "cancel_appointment", "list_appointments", "tell_earlier"),
        *("order_prescription", "run_out", "cancel_prescription_request", "prescription_status", "nominate_pharmacy"),
        *("view_test_results", "view_record"),
        *("message_practice", "read_messages", "change_details", "opening_hours", "practice_info", "talk_to_human"),
        *("who_has_looked", "stop_online_access", "report_record_problem"),
    ]
)
_SURE = 0.7  # of a clause by itself
_UNSURE = 0.5  # of the message as a whole


@dataclass(frozen=True)
class Read:
    """A clause, from `start` to `end` in the message, and what it may mean, likeliest first."""

    ranking: Ranking
    start: int
    end: int

    @property
    def intent(self) -> str:
        return str(self.ranking[0]["name"])

    @property
    def confidence(self) -> float:
        return float(self.ranking[0]["confidence"])


def find_requests(whole: Ranking, clauses: list[Read]) -> tuple[Ranking, list[Read]]:
    """The message's ranking, and its requests in order where it holds two or more different ones.

    The first request leads the ranking. Where the message as a whole is unclear, a single clear clause speaks for it:
    the request in the middle of a long message.
    """
    clear = [each for each in clauses if each.intent in REQUESTS and each.confidence >= _SURE]
    firsts = {each.intent: each for each in reversed(clear)}.values()
    first_of_each = sorted(firsts, key=lambda each: each.start)
    named = {str(each["name"]) for each in whole[:2]}
    if len(first_of_each) > 1 and named & {each.intent for each in first_of_each}:
        return _led_by(first_of_each[0], whole), first_of_each
    is_unclear = whole[0]["confidence"] < _UNSURE or whole[0]["name"] == DEFAULT_NLU_FALLBACK_INTENT_NAME
    if len(first_of_each) == 1 and is_unclear:
        return _led_by(first_of_each[0], whole), []
    return whole, []


def _led_by(first: Read, whole: Ranking) -> Ranking:
    return [first.ranking[0], *(each for each in whole if each["name"] != first.intent)]
