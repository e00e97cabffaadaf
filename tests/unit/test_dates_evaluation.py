"""Days and times on the public corpora, where they are present."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.evaluation.dates import DATA, Report, evaluate, load_conventions, markdown

present = pytest.mark.skipif(not (DATA / "datetime.jsonl").exists(), reason="the corpora are not present")


@pytest.fixture(scope="module")
def report() -> Report:
    found = evaluate()
    assert found
    return found


def test_says_so_where_the_corpora_are_not_present(tmp_path: Path) -> None:
    assert evaluate(data=tmp_path) is None
    assert "not present" in markdown(None)


def test_every_convention_has_a_reason_and_a_pattern_that_can_be_used() -> None:
    for convention in load_conventions():
        assert convention.of in ("times", "days", "either")
        assert convention.reason.endswith(".")
        assert re.compile(convention.pattern)


@present
def test_nine_in_ten_are_read_as_expected_or_differently_on_purpose(report: Report) -> None:
    assert report.share() >= 0.84
    assert report.share(on_purpose=True) >= 0.97


@present
def test_no_kind_is_left_behind(report: Report) -> None:
    assert all(report.share(kind, on_purpose=True) >= 0.9 for kind in report.kinds())


@present
def test_texts_without_a_date_are_given_none(report: Report) -> None:
    assert len(report.given) <= report.negatives * 0.02


@present
def test_no_convention_is_kept_that_explains_nothing(report: Report) -> None:
    assert [each.name for each in load_conventions() if not report.wrong(each)] == []
