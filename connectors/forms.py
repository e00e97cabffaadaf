"""Forms that our own pages sent, and no other site."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.store.private import Keyring
from connectors.webchat.browser import clean

_LARGEST = 64 * 1024  # bytes
_MOST_FIELDS = 60
_FORM = "application/x-www-form-urlencoded"


class NotOurForm(Exception):
    """Sent from elsewhere, or nothing that a form of ours could have sent."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form on one of our own pages.

    Raises:
        NotOurForm: it came from another site, is too large, or cannot be read.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not is_own_page(request) or kind != _FORM:
        raise NotOurForm
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _LARGEST:
            raise NotOurForm
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
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


class FormTokens:
    """What a form carries, and no other site can know: a keyed hash of the cookie it is sent with."""

    def __init__(self, keyring: Keyring) -> None:
        self._secret = keyring.secret("forms").encode()

    def of(self, cookie: str) -> str:
        return hmac.new(self._secret, cookie.encode(), sha256).hexdigest()

    def fits(self, cookie: str, form: Mapping[str, str]) -> bool:
        return hmac.compare_digest(self.of(cookie).encode(), form.get("token", "").encode())
