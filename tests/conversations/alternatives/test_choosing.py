"""One of those on offer is chosen: by number, position, time, clinician or mode."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, PRIYA, Surgery

SECOND = """2|2.|no 2|two|the second one|2nd pls|number 2 please|i'll take the second|hi, 2 please
yes 2 please|2 👍|2️⃣|number two would be great|ok the 2nd
the middle one|(2)""".replace("\n", "|").split("|")
FIRST = """1|first|the first one please|the earliest|earliest one|the earlier one|any of them|either|i dont mind
whichever|you choose""".replace("\n", "|").split("|")
LAST = "3|last one|the last one please|the latest|the later one|third|number 3".split("|")


@pytest.mark.parametrize(
    ("said", "index"), [*((each, 0) for each in FIRST), *((each, 1) for each in SECOND), *((each, 2) for each in LAST)]
)
def test_a_time_is_picked_by_number_or_position(patient: Known, said: str, index: int) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow morning"))
    assert "short reason" in amira.says(said)
    assert times[index] in amira.says("no")


@pytest.mark.parametrize("form", ["the {} one please", "{}", "the {}", "{} pls", "can i have {}", "yes {}"])
def test_a_time_is_picked_by_saying_it(patient: Known, form: str) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow morning"))
    amira.says(form.format(times[1].split(" at ")[1].split(" with ")[0]))
    assert times[1] in amira.says("no")


@pytest.mark.parametrize("form", ["{hour}.{minute}", "the {hour}.{minute}", "{hour}{minute}", "{hour}:{minute} pls"])
def test_a_time_is_picked_as_people_write_times(patient: Known, form: str) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow at 10"))
    chosen = next(each for each in times if ":" in each)
    hour, minute = chosen.split(" at ")[1].split("am")[0].split(":")
    amira.says(form.format(hour=hour, minute=minute))
    assert chosen in amira.says("no")


def test_a_number_longer_than_the_list_is_the_hour_that_is_on_it(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow at 10"))
    ten = next(each for each in times if " at 10am" in each)
    amira.says("10")
    assert ten in amira.says("no")


def test_an_hour_that_looks_like_a_number_of_the_list_is_an_hour(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow morning")
    assert "Please check" not in amira.says("2pm")
    assert all("2pm" in each or "2:" in each or "1:" in each for each in offered(amira.answer))


def test_a_time_that_is_not_on_the_list_is_looked_for(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with dr patel tomorrow morning")
    times = offered(amira.says("have you got 4.50"))
    assert any("4:50pm" in each for each in times)


def test_the_only_one_of_a_clinician_is_picked_by_the_clinician(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    okafor = [each for each in times if "Okafor" in each]
    assert len(okafor) == 1
    amira.says("the one with dr okafor")
    assert okafor[0] in amira.says("no")


def test_a_clinician_with_several_times_is_asked_which(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    times = offered(amira.says("the one with dr patel"))
    assert len(times) > 1 and all("Patel" in each for each in times)


def test_of_two_at_the_same_time_the_clinician_decides(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    at_840 = [each for each in times if " at 8:40am" in each]
    assert len(at_840) == 2
    amira.says("8.40 with dr okafor please")
    assert next(each for each in at_840 if "Okafor" in each) in amira.says("no")


def test_the_only_one_by_phone_is_picked_by_saying_so(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow at 4.30pm"))
    by_phone = [each for each in times if "by phone" in each]
    assert len(by_phone) == 1
    amira.says("the phone one")
    assert by_phone[0] in amira.says("no")


@pytest.mark.parametrize("said", ["first available", "the soonest you have", "as soon as possible"])
def test_the_first_there_is_is_looked_for(patient: Known, said: str) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment on friday")
    assert all("Monday 23 November" in each for each in offered(amira.says(said)))
    assert offered(amira.answer)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2", "Monday 30 November"),
        ("the second one", "Monday 30 November"),
        ("the later one", "Monday 30 November"),
        ("the earliest", "Wednesday 25 November"),
        ("the one on monday", "Monday 30 November"),
        ("wednesday", "Wednesday 25 November"),
        ("the one with dr hughes", "Monday 30 November"),
        ("the nurse one", "Wednesday 25 November"),
    ],
)
def test_of_several_appointments_one_is_chosen(patient: Known, surgery: Surgery, said: str, day: str) -> None:
    priya = patient(PRIYA)
    assert "You have more than one appointment" in priya.says("cancel my appointment")
    assert f"Do you want to cancel {day}" in priya.says(said)
    confirm(priya)
    assert len(surgery.appointments("Priya")) == 1


@pytest.mark.parametrize("said", ["either", "both", "any of them", "i dont mind", "yes"])
def test_which_appointment_to_cancel_is_never_guessed(patient: Known, surgery: Surgery, said: str) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "Do you want to cancel" not in priya.says(said)
    assert "Which one do you mean" in priya.answer
    assert len(surgery.appointments("Priya")) == 2
