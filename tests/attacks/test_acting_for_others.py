"""Somebody trusted with a part sees that part: of that patient, at that level, while it lasts, by their own login."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.backend.record import PROBLEMS, SECTIONS, Entry
from bot.identity.desk import Desk, NotPossible
from bot.identity.disclosure import visible_sections
from bot.identity.policy import ACCESS_LEVELS, Access
from bot.store.access import find_access
from bot.store.proxies import Proxy
from tests.attacks.support import PAGES, knows_itself, opens_page
from tests.doors.secure import (
    AMIRAS,
    OPEN,
    PASSCODE,
    PASSCODES,
    TOMS,
    NoLink,
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
from tests.support import AMIRA, NOVAK, OSEI, TOM

LEOS, EVAS, JADES, MAYAS = "patient-06", "patient-05", "patient-14", "patient-13"
EVAS_PASSCODE, ABENAS_PASSCODE = PASSCODES[EVAS], PASSCODES["proxy-osei"]


def _trusts(doors: Doors, level: str, **changes: object) -> Proxy:
    """Tom is trusted by Amira."""
    today = doors.clock().date()
    given = Proxy("proxy-tom", AMIRAS, TOMS, "Tom Barker", TOM, level, "consent", "reception", today)
    given = replace(given, **changes)
    with doors.surgery.program.database.write() as connection:
        Desk(doors.surgery.program.practice).trust(connection, given, doors.clock())
    return given


def _proves(doors: Doors, number: str, patient_id: str, passcode: str, purpose: str = "record") -> Phone:
    phone = Phone(doors)
    phone.spends(send_link(doors, purpose, number, patient_id))
    phone.proves(passcode)
    return phone


def _shows_nothing(phone: Phone) -> None:
    for page in PAGES:
        phone.opens(f"/secure/{page}")
        assert phone.status in (303, 403, 404), page


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_only_what_was_agreed_is_shown_whatever_the_patient_may_see(doors: Doors, level: str) -> None:
    give_access(doors)
    _trusts(doors, level)
    phone = _proves(doors, TOM, AMIRAS, PASSCODES[TOMS])
    opened = set(visible_sections(Access(level)))
    for section in SECTIONS:
        phone.opens(f"/secure/record/{section}")
        assert (phone.status == 200) == (section in opened), section
    phone.opens("/secure/results")
    assert (phone.status == 200) == (level in ("coded", "full"))


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_nor_more_than_the_patient_may_see(doors: Doors, level: str) -> None:
    _trusts(doors, "full")
    give_access(doors, level=level)
    phone = _proves(doors, TOM, AMIRAS, PASSCODES[TOMS])
    for section in SECTIONS:
        phone.opens(f"/secure/record/{section}")
        assert (phone.status == 200) == (section in visible_sections(Access(level))), section


def test_what_is_sensitive_is_left_out_everywhere(doors: Doors) -> None:
    give_access(doors)
    clear_record(doors)
    _trusts(doors, "full")
    file_result(doors, id="hidden", title="Chlamydia screen", sensitive=True)
    file_result(doors, id="shown")
    hidden = Entry("entry-x", PROBLEMS, "Contraception advice", date(2026, 5, 1), sensitive=True)
    record_entry(doors, hidden)
    tom = _proves(doors, TOM, AMIRAS, PASSCODES[TOMS])
    for page in (*PAGES, "results/shown", "results/hidden", *(f"record/{section}" for section in SECTIONS)):
        tom.opens(f"/secure/{page}")
        assert not re.search("Chlamydia|Contraception", tom.page.text), page
    tom.opens("/secure/results/hidden")
    missing = (tom.status, tom.words)
    tom.opens("/secure/results/nothing")
    assert (tom.status, tom.words) == missing
    chat = knows_itself(doors, TOM)
    assert "Chlamydia" not in str(chat.client.get("/chat/cards/results", headers=chat.own_page).text)
    amira = Phone(doors)
    amira.logs_in()
    assert "Chlamydia screen" in amira.page.text


def test_one_passcode_opens_only_those_it_is_trusted_with(doors: Doors) -> None:
    for number, patient_id, passcode in (
        (AMIRA, AMIRAS, EVAS_PASSCODE), (TOM, TOMS, ABENAS_PASSCODE), (NOVAK, EVAS, ABENAS_PASSCODE),
        (AMIRA, AMIRAS, PASSCODES[TOMS]), ("+447700900012", JADES, ABENAS_PASSCODE),
    ):  # fmt: skip
        _shows_nothing(_proves(doors, number, patient_id, passcode))


def test_a_link_to_one_child_opens_nothing_of_the_other(doors: Doors) -> None:
    phone = _proves(doors, OSEI, JADES, ABENAS_PASSCODE)
    phone.opens("/secure/record")
    assert "Jade" in phone.page.text and "Maya" not in phone.page.text
    with doors.surgery.program.database.read() as connection:
        mayas = [each.id for each in doors.surgery.program.backend.results(MAYAS)]
        assert find_access(connection, MAYAS)
    for wanted in mayas:
        phone.opens(f"/secure/results/{wanted}")
        assert phone.status == 404


def test_the_patients_passcode_in_another_hand_is_refused_by_nothing_but_its_phone(doors: Doors) -> None:
    """Informal sharing: her passcode with his phone and link opens his record to nobody, and hers not at all."""
    phone = _proves(doors, TOM, TOMS, PASSCODE)
    _shows_nothing(phone)


def test_after_it_has_ended_the_passcode_opens_nothing(doors: Doors) -> None:
    given = _trusts(doors, "full", ends_on=doors.clock().date() + timedelta(days=2))
    doors.clock.forward(days=3)
    _shows_nothing(_proves(doors, TOM, AMIRAS, PASSCODES[TOMS]))
    with doors.surgery.program.database.write() as connection:
        Desk(doors.surgery.program.practice).end_trust(connection, given, "reception", doors.clock())
    _shows_nothing(_proves(doors, TOM, AMIRAS, PASSCODES[TOMS]))


def test_before_it_begins_it_opens_nothing(doors: Doors) -> None:
    _trusts(doors, "full", given_on=doors.clock().date() + timedelta(days=2))
    _shows_nothing(_proves(doors, TOM, AMIRAS, PASSCODES[TOMS]))


def test_a_trusted_person_from_a_phone_that_is_not_theirs_is_nobody(doors: Doors) -> None:
    """Tom's passcode on Amira's phone: what was agreed counts from his own."""
    _trusts(doors, "full")
    _shows_nothing(_proves(doors, AMIRA, AMIRAS, PASSCODES[TOMS]))


def test_a_locked_person_is_locked_for_everybody_they_act_for(doors: Doors) -> None:
    with doors.surgery.program.database.write() as connection:
        Desk(doors.surgery.program.practice).lock(connection, EVAS, "reception", doors.clock())
    _shows_nothing(_proves(doors, NOVAK, LEOS, EVAS_PASSCODE))


def test_what_they_change_is_their_own_and_never_the_patients(doors: Doors) -> None:
    _trusts(doors, "full")
    give_access(doors)
    phone = _proves(doors, TOM, AMIRAS, PASSCODES[TOMS], "settings")
    new = {"old": PASSCODES[TOMS], "new": "three quiet walnuts", "again": "three quiet walnuts"}
    phone.opens("/secure/settings/passcode")
    phone.sends("/secure/settings/passcode", **new)
    assert phone.status == 200
    for path in ("turn-off",):
        phone.sends(f"/secure/settings/{path}")
        assert phone.status in (403, 404), path
    amira = Phone(doors)
    amira.logs_in()
    assert amira.status == 200, "her passcode is what it was, and her access is on"
    _shows_nothing(_proves(doors, TOM, TOMS, PASSCODES[TOMS]))
    assert _proves(doors, TOM, TOMS, "three quiet walnuts").opens("/secure/record")


def test_who_acted_is_in_the_trail_of_the_patient(doors: Doors) -> None:
    phone = _proves(doors, NOVAK, LEOS, EVAS_PASSCODE)
    phone.opens("/secure/record")
    assert last_noted(doors)[0] == "record.view"
    assert (noted(doors)[-1].patient_id, noted(doors)[-1].actor_id) == (LEOS, EVAS)


def test_what_a_patient_did_is_not_shown_to_whoever_acts_for_them(doors: Doors) -> None:
    """A teenager looked at something by herself: her mother does not read that she did."""
    jade = _proves(doors, "+447700900012", JADES, PASSCODES[JADES], "results")
    jade.opens("/secure/results")
    mother = _proves(doors, OSEI, JADES, ABENAS_PASSCODE, "activity")
    mother.opens("/secure/activity")
    assert mother.status == 403
    assert "Looked at" not in mother.page.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"level": "everything"}, "unknown_level"), ({"basis": "she said so"}, "unknown_basis"),
     ({"basis": "best_interests", "ends_on": None}, "no_end")],
)  # fmt: skip
def test_staff_cannot_agree_to_what_the_rules_do_not_know(doors: Doors, changes: dict[str, object], code: str) -> None:
    with pytest.raises(NotPossible) as refused:
        _trusts(doors, **{"level": "full", **changes})  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_mother_of_a_closed_record_gets_no_further_than_the_child(doors: Doors) -> None:
    give_access(doors, OPEN, LEOS, flags=frozenset({"under_review"}))
    phone = _proves(doors, NOVAK, LEOS, EVAS_PASSCODE)
    for page in ("results", "record", "record/medicines", "activity"):
        phone.opens(f"/secure/{page}")
        assert phone.status == 403, page


def test_in_the_chat_a_proof_for_a_child_opens_no_card_of_the_mothers(doors: Doors) -> None:
    chat = knows_itself(doors, "+447700900002")
    page = opens_page(chat, "Tom")
    assert page.proves(EVAS_PASSCODE).status_code == 400
    assert chat.client.get("/chat/cards/results", headers=chat.own_page).status_code == 404
    with pytest.raises(NoLink):
        for _ in range(3):
            for _ in range(5):
                page.proves(EVAS_PASSCODE)
            page = Phone(doors)
            page.spends(send_link(doors, "results", TOM, TOMS))
