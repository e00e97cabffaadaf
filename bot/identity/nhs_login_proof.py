"""Whether what NHS login signed proves who somebody is. No network: only what is said.

The checks are those that NHS login's interface specification (Federation, 3.4 to 5.1) asks of a partner service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import nhs_number

from bot.identity.oidc_proof import NotProved

PROOFING = "P9"
VECTORS = ("P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm")  # each with two factors: NHS login's own default


@dataclass(frozen=True)
class Claims:
    """Somebody NHS login has proved: the subject is their id at NHS login, the rest is as the NHS holds it."""

    subject: str
    nhs_number: str
    date_of_birth: date
    family_name: str
    proofing: str
    auth_time: datetime | None


def check_vector(token: Mapping[str, Any]) -> None:
    """Raises NotProved: they logged in another way than was asked for."""
    if token.get("vot") not in VECTORS:
        raise NotProved("wrong_vot")


def read_claims(about: Mapping[str, Any], auth_time: datetime | None, now: datetime) -> Claims:
    """The person described. Raises NotProved: not proved well enough, or not described."""
    if about.get("identity_proofing_level") != PROOFING:
        raise NotProved("not_p9")
    number, family_name = _text(about, "nhs_number"), _text(about, "family_name")
    born = _birthdate(_text(about, "birthdate"))
    if not (re.fullmatch(r"[0-9]{10}", number) and nhs_number.is_valid(number)) or born > now.date():
        raise NotProved("claims")
    return Claims(about["sub"], number, born, family_name, PROOFING, auth_time)


def _text(about: Mapping[str, Any], name: str) -> str:
    found = about.get(name)
    if not isinstance(found, str) or not found.strip():
        raise NotProved("claims")
    return found.strip()


def _birthdate(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotProved("claims") from None
