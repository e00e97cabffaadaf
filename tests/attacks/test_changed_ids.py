"""Every id in every address and button, changed to somebody else's. The application's own list says which there are."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from bot.backend import tables
from bot.backend.demo_people import PATIENTS
from bot.backend.record import SECTIONS
from bot.identity.visits import PURPOSES
from tests.attacks.support import Surroundings, held, knows_itself, opens_page, patients_addresses
from tests.doors.proving import conversation_of, is_offered
from tests.doors.secure import AMIRAS, PASSCODE, PASSCODES, TOMS, Phone
from tests.doors.support import Browser, Doors
from tests.doors.writing import log_in, uploads, writes
from tests.files_support import pdf
from tests.support import TOM

OTHERS = [each.patient for each in PATIENTS if each.patient.id != AMIRAS]


def _ids(doors: Doors, table: Any, is_amiras: bool) -> list[str]:
    mine = table.c.patient_id == AMIRAS
    with doors.surgery.program.database.read() as connection:
        return list(connection.execute(select(table.c.id).where(mine if is_amiras else ~mine)).scalars())


def _amira(doors: Doors) -> tuple[Browser, Phone]:
    browser = knows_itself(doors)
    page = opens_page(browser)
    assert page.proves(PASSCODE).status_code == 303
    return browser, page


def _is_hers(answer: Any) -> None:
    text = answer.text
    assert not any(each.last_name in text or each.id in text for each in OTHERS), answer.url


def test_these_are_all_the_addresses_that_name_something(with_nhs_login: Surroundings) -> None:
    named = {path for path in patients_addresses(with_nhs_login.doors, "GET") if "{" in path}
    assert named == {
        "/secure/messages/{reference}", "/secure/details/{kind}",
        "/secure/results/{result}", "/secure/record/{section}", "/secure/{link}", "/secure/{rest:path}",
        "/chat/cards/{name}", "/chat/calendar/{appointment_id}.ics", "/secure/appointments/{appointment}.ics",
        "/secure/repeats/cancel/{request}",
    }  # fmt: skip


def test_nobody_elses_result_opens(doors: Doors) -> None:
    _, page = _amira(doors)
    theirs = _ids(doors, tables.result, False)
    assert theirs
    for wanted in (*theirs, *_ids(doors, tables.entry, False), *(each.id for each in OTHERS)):
        page.opens(f"/secure/results/{wanted}")
        assert page.status == 404, wanted
        _is_hers(page.page)


def test_an_id_that_tries_to_be_more_opens_nothing(doors: Doors) -> None:
    _, page = _amira(doors)
    other = _ids(doors, tables.result, False)[0]
    own = _ids(doors, tables.result, True)[0]
    for wanted in (
        f"{own}%00", f"{own}'%20OR%201=1--", f"../results/{other}", f"..%2f..%2fpatient-02%2f{other}", f"{own};{other}",
        f"{own}%0d%0aSet-Cookie:x=y", "*", "%", "_" * len(own), f"{own}/{other}", "{{7*7}}", "[0]", "-1", "0",
    ):  # fmt: skip
        page.opens(f"/secure/results/{wanted}")
        assert page.status == 404, wanted
        assert "49" not in page.words and "x" not in page.page.cookies


def test_every_section_shows_her_own_and_no_other_name_of_one_opens(doors: Doors) -> None:
    _, page = _amira(doors)
    for section in SECTIONS:
        page.opens(f"/secure/record/{section}")
        assert page.status == 200
        _is_hers(page.page)
    for wanted in ("patient-02", "consultations", "MEDICINES", "medicines%20", "..%2fresults", "all"):
        page.opens(f"/secure/record/{wanted}")
        assert page.status == 404, wanted


def test_a_query_names_nobody_else(doors: Doors) -> None:
    browser, page = _amira(doors)
    query = "?" + "&".join(f"{name}=patient-02" for name in ("patient", "patient_id", "person_id", "id", "for", "as"))
    for path in patients_addresses(doors, "GET"):
        if path.startswith("/secure/") and "{" not in path:
            page.opens(path + query)
            _is_hers(page.page)
    for name in ("results", "record", "activity", "repeats", "messages"):
        answer = browser.client.get(f"/chat/cards/{name}{query}", headers=browser.own_page)
        assert answer.json().get("patient") == "Amira Khan", answer.text
        _is_hers(answer)


def test_nobody_elses_appointment_is_given_out(doors: Doors) -> None:
    browser, _ = _amira(doors)
    others = [held.id for each in OTHERS for held in doors.surgery.program.backend.appointments(each.id)]
    assert others
    for wanted in (*others, *_ids(doors, tables.result, True), "..", "%2e%2e"):
        assert browser.client.get(f"/chat/calendar/{wanted}.ics").status_code == 404, wanted


def test_nobody_elses_order_or_appointment_is_touched_on_the_page(doors: Doors) -> None:
    _, page = _amira(doors)
    others = [held.id for each in OTHERS for held in doors.surgery.program.backend.appointments(each.id)]
    orders = _ids(doors, tables.prescription_request, False)
    assert others and orders
    before = held(doors, *(each.name for each in (tables.prescription_request, tables.appointment)))
    for wanted in (*others, *orders, *_ids(doors, tables.repeat, True), "..%2f..", "*"):
        page.opens(f"/secure/appointments/{wanted}.ics")
        assert page.status == 404, wanted
        page.opens(f"/secure/repeats/cancel/{wanted}")
        assert page.status == 404, wanted
        page.opens("/secure/repeats")
        assert page.sends(f"/secure/repeats/cancel/{wanted}").status_code in (404, 405), wanted
        _is_hers(page.page)
    assert held(doors, *(each.name for each in (tables.prescription_request, tables.appointment))) == before


def test_nobody_elses_medicine_or_pharmacy_is_slipped_into_an_order(doors: Doors) -> None:
    _, page = _amira(doors)
    page.opens("/secure/repeats")
    own = re.findall(r'name="want-(\w+)"', page.page.text)[1:]  # the first would need a reason
    before = held(doors, *(each.name for each in (tables.prescription_request, tables.nomination)))
    theirs = _ids(doors, tables.repeat, False)
    for wanted in theirs:
        answer = page.sends(
            "/secure/repeats", **{f"want-{wanted}": "yes", "repeat_ids": wanted, "patient_id": "patient-02"}
        )
        assert answer.status_code == 400, wanted
        page.opens("/secure/repeats")
    page.sends("/secure/repeats", **{f"want-{own[0]}": "yes", f"want-{theirs[0]}": "yes"})
    page.opens("/secure/repeats/note")
    page.sends("/secure/repeats/note", words="", repeat_ids=theirs[0], pharmacy_id="FZZ07")
    page.opens("/secure/repeats/where")
    page.sends("/secure/repeats/where", where="usual", pharmacy="FZZ07", requested_by="patient-02")
    page.opens("/secure/repeats/check")
    assert held(doors, *(each.name for each in (tables.prescription_request, tables.nomination))) == before
    page.sends("/secure/repeats/check", key=page.hidden("key"), repeat_ids=theirs[0], patient_id="patient-02")
    made = doors.surgery.program.backend.prescription_requests(AMIRAS)
    assert [(each.repeat_id, each.pharmacy_id, each.requested_by) for each in made] == [(own[0], None, AMIRAS)]


def test_nobody_elses_link_or_button_works(doors: Doors) -> None:
    browser, page = _amira(doors)
    tom = knows_itself(doors, TOM)
    is_offered(tom, "Tom")
    rows = held(doors, "secure_link", "quick_reply", "conversation", "secure_visit")
    hers = conversation_of(browser).id
    ids = [str(value) for name in rows for row in rows[name] if hers not in row for value in row if value is not None]
    for wanted in ids:
        assert browser.posts("secure", {"link": wanted}).status_code in (400, 410), wanted
        sent = browser.posts("messages", {"id": str(uuid.uuid4()), "reply": wanted})
        assert sent.status_code == 400, wanted
        if wanted.isalnum() and wanted not in PURPOSES:
            page.opens(f"/secure/{wanted}")
            assert page.status == 404, wanted


def test_nobody_elses_message_or_file_opens(doors: Doors) -> None:
    """By its reference, by any id of its rows, and by what is stored of it."""
    tom = log_in(doors, TOM, TOMS, PASSCODES[TOMS])
    writes(tom, "for the surgery alone", files={"a.pdf": pdf()})
    _, page = _amira(doors)
    rows = held(doors, "thread", "attachment", "message", "conversation")
    ids = {str(value) for name in rows for row in rows[name] for value in row if isinstance(value, (str, int))}
    before = held(doors, "thread", "attachment", "message")
    for wanted in (*ids, "..%2fwrite", "*", "%00", "WRITE"):
        for path in ("/secure/messages", "/secure/files", "/console/files"):
            answer = page.client.get(f"{path}/{quote(wanted, safe='%*')}")
            assert answer.status_code in (303, 404), (path, wanted)
            assert "surgery alone" not in answer.text and b"%PDF" not in answer.content
        page.opens("/secure/messages/write")
        assert uploads(page, f"/secure/messages/{quote(wanted, safe='%*')}", text="mine").status_code in (404, 405)
    assert held(doors, "thread", "attachment", "message") == before


def test_messages_are_those_of_the_cookies_conversation_whatever_is_asked_for(doors: Doors) -> None:
    browser, _ = _amira(doors)
    tom = knows_itself(doors, TOM)
    seqs = {each["seq"] for each in tom.reads()}
    for query in (f"after=0&conversation={conversation_of(tom).id}", "after=-1", "after=0' OR 1=1", "after=0&after=1"):
        got = browser.client.get(f"/chat/messages?{query}").json()["messages"]
        assert not seqs & {each["seq"] for each in got}, query


def test_no_id_in_an_address_says_whose_it_is(doors: Doors) -> None:
    for table in (tables.result, tables.entry):
        for wanted in _ids(doors, table, True):
            assert "Amira" not in wanted and AMIRAS not in wanted and "9990" not in wanted, wanted
