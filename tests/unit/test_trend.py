"""A repeated result in words and as a picture: every number in its place, nothing judged, nothing let through."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.backend.record import Result, Value
from connectors.secure.trend import Trend, trend_of
from connectors.secure.trend_picture import draw

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2025, 5, 4)
LETTER = 6.8  # as wide as a letter of a label is, at most

words = st.text(st.characters(blacklist_categories=("C",)), min_size=1, max_size=40)


def result(days: int, *values: Value) -> Result:
    return Result(f"r-{days:04}", "HbA1c", FIRST + timedelta(days=days), values)


def hba1c(days: int, printed: str, unit: str = "mmol/mol", low: float | None = 20, high: float | None = 41) -> Result:
    return result(days, Value("HbA1c", printed, unit, low, high))


def trend(*results: Result, name: str = "HbA1c") -> Trend:
    found = trend_of(results, name)
    assert found is not None
    return found


def picture(of: Trend) -> ElementTree.Element:
    return ElementTree.fromstring(draw(of))


def texts(of: Trend) -> list[str]:
    return [element.text or "" for element in picture(of).iter(f"{SVG}text")]


def circles(of: Trend) -> list[tuple[float, float]]:
    return [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in picture(of).iter(f"{SVG}circle")]


def labels(of: Trend) -> list[tuple[float, float, str]]:
    """(x, y, text) of each label."""
    found = [each for each in picture(of).iter(f"{SVG}text") if each.attrib["class"] == "trend-label"]
    return [(float(each.attrib["x"]), float(each.attrib["y"]), each.text or "") for each in found]


THREE = (hba1c(0, "48"), hba1c(182, "51"), hba1c(547, "53"))


def test_the_sentence_says_all_of_it() -> None:
    assert trend(*THREE).sentence == "3 results from 4 May 2025 to 2 November 2026: 48, 51, 53 mmol/mol."


def test_the_table_has_a_row_for_each_oldest_first() -> None:
    assert trend(*THREE).rows == [
        ("4 May 2025", "48 mmol/mol"),
        ("2 November 2025", "51 mmol/mol"),
        ("2 November 2026", "53 mmol/mol"),
    ]


def test_results_come_in_any_order_and_the_name_in_any_case() -> None:
    assert trend(*reversed(THREE), name="  hba1C ") == trend(*THREE)


@pytest.mark.parametrize(
    "results",
    [
        (),
        (hba1c(0, "48"),),
        (hba1c(0, "48"), hba1c(9, "Not processed")),
        (hba1c(0, "<5"), hba1c(9, "<5")),
        (hba1c(0, "6.5", "%"), hba1c(9, "48")),
        (hba1c(0, "48"), result(9, Value("Haemoglobin", "128", "mmol/mol"))),
    ],
)
def test_without_two_numbers_in_one_unit_there_is_no_trend(results: tuple[Result, ...]) -> None:
    assert trend_of(results, "HbA1c") is None


def test_of_two_units_the_one_used_last_counts() -> None:
    found = trend(hba1c(0, "6.5", "%"), hba1c(100, "6.7", "%"), hba1c(200, "50"), hba1c(300, "51"))
    assert (found.unit, [reading.printed for reading in found.readings]) == ("mmol/mol", ["50", "51"])


def test_words_among_numbers_are_said_but_not_drawn() -> None:
    found = trend(hba1c(0, "48"), hba1c(10, "Not processed", ""), hba1c(20, "<20"), hba1c(30, "51"))
    assert found.sentence == "4 results from 4 May 2025 to 3 June 2025: 48, Not processed, <20, 51 mmol/mol."
    assert len(found.rows) == 4
    assert len(circles(found)) == 2


def test_one_value_twice_in_one_result_is_two_points() -> None:
    found = trend(result(0, Value("Pulse", "70"), Value("Pulse", "72")), name="pulse")
    assert found.sentence == "2 results on 4 May 2025: 70, 72."
    assert len({x for x, _ in circles(found)}) == 2


def test_a_later_day_is_further_right_and_a_greater_number_further_up() -> None:
    points = circles(trend(*THREE))
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    (first, _), (second, _), (third, _) = points
    assert (second - first) / (third - first) == pytest.approx(182 / 547, abs=0.01)


def test_every_value_and_date_is_labelled_where_there_is_room() -> None:
    shown = texts(trend(*THREE))
    assert {"48", "51", "53", "4 May 2025", "2 Nov 2025", "2 Nov 2026", "HbA1c (mmol/mol)"} <= set(shown)


def test_equal_values_are_a_level_line() -> None:
    found = trend(*(hba1c(days, "48", low=None, high=None) for days in (0, 50, 100)))
    assert len({y for _, y in circles(found)}) == 1
    zeros = trend(*(hba1c(days, "0", low=None, high=None) for days in (0, 50)))
    assert len(circles(zeros)) == 2


@pytest.mark.parametrize(
    ("low", "high", "said"), [(20, 41, "20 to 41"), (None, 41, "up to 41"), (3.5, None, "from 3.5"), (0, 5, "0 to 5")]
)
def test_a_range_that_all_share_is_a_band(low: float | None, high: float | None, said: str) -> None:
    found = trend(hba1c(0, "10", low=low, high=high), hba1c(9, "30", low=low, high=high))
    assert f"Laboratory’s range: {said}" in texts(found)
    assert [each for each in picture(found).iter(f"{SVG}rect") if each.attrib.get("class") == "trend-range"]


@pytest.mark.parametrize("other", [(20, 42), (None, None), (None, 41)])
def test_a_range_that_changed_is_not_drawn(other: tuple[float | None, float | None]) -> None:
    found = trend(hba1c(0, "48"), hba1c(9, "49", low=other[0], high=other[1]))
    assert (found.low, found.high) == (None, None)
    assert "trend-range" not in draw(found)


@pytest.mark.parametrize("count", [2, 9, 30, 120])
def test_many_points_stay_legible(count: int) -> None:
    found = trend(*(hba1c(30 * step, f"{40 + step % 7}.{step % 10}") for step in range(count)))
    assert len(circles(found)) == count
    assert {found.readings[0].printed, found.readings[-1].printed} <= {text for _, _, text in labels(found)}
    values = [label for label in labels(found) if not re.search("[a-z]", label[2])]
    days = [label for label in labels(found) if re.search("[a-z]", label[2])]
    assert len(days) >= 2
    for kind in (values, days):
        assert_apart(kind)


def assert_apart(placed: list[tuple[float, float, str]]) -> None:
    """Side by side in the picture, whatever their height."""
    placed = sorted(placed)
    for (x, _, text), (next_x, _, next_text) in zip(placed, placed[1:], strict=False):
        assert next_x - x >= (len(text) + len(next_text)) * LETTER / 2
    assert placed[0][0] - len(placed[0][2]) * LETTER / 2 >= -0.1
    assert placed[-1][0] + len(placed[-1][2]) * LETTER / 2 <= 320.1


HOSTILE = (
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "</svg><img src=x onerror=alert(1)>",
    "'><style>*{}</style>",
    "{{ 7 * 7 }}",
    "]]>&lt;",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_and_units_are_text_and_nothing_else(hostile: str) -> None:
    found = trend(*(result(days, Value(hostile, "1", hostile)) for days in (0, 9)), name=hostile)
    drawn = picture(found)
    assert {each.tag.removeprefix(SVG) for each in drawn.iter()} <= {
        "svg",
        "rect",
        "text",
        "path",
        "polyline",
        "circle",
    }
    assert not [name for each in drawn.iter() for name in each.attrib if name.startswith(("on", "style", "href"))]
    assert hostile in drawn.attrib["aria-label"]
    assert "49" not in draw(found)


@settings(max_examples=60)
@given(words, words, st.lists(st.tuples(st.integers(0, 4000), st.integers(-(10**12), 10**12)), min_size=2, max_size=8))
def test_whatever_the_laboratory_prints_the_picture_is_whole(
    name: str, unit: str, readings: list[tuple[int, int]]
) -> None:
    results = [result(days, Value(name, str(number), unit)) for days, number in readings]
    found = trend_of(results, name)
    if found is None:
        return
    for x, y in circles(found):
        assert 0 <= x <= 320 and 0 <= y <= 220


def test_the_picture_needs_no_script_no_style_and_nothing_from_elsewhere() -> None:
    drawn = draw(trend(*THREE))
    assert not re.search(r"<script|<style|\sstyle=|href|url\(|<image|<use", drawn)
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]


def test_the_picture_has_its_text_alternative() -> None:
    drawn = picture(trend(*THREE))
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-label"] == f"HbA1c: {trend(*THREE).sentence}"


def test_nothing_judges() -> None:
    found = trend(hba1c(0, "90"), hba1c(90, "12"))
    said = f"{draw(found)} {found.sentence} {found.rows}".casefold()
    assert not re.search(
        r"\b(normal|abnormal|high|low|rising|falling|better|worse|up|down|good|bad|raised|within|outside)\b", said
    )
    assert not set(said) & set("↑↓↗↘▲▼→✓✗")


def test_the_picture_is_small() -> None:
    assert len(draw(trend(*(hba1c(30 * step, str(40 + step % 9)) for step in range(30))))) < 12_000
