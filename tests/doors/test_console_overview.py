"""The overview, what was not understood, ready-made answers and the audit trail, as staff open them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from bot.cli_examples import app as examples_command
from bot.gateway import Inbound
from bot.insight.examples import Examples, intents
from bot.settings import ROOT
from bot.store.audit import AuditEntry, add_entries
from bot.store.canned_replies import list_canned
from bot.store.grants import Grant, give_grant
from bot.store.staff_tables import training_example
from bot.store.tables import audit
from tests.doors.console import Computer, hire, sign_in
from tests.doors.support import Doors
from tests.support import AMIRA, MONDAY


def note_miss(doors: Doors, text: str, number: str = AMIRA) -> int:
    """A patient writes something that nothing could be made of; gives its id."""
    receipt = doors.surgery.program.gateway.receive(Inbound("sms", number, f"miss-{text}", text))
    with doors.surgery.program.database.write() as connection:
        entry = AuditEntry(
            doors.clock(), "message.read", "not_understood", "sms", receipt.conversation_id,
            subject=str(receipt.message_id),
        )  # fmt: skip
        add_entries(connection, [entry])
    return receipt.message_id


def examples_of(doors: Doors) -> Examples:
    program = doors.surgery.program
    return Examples(program.database, program.backend, program.services.callers, program.clock)


def last_codes(doors: Doors, count: int = 1) -> list[tuple[str, str]]:
    return doors.surgery.audit()[-count:]


# The overview.


def test_a_supervisor_sees_how_it_goes(doors: Doors) -> None:
    doors.surgery.texting(AMIRA).says("can i speak to someone please")
    computer = sign_in(doors, role="supervisor")
    page = computer.opens("/console/overview")
    assert computer.heading == "Overview"
    assert "1 conversation in 28 days: 1 by text, 0 on the web." in computer.words
    assert "Asked for a person" in computer.words
    assert page.count('role="img"') >= 3 and page.count("<details") >= 3


@pytest.mark.parametrize(("asked", "days"), [("7", 7), ("28", 28), ("90", 90), ("", 28), ("1000", 28), ("x", 28)])
def test_the_time_can_be_chosen(doors: Doors, asked: str, days: int) -> None:
    page = sign_in(doors, role="admin").opens(f"/console/overview?days={asked}")
    assert re.search(rf'days={days}" aria-current="page"', page)


@pytest.mark.parametrize("role", ["reception", "clinician", "auditor"])
def test_the_overview_is_for_those_in_charge(doors: Doors, role: str) -> None:
    computer = sign_in(doors, role=role)
    computer.opens("/console/overview")
    assert computer.status == 403


def test_the_figures_can_be_taken_along(doors: Doors) -> None:
    doors.surgery.texting(AMIRA).says("what are your opening hours")
    computer = sign_in(doors, role="supervisor")
    rows = list(csv.reader(io.StringIO(computer.opens("/console/overview.csv?days=7"))))
    assert computer.page.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in computer.page.headers["Content-Disposition"]
    assert rows[0] == ["figure", "of", "value"]
    assert ["conversations.sms", MONDAY.date().isoformat(), "1"] in rows
    assert AMIRA not in str(rows) and "patient-" not in str(rows)
    assert last_codes(doors) == [("overview.download", "done")]


# What was not understood.


def test_what_was_not_understood_is_shown_without_who_wrote_it(doors: Doors) -> None:
    note_miss(doors, "its Amira Hasan 07700 900123 dob 4/3/61 wheres teh thingy")
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    shown = re.findall(r'name="text" value="([^"]*)"', computer.page.text)
    assert shown == ["its NAME NUMBER dob NUMBER wheres teh thingy"]


def test_the_assistant_notes_the_message_it_could_not_read(doors: Doors) -> None:
    doors.surgery.texting(AMIRA).says("wibble florp zzz qqq")
    with doors.surgery.program.database.read() as connection:
        noted = connection.execute(audit.select().where(audit.c.outcome == "not_understood")).all()
    assert [row.subject and row.subject.isdecimal() for row in noted] == [True] * len(noted)


def test_one_person_offers_an_example_and_another_approves_it(doors: Doors) -> None:
    message_id = note_miss(doors, "ned mor of teh wite pils")
    first, second = sign_in(doors, role="supervisor", name="Ann Bell"), sign_in(doors, role="supervisor")
    first.opens("/console/examples")
    offered = {"do": "add", "intent": "order_prescription", "text": "ned mor of teh wite pils"}
    assert first.sends(f"/console/examples/missed/{message_id}", offered).status_code == 303
    [waiting] = examples_of(doors).waiting()
    first.opens("/console/examples")
    refused = first.sends(f"/console/examples/waiting/{waiting.id}", {"do": "approve"})
    assert (refused.status_code, len(examples_of(doors).approved())) == (400, 0)
    second.opens("/console/examples")
    assert second.sends(f"/console/examples/waiting/{waiting.id}", {"do": "approve"}).status_code == 303
    assert [each.text for each in examples_of(doors).approved()] == ["ned mor of teh wite pils"]
    assert examples_of(doors).missed() == []


def test_what_is_typed_into_an_example_is_stripped_too(doors: Doors) -> None:
    message_id = note_miss(doors, "wheres teh thingy")
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    fields = {"do": "add", "intent": "view_record", "text": "wheres amira's thingy 943 476 5919"}
    computer.sends(f"/console/examples/missed/{message_id}", fields)
    assert [each.text for each in examples_of(doors).waiting()] == ["wheres NAME thingy NUMBER"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "add", "intent": "", "text": "hello"}, "Choose what it asks for"),
        ({"do": "add", "intent": "hack", "text": "hello"}, "Choose what it asks for"),
        ({"do": "add", "intent": "greet", "text": "  "}, "Nothing is left of it"),
    ],
)
def test_an_example_needs_words_and_an_intent(doors: Doors, fields: dict[str, str], said: str) -> None:
    message_id = note_miss(doors, "hello hullo")
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    assert computer.sends(f"/console/examples/missed/{message_id}", fields).status_code == 400
    assert said in computer.words


def test_a_message_that_was_understood_is_no_example(doors: Doors) -> None:
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    computer.sends("/console/examples/missed/1", {"do": "add", "intent": "greet", "text": "hello"})
    assert "Somebody else has dealt with this already" in computer.words


def test_what_was_rejected_or_put_aside_is_gone_and_not_offered_again(doors: Doors) -> None:
    one, other = note_miss(doors, "florp"), note_miss(doors, "wibble")
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    computer.sends(f"/console/examples/missed/{one}", {"do": "dismiss"})
    computer.opens("/console/examples")
    computer.sends(f"/console/examples/missed/{other}", {"do": "add", "intent": "greet", "text": "wibble"})
    [waiting] = examples_of(doors).waiting()
    computer.opens("/console/examples")
    computer.sends(f"/console/examples/waiting/{waiting.id}", {"do": "reject"})
    assert (examples_of(doors).missed(), examples_of(doors).waiting()) == ([], [])
    with doors.surgery.program.database.read() as connection:
        assert connection.execute(training_example.select()).all() == []


def test_nothing_is_taken_from_a_conversation_that_used_nhs_login(doors: Doors) -> None:
    message_id = note_miss(doors, "wheres teh thingy")
    with doors.surgery.program.database.write() as connection:
        conversation_id = connection.execute(audit.select().order_by(audit.c.id.desc())).first().conversation_id
        now = doors.clock()
        given = Grant("patient-01", "patient-01", "VERIFIED", "nhs_login", now, now)
        give_grant(connection, conversation_id, given)
    assert examples_of(doors).missed() == []
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/examples")
    fields = {"do": "add", "intent": "greet", "text": "wheres teh thingy"}
    assert computer.sends(f"/console/examples/missed/{message_id}", fields).status_code == 400


def test_messages_of_long_ago_are_not_offered(doors: Doors) -> None:
    note_miss(doors, "florp")
    doors.clock.forward(days=29)
    assert examples_of(doors).missed() == []


@pytest.mark.parametrize("role", ["reception", "clinician", "admin", "auditor"])
def test_examples_are_for_supervisors(doors: Doors, role: str) -> None:
    computer = sign_in(doors, role=role)
    computer.opens("/console/examples")
    assert computer.status == 403


def approve(doors: Doors, text: str, intent: str) -> None:
    held = examples_of(doors)
    held.propose(note_miss(doors, text), text, intent, "staff-a")
    held.judge(held.waiting()[-1].id, True, "staff-b")


def test_approved_examples_are_written_for_a_person_to_read(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    approve(doors, "ned mor of teh wite pils", "order_prescription")
    approve(doors, "- [odd] (stuff): {x}", "out_of_scope")
    home = doors.settings.home
    monkeypatch.setenv("BOT_HOME", str(home))
    file = home / "examples.yml"
    done = CliRunner().invoke(examples_command, ["export", str(file)])
    assert done.exit_code == 0, done.output
    read = RasaYAMLReader().reads(file.read_text()).training_examples
    found = {(each.get("text"), each.get("intent")) for each in read}
    assert found == {("ned mor of teh wite pils", "order_prescription"), ("odd stuff : x", "out_of_scope")}
    assert examples_of(doors).approved() == []
    assert examples_of(doors).missed() == []


def test_examples_are_never_written_into_the_training_data(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_HOME", str(doors.settings.home))
    into_data = ROOT / "data" / "nlu" / "new.yml"
    assert CliRunner().invoke(examples_command, ["export", str(into_data)]).exit_code == 2
    there_already = doors.settings.home / "keys.json"
    assert CliRunner().invoke(examples_command, ["export", str(there_already)]).exit_code == 2
    assert not into_data.exists()


def test_every_intent_can_be_chosen() -> None:
    assert {"book_appointment", "order_prescription", "out_of_scope"} <= set(intents())


# Ready-made answers.

REPLY = {"title": "Fit note", "text": "Dear {first_name}, your fit note is ready.", "review_on": "2027-05-01"}


def replies(doors: Doors) -> list[str]:
    with doors.surgery.program.database.read() as connection:
        return [each.title for each in list_canned(connection)]


def test_an_answer_is_added_changed_and_removed(doors: Doors) -> None:
    before = replies(doors)
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/replies")
    assert computer.sends("/console/replies", REPLY).status_code == 303
    assert sorted(replies(doors)) == sorted([*before, "Fit note"])
    page = computer.opens("/console/replies")
    number = re.search(r'/console/replies/(\d+)">Change<span[^>]*>: Fit note', page)[1]  # type: ignore[index]
    computer.opens(f"/console/replies/{number}")
    assert computer.sends(f"/console/replies/{number}", {**REPLY, "title": "Fit notes"}).status_code == 303
    assert "Fit notes" in replies(doors) and "Fit note" not in replies(doors)
    page = computer.opens("/console/replies")
    number = re.search(r'/console/replies/(\d+)">Change<span[^>]*>: Fit notes', page)[1]  # type: ignore[index]
    computer.sends(f"/console/replies/{number}/remove")
    assert replies(doors) == before
    assert last_codes(doors) == [("reply.removed", "done")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "Enter a title"),
        ({"text": " "}, "Enter an answer"),
        ({"text": "Your {diagnosis}"}, "Use only the words in braces"),
        ({"review_on": "2020-01-01"}, "Enter a day to come"),
        ({"review_on": ""}, "Enter a day to come"),
    ],
)
def test_an_answer_has_a_title_words_and_a_day_of_review(doors: Doors, change: dict[str, str], said: str) -> None:
    computer = sign_in(doors, role="admin")
    computer.opens("/console/replies")
    assert computer.sends("/console/replies", {**REPLY, **change}).status_code == 400
    assert said in computer.words


def test_an_answer_that_is_not_there_cannot_be_changed(doors: Doors) -> None:
    computer = sign_in(doors, role="admin")
    computer.opens("/console/replies/9999")
    assert computer.status == 404


# The audit trail.


def note(doors: Doors, action: str, patient_id: str, actor_id: str = "staff-x", days_ago: int = 0) -> None:
    with doors.surgery.program.database.write() as connection:
        at = doors.clock() - timedelta(days=days_ago)
        entry = AuditEntry(at, action, "done", "desk", None, patient_id, actor_id=actor_id)
        add_entries(connection, [entry])


def rows(computer: Computer, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(computer.opens(f"/console/audit.csv?{query}"))))


def test_an_auditor_finds_what_was_done(doors: Doors) -> None:
    member = hire(doors, name="Ann Bell")
    note(doors, "access.view", "patient-01", member.id)
    note(doors, "access.set", "patient-02", "staff-x", days_ago=3)
    auditor = sign_in(doors, role="auditor")
    auditor.opens("/console/audit?patient=patient-01")
    assert "Ann Bell" in auditor.words and "patient-02" not in auditor.words
    assert {row["patient_id"] for row in rows(auditor, "patient=patient-02&action=access")} == {"patient-02"}
    assert [row["action"] for row in rows(auditor, f"staff={member.id}")] == ["access.view"]
    day = (doors.clock() - timedelta(days=3)).date().isoformat()
    assert [row["action"] for row in rows(auditor, f"day={day}")] == ["access.set"]


def test_reading_the_trail_is_noted_with_the_patient_it_was_about(doors: Doors) -> None:
    auditor = sign_in(doors, role="auditor")
    auditor.opens("/console/audit?patient=patient-01")
    auditor.opens("/console/audit?patient=no%20such%20patient")
    rows(auditor, "patient=patient-01")
    with doors.surgery.program.database.read() as connection:
        found = connection.execute(audit.select().order_by(audit.c.id.desc()).limit(3)).all()
    assert [(row.action, row.patient_id) for row in found] == [
        ("audit.download", "patient-01"),
        ("audit.view", None),
        ("audit.view", "patient-01"),
    ]
    assert all(row.actor_id for row in found)


def test_a_long_trail_comes_in_pages(doors: Doors) -> None:
    for _ in range(101):
        note(doors, "access.view", "patient-07")
    auditor = sign_in(doors, role="auditor")
    page = auditor.opens("/console/audit?patient=patient-07&action=access.view")
    assert page.count('<th scope="row">') == 100
    older = re.search(r'href="(/console/audit\?[^"]*before=\d+[^"]*)"', page)[1]  # type: ignore[index]
    assert auditor.opens(older.replace("&amp;", "&")).count('<th scope="row">') == 1


def test_a_trail_that_was_changed_is_found_out(doors: Doors) -> None:
    note(doors, "access.set", "patient-01")
    auditor = sign_in(doors, role="auditor")
    auditor.opens("/console/audit")
    assert auditor.sends("/console/audit/check").status_code == 200
    assert "Yes." in auditor.words
    with doors.surgery.program.database.write() as connection:
        connection.execute(update(audit).where(audit.c.action == "access.set").values(patient_id="patient-02"))
    auditor.sends("/console/audit/check")
    assert re.search(r"No\. Entry \d+ was changed", auditor.words)
    assert last_codes(doors) == [("audit.check", "fault")]


@pytest.mark.parametrize(
    "query", ["before=x", "before=" + "9" * 40, "day=2026-02-31", "patient=%27%22%3E", "action=%25"]
)
def test_strange_questions_find_nothing_and_break_nothing(doors: Doors, query: str) -> None:
    auditor = sign_in(doors, role="auditor")
    auditor.opens(f"/console/audit?{query}")
    assert auditor.status == 200


@pytest.mark.parametrize("role", ["reception", "clinician", "admin"])
def test_the_trail_is_not_for_everybody(doors: Doors, role: str) -> None:
    computer = sign_in(doors, role=role)
    for path in ("/console/audit", "/console/audit.csv"):
        computer.opens(path)
        assert computer.status == 403
