"""The figures of the overview as PostgreSQL counts them, which tells hours and lengths of time in words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.database import Database, open_database
from tests.unit.test_figures import (  # noqa: F401
    test_a_day_is_the_practices_and_not_utcs,
    test_conversations_are_counted_by_day_and_channel,
    test_nothing_happened_yet,
    test_reasons_come_most_frequent_first,
    test_texts_that_never_arrived_are_counted_by_their_cause,
    test_the_share_without_staff_is_of_what_has_finished,
    test_waiting_is_from_the_request_to_the_first_reply,
    test_what_was_not_understood_is_a_share_of_what_patients_wrote,
)


@pytest.fixture()
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(Settings(home=tmp_path, database_url=url, _env_file=None))
    opened.upgrade()
    yield opened
    opened.close()
