"""What the secure pages expect of a browser: two cookies, and small forms that our own pages sent."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.store.private import Keyring
from connectors.webchat.browser import clean

_MAX_FORM = 8 * 1024  # bytes
_MAX_FIELDS = 10
_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
_FORM = "application/x-www-form-urlencoded"


class NotOurForm(Exception):
    """Sent from elsewhere, or nothing that a form of ours could have sent."""


async def read_form(request: Request, largest: int = _MAX_FORM, most_fields: int = _MAX_FIELDS) -> dict[str, str]:
    """The fields of a form on one of our own pages. `largest` in bytes.

    Raises:
        NotOurForm: it came from another site, is too large, or cannot be read.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not is_own_page(request) or kind != _FORM:
        raise NotOurForm
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise NotOurForm
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=most_fields)
    except ValueError:
        raise NotOurForm from None
    return {name: clean(value) for name, value in pairs}


def is_own_page(request: Request) -> bool:
    """Whether a page of ours sent this. Browsers say where it comes from; older ones only by the origin.

    From a page whose referrer policy is no-referrer, such as the chat's, the origin is "null".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    host = request.headers.get("Host")
    return request.headers.get("Origin") in (f"http://{host}", f"https://{host}")


class Cookies:
    """The cookie of the visit, gone when the browser closes, and the one by which a browser is known again."""

    def __init__(self, https: bool) -> None:
        prefix = "__Host-" if https else ""
        self._visit, self._device = f"{prefix}secure", f"{prefix}device"
        self._attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if https else "")

    def visit(self, request: Request) -> str | None:
        return _token(request, self._visit)

    def device(self, request: Request) -> str | None:
        return _token(request, self._device)

    def set_visit(self, response: Response, token: str) -> None:
        response.headers.append("Set-Cookie", f"{self._visit}={token}; {self._attributes}")

    def set_device(self, response: Response, token: str) -> None:
        response.headers.append("Set-Cookie", f"{self._device}={token}; Max-Age={_YEAR}; {self._attributes}")

    def clear_visit(self, response: Response) -> None:
        response.headers.append("Set-Cookie", f"{self._visit}=; Max-Age=0; {self._attributes}")


class FormTokens:
    """What a form of a visit carries, and no other site can know: a keyed hash of the visit's cookie."""

    def __init__(self, keyring: Keyring) -> None:
        self._secret = keyring.secret("forms").encode()

    def of(self, cookie: str) -> str:
        return hmac.new(self._secret, cookie.encode(), sha256).hexdigest()

    def fits(self, cookie: str, form: Mapping[str, str]) -> bool:
        return hmac.compare_digest(self.of(cookie).encode(), form.get("token", "").encode())


def _token(request: Request, name: str) -> str | None:
    value = request.cookies.get(name, "")
    return value if _TOKEN.fullmatch(value) else None
