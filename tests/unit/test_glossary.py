"""The glossary says what is measured, in plain words, from a page it names; and never what a value means."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.demo_record import demo_results
from bot.glossary import Explanation, explain, explanations
from tests.support import MONDAY

EVERY = pytest.mark.parametrize("each", explanations(), ids=lambda each: each.term)
SOURCES = ("www.nhs.uk", "labtestsonline.org.uk")
# What would say something about the reader, or calm or frighten them.
JUDGING = re.compile(
    r"\b(normal\w*|abnormal\w*|high\w*|low|lower\w*|raised|increas\w*|decreas\w*|too (much|many|few|little)|healthy|"
    r"unhealthy|good|bad|risk\w*|danger\w*|serious|worr\w*|don[’']t|should|must|you have|you may|you might|means that|"
    r"cancer|failure|fine)\b",
    re.IGNORECASE,
)


def names() -> list[str]:
    return [name for each in explanations() for name in (each.term, *each.also)]


def test_there_are_about_forty_or_more() -> None:
    assert len(explanations()) >= 40


@EVERY
def test_each_names_its_page(each: Explanation) -> None:
    address = urlsplit(each.source_address)
    assert (address.scheme, address.query, address.fragment) == ("https", "", "")
    assert address.hostname in SOURCES
    assert each.source_title.startswith(
        {"www.nhs.uk": "NHS: ", "labtestsonline.org.uk": "Lab Tests Online UK: "}[address.hostname]
    )


@EVERY
def test_each_is_short_and_plain(each: Explanation) -> None:
    sentences = re.findall(r"[^.]+\.", each.means)
    assert "".join(sentences) == each.means
    assert 1 <= len(sentences) <= 3
    assert max(len(sentence.split()) for sentence in sentences) <= 20
    assert len(each.means.split()) <= 32


@EVERY
def test_none_says_what_a_value_means(each: Explanation) -> None:
    assert not JUDGING.search(each.means)
    assert not re.search(r"\d+(\.\d+)? ?(mmol|g/|mg|%)", each.means)


def test_no_name_stands_twice() -> None:
    counted = Counter(name.casefold() for name in names())
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("name", names())
def test_every_name_leads_to_its_explanation(name: str) -> None:
    found = explain(name)
    assert found is not None and name in (found.term, *found.also)
    assert explain(f"  {name.upper()}  ") == found


@pytest.mark.parametrize(
    "name", ["", " ", "haemo", "HbA1c and glucose", "ferritn", "T3", "platelets?", "sodium valproate", "iron tablets"]
)
def test_nothing_is_guessed(name: str) -> None:
    assert explain(name) is None


@given(st.text())
def test_whatever_is_not_a_name_has_no_explanation(text: str) -> None:
    known = {" ".join(name.casefold().split()) for name in names()}
    assert (explain(text) is not None) == (" ".join(text.casefold().split()) in known)


def test_what_the_demonstration_shows_is_mostly_explained() -> None:
    shown = {value.name for _, result in demo_results(MONDAY.date()) for value in result.values}
    assert {name for name in shown if explain(name) is None} <= {"Urine culture", "Chlamydia"}
