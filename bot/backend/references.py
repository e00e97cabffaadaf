"""What patients are told, to name an appointment or an order by."""

from __future__ import annotations

import secrets

# No vowels, and nothing that is mistaken for something else when read aloud.
LETTERS = "BCDFGHJKMNPQRTVWXY346789"


def new_reference() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(6))
