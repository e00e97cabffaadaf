"""What docs/identity.md and docs/staff-accounts.md tell an information governance lead is what the program does."""

from __future__ import annotations

import re

import pytest
from typer.main import get_group

from bot.cli_staff import app
from bot.identity.disclosure import visible_sections
from bot.identity.policy import ACCESS_LEVELS, FLAGS, REQUIREMENTS, Access, Service
from bot.settings import ROOT, Settings
from bot.staff.roles import ROLES

DOCUMENT = (ROOT / "docs" / "identity.md").read_text(encoding="utf-8")
ACCOUNTS = (ROOT / "docs" / "staff-accounts.md").read_text(encoding="utf-8")
_NONE = "–"


def rows_named(names: list[str]) -> dict[str, list[str]]:
    """The other cells of each table row whose first cell holds one of these names in backticks."""
    lines = [line.strip("| ").split(" | ") for line in DOCUMENT.splitlines() if line.startswith("| ")]
    named = [(re.search(r"`([\w]+)`", first), rest) for first, *rest in lines]
    return {name[1]: rest for name, rest in named if name and name[1] in names}


def test_the_table_of_services_is_that_of_the_policy() -> None:
    told = rows_named([each.value for each in Service])
    assert told == {
        service.value: [need.switch or _NONE, need.access or _NONE, need.assurance.name.lower()]
        for service, need in REQUIREMENTS.items()
    }


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_the_table_of_levels_is_that_of_disclosure(level: str) -> None:
    before = ACCESS_LEVELS[max(ACCESS_LEVELS.index(level) - 1, 0)]
    opened = set(visible_sections(Access(level))) - set(visible_sections(Access(before)))
    sections = set(visible_sections(Access("full")))
    assert sections & set(re.findall(r"\w+", rows_named([level])[level][0])) == opened


def test_every_flag_is_told() -> None:
    assert set(rows_named(list(FLAGS))) == set(FLAGS)


def test_every_staff_command_is_told_and_no_other() -> None:
    part = DOCUMENT.partition("## What staff do")[2].partition("\n## ")[0]
    commands = set(get_group(app).commands)
    assert commands == {name for name in commands if re.search(rf"\b{name}\b", part)}
    assert set(re.findall(r"python -m bot staff ([\w-]+)", part + ACCOUNTS)) <= commands


def test_the_papers_name_every_role_of_staff_and_no_other() -> None:
    told = {line.split(" | ")[0].strip("| ") for line in ACCOUNTS.splitlines() if line.startswith("| ")}
    assert set(ROLES) == {each for each in told if re.fullmatch(r"[a-z]+", each)} - {"role", "setting"}


def test_every_setting_that_is_named_exists() -> None:
    settings = {f"BOT_{name.upper()}" for name in Settings.__fields__}
    assert set(re.findall(r"\bBOT_\w+", DOCUMENT + ACCOUNTS)) <= settings
