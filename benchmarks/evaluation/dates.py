"""How well days and times are read, on public corpora: `python -m benchmarks.evaluation.dates` writes the report."""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import yaml

from bot.nlu.when import read_when
from bot.settings import ROOT

DATA = ROOT.parent / "shared" / "eval"
REPORT = ROOT / "docs" / "evaluation" / "dates.md"
COMMAND = "python -m benchmarks.evaluation.dates"
NOT_PRESENT = "not present"
NOW = "2016-11-07T00:00:00"  # of rows without a reference time
NOT_READ = "Not read, or read wrongly"
Json = dict[str, Any]
Reader = Callable[[str, datetime], "Json | None"]


@dataclass(frozen=True)
class Convention:
    """A way of reading that differs from the corpora on purpose; `of` is what may differ: times, days or either."""

    name: str
    of: str
    pattern: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    row: Json
    read: Json
    is_right: bool
    convention: Convention | None = None


@dataclass(frozen=True)
class Report:
    """Rows with a day or a time as they were read, negatives that were given one, and the time a row takes."""

    outcomes: tuple[Outcome, ...]
    negatives: int
    given: tuple[str, ...]  # texts without a date or time that were given one
    p50_ms: float

    def share(self, kind: str = "", on_purpose: bool = False) -> float:
        """Right rows of a kind, or of all; with `on_purpose` also those read differently on purpose."""
        rows = self._of(kind)
        return sum(bool(each.is_right or (on_purpose and each.convention)) for each in rows) / len(rows)

    def kinds(self) -> list[str]:
        return sorted({each.row["kind"] for each in self.outcomes})

    def wrong(self, convention: Convention | None) -> list[Outcome]:
        return [each for each in self.outcomes if not each.is_right and each.convention == convention]

    def count(self, kind: str = "") -> int:
        return len(self._of(kind))

    def _of(self, kind: str) -> list[Outcome]:
        return [each for each in self.outcomes if kind in ("", each.row["kind"])]


def ours(text: str, reference: datetime) -> Json | None:
    """The window that this assistant reads."""
    when = read_when(text, reference)
    return when.as_json() if when else None


def raw_dateparser(text: str, reference: datetime) -> Json | None:
    """The first day and time that dateparser alone finds in the text."""
    from dateparser.search import search_dates

    settings: Any = {"PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY", "RELATIVE_BASE": reference}
    found = search_dates(text, languages=["en"], settings=settings)
    if not found:
        return None
    moment = found[0][1]
    day = moment.date().isoformat()
    return {"date_from": day, "date_to": day, "time_from": f"{moment:%H:%M}"}


def evaluate(read: Reader = ours, data: Path = DATA) -> Report | None:
    """The corpora in `data` as `read` reads them; None where they are not present."""
    if not (data / "datetime.jsonl").exists():
        return None
    scorer, conventions = _scorer(data), load_conventions()
    seconds: list[float] = []
    outcomes = []
    for row in _rows(data / "datetime.jsonl"):
        if row["kind"] in scorer.DAY | scorer.TIME:
            started = time.perf_counter()
            found = read(row["text"], _reference(row)) or {}
            seconds.append(time.perf_counter() - started)
            outcomes.append(_outcome(row, found, scorer, conventions))
    negatives = list(_rows(data / "datetime_negative.jsonl"))
    given = tuple(row["text"] for row in negatives if _has_date(read(row["text"], _reference(row))))
    return Report(tuple(outcomes), len(negatives), given, median(seconds) * 1000)


def load_conventions() -> list[Convention]:
    return [Convention(**each) for each in yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))]


def _outcome(row: Json, found: Json, scorer: ModuleType, conventions: list[Convention]) -> Outcome:
    if scorer.right(row, found):
        return Outcome(row, found, True)
    right_times = {**found, "time_from": next(iter(scorer.accepted(row)[2]), None)}
    may_differ = {
        "times": scorer.right(row, right_times),
        "days": row["kind"] not in scorer.TIME or scorer.right({**row, "kind": "time"}, found),
        "either": True,
    }
    why = (each for each in conventions if may_differ[each.of] and re.search(each.pattern, row["text"], re.IGNORECASE))
    return Outcome(row, found, False, next(why, None))


def _rows(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _reference(row: Json) -> datetime:
    return datetime.fromisoformat(row.get("reference") or NOW)


def _has_date(found: Json | None) -> bool:
    return any((found or {}).get(key) for key in ("date_from", "date_to", "time_from", "time_to"))


def _scorer(data: Path) -> ModuleType:
    """The corpora's own scorer, which lies beside them."""
    spec = importlib.util.spec_from_file_location("score_dates", data / "score_dates.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def markdown(report: Report | None, dateparser: Report | None = None) -> str:
    """The report as a page of documentation."""
    if report is None:
        return f"# Days and times\n\nThe corpora of {DATA.relative_to(ROOT.parent)}: {NOT_PRESENT}.\n"
    return "\n".join([*_figures(report, dateparser), *_differences(report)]) + "\n"


def _figures(report: Report, dateparser: Report | None) -> Iterator[str]:
    yield f"# Days and times\n\nMade by `{COMMAND}`. Do not edit by hand.\n"
    yield (
        "Test corpora of facebook/duckling (English and British) and microsoft/Recognizers-Text, scored by their "
        f"`score_dates.py`: {report.count()} expressions with a day or a time, and {report.negatives} texts without. "
        f"A text takes {report.p50_ms:.1f} ms (p50).\n"
    )
    yield "| kind | rows | right | right, or differently on purpose | dateparser alone |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for kind in [*report.kinds(), ""]:
        alone = f"{dateparser.share(kind):.3f}" if dateparser else ""
        shares = f"{report.share(kind):.3f} | {report.share(kind, on_purpose=True):.3f}"
        yield f"| {kind or '**all**'} | {report.count(kind)} | {shares} | {alone} |"
    alone = f" (dateparser alone: {len(dateparser.given)})" if dateparser else ""
    yield f"\nTexts without a date or time that were given one: {len(report.given)} of {report.negatives}{alone}.\n"
    yield WHY_NOT_DATEPARSER


WHY_NOT_DATEPARSER = """## Why dateparser is not used

It reads one moment where a patient means a window, and it finds a date in many texts that hold none. It was tried as a
fallback for what the grammar leaves unread (13 of the expressions above). Given whole texts it read none of them right.
Searching within texts it read one right and one wrong, gave a date to 24 of 53 texts that hold none, and to 35 of 51
messages about symptoms, doses and past visits, such as "take 5mg twice a day" or "6 month review".
"""


def _differences(report: Report) -> Iterator[str]:
    yield "## Read differently on purpose\n"
    yield "British usage, a surgery's hours, or a question rather than a guess. In brackets: how many rows.\n"
    for convention in load_conventions():
        rows = report.wrong(convention)
        if rows:
            yield f"### {convention.name} ({len(rows)})\n\n{convention.reason}\n\n{_listed(rows)}\n"
    others = report.wrong(None)
    yield f"## {NOT_READ} ({len(others)})\n\n{_listed(others)}"


def _listed(rows: list[Outcome]) -> str:
    return "\n".join(f"- `{each.row['id']}` {_short(each.row['text'])}" for each in rows)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 90 else words[:89] + "…"


def main() -> None:
    """Write the report, or print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    page = markdown(evaluate(), evaluate(raw_dateparser))
    if parser.parse_args().print or NOT_PRESENT in page:
        print(page)
        return
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
