"""The online services desk: registering somebody, what they are handed, and everything that can be changed later."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.backend.demo_people import PATIENTS
from bot.identity.policy import FLAGS, Access
from bot.identity.registering import METHODS, Registration, problems
from bot.store import credentials
from bot.store.escalations import add_escalation
from bot.store.proxies import Proxy, proxies_for
from bot.store.tables import audit
from connectors.console import words
from tests.doors.console import Computer, sign_in
from tests.doors.support import Doors
from tests.support import AMIRA

AMIRAS = "patient-01"
DESK = "/console/desk"


@pytest.fixture()
def reception(doors: Doors) -> Computer:
    return sign_in(doors, name="Ann Bell")


def patient_id(first_name: str) -> str:
    return next(each.patient.id for each in PATIENTS if each.patient.first_name == first_name)


def nobody_yet() -> str:
    """A registered patient for whom nothing is switched on."""
    return next(
        each.patient.id for each in PATIENTS if each.access.level == "none" and each.patient.status == "registered"
    )


def access_of(doors: Doors, patient: str) -> Access:
    with doors.surgery.program.database.read() as connection:
        return doors.surgery.program.services.desk.access_of(connection, patient)


def trusted_by(doors: Doors, patient: str) -> list[Proxy]:
    with doors.surgery.program.database.read() as connection:
        return proxies_for(connection, patient)


def noted(doors: Doors, count: int = 1) -> list[Any]:
    with doors.surgery.program.database.read() as connection:
        found = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(count)).all()
    return found[::-1]


def sends(computer: Computer, path: str, **fields: str) -> Any:
    """Opens the page that the form is on, and sends the form."""
    computer.opens(path)
    if computer.status != 200:
        computer.opens(DESK)
    return computer.sends(path, fields)


# Finding.


@pytest.mark.parametrize("sought", ["amira", "Hassan", AMIRA, "07700 900001"])
def test_a_patient_is_found_by_what_they_say_they_are_called(reception: Computer, sought: str) -> None:
    amira = next(each.patient for each in PATIENTS if each.patient.id == AMIRAS)
    reception.opens(DESK)
    reception.sends(DESK, {"sought": sought if sought != "Hassan" else amira.last_name})
    assert amira.name in reception.words
    assert f"{DESK}/{AMIRAS}" in reception.page.text


def test_what_was_looked_for_is_in_no_address(reception: Computer) -> None:
    reception.opens(DESK)
    found = reception.sends(DESK, {"sought": "nobody of this name"})
    assert found.status_code == 200 and "?" not in str(found.url)
    assert "Nobody fits" in reception.words


def test_looking_for_nothing_is_told(reception: Computer) -> None:
    reception.opens(DESK)
    assert reception.sends(DESK, {"sought": " "}).status_code == 400
    assert "Enter a name" in reception.words


def test_somebody_who_is_not_there_is_not_found(reception: Computer) -> None:
    for path in ("patient-999", "patient-999/register", "..%2Fqueue", "patient-01/nothing"):
        reception.opens(f"{DESK}/{path}")
        assert reception.status == 404


# One patient.


def test_the_desk_says_what_is_switched_on_and_how_it_was_checked(doors: Doors, reception: Computer) -> None:
    reception.opens(f"{DESK}/{AMIRAS}")
    assert words.GIVEN[access_of(doors, AMIRAS).level] in reception.words
    assert "Two documents" in reception.words
    [entry] = noted(doors)
    assert (entry.action, entry.patient_id, entry.channel) == ("access.view", AMIRAS, "desk")
    assert entry.actor_id.startswith("staff-")


def test_an_nhs_number_is_written_in_its_three_parts(reception: Computer) -> None:
    assert re.search(r"NHS number 999&nbsp;\d{3}&nbsp;\d{4}", reception.opens(f"{DESK}/{AMIRAS}"))


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_the_desk_is_not_for_everybody(doors: Doors, role: str) -> None:
    computer = sign_in(doors, role=role)
    for path in (DESK, f"{DESK}/{AMIRAS}", f"{DESK}/{AMIRAS}/register", f"{DESK}/{AMIRAS}/trusted"):
        computer.opens(path)
        assert computer.status == 403


def test_a_clinician_changes_access_and_registers_nobody(doors: Doors) -> None:
    clinician = sign_in(doors, role="clinician")
    for path, status in (("", 200), ("/access", 200), ("/register", 403), ("/trusted", 403)):
        clinician.opens(f"{DESK}/{AMIRAS}{path}")
        assert clinician.status == status


# What has to be settled.

SETTLED = Registration(
    method="documents", photo="passport", address="council_tax", level="appointments", was_alone=True
)
WITH_RECORD = replace(SETTLED, level="full", decided_by="dr-patel", record_from=date(2026, 11, 23))
VOUCHED = replace(SETTLED, method="vouching", photo="", address="", voucher="staff-1")


@pytest.mark.parametrize("asked", [SETTLED, WITH_RECORD, VOUCHED, replace(VOUCHED, method="vouching_with_information")])
def test_what_is_settled_may_go_ahead(asked: Registration) -> None:
    assert problems(asked) == {}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"method": ""}, {"method": "empty"}),
        ({"method": "nhs_login"}, {"method": "empty"}),
        ({"photo": ""}, {"photo": "empty"}),
        ({"address": "passport"}, {"address": "empty"}),
        ({"level": "none"}, {"level": "empty"}),
        ({"level": "everything"}, {"level": "empty"}),
        ({"was_alone": False}, {"was_alone": "empty"}),
        ({"level": "summary"}, {"decided_by": "empty"}),
        ({"level": "full", "decided_by": "dr-patel", "is_new": True}, {"partner": "too_new"}),
        ({"level": "full", "decided_by": "dr-patel", "full_history": True}, {"is_reviewed": "empty"}),
    ],
)
def test_what_is_not_settled_is_named(change: dict[str, Any], problem: dict[str, str]) -> None:
    assert problems(replace(SETTLED, **change)) == problem


@pytest.mark.parametrize("level", ["coded", "full"])
@pytest.mark.parametrize("method", METHODS[1:])
def test_vouched_for_from_afar_they_get_no_more_than_the_summary(level: str, method: str) -> None:
    asked = replace(VOUCHED, method=method, is_remote=True, level=level, decided_by="dr-patel")
    assert problems(asked) == {"level": "remote"}
    assert problems(replace(asked, level="summary")) == {}


def test_somebody_new_here_gets_the_record_when_a_partner_agrees() -> None:
    assert problems(replace(WITH_RECORD, is_new=True, partner="dr-hughes")) == {}
    assert problems(replace(SETTLED, is_new=True)) == {}


# Registering.

FORM = {
    "method": "documents",
    "photo": "passport",
    "address": "council_tax",
    "level": "full",
    "decided_by": "dr-patel",
    "record_from": "2026-11-01",
    "review_on": "2027-11-01",
    "was_alone": "yes",
}


def register(computer: Computer, patient: str, **changes: str) -> Any:
    return sends(computer, f"{DESK}/{patient}/register", **{**FORM, **changes})


def test_a_patient_is_registered_and_handed_a_key_that_works(doors: Doors, reception: Computer) -> None:
    patient = nobody_yet()
    assert register(reception, patient).status_code == 200
    key = re.search(r'class="key">([\w-]+)<', reception.page.text)[1]  # type: ignore[index]
    held = access_of(doors, patient)
    assert (held.level, held.verified_by, held.record_from) == ("full", "documents", date(2026, 11, 1))
    assert held.review_on == date(2027, 11, 1)
    with doors.surgery.program.database.write() as connection:
        assert credentials.take_registration_key(connection, patient, key, doors.clock())


def test_how_they_were_checked_and_who_decided_is_noted(doors: Doors, reception: Computer) -> None:
    register(reception, nobody_yet(), is_new="yes", partner="dr-hughes")
    entries = {each.action: each for each in noted(doors, 3)}
    checked, decided, given = (entries[name] for name in ("access.set", "access.agreed", "registration_key"))
    assert (checked.subject, checked.reason) == ("documents", "passport+council_tax")
    assert (decided.subject, decided.reason) == ("dr-patel", "partner:dr-hughes")
    assert checked.actor_id == decided.actor_id == given.actor_id != None  # noqa: E711


def test_who_vouched_is_noted(doors: Doors, reception: Computer) -> None:
    changes = {"method": "vouching", "photo": "", "address": "", "voucher": "nurse-byrne", "is_remote": "yes"}
    register(reception, nobody_yet(), **changes, level="summary")
    assert next(each.reason for each in noted(doors, 3) if each.action == "access.set") == "by:nurse-byrne:remote"


def test_the_letter_names_the_surgery_and_says_how_and_holds_no_number(doors: Doors, reception: Computer) -> None:
    patient = next(each.patient for each in PATIENTS if each.patient.id == nobody_yet())
    register(reception, patient.id)
    practice = doors.surgery.program.practice
    letter = re.search(r"<article.*?</article>", reception.page.text, re.DOTALL)[0]  # type: ignore[index]
    for part in (practice.name, *practice.address, patient.name, "set up a passcode", practice.website, "/chat"):
        assert part in letter, part
    assert "Tell us, and we will stop it" in letter
    digits = re.sub(r"\D", "", letter)
    assert not patient.nhs_number or patient.nhs_number not in digits
    assert str(patient.date_of_birth.year) not in letter


def test_the_key_is_shown_once(reception: Computer) -> None:
    patient = nobody_yet()
    register(reception, patient)
    key = re.search(r'class="key">([\w-]+)<', reception.page.text)[1]  # type: ignore[index]
    assert reception.page.headers["Cache-Control"] == "no-store"
    assert key not in reception.opens(f"{DESK}/{patient}")
    assert "Given, works until" in reception.words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": ""}, "Choose how you checked who they are"),
        ({"photo": ""}, "Choose the photo document"),
        ({"address": ""}, "Choose the document with their address"),
        ({"method": "vouching"}, "Choose who vouches"),
        ({"level": ""}, "Choose what to switch on"),
        ({"decided_by": ""}, "Choose who decided"),
        ({"decided_by": "the cat"}, "Choose who decided"),
        ({"is_new": "yes"}, "They are new here"),
        ({"full_history": "yes"}, "Have the whole record reviewed"),
        ({"was_alone": ""}, "Ask them alone"),
    ],
)
def test_nothing_is_switched_on_before_all_is_settled(
    doors: Doors, reception: Computer, change: dict[str, str], said: str
) -> None:
    patient = nobody_yet()
    before = access_of(doors, patient)
    assert register(reception, patient, **change).status_code == 400
    assert said in reception.words
    assert access_of(doors, patient) == before
    assert 'class="key"' not in reception.page.text


def test_what_was_filled_in_stays_when_something_is_missing(reception: Computer) -> None:
    register(reception, nobody_yet(), was_alone="")
    assert 'value="passport" selected' in reception.page.text
    assert re.search(r'value="full" checked', reception.page.text)


def test_somebody_who_has_left_is_not_registered(reception: Computer) -> None:
    gone = next(each.patient.id for each in PATIENTS if each.patient.status != "registered")
    assert register(reception, gone).status_code == 404
    assert "closed" in (reception.opens(f"{DESK}/{gone}") and reception.words)


# Changing.


def test_access_is_changed_and_withdrawn(doors: Doors, reception: Computer) -> None:
    assert sends(reception, f"{DESK}/{AMIRAS}/access", level="prescriptions").status_code == 303
    assert access_of(doors, AMIRAS).level == "prescriptions"
    assert sends(reception, f"{DESK}/{AMIRAS}/access", level="none").status_code == 303
    assert access_of(doors, AMIRAS).level == "none"


def test_the_record_is_a_decision_of_its_own(doors: Doors, reception: Computer) -> None:
    refused = sends(reception, f"{DESK}/{AMIRAS}/access", level="coded")
    assert refused.status_code == 400 and "Choose who decided" in reception.words
    assert sends(reception, f"{DESK}/{AMIRAS}/access", level="coded", decided_by="dr-patel").status_code == 303
    assert access_of(doors, AMIRAS).level == "coded"


def test_nobody_whose_identity_was_not_checked_gets_the_record(doors: Doors, reception: Computer) -> None:
    patient = nobody_yet()
    refused = sends(reception, f"{DESK}/{patient}/access", level="coded", decided_by="dr-patel")
    assert refused.status_code == 400 and "Check who they are first" in reception.words
    assert access_of(doors, patient).level == "none"


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_goes_on_and_off_and_its_meaning_is_shown(doors: Doors, reception: Computer, flag: str) -> None:
    page = reception.opens(f"{DESK}/{AMIRAS}")
    assert words.FLAGS[flag].name.split(" (")[0] in page
    reception.sends(f"{DESK}/{AMIRAS}/flag", {"flag": flag, "is": "on"})
    assert flag in access_of(doors, AMIRAS).flags
    reception.opens(f"{DESK}/{AMIRAS}")
    reception.sends(f"{DESK}/{AMIRAS}/flag", {"flag": flag, "is": "off"})
    assert flag not in access_of(doors, AMIRAS).flags


def test_the_codes_of_the_record_are_named(reception: Computer) -> None:
    page = reception.opens(f"{DESK}/{AMIRAS}")
    assert all(code in page for code in ("1290331000000103", "1364731000000104", "1364751000000106"))


def test_an_unknown_flag_is_refused(reception: Computer) -> None:
    reception.opens(f"{DESK}/{AMIRAS}")
    assert reception.sends(f"{DESK}/{AMIRAS}/flag", {"flag": "evil", "is": "on"}).status_code == 404


def test_a_login_is_locked_and_unlocked(doors: Doors, reception: Computer) -> None:
    for what, by in (("lock", "staff"), ("unlock", None)):
        reception.opens(f"{DESK}/{AMIRAS}")
        assert reception.sends(f"{DESK}/{AMIRAS}/{what}").status_code == 303
        with doors.surgery.program.database.read() as connection:
            held = credentials.find_credential(connection, AMIRAS)
        assert held and held.locked_by == by


def test_a_new_key_ends_those_before(doors: Doors, reception: Computer) -> None:
    keys = []
    for _ in range(2):
        reception.opens(f"{DESK}/{AMIRAS}")
        reception.sends(f"{DESK}/{AMIRAS}/key")
        keys.append(re.search(r'class="key">([\w-]+)<', reception.page.text)[1])  # type: ignore[index]
    with doors.surgery.program.database.read() as connection:
        works = [credentials.holds_registration_key(connection, AMIRAS, key, doors.clock()) for key in keys]
    assert works == [False, True]


def test_the_desk_shows_what_was_changed_and_by_whom(reception: Computer) -> None:
    sends(reception, f"{DESK}/{AMIRAS}/access", level="appointments")
    reception.opens(f"{DESK}/{AMIRAS}")
    assert re.search(r"Switched on Appointments .*Ann Bell", reception.words)


# People they trust.

PERSON = {
    "name": "Joan Hill",
    "mobile": "07700 900555",
    "basis": "consent",
    "level": "prescriptions",
    "is_checked": "yes",
    "is_safe": "yes",
}


def trust(computer: Computer, patient: str = AMIRAS, **changes: str) -> Any:
    return sends(computer, f"{DESK}/{patient}/trusted", **{**PERSON, **changes})


def test_somebody_is_trusted_reviewed_given_a_key_and_no_longer_trusted(doors: Doors, reception: Computer) -> None:
    assert trust(reception).status_code == 303
    [held] = trusted_by(doors, AMIRAS)
    assert (held.name, held.mobile, held.level) == ("Joan Hill", "+447700900555", "prescriptions")
    assert "Joan Hill" in reception.opens(f"{DESK}/{AMIRAS}")
    reception.sends(f"{DESK}/{AMIRAS}/trusted/{held.id}/review")
    assert trusted_by(doors, AMIRAS)[0].reviewed_on == doors.clock().date()
    reception.opens(f"{DESK}/{AMIRAS}")
    reception.sends(f"{DESK}/{AMIRAS}/trusted/{held.id}/key")
    assert "Dear Joan Hill" in reception.words and "for somebody who trusts you" in reception.words
    amira = next(each.patient for each in PATIENTS if each.patient.id == AMIRAS)
    article = re.search(r"<article.*?</article>", reception.page.text, re.DOTALL)[0]  # type: ignore[index]
    assert amira.last_name not in article
    reception.opens(f"{DESK}/{AMIRAS}")
    reception.sends(f"{DESK}/{AMIRAS}/trusted/{held.id}/end")
    assert trusted_by(doors, AMIRAS) == []
    assert [each.action for each in noted(doors)] == ["proxy.ended"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Enter their name"),
        ({"mobile": "12"}, "Enter their own mobile number"),
        ({"basis": ""}, "Choose why they may act"),
        ({"level": ""}, "Choose what they may do"),
        ({"basis": "best_interests"}, "Set a last day"),
        ({"ends_on": "2020-01-01"}, "Enter a day to come"),
        ({"ends_on": "soon"}, "Enter a day to come"),
        ({"person": "patient-999"}, "There is no registered patient"),
        ({"is_checked": ""}, "Check who they are"),
        ({"is_safe": ""}, "Look at both records"),
    ],
)
def test_nobody_is_trusted_before_all_is_settled(
    doors: Doors, reception: Computer, change: dict[str, str], said: str
) -> None:
    assert trust(reception, **change).status_code == 400
    assert said in reception.words
    assert trusted_by(doors, AMIRAS) == []


def test_a_childs_birthdays_are_told(reception: Computer) -> None:
    reception.opens(f"{DESK}/{patient_id('Leo')}/trusted")
    for said in ("Only the young person can ask", "cut back", "Do not let anybody use the patient’s own passcode"):
        assert said in reception.words


def test_an_adults_birthdays_are_not(reception: Computer) -> None:
    reception.opens(f"{DESK}/{AMIRAS}/trusted")
    assert "birthday" not in reception.words


def test_somebody_trusted_by_another_patient_is_not_reached_from_here(doors: Doors, reception: Computer) -> None:
    trust(reception)
    [held] = trusted_by(doors, AMIRAS)
    reception.opens(f"{DESK}/patient-02")
    assert reception.sends(f"{DESK}/patient-02/trusted/{held.id}/end").status_code == 404
    assert trusted_by(doors, AMIRAS) == [held]


# What patients told the desk.


@pytest.mark.parametrize("reason", words.REPORTS)
def test_a_report_is_listed_with_what_to_do_and_leads_to_its_conversation(
    doors: Doors, reception: Computer, reason: str
) -> None:
    writer = doors.surgery.texting(AMIRA)
    writer.says("hello")
    with doors.surgery.program.database.write() as connection:
        add_escalation(connection, writer.conversation_id, reason, "urgent", "", doors.clock(), AMIRAS)
    reception.opens(DESK)
    assert words.REPORTS[reason][:40] in reception.words
    assert f'{DESK}/{AMIRAS}"' in reception.page.text and "/console/conversations/" in reception.page.text


def test_the_desk_is_not_sent_what_others_answer(doors: Doors, reception: Computer) -> None:
    doors.surgery.texting(AMIRA).says("can i speak to someone please")
    reception.opens(DESK)
    assert "Nothing waits" in reception.words


def test_a_report_by_somebody_unknown_is_listed_too(doors: Doors, reception: Computer) -> None:
    writer = doors.surgery.chatting()
    writer.says("hello")
    with doors.surgery.program.database.write() as connection:
        add_escalation(connection, writer.conversation_id, "not_me", "urgent", "", doors.clock())
    reception.opens(DESK)
    assert "Nobody we know yet" in reception.words


def test_a_form_from_elsewhere_changes_nothing(doors: Doors, reception: Computer) -> None:
    reception.opens(f"{DESK}/{AMIRAS}")
    reception.token = "0" * 64
    assert reception.sends(f"{DESK}/{AMIRAS}/access", {"level": "none"}).status_code == 403
    assert access_of(doors, AMIRAS).level != "none"
