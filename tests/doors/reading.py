"""Reading a page as a person does."""

from __future__ import annotations

import re
from typing import Any


class Reader:
    """Somebody who looks at a page of ours. `page` is the last answer."""

    page: Any = None

    @property
    def status(self) -> int:
        return int(self.page.status_code)

    @property
    def heading(self) -> str:
        """The one main heading."""
        headings = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page.text, re.DOTALL)
        assert len(headings) == 1, headings
        return str(headings[0])

    @property
    def words(self) -> str:
        """What stands in the main part of the page, without tags."""
        main = re.search(r"<main.*?</main>", self.page.text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", main[0] if main else "").split())

    def hidden(self, name: str) -> str:
        """What a form on the page carries unseen; "" if it does not."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text if self.page is not None else "")
        return found[1] if found else ""
