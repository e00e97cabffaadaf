"""Text-speak written out: "c doc asap" becomes "see doctor as soon as possible". The list is text_speak.yml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

_WORD = re.compile(r"[a-z0-9']+", re.I)


def written_out(text: str) -> str:
    """`text` with each word of the list as what it stands for; everything else as it is."""
    listed = _listed()
    return _WORD.sub(lambda match: listed.get(match[0].casefold(), match[0]), text)


@lru_cache(maxsize=1)
def _listed() -> dict[str, str]:
    listed = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return {short: whole for whole, shorts in listed.items() for short in shorts}
