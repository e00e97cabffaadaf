"""What the chat expects of a browser: a session cookie, its own origin, and JSON of the right shape."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_MAX_BODY = 16 * 1024
_ID = re.compile("[0-9a-f]{32}")

Endpoint = Callable[[Request], Any]


class Refusal(Exception):
    """An answer that is no success: `code` for the script, `words` for the person."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(code)
        self.status, self.code, self.words = status, code, words

    def response(self) -> Response:
        return JSONResponse({"error": {"code": self.code, "message": self.words}}, self.status)


BAD_REQUEST = Refusal(400, "bad_request", "That could not be read. Please try again.")
FORBIDDEN = Refusal(403, "bad_request", "That could not be sent from this page.")
EXPIRED = Refusal(401, "expired", "This chat has ended. Please start a new one.")
TOO_MANY = Refusal(429, "too_many", "That was a lot of messages at once. Please wait a minute.")
NOT_HERE = Refusal(404, "not_here", "That is not here.")
OVER = Refusal(410, "over", "That link no longer works. Please ask again to get a new one.")
BUSY = Refusal(503, "unavailable", "The chat is very busy. Please try again in a minute, or call the surgery.")
OUT_OF_REACH = Refusal(
    503, "unavailable", "That cannot be shown right now. Please try again later, or call the surgery."
)


def answering(endpoint: Endpoint) -> Endpoint:
    """A refusal is an answer like any other."""

    async def answer(request: Request) -> Response:
        try:
            response: Response = await endpoint(request)
            return response
        except Refusal as refusal:
            return refusal.response()

    return answer


@dataclass(frozen=True)
class Sent:
    """A message as the browser sent it: its own id for it, and a text or the id of a quick reply."""

    id: str
    text: str | None
    reply: str | None


async def read_message(request: Request, max_length: int) -> Sent:
    """Raises Refusal."""
    body = await read_json(request)
    text, reply = body.get("text"), body.get("reply")
    try:
        identifier = str(uuid.UUID(str(body.get("id"))))
    except ValueError:
        raise BAD_REQUEST from None
    if isinstance(reply, str) and reply:
        if not is_id(reply):
            raise BAD_REQUEST
        return Sent(identifier, None, reply)
    if not isinstance(text, str) or not text.strip():
        raise BAD_REQUEST
    if len(text) > max_length:
        raise Refusal(413, "too_long", f"That message is too long. Please use {max_length} characters or fewer.")
    return Sent(identifier, clean(text), None)


async def read_json(request: Request) -> dict[str, Any]:
    """The body of a request that our own page sent. Raises Refusal."""
    check_own_page(request)
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            raise Refusal(413, "too_long", "That message is too long.")
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise BAD_REQUEST from None
    if not isinstance(body, dict):
        raise BAD_REQUEST
    return body


def check_own_page(request: Request) -> None:
    """Against forged requests: a header that other sites cannot add, and an origin that is ours."""
    origin, host = request.headers.get("Origin"), request.headers.get("Host")
    is_own = origin is None or origin in (f"http://{host}", f"https://{host}")
    if request.headers.get("X-Requested-With") != "chat" or not is_own:
        raise FORBIDDEN


class SessionCookie:
    """An HttpOnly cookie. On https it works in a frame on the practice's site, and only there (partitioned)."""

    def __init__(self, https: bool) -> None:
        self._name = "__Host-chat" if https else "chat"
        self._attributes = "Path=/; HttpOnly; " + ("Secure; SameSite=None; Partitioned" if https else "SameSite=Lax")

    def token(self, request: Request) -> str | None:
        return request.cookies.get(self._name)

    def set(self, response: Response, token: str) -> None:
        response.headers.append("Set-Cookie", f"{self._name}={token}; {self._attributes}")

    def clear(self, response: Response) -> None:
        response.headers.append("Set-Cookie", f"{self._name}=; Max-Age=0; {self._attributes}")


def is_id(value: object) -> bool:
    """Whether this may be the id of a button or a link of ours."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def as_number(text: str | None) -> int:
    """A message's number as a browser names it; 0, the start, for whatever is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def clean(text: str) -> str:
    """Without lone surrogates and NULs, which no database keeps."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")
