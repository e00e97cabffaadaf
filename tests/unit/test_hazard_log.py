"""The hazard log says nothing that is not there: each hazard once, risks as in the matrix, real files and tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.unit.test_risk_register import names_of_tests

FOLDER = ROOT / "docs" / "clinical-safety"
LOG = (FOLDER / "hazard-log.md").read_text(encoding="utf-8")
LABELS = {"Cause", "Effect", "Harm", "Initial risk", "Controls", "Residual risk", "Owner", "Status"}
MAY_HAVE = {"Held by", "Proved by", "Missing"}
_FILE, _TEST = re.compile(r"`([\w./-]+\.(?:py|yml|js|md))`"), re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

Hazard = dict[str, str]


def read_hazards() -> list[tuple[int, Hazard]]:
    sections = re.split(r"^### H(\d+)\. ", LOG, flags=re.M)[1:]
    return [(int(number), _parts(text)) for number, text in zip(sections[::2], sections[1::2])]


def _parts(section: str) -> Hazard:
    said = re.split(r"^- \*\*(.+?)\.\*\*", section, flags=re.M)[1:]
    return {label: " ".join(text.split()) for label, text in zip(said[::2], said[1::2])}


def read_matrix() -> dict[str, dict[str, int]]:
    """Risk by likelihood and severity."""
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in LOG.splitlines() if line.startswith("|")]
    severities = rows[0][1:]
    return {row[0]: {each: int(risk) for each, risk in zip(severities, row[1:])} for row in rows[2:]}


HAZARDS, MATRIX = read_hazards(), read_matrix()
hazards = pytest.mark.parametrize(("number", "hazard"), HAZARDS, ids=[f"H{number}" for number, _ in HAZARDS])


def risk(rated: str) -> tuple[str, str, int]:
    severity, likelihood, number = re.split(r", |: ", rated)
    return severity, likelihood, int(number)


def test_every_hazard_stands_there_once_and_those_compiled_come_first() -> None:
    numbers = [number for number, _ in HAZARDS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 30


@hazards
def test_a_hazard_has_all_that_the_form_asks_for(number: int, hazard: Hazard) -> None:
    assert LABELS <= hazard.keys() <= LABELS | MAY_HAVE
    assert all(hazard.values())


@hazards
@pytest.mark.parametrize("label", ["Initial risk", "Residual risk"])
def test_a_risk_is_what_the_matrix_says(number: int, hazard: Hazard, label: str) -> None:
    severity, likelihood, rated = risk(hazard[label])
    assert MATRIX[likelihood][severity] == rated


@hazards
def test_controls_never_raise_a_risk_and_without_a_file_they_lower_none(number: int, hazard: Hazard) -> None:
    before, after = risk(hazard["Initial risk"])[2], risk(hazard["Residual risk"])[2]
    assert after <= before
    assert "Held by" in hazard or after == before


@hazards
def test_every_file_that_is_named_exists(number: int, hazard: Hazard) -> None:
    named = _FILE.findall(hazard.get("Held by", ""))
    assert len(named) == hazard.get("Held by", "").count("`") / 2
    assert [path for path in named if not (ROOT / Path(path)).is_file()] == []


@hazards
def test_every_test_that_is_named_exists(number: int, hazard: Hazard) -> None:
    named = _TEST.findall(hazard.get("Proved by", ""))
    assert len(named) == hazard.get("Proved by", "").count("`") / 2
    assert [f"{path}::{name}" for path, name in named if name not in names_of_tests(path)] == []


@hazards
def test_a_control_that_is_counted_on_has_a_test(number: int, hazard: Hazard) -> None:
    assert ("Held by" in hazard) is ("Proved by" in hazard)


@hazards
def test_nothing_is_said_to_be_accepted(number: int, hazard: Hazard) -> None:
    assert hazard["Status"] == "open: proposed by the authors, not assessed by a clinical safety officer"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_each_paper_says_what_was_not_done(path: Path) -> None:
    said = " ".join(path.read_text(encoding="utf-8").split())
    assert re.search(r"not been assessed|no regulatory opinion|not a record of anything done", said)
    assert "clinical safety officer" in said
