"""The wording of domain.yml for what is said outside a Rasa turn: codes, apologies, opt-outs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.identity.phone_numbers import spoken
from bot.practice import Practice
from bot.settings import ROOT


class Responses:
    """Responses by name, filled with the practice's name and phone number and the values given."""

    def __init__(self, practice: Practice, domain: Path = ROOT / "domain.yml") -> None:
        listed = yaml.safe_load(domain.read_text(encoding="utf-8"))["responses"]
        self._texts: dict[str, str] = {name: variants[-1]["text"] for name, variants in listed.items()}
        self._always = {"surgery": practice.name, "phone": spoken(practice.phone)}

    def say(self, name: str, **values: Any) -> str:
        return self._texts[name].format(**self._always, **values)
