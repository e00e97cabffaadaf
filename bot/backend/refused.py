"""How a clinical system says no."""

from __future__ import annotations


class Refused(Exception):
    """The clinical system, or one of the practice's rules, says no. `code` names the wording to patients."""

    code = "unavailable"
