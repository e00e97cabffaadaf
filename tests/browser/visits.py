"""One person's browser, and what it did that no test may cause."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

from tests.browser.server import PATIENCE

LEAVE_TO = "https://www.bbc.co.uk/weather"  # where "Leave this page" goes; answered here, never there
# A part of a page that is asked for while the console locks is refused; whoever is locked out gets no further anyway.
_LOCKING = "401 (Unauthorized)"
_ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")


class Visit:
    """One person's browser: `page` is its first tab."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self._accepted = [_LOCKING]
        context.set_default_timeout(PATIENCE * 1000)
        context.on("request", lambda request: self._note_request(request.url))
        context.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.route(_ELSEWHERE, lambda route: route.fulfill(body="elsewhere"))
        self.page = context.new_page()

    def accepts(self, complaint: str) -> None:
        """The browser will complain so, and the test means it to."""
        self._accepted.append(complaint)

    def close(self) -> None:
        """Close it; nothing may have gone elsewhere, nothing may have gone wrong."""
        self.context.close()
        assert not self.strangers
        unexpected = [each for each in self.complaints if not any(part in each for part in self._accepted)]
        assert not unexpected, unexpected

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname != "127.0.0.1" and url != LEAVE_TO:
            self.strangers.append(url)
