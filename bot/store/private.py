"""Column types for what people wrote, who they are and how to reach them.

A `Sealed` column holds AES-256-GCM ciphertext. Its additional authenticated data name the column and the row's owner,
so a value moved to another column or another conversation no longer opens. An `Index` column holds a keyed hash
(HMAC-SHA256, 128 bits), by which a value can be found but not read. The key ring is one file, made at the first start
with mode 0600; several keys may live in it while one is being replaced.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String
from sqlalchemy.types import TypeDecorator

_NONCE = 12


class CannotOpen(Exception):
    """Ciphertext that was changed, moved, or sealed with a key that is not in the ring."""


class Keyring:
    """Keys for sealing and for blind indexes.

    Attributes:
        current: id of the key that seals new values; every key in the ring can open.
    """

    def __init__(self, keys: dict[str, bytes], current: str, pepper: bytes) -> None:
        self.current = current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._pepper = pepper

    @classmethod
    def at(cls, path: Path) -> Keyring:
        """Read the key file, making it first if there is none."""
        if not path.exists():
            _make_key_file(path)
        held = json.loads(path.read_text())
        keys = {key_id: base64.b64decode(key) for key_id, key in held["keys"].items()}
        return cls(keys, held["current"], base64.b64decode(held["pepper"]))

    def seal(self, text: str, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), context.encode())
        key_id = self.current.encode()
        return bytes([len(key_id)]) + key_id + nonce + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """Raises CannotOpen if the value was changed, moved or sealed with another key."""
        start = 1 + sealed[0]
        key_id = sealed[1:start].decode(errors="replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen(f"no key {key_id!r} in the key file")
        try:
            opened = cipher.decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], context.encode())
        except InvalidTag:
            raise CannotOpen(f"not as it was sealed: {context.partition('|')[0]}") from None
        return opened.decode()

    def index(self, value: str, field: str) -> str:
        """A keyed hash by which `value` can be looked up; one field's hashes say nothing about another's."""
        return hmac.new(self._pepper, f"{field}|{value}".encode(), sha256).hexdigest()[:32]

    def secret(self, purpose: str) -> str:
        """A stable secret for one purpose, derived so that nothing else need be kept."""
        return hmac.new(self._pepper, f"secret|{purpose}".encode(), sha256).hexdigest()[:32]


def _make_key_file(path: Path) -> None:
    fresh = {
        "current": "k1",
        "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()},
        "pepper": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(fresh, file)
    try:
        os.link(draft, path)  # the first of several processes wins; a key in use is never overwritten
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@dataclass(frozen=True)
class Private:
    """Text on its way into a sealed column. Its repr hides the text, so that it cannot slip into a log."""

    text: str
    owner: str

    def __repr__(self) -> str:
        return "<private>"


class SealedValue:
    """What a sealed column gives back; only `open` with the right owner shows it."""

    def __init__(self, sealed: bytes, column: str, keyring: Keyring) -> None:
        self._sealed, self._column, self._keyring = sealed, column, keyring

    def open(self, owner: str) -> str:
        return self._keyring.open(self._sealed, f"{self._column}|{owner}")

    def __repr__(self) -> str:
        return "<sealed>"


class Sealed(TypeDecorator):  # type: ignore[type-arg]
    """A column of sealed text. Binds `Private`, gives `SealedValue`. The key ring rides on the engine's dialect."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Private | None, dialect: Any) -> bytes | None:
        if value is None:
            return None
        sealed: bytes = dialect.keyring.seal(value.text, f"{self.column}|{value.owner}")
        return sealed

    def process_result_value(self, value: bytes | None, dialect: Any) -> SealedValue | None:
        return None if value is None else SealedValue(bytes(value), self.column, dialect.keyring)


class Index(TypeDecorator):  # type: ignore[type-arg]
    """A blind index: binds the clear value, stores and compares its keyed hash."""

    impl = String(32)
    cache_ok = True

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None:
            return None
        hashed: str = dialect.keyring.index(value, self.field)
        return hashed

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return value
