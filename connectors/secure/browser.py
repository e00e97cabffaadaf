"""The two cookies of the secure pages."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)


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


def _token(request: Request, name: str) -> str | None:
    value = request.cookies.get(name, "")
    return value if _TOKEN.fullmatch(value) else None
