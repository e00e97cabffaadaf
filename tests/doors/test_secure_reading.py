"""Results, the record and the activity on the secure page: what is shown, to whom, and in which words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.backend.base import Unavailable
from bot.backend.record import Entry, Value
from bot.identity.policy import NO_RECORD_BY_CHAT, UNDER_PRESSURE, UNDER_REVIEW
from tests.doors.secure import (
    AMIRAS,
    DAY,
    OPEN,
    TOMS,
    Phone,
    clear_record,
    file_result,
    give_access,
    last_noted,
    noted,
    record_entry,
    send_link,
)
from tests.doors.support import Doors
from tests.support import NOVAK

NOTHING = "There is nothing to show here."
REFUSED = "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    """Amira's, logged in; her record holds nothing until the test says so."""
    clear_record(doors)
    give_access(doors)
    opened = Phone(doors)
    opened.logs_in()
    return opened


# Results.


def test_results_are_listed_with_title_date_and_outcome(doors: Doors, phone: Phone) -> None:
    file_result(doors)
    phone.opens("/secure/results")
    assert "Ferritin , 2 November 2026 Test taken on 2 November 2026 Outcome: Normal" in phone.words
    assert "Amira Khan, born 18 April 1991" in phone.words
    assert last_noted(doors) == ("results.view", "done", "page", None)


def test_a_result_is_shown_word_for_word(doors: Doors, phone: Phone) -> None:
    values = (Value("Ferritin", "48", "ug/L", 15, 300), Value("Odd", "<5", "", None, 5.5), Value("Other", "Not seen"))
    file_result(
        doors, values=values, comment="All is well.\nCome again <b>in May</b> & rest.", outcome="Normal; no action"
    )
    phone.opens("/secure/results/result-x")
    assert phone.heading == "Ferritin"
    words = html.unescape(phone.words)
    assert "Normal; no action" in words
    assert "All is well. Come again <b>in May</b> & rest." in words
    assert "48 ug/L Laboratory’s range 15 to 300 ug/L" in words
    assert "<5 Laboratory’s range up to 5.5" in words
    assert "Not seen Laboratory’s range Not given" in words
    assert "Dr Okafor, 4 November 2026 at midday" in words
    assert last_noted(doors) == ("result.view", "done", "page", "result-x")


def test_a_name_is_explained_from_the_glossary_with_its_source(doors: Doors, phone: Phone) -> None:
    file_result(doors, values=(Value("Haemoglobin", "130", "g/L"), Value("Nobody knows this", "1")))
    phone.opens("/secure/results/result-x")
    assert "carries oxygen" in phone.words
    assert "Source: Lab Tests Online UK: Haemoglobin" in phone.words


def test_a_value_outside_its_range_looks_like_any_other(doors: Doors, phone: Phone) -> None:
    file_result(doors, id="inside", values=(Value("Ferritin", "48", "ug/L", 15, 300),))
    file_result(doors, id="beyond", values=(Value("Ferritin", "99", "ug/L", 15, 30),))
    pages = []
    for result in ("inside", "beyond"):
        shown = phone.opens(f"/secure/results/{result}")
        table = re.search(r"<table.*?</table>", shown, re.DOTALL)
        pages.append(re.sub(r"\d+", "N", table[0] if table else ""))
    assert pages[0] == pages[1]
    assert not re.search(r"\b(high|low|abnormal|raised|worry|good|bad)\b", phone.words, re.IGNORECASE)


def test_a_repeated_value_is_drawn_with_a_text_alternative_and_a_table(doors: Doors, phone: Phone) -> None:
    for number, printed in enumerate(("30", "41", "48")):
        days = DAY - timedelta(days=100 * (2 - number))
        file_result(doors, id=f"r{number}", taken_on=days, values=(Value("Ferritin", printed, "ug/L"),))
    phone.opens("/secure/results/r2")
    assert '<svg class="trend"' in phone.page.text
    assert re.search(r'role="img" aria-label="Ferritin: 3 results from [^"]*: 30, 41, 48 ug/L\."', phone.page.text)
    assert "Ferritin: all results" in phone.words
    phone.opens("/secure/results/r0")
    assert "<svg" not in phone.page.text, "what came later belongs to the later result"


UNSEEN: dict[str, dict[str, Any]] = {
    "not filed": {"filed_at": None},
    "not released": {"released": False},
    "redacted": {"redacted": True},
    "needs action, not told": {"outcome": "Action needed"},
}


@pytest.mark.parametrize("why", UNSEEN)
def test_what_is_not_shown_reads_like_what_is_not_there(doors: Doors, phone: Phone, why: str) -> None:
    empty = (phone.opens("/secure/results"), phone.words)
    absent = (phone.opens("/secure/results/result-x"), phone.status)
    file_result(doors, **UNSEEN[why])
    assert (phone.opens("/secure/results"), phone.words) == empty
    assert NOTHING in phone.words
    assert (phone.opens("/secure/results/result-x"), phone.status) == absent
    assert phone.status == 404


@pytest.mark.parametrize(
    "wanted", ["toms-result", "../record", "%2e%2e", "x" * 500, "1 or 1=1", "<b>", "résultat", "%00"]
)
def test_only_ids_of_this_patients_own_visible_results_lead_anywhere(doors: Doors, phone: Phone, wanted: str) -> None:
    file_result(doors, TOMS, id="toms-result", title="Toms secret")
    absent = phone.opens("/secure/results/nothing-at-all")
    shown = phone.opens(f"/secure/results/{wanted}")
    assert phone.status == 404 or phone.heading == "Health record"
    assert "Toms secret" not in shown
    if wanted == "toms-result":
        assert shown == absent
        assert last_noted(doors) == ("result.view", "not_found", "page", None)


# The record.


def _entries(doors: Doors) -> None:
    for section in ("medicines", "allergies", "problems", "immunisations", "measurements", "documents"):
        entry = Entry(f"{section}-1", section, f"The {section} title", date(2026, 1, 5), "A detail", note="The note")
        record_entry(doors, entry)


def test_the_whole_record_is_shown_by_sections_and_can_be_printed(doors: Doors, phone: Phone) -> None:
    _entries(doors)
    phone.opens("/secure/record")
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", phone.page.text)
    assert headings[:6] == [
        "Medicines", "Allergies", "Health problems", "Vaccinations", "Measurements", "Documents",
    ]  # fmt: skip
    assert "The problems title A detail The note 5 January 2026" in phone.words
    assert "Riverside Surgery, printed 23 November 2026 at 10am" in phone.words
    assert last_noted(doors) == ("record.view", "done", "page", None)
    assert "@media print" in phone.client.get("/secure/static/secure.css").text


def test_one_section_is_shown_by_itself(doors: Doors, phone: Phone) -> None:
    _entries(doors)
    phone.opens("/secure/record/allergies")
    assert phone.heading == "Allergies"
    assert "The allergies title" in phone.words
    assert "The medicines title" not in phone.words
    assert last_noted(doors) == ("record.view", "done", "page", "allergies")


@pytest.mark.parametrize(
    ("level", "sections"),
    [
        ("summary", ["medicines", "allergies"]),
        ("coded", ["medicines", "allergies", "problems", "immunisations", "measurements"]),
        ("full", ["medicines", "allergies", "problems", "immunisations", "measurements", "documents"]),
    ],
)
def test_a_section_that_access_does_not_open_is_not_there(
    doors: Doors, phone: Phone, level: str, sections: list[str]
) -> None:
    _entries(doors)
    give_access(doors, level=level)
    unknown = phone.opens("/secure/record/nonsense")
    for section in ("medicines", "allergies", "problems", "immunisations", "measurements", "documents"):
        shown = phone.opens(f"/secure/record/{section}")
        assert (f"The {section} title" in shown) == (section in sections), section
        assert section in sections or (phone.status, shown) == (404, unknown)
    phone.opens("/secure/record")
    assert re.findall(r"The (\w+) title", phone.words) == sections
    assert ("The note" in phone.words) == (level == "full")


def test_whoever_may_order_repeats_only_sees_their_medicines(doors: Doors, phone: Phone) -> None:
    _entries(doors)
    give_access(doors, level="prescriptions")
    phone.opens("/secure/record")
    assert phone.page.headers["Location"] == "/secure/record/medicines"
    phone.opens("/secure/record/medicines")
    assert "The medicines title" in phone.words
    phone.opens("/secure/record/allergies")
    assert phone.words == f"We cannot do that here {REFUSED}"


@pytest.mark.parametrize("path", ["record", "record/problems"])
def test_nothing_held_and_nothing_to_be_shown_read_the_same(doors: Doors, phone: Phone, path: str) -> None:
    empty = phone.opens(f"/secure/{path}")
    assert NOTHING in phone.words
    record_entry(doors, Entry("p-1", "problems", "Kept back", date(2026, 1, 5), redacted=True))
    assert phone.opens(f"/secure/{path}") == empty


# Refusals.


@pytest.mark.parametrize(
    "change",
    [
        {"level": "appointments"},
        {"level": "none"},
        *({"flags": frozenset({flag})} for flag in (NO_RECORD_BY_CHAT, UNDER_PRESSURE, UNDER_REVIEW)),
    ],
    ids=lambda change: str(next(iter(change.values()))),
)
def test_whatever_is_not_switched_on_is_refused_in_the_same_words(
    doors: Doors, phone: Phone, change: dict[str, Any]
) -> None:
    file_result(doors)
    give_access(doors, replace(OPEN, **change))
    for path in ("results", "results/result-x", "results/nothing", "record"):
        phone.opens(f"/secure/{path}")
        assert (phone.status, phone.words) == (403, f"We cannot do that here {REFUSED}"), path
        assert last_noted(doors)[1:3] == ("refused", "page")


def test_access_is_asked_for_anew_each_time(doors: Doors, phone: Phone) -> None:
    phone.opens("/secure/results")
    assert phone.status == 200
    give_access(doors, level="none")
    phone.opens("/secure/results")
    assert phone.status == 403
    give_access(doors)
    phone.opens("/secure/results")
    assert phone.status == 200


def test_a_service_that_the_practice_does_not_offer_is_refused_alike(doors: Doors, phone: Phone) -> None:
    doors.surgery.program.practice.services.results = False
    phone.opens("/secure/results")
    assert phone.words == f"We cannot do that here {REFUSED}"


def test_the_proof_of_a_trusted_person_ends_with_what_was_agreed(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "record", NOVAK, "patient-06"))
    phone.proves("orchard-violin-51")
    phone.opens("/secure/record")
    assert phone.status == 200
    doors.clock.now = doors.clock.now.replace(year=2035, month=5, day=14)
    phone.opens("/secure/record")
    assert phone.status == 404


# Activity.


def test_the_activity_tells_what_was_done_and_by_whom(doors: Doors, phone: Phone) -> None:
    file_result(doors)
    phone.opens("/secure/results/result-x")
    phone.opens("/secure/activity")
    assert phone.heading == "Activity"
    assert "What Looked at one of your test results. Who You, on the secure page" in phone.words
    assert last_noted(doors) == ("activity.view", "done", "page", None)


def test_a_long_activity_is_cut_and_says_so(doors: Doors, phone: Phone) -> None:
    for _ in range(310):
        phone.opens("/secure/settings")
    phone.opens("/secure/activity")
    assert phone.page.text.count('<tr class="nhsuk-table__row">') == 300
    assert "There is more." in phone.words


# When something is down.


def _is_down(*_: object, **__: object) -> Any:
    raise Unavailable


def _is_gone(*_: object, **__: object) -> Any:
    raise OperationalError("select", {}, Exception("gone"))


def _is_rubbish(*_: object, **__: object) -> Any:
    raise KeyError("Amira Khan")


@pytest.mark.parametrize("fails", [_is_down, _is_gone, _is_rubbish])
@pytest.mark.parametrize("part", ["results", "entries", "patient"])
def test_while_the_clinical_system_is_down_one_clear_page_says_so(
    doors: Doors,
    phone: Phone,
    part: str,
    fails: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file_result(doors)
    before = len(noted(doors))
    monkeypatch.setattr(doors.surgery.program.backend, part, fails)
    phone.opens("/secure/record" if part == "entries" else "/secure/results")
    assert (phone.status, phone.heading) == (503, "This is not working at the moment")
    assert "020 7946 0123" in phone.words
    assert "Amira" not in phone.words and "Ferritin" not in phone.words
    assert "Amira" not in str(capfd.readouterr()), "nor is anything of it in the log"
    assert not any(row.outcome == "done" for row in noted(doors)[before:]), "nothing was shown"


def test_what_cannot_be_noted_is_not_shown(doors: Doors, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    file_result(doors)
    monkeypatch.setattr("connectors.serving.add_entries", _is_gone)
    phone.opens("/secure/results")
    assert phone.status == 503
    assert "Ferritin" not in phone.page.text


def test_amira_is_who_these_tests_think(doors: Doors) -> None:
    assert doors.surgery.patient_id("Amira") == AMIRAS
