"""Codes of an authenticator app (TOTP, RFC 6238): six digits, 30 seconds, one step of slack, none taken twice."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp
from sqlalchemy.engine import Connection

from bot.store.credentials import Credential, take_step

_STEP = 30  # seconds


def new_secret() -> str:
    return pyotp.random_base32()


def setup_uri(secret: str, surgery: str) -> str:
    """What the app reads from a QR code. It names the surgery and nobody."""
    return pyotp.TOTP(secret).provisioning_uri(name="GP surgery login", issuer_name=surgery)


def is_right(secret: str, typed: str, now: datetime) -> int | None:
    """The time step that this code belongs to, if it is one of now, or of just before or after."""
    code = re.sub(r"\D", "", typed)
    if len(code) != 6:
        return None
    current = int(now.timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    steps = (current, current - 1, current + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * _STEP), code)), None)


def take_code(connection: Connection, held: Credential, typed: str, now: datetime) -> bool:
    """Whether the code is right and was not used before; from now on it is."""
    step = is_right(held.authenticator or "", typed, now) if held.authenticator else None
    return step is not None and take_step(connection, held.person_id, step)
