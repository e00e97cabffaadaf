"""The wording of domain.yml for what is said outside a Rasa turn: codes, apologies, opt-outs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.identity.phone_numbers import spoken
from bot.practice import Practice
from bot.settings import ROOT
from bot.store.messages import QuickReply


class Responses:
    """Responses by name, filled with the practice's name and phone number and the values given."""

    def __init__(self, practice: Practice, domain: Path = ROOT / "domain.yml") -> None:
        listed = yaml.safe_load(domain.read_text(encoding="utf-8"))["responses"]
        self._responses: dict[str, Any] = {name: variants[-1] for name, variants in listed.items()}
        self._always = {"surgery": practice.name, "phone": spoken(practice.phone)}

    def say(self, name: str, **values: Any) -> str:
        text: str = self._responses[name]["text"]
        return text.format(**self._always, **values)

    def quick_replies(self, name: str) -> tuple[QuickReply, ...]:
        """The buttons of a response."""
        buttons = self._responses[name].get("buttons", ())
        return tuple(QuickReply(button["title"], button["payload"]) for button in buttons)
