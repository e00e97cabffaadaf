"""What can be wrong with a file."""

from __future__ import annotations

# None of the kinds we take; nothing in it; larger than we take; damaged or cut off; behind a password; holds a program
# or other files; looks like a virus.
CODES = ("not_allowed", "empty", "too_big", "unreadable", "locked", "active", "virus")


class BadFile(Exception):
    """It is not kept. `why`: of CODES; `name` as it was sent."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.why, self.name = why, name
