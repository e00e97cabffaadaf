"""Passcodes and registration keys: length instead of puzzles (NIST SP 800-63B), argon2id, common ones refused."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

_LONGEST = 128  # characters; beyond it hashing would be work for nothing
_ENOUGH = 3  # of zxcvbn's 0 to 4: more than a hundred million guesses, where we allow ten a day
_LOOKED_AT = 64  # characters that zxcvbn reads; its work grows with the square
# OWASP: argon2id with 19 MiB, 2 passes, 1 lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
# No vowels, and nothing that is mistaken for something else when read aloud.
_KEY_LETTERS = "BCDFGHJKMNPQRTVWXY346789"
_GROUP = f"[{_KEY_LETTERS}]{{4}}"
_KEY = re.compile(rf"\b{_GROUP}[- ]{_GROUP}[- ]{_GROUP}\b")


def weakness(passcode: str, shortest: int, own_words: tuple[str, ...] = ()) -> str | None:
    """What is wrong with a passcode that somebody wants to set, as a code: "short", "long" or "guessable".

    Args:
        own_words: what others may know of them: names, numbers, the surgery's name.
    """
    normal = _normal(passcode)
    if len(normal) < shortest:
        return "short"
    if len(normal) > _LONGEST:
        return "long"
    score = zxcvbn(normal[:_LOOKED_AT])["score"]
    return "guessable" if score < _ENOUGH or _is_personal(normal, own_words) else None


def hash_passcode(passcode: str) -> str:
    return _HASHER.hash(_normal(passcode))


def fits(passcode: str, passcode_hash: str | None) -> bool:
    """Whether it is the passcode. Takes as long without a hash to compare with."""
    if len(passcode) > 4 * _LONGEST:
        return False
    nobodys = _nobodys()  # made before it is known whether it is needed
    try:
        return _HASHER.verify(passcode_hash or nobodys, _normal(passcode)) and passcode_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(passcode_hash: str) -> bool:
    """Made with other settings than those of today."""
    return _HASHER.check_needs_rehash(passcode_hash)


def new_registration_key() -> str:
    """12 letters and digits (55 bits), in groups to be read aloud: "K7QM-93XD-TWRB"."""
    letters = "".join(secrets.choice(_KEY_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def read_registration_key(typed: str) -> str:
    """As it was given, however it was typed."""
    letters = re.sub(r"[^A-Z0-9]", "", typed.upper())[:12]
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def holds_registration_key(text: str) -> bool:
    """Whether a message holds something in the form of a key: it belongs on the secure page, and nowhere else."""
    return bool(_KEY.search(text.upper()))


def _normal(passcode: str) -> str:
    return unicodedata.normalize("NFKC", passcode)


def _is_personal(passcode: str, own_words: tuple[str, ...]) -> bool:
    """Little is left of it without what others may know."""
    left = re.sub(r"[\W_]", "", passcode.casefold())
    for word in sorted(own_words, key=len, reverse=True):
        left = left.replace(re.sub(r"[\W_]", "", word.casefold()), "") if len(word) > 2 else left
    return len(left) < 5


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that nothing fits, so that a person without a passcode takes as long to refuse as one with another."""
    return _HASHER.hash(secrets.token_hex(16))
