"""Our actions for Rasa's own tools: `rasa run actions --actions bot.actions.standalone`, beside `rasa shell`.

There is no gateway there and so no turn. Each action gets one of its own: a text from a demo patient, whom we know by
her number alone, in the practice of BOT_HOME. What the action writes is written at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from bot.actions.registry import ALL
from bot.actions.turn import Services, Turn, set_outside
from bot.backend.demo import ensure_demo
from bot.backend.demo_people import PATIENTS
from bot.backend.local import LocalBackend
from bot.clock import system_clock
from bot.practice import load_practice
from bot.responses import Responses
from bot.settings import SettingsError, load_settings
from bot.store.conversations import SMS, open_conversation
from bot.store.database import Database, Work, open_database
from bot.store.notices import Notices

__all__ = ["ALL"]  # rasa_sdk registers every action it finds: importing them is enough

AMIRA = str(PATIENTS[0].patient.mobile)


class _WrittenAtOnce(Work):
    """Work that does not wait for the end of a turn, since nobody here says when that is."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def add(self, write: Callable[..., Any], *arguments: Any) -> None:
        with self._database.write() as connection:
            write(connection, *arguments)


def make_turn(number: str = AMIRA) -> Turn:
    """A turn for whoever texts from this number. Every call counts as another message."""
    database, services = _open()
    now, quiet = system_clock(), timedelta(hours=services.practice.conversation.quiet_hours)
    with database.write() as connection:
        conversation = open_conversation(connection, SMS, number, now, quiet)
    caller = services.callers.caller(conversation, (), now)
    return Turn(conversation, time.time_ns(), now, caller, None, services, _WrittenAtOnce(database))


@lru_cache(maxsize=1)
def _open() -> tuple[Database, Services]:
    """Raises SettingsError on a deployment that real patients write to."""
    settings = load_settings()
    if settings.has_twilio:
        raise SettingsError("BOT_TWILIO_ACCOUNT_SID is set: Rasa's own tools are for a demo practice only")
    practice, database = load_practice(settings.practice_file), open_database(settings)
    database.upgrade()
    ensure_demo(database, practice, system_clock)
    backend = LocalBackend(database, practice, system_clock)
    tools = (Responses(practice), Notices(database), system_clock, settings.public_url)
    return database, Services.over(practice, database, backend, *tools)


set_outside(make_turn)
