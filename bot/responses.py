"""The wording of domain.yml for what is said outside a Rasa turn: codes, apologies, opt-outs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.identity.phone_numbers import spoken
from bot.practice import Practice
from bot.settings import ROOT, SettingsError
from bot.store.messages import QuickReply

_VALUE = re.compile(r"{(\w+)}")


class Responses:
    """Responses by name, filled with the practice's name and phone number and the values given."""

    def __init__(self, practice: Practice, domain: Path = ROOT / "domain.yml") -> None:
        listed = yaml.load(domain.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["responses"]
        check_wording(practice.wording, listed)
        own = {name: {"text": text} for name, text in practice.wording.items()}
        self._responses: dict[str, Any] = {
            name: {**variants[-1], **own.get(name, {})} for name, variants in listed.items()
        }
        self._always = {"surgery": practice.name, "phone": spoken(practice.phone)}

    def say(self, name: str, **values: Any) -> str:
        text: str = self._responses[name]["text"]
        return text.format(**self._always, **values)

    def quick_replies(self, name: str) -> tuple[QuickReply, ...]:
        """The buttons of a response."""
        buttons = self._responses[name].get("buttons", ())
        return tuple(QuickReply(button["title"], button["payload"]) for button in buttons)


def check_wording(wording: dict[str, str], listed: dict[str, Any]) -> None:
    """A practice's own words replace ours, and may name the same values.

    Raises:
        SettingsError: if a response does not exist, or names a value that it is not given.
    """
    for name, text in wording.items():
        if name not in listed:
            raise SettingsError(f"practice.yml: wording.{name}: domain.yml has no response of this name")
        known = {value for variant in listed[name] for value in _VALUE.findall(variant["text"])} | {"surgery", "phone"}
        unknown = set(_VALUE.findall(text)) - known
        if unknown:
            raise SettingsError(
                f"practice.yml: wording.{name}: {{{min(unknown)}}} is not one of {', '.join(sorted(known))}"
            )
