"""The gateway from a terminal: `python -m bot chat` and `parse`."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from bot.actions.registry import all_actions
from bot.clock import LONDON
from bot.delivery import Delivery, Sent
from bot.dialogue import Dialogue
from bot.gateway import Inbound
from bot.identity.phone_numbers import as_e164
from bot.nlu.medicines import find_medicines
from bot.program import Program, newest_model
from bot.safety.screen import screen
from bot.settings import Settings, SettingsError
from bot.store import messages
from bot.store.conversations import SMS, WEB

_WHEN = ("date_from", "date_to", "time_from", "time_to", "exclude", "asap")


class ConsoleChat:
    """One conversation, a turn a line: by text from a number, or as web chat."""

    def __init__(self, program: Program, number: str | None) -> None:
        self._program = program
        self._channel = SMS if number else WEB
        self._address = _number(number) if number else secrets.token_hex(16)
        self._texts: list[dict[str, str]] = []
        self._delivery = Delivery(program.database, program.notices, self, program.clock)

    def say(self, text: str) -> dict[str, Any]:
        """Run one turn; gives {"replies": [{text, quick_replies}], "texts": [{to, body}]}.

        "texts" are those that left by the network: every answer by text, and a code to a patient's phone.
        """
        inbound = Inbound(self._channel, self._address, f"console:{secrets.token_hex(8)}", text)
        receipt = self._program.gateway.receive(inbound)
        while self._program.gateway.work_once():
            pass
        self._texts = []
        while self._delivery.work_once():
            pass
        with self._program.database.read() as connection:
            said = messages.messages_after(connection, receipt.conversation_id, receipt.message_id)
        replies = [
            {"text": each.text, "quick_replies": [button.label for button in each.quick_replies]}
            for each in said
            if each.author != messages.PATIENT
        ]
        return {"replies": replies, "texts": self._texts}

    def send(self, number: str, body: str) -> Sent:
        self._texts.append({"to": number, "body": body})
        return Sent(f"SM{secrets.token_hex(16)}", "delivered")

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        return None


class Reader:
    """What the trained model reads in a text."""

    def __init__(self, settings: Settings) -> None:
        self._dialogue = Dialogue(newest_model(settings.models), all_actions())

    def read(self, row: dict[str, Any]) -> dict[str, Any]:
        """`row`: {id, text, reference, repeats}; the reference is an ISO date or instant, by default now.

        With `repeats`, names of medicines as a GP system prints them, the answer has which of them are meant
        (`medicines`), which to ask about (`medicines_ask`), and what was named besides (`medicines_not_on_repeat`).
        """
        reference = _reference(row.get("reference"))
        parsed = self._dialogue.parse(str(row.get("text", "")).lstrip("/"), reference)
        entities = parsed.get("entities", [])
        when = next((each["value"] for each in entities if each["entity"] == "when"), None)
        return {
            "id": row.get("id"),
            "intent": parsed["intent"]["name"],
            "confidence": round(float(parsed["intent"]["confidence"]), 4),
            "entities": [{key: each[key] for key in ("entity", "value", "start", "end")} for each in entities],
            "when": {key: when[key] for key in _WHEN} if when else None,
            "safety": read_safety(str(row.get("text", ""))),
            **read_medicines(str(row.get("text", "")), row.get("repeats")),
        }

    def close(self) -> None:
        self._dialogue.close()


def read_safety(text: str) -> str | None:
    """What is answered at once: "emergency", "crisis" or "urgent_today"; None also for what is only asked about."""
    found = screen(text)
    return found.kind if found and found.certainty == "now" else None


def read_medicines(text: str, repeats: list[str] | None) -> dict[str, list[str]]:
    """Nothing where no list was given."""
    if repeats is None:
        return {}
    read = find_medicines(text, repeats)
    return {
        "medicines": list(read.meant),
        "medicines_ask": list(read.ask),
        "medicines_not_on_repeat": list(read.not_on_repeat),
    }


def _reference(given: str | None) -> str:
    moment = datetime.fromisoformat(given) if given else datetime.now(LONDON)
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).isoformat()


def _number(given: str) -> str:
    number = as_e164(given)
    if number is None:
        raise SettingsError(f"--from {given}: must be a phone number")
    return number
