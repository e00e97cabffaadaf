"""Cards of the record in the chat: for whoever has proved who they are, as long as that holds, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

import pytest
from sqlalchemy import select

from bot.backend.base import Unavailable
from bot.backend.record import Entry, Result, Value
from bot.clock import LONDON
from bot.identity.activity import Activity
from bot.store import messages
from bot.store.access import find_access, save_access
from bot.store.tables import audit, message
from connectors.webchat.cards import activity_card, record_card, results_card
from tests.doors.proving import card, conversation_of, is_given, logs_out, proves, titles
from tests.doors.support import Browser, Doors

_NAMES = ("results", "record", "activity", "repeats")
_DAY = date(2026, 10, 14)


@pytest.fixture()
def browser(doors: Doors) -> Browser:
    opened = doors.browser()
    opened.opens()
    return opened


def _is_not_here(answer: Any) -> bool:
    return bool((answer.status_code, answer.json()["error"]["code"]) == (404, "not_here"))


def _audited(doors: Doors) -> list[Any]:
    with doors.surgery.program.database.read() as connection:
        return connection.execute(select(audit).order_by(audit.c.id)).all()


# What is shown


def test_results_are_shown_as_they_were_printed_and_filed(browser: Browser) -> None:
    proves(browser, "Amira")
    answer = card(browser, "results")
    assert answer.json()["patient"] == "Amira Khan"
    (group,) = answer.json()["groups"]
    newest = next(item for item in group["items"] if item["title"] == "HbA1c")
    assert newest["date"] == "14 October 2026"
    assert newest["facts"] == [
        {"name": "outcome", "text": "Satisfactory"},
        {"name": "comment", "text": "Please repeat in 6 months."},
    ]
    assert newest["values"] == [{"name": "HbA1c", "value": "47 mmol/mol", "range": "20 to 41"}]


def test_what_is_not_filed_not_released_restricted_or_not_told_is_not_there(browser: Browser) -> None:
    proves(browser, "Amira")
    shown = titles(card(browser, "results"))
    assert "Vitamin D" in shown, "she was told of it"
    assert not {"Ferritin", "Thyroid function", "Liver function", "Urine culture"} & set(shown)
    assert "Bereavement" not in titles(card(browser, "record"))


def test_the_record_is_shown_by_section(browser: Browser) -> None:
    proves(browser, "Amira", "record")
    groups = card(browser, "record").json()["groups"]
    assert [each["heading"] for each in groups] == [
        "Medicines",
        "Allergies",
        "Problems",
        "Immunisations",
        "Measurements",
        "Documents",
    ]
    assert [item["title"] for item in groups[1]["items"]] == ["Penicillin"]


def test_summary_access_opens_medicines_and_allergies_only(browser: Browser) -> None:
    is_given(browser, "Nia", "VERIFIED")
    groups = card(browser, "record").json()["groups"]
    assert [each["heading"] for each in groups] == ["Medicines", "Allergies"]
    assert _is_not_here(card(browser, "results"))


def test_repeats_are_shown_by_whether_they_can_be_ordered(doors: Doors, browser: Browser) -> None:
    proves(browser, "Tom", "repeats")
    answer = card(browser, "repeats").json()
    ordered, orderable = answer["groups"]
    assert [each["heading"] for each in answer["groups"]] == ["What you have ordered", "You can order"]
    (item,) = ordered["items"]
    assert item["title"] == "Atorvastatin 20mg tablets"
    assert {each["name"]: each["text"] for each in item["facts"]}["reference"] == "KTR7M4"
    assert "The surgery has not looked at it yet." in item["facts"][0]["text"]
    assert [each["title"] for each in orderable["items"]] == ["Amlodipine 5mg tablets"]
    assert {"name": "dose", "text": "One tablet once a day"} in orderable["items"][0]["facts"]


def test_repeats_that_cannot_be_ordered_say_why(browser: Browser) -> None:
    proves(browser, "Amira", "repeats")
    rest = card(browser, "repeats").json()["groups"][-1]
    assert rest["heading"] == "You cannot order here now"
    assert {each["title"]: each["facts"][0]["name"] for each in rest["items"]}.items() >= {
        "Salbutamol 100 micrograms inhaler": "why"
    }.items()


def test_repeats_that_nobody_may_see_leave_no_trace_on_the_card(doors: Doors, browser: Browser) -> None:
    proves(browser, "Jade", "repeats", by="proxy-osei")
    shown = card(browser, "repeats").text
    assert "Adapalene" in shown and "Desogestrel" not in shown
    is_closed = doors.browser()
    is_closed.opens()
    is_given(is_closed, "Aisha", "VERIFIED")
    assert _is_not_here(card(is_closed, "repeats"))


def test_the_page_of_repeats_is_opened_from_the_card(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira", "repeats")
    given = browser.posts("secure", {"card": "repeats"})
    assert given.status_code == 200 and given.json()["action"].startswith("/secure/")


def test_what_was_done_is_shown_and_so_is_looking_at_it(browser: Browser) -> None:
    proves(browser, "Amira", "activity")
    card(browser, "results")
    first = card(browser, "activity").json()["groups"][0]["items"]
    assert first[0]["title"] == "Looked at your list of test results."
    assert first[0]["date"] == "23 November 2026 at 10am"
    assert {"name": "how", "text": "in the web chat"} in first[0]["facts"]
    assert titles(card(browser, "activity"))[0] == "Looked at this list."


def test_nobody_may_keep_a_card(browser: Browser) -> None:
    proves(browser, "Amira")
    for name in _NAMES:
        assert card(browser, name).headers["Cache-Control"] == "no-store"


# Who is not shown anything


def test_without_proof_every_card_reads_like_one_that_does_not_exist(browser: Browser) -> None:
    missing = card(browser, "letters")
    assert _is_not_here(missing)
    is_given(browser, "Amira", "CONTACT")
    for name in _NAMES:
        answer = card(browser, name)
        assert (answer.status_code, answer.content) == (missing.status_code, missing.content)


def test_a_proof_opens_nothing_in_somebody_elses_chat(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    other = doors.browser()
    assert card(other, "results").status_code == 401
    other.opens()
    assert _is_not_here(card(other, "results"))
    proves(other, "Tom")
    assert "Cholesterol" in titles(card(other, "results"))
    assert "HbA1c" not in titles(card(other, "results"))


@pytest.mark.parametrize(
    "name",
    ["", "..%2fmessages", "results%00", "%ED%A0%80", "a" * 5000, "patient-02", "results.json", "Results", "settings"],
)
def test_strange_names_of_cards_find_nothing(browser: Browser, name: str) -> None:
    proves(browser, "Amira")
    assert card(browser, name).status_code == 404


@pytest.mark.parametrize("query", ["patient_id=patient-02", "conversation=x", "person=patient-02"])
def test_nothing_in_the_address_says_whose_card_it_is(browser: Browser, query: str) -> None:
    proves(browser, "Amira")
    assert titles(card(browser, f"results?{query}")) == titles(card(browser, "results"))


@pytest.mark.parametrize("first_name", ["Aisha", "Laura", "Sofia", "Callum", "Margaret"])
def test_a_record_that_is_closed_online_reads_the_same(browser: Browser, first_name: str) -> None:
    is_given(browser, first_name, "VERIFIED")
    for name in ("results", "record"):
        assert _is_not_here(card(browser, name))


def test_another_site_cannot_fetch_a_card(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    assert card(browser, "results", Origin="https://evil.example").status_code == 403
    assert browser.client.get("/chat/cards/results").status_code == 403
    assert "results.view" not in [row.action for row in _audited(doors)]


# For how long


def test_looking_counts_as_use_and_without_use_the_proof_ends(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    for _ in range(3):
        doors.clock.forward(minutes=20)
        browser.posts("extend", {})
        assert card(browser, "results").status_code == 200
    for _ in range(2):
        doors.clock.forward(minutes=20)
        browser.posts("extend", {})
    assert _is_not_here(card(browser, "results"))
    assert browser.opens()["session"]["proved_at"] is None


def test_twelve_hours_after_the_proof_it_ends_in_any_case(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    for _ in range(36):
        doors.clock.forward(minutes=20)
        browser.posts("extend", {})
        assert card(browser, "results").status_code == 200
    doors.clock.forward(minutes=1)
    assert _is_not_here(card(browser, "results"))


def test_the_page_is_told_since_when_a_proof_is_held(doors: Doors, browser: Browser) -> None:
    assert browser.opens()["session"]["proved_at"] is None
    is_given(browser, "Amira", "CONTACT")
    assert browser.opens()["session"]["proved_at"] is None
    cookie = proves(browser, "Amira")
    told = browser.opens()["session"]["proved_at"]
    assert datetime.fromisoformat(told) == doors.clock()
    assert browser.posts("extend", {}).json()["proved_at"] == told
    logs_out(doors, cookie)
    assert browser.opens()["session"]["proved_at"] is None


def test_logging_out_on_the_page_closes_the_cards_at_once(doors: Doors, browser: Browser) -> None:
    cookie = proves(browser, "Amira")
    assert card(browser, "results").status_code == 200
    logs_out(doors, cookie)
    assert _is_not_here(card(browser, "results"))


def test_ending_the_chat_closes_the_cards(browser: Browser) -> None:
    proves(browser, "Amira")
    browser.posts("end", {})
    assert card(browser, "results").status_code == 401


def test_what_staff_take_back_is_gone_at_the_next_look(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    assert card(browser, "results").status_code == 200
    patient_id = doors.surgery.patient_id("Amira")
    with doors.surgery.program.database.write() as connection:
        held = find_access(connection, patient_id)
        assert held is not None
        save_access(connection, patient_id, replace(held, level="appointments"), doors.clock())
    assert _is_not_here(card(browser, "results"))


def test_while_the_clinical_system_is_down_nothing_is_shown_and_the_chat_goes_on(
    doors: Doors, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    proves(browser, "Amira")

    def down(_patient_id: str) -> None:
        raise Unavailable

    monkeypatch.setattr(doors.surgery.program.backend, "results", down)
    assert card(browser, "results").status_code == 503
    monkeypatch.setattr(doors.surgery.program.backend, "patient", down)
    assert card(browser, "record").status_code == 503
    opened = browser.opens()
    assert opened["messages"]
    assert opened["session"]["proved_at"] is None


# Somebody who acts for another


def test_a_trusted_person_sees_what_they_are_trusted_with_and_is_named_in_the_trail(
    doors: Doors, browser: Browser
) -> None:
    carol = "proxy-whitfield"
    proves(browser, "George", "record", by=carol)
    assert "Apixaban 5mg tablets" in titles(card(browser, "record"))
    assert _is_not_here(card(browser, "results"))
    viewed = next(row for row in _audited(doors) if row.action == "record.view")
    assert (viewed.patient_id, viewed.actor_id) == (doors.surgery.patient_id("George"), carol)


def test_a_mother_does_not_see_what_is_sensitive(browser: Browser) -> None:
    proves(browser, "Jade", "record", by="proxy-osei")
    assert "Acne" in titles(card(browser, "record"))
    for name in ("results", "record"):
        shown = card(browser, name).text
        assert not [each for each in ("Chlamydia", "Desogestrel", "Contraception") if each in shown]


# What is left behind


def test_every_look_and_every_refusal_is_kept_in_the_audit_trail(doors: Doors, browser: Browser) -> None:
    card(browser, "results")
    proves(browser, "Amira")
    for name in _NAMES:
        card(browser, name)
    kept = [(row.action, row.outcome, row.channel, row.conversation_id) for row in _audited(doors)]
    conversation_id = conversation_of(browser).id
    assert ("see_results", "prove", "web", conversation_id) in kept
    for name in _NAMES:
        assert (f"{name}.view", "done", "web", conversation_id) in kept


def test_no_message_holds_what_a_card_shows(doors: Doors, browser: Browser) -> None:
    proves(browser, "Amira")
    shown = [*titles(card(browser, "results")), *titles(card(browser, "record"))]
    opened = browser.opens()
    told = str(opened["messages"])
    assert {"label": "Your test results", "card": "results"} in [each["attachment"] for each in opened["messages"]]
    assert not [title for title in shown if title in told]
    with doors.surgery.program.database.read() as connection:
        stored = messages.messages_after(connection, conversation_of(browser).id, 0)
        assert connection.execute(select(message)).all()
    assert not [title for title in shown for each in stored if title in each.text + str(each.extra)]


# How much of it


def _result(number: int) -> Result:
    return Result(f"result-{number}", f"Test {number}", _DAY, (Value("A", "<5", "", 1.25, None),))


def test_a_card_holds_the_newest_few_and_says_that_there_is_more() -> None:
    results = [_result(number) for number in range(11)]
    full, cut = results_card(results[:10]), results_card(results)
    assert [len(each["groups"][0]["items"]) for each in (full, cut)] == [10, 10]
    assert [each["more"] for each in (full, cut)] == [False, True]
    assert cut["groups"][0]["items"][0]["title"] == "Test 0"


def test_a_section_of_the_record_holds_the_newest_few() -> None:
    entries = [Entry(str(number), "problems", f"Problem {number}", _DAY) for number in range(6)]
    full, cut = record_card(entries[:5]), record_card(entries)
    assert [len(each["groups"][0]["items"]) for each in (full, cut)] == [5, 5]
    assert [each["more"] for each in (full, cut)] == [False, True]


def test_nothing_to_show_is_an_empty_card() -> None:
    assert results_card([]) == record_card([]) == activity_card([], LONDON) == {"groups": [], "more": False}


def test_a_range_is_said_as_far_as_the_laboratory_gave_it() -> None:
    bounds = [(20.0, 41.0), (0.27, 4.2), (13.0, None), (None, 5.0), (0.0, 7.0), (None, None)]
    values = tuple(Value("A", "1", "mmol/L", low, high) for low, high in bounds)
    (item,) = results_card([replace(_result(1), values=values)])["groups"][0]["items"]
    said = [each["range"] for each in item["values"]]
    assert said == ["20 to 41", "0.27 to 4.2", "13 or more", "up to 5", "0 to 7", ""]


def test_what_was_done_is_told_in_london_time() -> None:
    summer = Activity(datetime(2026, 7, 1, 23, 30, tzinfo=timezone.utc), "Logged out.", "on the secure page", "you")
    (item,) = activity_card([summer], LONDON)["groups"][0]["items"]
    assert item["date"] == "2 July 2026 at 12:30am"
