"""Asking for somebody: the usual doctor, a woman, anyone but one."""

from __future__ import annotations

from tests.conversations.conftest import Known, offered
from tests.support import AMIRA, PRIYA, TOM, Surgery


def test_the_usual_doctor_is_the_one_in_the_record(patient: Known) -> None:
    amira = patient(AMIRA)
    answer = amira.says("can i book an appointment with my usual doctor on thursday")
    assert offered(answer)
    assert all("Okafor" in each for each in offered(answer))


def test_the_usual_doctor_may_be_asked_for_later(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("i want to book an appointment thursday")
    assert all("Okafor" in each for each in offered(amira.says("with my own gp please")))


def test_where_none_is_recorded_that_is_said_once_and_booking_goes_on(patient: Known, surgery: Surgery) -> None:
    writer = patient(PRIYA)
    for held in surgery.appointments("Priya"):
        surgery.program.backend.cancel(surgery.patient_id("Priya"), held.id, f"test-{held.id}")
    answer = writer.says("book an appointment with my usual doctor tomorrow")
    assert answer.count("I do not know which doctor you usually see") == 1
    assert offered(answer)
    assert "usually see" not in writer.says("other times")


def test_the_usual_doctor_of_somebody_not_known_yet_is_found_once_they_are(surgery: Surgery) -> None:
    writer = surgery.chatting()
    writer.says("book an appointment with my usual doctor on thursday")
    answer = writer.identifies(AMIRA)
    assert offered(answer)
    assert all("Okafor" in each for each in offered(answer))


def test_each_patient_has_their_own(patient: Known) -> None:
    tom = patient(TOM)
    answer = tom.says("i need to book an appointment with my regular doctor on wednesday")
    assert all("Hughes" in each for each in offered(answer))


def test_somebody_not_wanted_is_not_offered(patient: Known) -> None:
    answer = patient(AMIRA).says("book an appointment on wednesday with anyone but dr patel")
    assert offered(answer)
    assert "Patel" not in answer
