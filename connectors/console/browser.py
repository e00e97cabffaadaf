"""What the console expects of a browser: its own cookies, and forms that its own pages sent."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from bot.store.private import CannotOpen, Keyring

_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
_SEAL = "console.leaving"
_AWAY = 15 * 60  # seconds that a sign-in service may take


class ConsoleCookies:
    """The session's cookie, never sent by way of another site; and a sealed one for the way to a sign-in service and
    back, which has to be."""

    def __init__(self, https: bool, keyring: Keyring) -> None:
        prefix = "__Host-" if https else ""
        self._session, self._leaving = f"{prefix}console", f"{prefix}console-leaving"
        self._attributes = "Path=/; HttpOnly" + ("; Secure" if https else "")
        self._keyring = keyring

    def session(self, request: Request) -> str | None:
        value = request.cookies.get(self._session, "")
        return value if _TOKEN.fullmatch(value) else None

    def set_session(self, response: Response, token: str) -> None:
        self._set(response, f"{self._session}={token}; SameSite=Strict")

    def clear_session(self, response: Response) -> None:
        self._set(response, f"{self._session}=; Max-Age=0; SameSite=Strict")

    def leaving(self, request: Request) -> str | None:
        """What was put there on leaving, if nobody changed it."""
        try:
            return self._keyring.open(bytes.fromhex(request.cookies.get(self._leaving, "")), _SEAL)
        except (ValueError, IndexError, CannotOpen):
            return None

    def set_leaving(self, response: Response, kept: str) -> None:
        sealed = self._keyring.seal(kept, _SEAL).hex()
        self._set(response, f"{self._leaving}={sealed}; Max-Age={_AWAY}; SameSite=Lax")

    def clear_leaving(self, response: Response) -> None:
        self._set(response, f"{self._leaving}=; Max-Age=0; SameSite=Lax")

    def _set(self, response: Response, cookie: str) -> None:
        response.headers.append("Set-Cookie", f"{cookie}; {self._attributes}")
