"""Contact details on the secure page: shown in part, changed by nobody but staff."""

from __future__ import annotations

import pytest

from bot.identity.policy import NO_RECORD_BY_CHAT
from bot.store.contact_changes import open_changes
from connectors.secure.details import mask
from tests.doors.secure import AMIRAS, PASSCODES, Phone, give_access, last_noted, noted, send_link
from tests.doors.support import Doors
from tests.support import AMIRA, OSEI

NEW = "07700 900321"


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.spends(send_link(doors, "details"))
    opened.opens(opened.proves().headers["Location"])
    return opened


def asked(doors: Doors) -> list[tuple[str, str]]:
    with doors.surgery.program.database.read() as connection:
        return [(each.kind, each.value) for each in open_changes(connection, AMIRAS)]


def test_what_is_held_is_shown_in_part(doors: Doors, phone: Phone) -> None:
    patient = doors.surgery.program.backend.patient(AMIRAS)
    assert phone.heading == "Your contact details" and "ends in 001" in phone.words
    for hidden in ("900001", patient.email, *patient.address[:-1]):
        assert hidden is None or hidden not in phone.page.text
    assert last_noted(doors) == ("details.view", "done", "page", None)


@pytest.mark.parametrize(
    "kind, value, shown",
    [
        ("mobile", "+447700900001", "ends in 001"),
        ("email", "amira.khan@example.com", "a…@example.com"),
        ("address", "12 Mill Lane\nSampleton\nSA1 2PL", "ends in SA1 2PL"),
        ("email", "", ""),
    ],
)
def test_a_part_is_enough_to_know_it_again(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize(
    "kind, value, kept",
    [
        ("mobile", NEW, "+447700900321"),
        ("email", "amira@new.example.com", "amira@new.example.com"),
        ("address", "14 Mill Lane\r\nSampleton\r\nSA1 2PL", "14 Mill Lane\nSampleton\nSA1 2PL"),
    ],
)
def test_a_change_is_asked_for_and_nothing_is_changed(
    doors: Doors, phone: Phone, kind: str, value: str, kept: str
) -> None:
    before = doors.surgery.program.backend.patient(AMIRAS)
    phone.opens(f"/secure/details/{kind}")
    phone.sends(f"/secure/details/{kind}", value=value)
    assert phone.heading == "We have your request" and "Nothing has been changed yet" in phone.words
    assert asked(doors) == [(kind, kept)]
    assert doors.surgery.program.backend.patient(AMIRAS) == before
    assert last_noted(doors) == ("details.ask", kind, "page", None)
    assert doors.reasons() == ["details_asked"]
    phone.opens("/secure/details")
    assert "You have asked us to change this" in phone.words


@pytest.mark.parametrize(
    "kind, value, said",
    [
        ("mobile", "", "Enter a mobile number"),
        ("mobile", "020 7946 0123", "Enter a mobile number"),
        ("mobile", "07700 900001", "what we have already"),
        ("email", "amira", "Enter an email address"),
        ("address", "somewhere", "with the postcode on the last"),
        ("address", "x" * 100_000, "with the postcode on the last"),
        ("mobile", "<script>alert(1)</script>", "Enter a mobile number"),
    ],
    ids=["nothing", "landline", "the same", "no email", "no address", "endless", "script"],
)
def test_what_cannot_be_one_is_given_back(doors: Doors, phone: Phone, kind: str, value: str, said: str) -> None:
    phone.opens(f"/secure/details/{kind}")
    phone.sends(f"/secure/details/{kind}", value=value)
    assert said in phone.words or phone.status == 403  # a form of ours cannot be that long
    assert "<script>" not in phone.page.text
    assert asked(doors) == []


@pytest.mark.parametrize("kind", ["name", "nhs_number", "MOBILE", "mobile%20", "..%2fsettings", "patient_id"])
def test_nothing_else_can_be_changed(doors: Doors, phone: Phone, kind: str) -> None:
    phone.opens("/secure/details/mobile")
    assert phone.client.get(f"/secure/details/{kind}").status_code == 404
    assert phone.sends(f"/secure/details/{kind}", value="x").status_code in (404, 405)


def test_somebody_trusted_changes_nothing_of_how_a_patient_is_reached(doors: Doors) -> None:
    maya = doors.surgery.patient_id("Maya")
    mother = Phone(doors)
    mother.spends(send_link(doors, "settings", OSEI, maya))
    mother.proves(PASSCODES["proxy-osei"])
    mother.opens("/secure/settings")
    assert "contact details" not in mother.words
    for path in ("/secure/details", "/secure/details/mobile"):
        mother.opens(path)
        assert mother.status == 403 and last_noted(doors)[:2] == ("change_details", "refused")


def test_where_the_record_is_closed_this_is_too(doors: Doors, phone: Phone) -> None:
    give_access(doors, flags=frozenset({NO_RECORD_BY_CHAT}))
    phone.opens("/secure/details")
    assert phone.status == 403 and "900" not in phone.words.replace("020 7946 0123", "")


def test_without_proof_it_is_asked_for(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "details", AMIRA, AMIRAS))
    assert phone.client.get("/secure/details").headers["Location"] == "/secure/prove"
    assert not any(row.action == "details.view" for row in noted(doors))
