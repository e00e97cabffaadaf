"""The risk register says nothing that is not there: every risk once, and every file and test that it names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bot.settings import ROOT

RISKS = range(1, 49)
STATUSES = ("covered", "partly", "not yet", "for the practice")
REGISTER = (ROOT / "docs" / "risk-register.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_FILE = re.compile(r"`((?:bot|connectors|data|docs|tests)/[\w./-]+|\w+\.yml)`")


def read_rows(register: str) -> list[tuple[int, dict[str, str]]]:
    """For each risk its number and what is said of it, by label: "Control", "Status", …"""
    sections = re.split(r"^### (\d+)\. ", register, flags=re.M)[1:]
    return [(int(number), _parts(text)) for number, text in zip(sections[::2], sections[1::2])]


def _parts(section: str) -> dict[str, str]:
    said = re.split(r"^- \*\*(.+?)\.\*\*", section.split("\n## ")[0], flags=re.M)[1:]
    return {label: " ".join(text.split()) for label, text in zip(said[::2], said[1::2])}


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """Names of the test functions in a file."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


ROWS = read_rows(REGISTER)
rows = pytest.mark.parametrize(("number", "row"), ROWS, ids=[str(number) for number, _ in ROWS])


def status_of(row: dict[str, str]) -> str:
    return row["Status"].partition(":")[0]


def test_every_risk_stands_there_once() -> None:
    assert sorted(number for number, _ in ROWS) == list(RISKS)


@rows
def test_a_risk_has_its_control_its_status_and_its_source(number: int, row: dict[str, str]) -> None:
    assert {"Control", "Status", "Source"} <= row.keys() <= {"Control", "Held by", "Proved by", "Status", "Source"}
    assert all(row.values())
    assert status_of(row) in STATUSES


@rows
def test_what_is_missing_is_said(number: int, row: dict[str, str]) -> None:
    kind, colon, missing = row["Status"].partition(":")
    assert bool(colon and missing.strip()) is (kind != "covered")


@rows
def test_what_is_covered_names_its_files_and_its_tests(number: int, row: dict[str, str]) -> None:
    if status_of(row) == "covered":
        assert row.get("Held by") and row.get("Proved by")


@rows
def test_every_file_that_is_named_exists(number: int, row: dict[str, str]) -> None:
    named = _FILE.findall(row.get("Held by", ""))
    assert len(named) == row.get("Held by", "").count("`") / 2
    assert not [path for path in named if not (ROOT / Path(path)).exists()]


@rows
def test_every_test_that_is_named_exists(number: int, row: dict[str, str]) -> None:
    named = _TEST.findall(row.get("Proved by", ""))
    assert len(named) == row.get("Proved by", "").count("`") / 2
    assert not [f"{path}::{name}" for path, name in named if name not in names_of_tests(path)]


def test_the_overview_agrees_with_the_rows() -> None:
    for kind in STATUSES:
        listed = re.search(rf"^- {kind} \((\d+)\): ([\d,\s]+)", REGISTER, re.M)
        assert listed, kind
        numbers = [int(number) for number in re.findall(r"\d+", listed[2])]
        assert numbers == sorted(number for number, row in ROWS if status_of(row) == kind)
        assert int(listed[1]) == len(numbers)


def test_the_register_says_what_it_is_not() -> None:
    introduction = " ".join(REGISTER.partition("## ")[0].split())
    assert "compiled guidance" in introduction and "not a DPIA" in introduction
