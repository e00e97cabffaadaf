"""The demo practice with more patients in it, so that several can write at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import insert

from bot.backend import tables
from bot.backend.base import Patient
from bot.backend.demo import ensure_demo
from bot.backend.people import patient_to_row
from bot.clock import system_clock
from bot.practice import load_practice
from bot.settings import Settings
from bot.store.database import open_database

# 07700 900000 to 900999 are kept for drama; the demo practice has the first ones.
NUMBERS = tuple(f"+447700900{number}" for number in range(100, 140))


def seed(home: Path) -> Settings:
    """A fresh practice: the demo one, with one patient more for each number."""
    home.mkdir(parents=True)
    settings = Settings(home=home, _env_file=None)  # type: ignore[call-arg]
    practice, database = load_practice(settings.practice_file), open_database(settings)
    database.upgrade()
    ensure_demo(database, practice, system_clock)
    patients = [
        Patient(f"bench-{number[-3:]}", "Test", "Patient", date(1980, 1, 1), "female", "full", mobile=number)
        for number in NUMBERS
    ]
    with database.write() as connection:
        connection.execute(insert(tables.patient), [patient_to_row(patient) for patient in patients])
    database.close()
    return settings
