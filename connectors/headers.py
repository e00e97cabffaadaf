"""Headers on every answer: nothing is guessed, framed, cached or fetched from elsewhere unless a page says so."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_DEFAULTS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class SecurityHeaders:
    """ASGI middleware; a page that sets one of the defaults itself keeps its own."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                for name, value in _DEFAULTS.items():
                    headers.setdefault(name, value)
                if "/static/" in scope["path"]:
                    headers["Cache-Control"] = "no-cache"  # kept, but asked after each time (ETag)
                if self._https:
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        await self._app(scope, receive, with_headers)


def error_headers() -> dict[str, str]:
    """For an answer that is made outside every middleware: something went wrong."""
    return {**_ALWAYS, **_DEFAULTS}


def page_policy(frame_ancestors: str = "'none'", frame_src: str = "'none'") -> str:
    """The Content-Security-Policy of our own pages: only our own files, no inline script or style."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-src {frame_src}; frame-ancestors {frame_ancestors}; "
        "require-trusted-types-for 'script'"
    )
