"""A conversation in the console: read it, answer it, and do what the patient needs; each look is noted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from bot.store import canned_replies, escalations, presence
from bot.store.conversations import get_conversation
from bot.store.messages import STAFF
from tests.doors.console import Computer, hire, sign_in
from tests.doors.secure import noted
from tests.doors.support import Doors
from tests.support import AMIRA, MENSAH, NOBODY, TOM


class Desk:
    """Jo at her computer, with a patient who has asked for a person."""

    def __init__(self, doors: Doors, number: str = AMIRA, text: str = "can I speak to a person please") -> None:
        self.doors = doors
        self.writer = doors.surgery.texting(number)
        self.writer.says(text)
        self.jo = sign_in(doors)
        self.at = f"/console/conversations/{self.writer.conversation_id}"
        self.jo.opens(self.at)

    @property
    def page(self) -> str:
        return str(self.jo.page.text)

    def value(self, name: str, text: str = "") -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', text or self.page)
        assert found, name
        return found[1]

    def does(self, what: str, computer: Computer | None = None, **fields: str) -> Any:
        """Sends a form of the page as it stands, and follows to what comes of it."""
        computer = computer or self.jo
        page = str(computer.page.text)
        given = {name: self.value(name, page) for name in ("version", "seen") if f'name="{name}"' in page}
        sent = computer.sends(f"{self.at}/{what}", {**given, **fields})
        if sent.status_code == 303:
            computer.opens(sent.headers["Location"].partition("#")[0])
        return sent

    def time_passes(self, **length: float) -> None:
        self.doors.clock.forward(**length)
        timers = self.doors.surgery.program.timers()
        while timers.work_once():
            pass
        self.doors.run()

    def owner(self) -> str:
        with self.doors.surgery.program.database.read() as connection:
            return get_conversation(connection, self.writer.conversation_id).owner

    def texted(self) -> list[str]:
        return [body for to, body in self.doors.telco.texts if to == self.writer.address]


@pytest.fixture()
def desk(doors: Doors) -> Desk:
    return Desk(doors)


# Reading.


def test_it_shows_what_was_said_by_whom_and_what_became_of_it(desk: Desk) -> None:
    assert "can I speak to a person please" in desk.jo.words
    assert "I have passed this to our staff" in desk.jo.words
    assert "on its way" in desk.jo.words
    desk.doors.reports(desk.doors.telco.sids[-1], "undelivered", "30003")
    assert "did not arrive" in desk.jo.opens(desk.at)


def test_the_banner_says_whom_it_is_with(desk: Desk) -> None:
    desk.jo.opens(desk.at)
    for each in ("Amira", "Born", "NHS number", "Online access", "Writes from a number on the record"):
        assert each in desk.jo.words
    assert re.search(r"\b\d{3} \d{3} \d{4}\b", desk.jo.words)


def test_each_look_is_noted_with_who_looked_before_anything_is_shown(desk: Desk) -> None:
    [look] = [row for row in noted(desk.doors) if row.action == "conversation.view"]
    assert (look.patient_id, look.conversation_id, look.channel) == (
        "patient-01", desk.writer.conversation_id, "desk",
    )  # fmt: skip
    assert look.actor_id


def test_what_refreshes_by_itself_is_no_new_look(desk: Desk) -> None:
    for part in ("thread", "state"):
        assert desk.jo.asks_for_part(f"{desk.at}/{part}").status_code == 200
    assert [row.action for row in noted(desk.doors)].count("conversation.view") == 1


def test_by_the_number_of_an_escalation_it_is_found_too(desk: Desk) -> None:
    sent = desk.jo.client.get("/console/conversations/1")
    assert (sent.status_code, sent.headers["Location"]) == (303, desk.at)


@pytest.mark.parametrize("ref", ["999", "0" * 32, "x", "1" * 40, "²"])
def test_what_does_not_exist_is_not_found(desk: Desk, ref: str) -> None:
    desk.jo.opens(f"/console/conversations/{ref}")
    assert desk.jo.status == 404


def test_of_somebody_unknown_nothing_is_claimed(doors: Doors) -> None:
    desk = Desk(doors, NOBODY)
    assert "Nobody has proved who this is" in desk.jo.words
    shared = Desk(doors, MENSAH)
    assert "Nobody has proved who this is" in shared.jo.words
    assert "Grace" not in shared.page and "Daniel" not in shared.page


def test_it_says_what_the_assistant_had_gathered(doors: Doors) -> None:
    writer = doors.surgery.texting(AMIRA)
    writer.says("book an appointment next Tuesday after 2pm by phone")
    with doors.surgery.program.database.write() as connection:
        escalations.add_escalation(connection, writer.conversation_id, "not_understood", "routine", "hm", doors.clock())
    jo = sign_in(doors)
    jo.opens(f"/console/conversations/{writer.conversation_id}")
    assert "booking an appointment" in jo.words
    assert "Tuesday 1 December, after 2pm" in jo.words or "Tuesday 24 November, after 2pm" in jo.words


def test_a_code_stays_hidden(doors: Doors) -> None:
    amira = doors.surgery.chatting()
    amira.says("book an appointment")
    amira.says(AMIRA)
    body = next(body for to, body in reversed(doors.telco.texts) if to == AMIRA)
    code = next(word for word in body.split() if word.isdigit() and len(word) == 6)
    amira.says(code)
    jo = sign_in(doors)
    assert code not in jo.opens(f"/console/conversations/{amira.conversation_id}")
    assert "••••••" in jo.words


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_has_no_business_with_patients_reads_nothing(desk: Desk, role: str) -> None:
    other = sign_in(desk.doors, role=role)
    assert "speak to a person" not in other.opens(desk.at)
    assert other.status == 403


# Answering.


def test_a_reply_takes_the_conversation_and_goes_after_some_seconds(desk: Desk) -> None:
    assert "takes this conversation over" in desk.jo.words
    desk.does("reply", text="Good morning Amira, how can I help?")
    assert "Goes in a moment" in desk.jo.words and desk.owner() == "staff"
    assert not any("how can I help?" in each for each in desk.texted())
    desk.time_passes(seconds=5)
    assert desk.texted()[-1].endswith("Good morning Amira, how can I help?")
    assert "Someone from the surgery has joined" in desk.texted()[-2]
    assert "Jo Reed" in desk.jo.opens(desk.at)


def test_a_reply_can_be_taken_back_and_its_words_come_back(desk: Desk) -> None:
    desk.does("reply", text="Wrong patient")
    desk.does("undo", reply=desk.value("reply"))
    assert ">Wrong patient</textarea>" in desk.page
    desk.time_passes(seconds=30)
    assert not any("Wrong patient" in each for each in desk.texted())


def test_too_late_to_take_it_back(desk: Desk) -> None:
    desk.does("reply", text="Too fast")
    reply = desk.value("reply")
    desk.time_passes(seconds=6)
    assert desk.does("undo", reply=reply).status_code == 409
    assert "It had gone already" in desk.jo.words


def test_what_came_in_while_writing_is_read_first_and_the_words_are_kept(desk: Desk) -> None:
    desk.does("claim")
    desk.writer.says("and another thing")
    desk.writer.says("it is urgent-ish")
    sent = desk.does("reply", text="My answer")
    assert sent.status_code == 409
    assert "2 new messages since you began writing" in desk.jo.words
    assert ">My answer</textarea>" in desk.page and "and another thing" in desk.jo.words
    assert desk.does("reply", text="My better answer").status_code == 303


def test_two_people_never_answer_at_once(desk: Desk) -> None:
    alex = sign_in(desk.doors, name="Alex Moss")
    alex.opens(desk.at)
    desk.does("reply", text="From Jo")
    late = desk.does("reply", alex, text="From Alex")
    assert late.status_code == 409
    assert "A colleague has taken this" in alex.words
    desk.time_passes(seconds=6)
    assert [each for each in desk.texted() if "From" in each][-1].endswith("From Jo")
    assert not any("From Alex" in each for each in desk.texted())


def test_an_answer_has_words_and_fits(desk: Desk) -> None:
    assert desk.does("reply", text="  ").status_code == 400
    long = desk.does("reply", text="word " * 399)
    assert long.status_code == 400 and "too long" in desk.jo.words.lower()
    assert "word word" in desk.page


def test_after_it_was_closed_nobody_writes_by_mistake(desk: Desk) -> None:
    alex = sign_in(desk.doors, name="Alex Moss")
    alex.opens(desk.at)
    desk.does("resolve", why="called")
    assert desk.does("reply", alex, text="Hello?").status_code == 409
    assert "closed meanwhile" in alex.words


def test_the_number_of_texts_is_counted_while_writing(desk: Desk) -> None:
    assert "1 text" in desk.jo.sends(f"{desk.at}/segments", {"text": "Hello"}, **{"HX-Request": "true"}).text
    desk.jo.opens(desk.at)
    many = desk.jo.sends(f"{desk.at}/segments", {"text": "x" * 300}, **{"HX-Request": "true"}).text
    assert "3 texts" in many
    desk.jo.opens(desk.at)
    assert "special" in desk.jo.sends(f"{desk.at}/segments", {"text": "ж"}, **{"HX-Request": "true"}).text


def canned(desk: Desk, text: str, review_on: date = date(2027, 6, 1)) -> str:
    with desk.doors.surgery.program.database.write() as connection:
        made = canned_replies.add_canned(connection, "Form", text, review_on, "staff-1", desk.doors.clock())
    desk.jo.opens(desk.at)
    return str(made)


def test_a_ready_answer_is_put_in_with_its_values_and_read_before_it_goes(desk: Desk) -> None:
    chosen = canned(desk, "Hello {first_name}, call {phone} or {surgery} answers {when}.")
    desk.does("canned", canned=chosen, text="Hi.")
    assert "Hi.\nHello Amira, call 020 7946 0123 or Riverside Surgery answers today.</textarea>" in desk.page
    assert len(desk.texted()) == 1


def test_a_ready_answer_whose_day_has_come_is_marked(desk: Desk) -> None:
    canned(desk, "Old news", date(2026, 11, 1))
    assert "Form (to be reviewed since 1 November 2026)" in desk.jo.words


def test_a_note_looks_different_and_never_leaves(desk: Desk) -> None:
    desk.does("note", note="Daughter calls at noon")
    desk.time_passes(minutes=5)
    assert '<p class="note">' in desk.page and "Daughter calls at noon" in desk.jo.words
    assert not any("Daughter" in each for each in desk.texted())
    assert not any("Daughter" in each.text for each in desk.writer.reads())


def test_colleagues_see_who_is_there_and_who_writes(desk: Desk) -> None:
    alex = sign_in(desk.doors, name="Alex Moss")
    alex.opens(desk.at)
    desk.jo.opens(desk.at)
    seen = desk.jo.sends(f"{desk.at}/presence", {"text": ""}, **{"HX-Request": "true"})
    assert "Alex Moss is looking here" in seen.text
    alex.opens(desk.at)
    alex.sends(f"{desk.at}/presence", {"text": "Dear"}, **{"HX-Request": "true"})
    desk.jo.opens(desk.at)
    assert "Alex Moss is writing here" in desk.jo.words
    desk.doors.clock.forward(seconds=int(presence.HERE_FOR.total_seconds()))
    desk.jo.opens(desk.at)
    assert "Alex Moss is" not in desk.jo.words


def test_a_heartbeat_keeps_no_screen_from_locking(desk: Desk) -> None:
    token = desk.jo.token
    for _ in range(16):
        desk.doors.clock.forward(minutes=1)
        last = desk.jo.sends(f"{desk.at}/presence", {"token": token}, **{"HX-Request": "true"})
    assert last.status_code == 401


# Handing on.


def test_taken_over_and_given_back(desk: Desk) -> None:
    desk.does("claim")
    assert "It is yours: the assistant is silent" in desk.jo.words
    assert desk.writer.says("hello?") == ""
    desk.jo.opens(desk.at)
    assert desk.does("return").status_code == 303
    assert desk.owner() == "bot"
    desk.doors.run()
    assert "automatic assistant" in desk.texted()[-1]
    assert "8am" in desk.writer.says("when are you open")


def test_handed_to_a_colleague(desk: Desk) -> None:
    alex = hire(desk.doors, name="Alex Moss")
    auditor = hire(desk.doors, "auditor", name="Au Ditor")
    desk.jo.opens(desk.at)
    assert "Alex Moss" in desk.page and "Au Ditor" not in desk.page
    desk.does("transfer", to=alex.id)
    assert "Alex Moss has it" in desk.jo.words and desk.owner() == "staff"
    assert desk.does("transfer", to=auditor.id).status_code == 400


@pytest.mark.parametrize(("fields", "status"), [
    ({"for": "1"}, 303), ({"for": "day"}, 303), ({"until": "2026-12-01"}, 303),
    ({"until": "2026-11-01"}, 400), ({"until": "soon"}, 400), ({}, 400), ({"until": "2036-01-01"}, 400),
])  # fmt: skip
def test_put_aside_until_a_time_to_come(desk: Desk, fields: dict[str, str], status: int) -> None:
    assert desk.does("snooze", **fields).status_code == status
    assert ("Put aside until" in desk.jo.words) == (status == 303)


def test_resolved_with_a_reason(desk: Desk) -> None:
    assert desk.does("resolve", why="nonsense").status_code == 400
    assert desk.does("resolve", why="called").status_code == 303
    desk.jo.opens(desk.at)
    assert "Closed: dealt with by phone" in desk.jo.words


@pytest.mark.parametrize("what", ["resolve", "return", "snooze"])
def test_what_the_patient_wrote_meanwhile_is_not_closed_over(desk: Desk, what: str) -> None:
    desk.does("claim")
    desk.writer.says("one more thing")
    desk.doors.surgery.run()
    late = desk.does(what, why="called", **{"for": "1"})
    assert late.status_code == 409 and "Something has happened here" in desk.jo.words
    assert "one more thing" in desk.jo.words


def test_staff_may_take_a_conversation_that_nobody_asked_for(doors: Doors) -> None:
    writer = doors.surgery.texting(TOM)
    writer.says("when are you open")
    jo = sign_in(doors)
    at = f"/console/conversations/{writer.conversation_id}"
    jo.opens(at)
    assert "With the assistant" in jo.words
    assert jo.sends(f"{at}/begin").status_code == 303
    jo.opens(at)
    assert "It is yours" in jo.words and "Begun by staff" in jo.words


def test_asking_for_proof_sends_the_link(desk: Desk) -> None:
    desk.does("proof")
    desk.doors.run()
    assert re.search(r"/secure/[\w-]{20}", desk.texted()[-1])
    assert "Proof asked for by Jo Reed" in desk.page
    assert ("escalation.asked_proof", "done") in [(row.action, row.outcome) for row in noted(desk.doors)]


def test_in_the_chat_the_link_stands_under_the_message(doors: Doors) -> None:
    amira = doors.surgery.chatting()
    amira.says("book an appointment")
    amira.identifies(AMIRA)
    amira.says("speak to someone")
    jo = sign_in(doors)
    at = f"/console/conversations/{amira.conversation_id}"
    jo.opens(at)
    assert jo.sends(f"{at}/proof").status_code == 303
    last = amira.reads()[-1]
    assert "secure" in last.extra["attachment"] and "http" not in last.text


def test_nobody_unknown_is_asked_for_proof_or_booked_for(doors: Doors) -> None:
    desk = Desk(doors, NOBODY)
    assert "Ask for proof" not in desk.page and "Book or cancel" not in desk.page
    assert desk.does("proof").status_code == 400
    desk.jo.opens(f"{desk.at}/appointments")
    assert desk.jo.status == 404


def test_who_has_left_the_chat_would_not_read_an_answer(doors: Doors) -> None:
    amira = doors.surgery.chatting()
    amira.says("speak to someone")
    jo = sign_in(doors)
    jo.opens(f"/console/conversations/{amira.conversation_id}")
    assert "They have left the chat" in jo.words  # no browser holds it


# Appointments.


def chosen_slot(desk: Desk) -> tuple[str, str]:
    """(id, words) of the first free time on the page."""
    found = re.search(r'name="slot" value="([^"]+)"><label[^>]*>([^<]+)<', desk.page)
    assert found
    return found[1], found[2]


def test_booked_for_the_patient_and_told_to_them_once(desk: Desk) -> None:
    desk.jo.opens(f"{desk.at}/appointments")
    slot, words = chosen_slot(desk)
    desk.jo.sends(f"{desk.at}/appointments", {"slot": slot, "reason": "blood pressure"})
    assert words in desk.jo.words and desk.doors.surgery.appointments("Amira") == []
    fields = {name: desk.value(name) for name in ("key", "slot", "reason")}
    for _ in range(2):  # a key that is pressed twice
        token = desk.jo.token
        assert desk.jo.sends(f"{desk.at}/appointments/book", {**fields, "token": token}).status_code == 303
    desk.doors.run()
    [made] = desk.doors.surgery.appointments("Amira")
    assert (made.slot.id, made.reason) == (slot, "blood pressure")
    assert len([each for each in desk.texted() if "has booked this for you" in each]) == 1
    assert ("appointment.book", "done", "desk") in [(row.action, row.outcome, row.channel) for row in noted(desk.doors)]


def test_a_time_that_was_taken_meanwhile(desk: Desk) -> None:
    desk.jo.opens(f"{desk.at}/appointments")
    slot, _ = chosen_slot(desk)
    desk.jo.sends(f"{desk.at}/appointments", {"slot": slot})
    fields = {name: desk.value(name) for name in ("key", "slot", "reason")}
    desk.doors.surgery.program.backend.book(desk.doors.surgery.patient_id("Zainab"), slot, "", "somebody-else")
    late = desk.jo.sends(f"{desk.at}/appointments/book", fields)
    assert late.status_code == 409 and "just taken that time" in desk.jo.words
    assert desk.owner() == "bot"


def test_cancelled_for_the_patient(doors: Doors) -> None:
    desk = Desk(doors, TOM)
    desk.jo.opens(f"{desk.at}/appointments")
    desk.jo.sends(f"{desk.at}/appointments", {"appointment": desk.value("appointment")})
    fields = {name: desk.value(name) for name in ("key", "appointment")}
    assert desk.jo.sends(f"{desk.at}/appointments/cancel", fields).status_code == 303
    desk.doors.run()
    assert doors.surgery.appointments("Tom") == []
    assert "has cancelled your appointment" in desk.texted()[-1]


def test_another_patients_appointment_cannot_be_cancelled(desk: Desk) -> None:
    [toms] = desk.doors.surgery.appointments("Tom")
    desk.jo.opens(f"{desk.at}/appointments")
    assert desk.jo.sends(f"{desk.at}/appointments", {"appointment": toms.id}).status_code == 400
    desk.jo.opens(f"{desk.at}/appointments")
    forged = desk.jo.sends(f"{desk.at}/appointments/cancel", {"appointment": toms.id, "key": "0" * 32})
    assert forged.status_code == 409
    assert len(desk.doors.surgery.appointments("Tom")) == 1


# Finding.


@pytest.mark.parametrize("sought", ["amira", "AMI", "07700 900001", "+447700900001"])
def test_found_by_name_or_number(desk: Desk, sought: str) -> None:
    desk.jo.opens("/console/patients")
    found = desk.jo.sends("/console/patients", {"sought": sought})
    assert "1 found" in desk.jo.words and f'href="{desk.at}"' in found.text
    assert [row.patient_id for row in noted(desk.doors) if row.action == "patient.find"] == ["patient-01"]


def test_found_by_nhs_number_as_it_is_written(desk: Desk) -> None:
    number = desk.doors.surgery.program.backend.patient("patient-01").nhs_number
    assert number
    desk.jo.opens("/console/patients")
    desk.jo.sends("/console/patients", {"sought": f"{number[:3]} {number[3:6]} {number[6:]}"})
    assert "1 found" in desk.jo.words and "Amira" in desk.jo.words


def test_a_number_of_nobodys_leads_to_what_was_written_from_it(doors: Doors) -> None:
    desk = Desk(doors, NOBODY)
    desk.jo.opens("/console/patients")
    desk.jo.sends("/console/patients", {"sought": "07700 900999"})
    assert "Not the number of a patient here" in desk.jo.words and f'href="{desk.at}"' in desk.page


@pytest.mark.parametrize("sought", ["", "   ", "nobody of this name", "%", "_", "0000000000"])
def test_nobody_is_found_by_what_fits_nobody(desk: Desk, sought: str) -> None:
    desk.jo.opens("/console/patients")
    desk.jo.sends("/console/patients", {"sought": sought})
    assert "Amira" not in desk.jo.words


# All pages.


def test_pages_have_one_heading_labels_and_landmarks(desk: Desk) -> None:
    desk.does("claim")
    for path in ("/console", desk.at, f"{desk.at}/appointments", "/console/patients"):
        desk.jo.opens(path)
        assert desk.jo.heading and desk.page.count("<main") == 1, path
        ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([\w-]+)"', desk.page)
        for each in ids:
            assert f'for="{each}"' in desk.page or each == "keys-on", (path, each)
        every = re.findall(r'\bid="([^"]+)"', desk.page)
        assert len(every) == len(set(every)), path
        assert not re.search(r"\bon\w+=|<style|style=", desk.page), path


def test_a_long_conversation_takes_as_many_queries_as_a_short_one(desk: Desk) -> None:
    def queries(ask: Callable[[], Any]) -> int:
        count: list[None] = []
        engine = desk.doors.surgery.program.database.engine

        def note(*_: object) -> None:
            count.append(None)

        event.listen(engine, "before_cursor_execute", note)
        ask()
        event.remove(engine, "before_cursor_execute", note)
        return len(count)

    few = queries(lambda: desk.jo.asks_for_part(f"{desk.at}/thread"))
    for _ in range(8):
        desk.writer.says("when are you open")
    assert queries(lambda: desk.jo.asks_for_part(f"{desk.at}/thread")) == few


def test_what_was_written_is_escaped(doors: Doors) -> None:
    desk = Desk(doors, text="speak to a person <img src=x onerror=alert(1)>")
    assert "<img" not in desk.page


def test_staff_answers_carry_who_wrote_them_for_colleagues_alone(desk: Desk) -> None:
    desk.does("reply", text="Hello")
    [wrote] = [row.actor_id for row in noted(desk.doors) if row.action == "escalation.replied"]
    desk.time_passes(seconds=6)
    assert [each.extra["staff"] for each in desk.writer.reads() if each.author == STAFF] == [wrote]
    assert not any("Jo" in each for each in desk.texted())
