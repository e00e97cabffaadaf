"""The reason for an appointment: changes of mind that are none, reasons that look like something else, and new ones."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, Surgery, Writer


def asked_why(writer: Writer) -> Writer:
    writer.says("book an appointment with dr patel tomorrow")
    assert "short reason" in writer.says("1")
    return writer


@pytest.mark.parametrize(
    "reason",
    [
        "stop smoking",
        "i want to quit smoking",
        "help to stop drinking",
        "giving up the cigarettes",
        "i keep forgetting things",
        "stopping the pill",
        "dr patel told me to come back",
        "repeat of my blood pressure check",
        "problems since tuesday",
    ],
)
def test_a_reason_that_looks_like_something_else_is_a_reason(patient: Known, surgery: Surgery, reason: str) -> None:
    amira = asked_why(patient(AMIRA))
    assert "Please check" in amira.says(reason)
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == reason


@pytest.mark.parametrize("said", ["thursday afternoon", "actually thursday pm", "can we do thursday afternoon instead"])
def test_a_day_where_a_reason_is_asked_for_is_a_change_of_mind(patient: Known, surgery: Surgery, said: str) -> None:
    amira = asked_why(patient(AMIRA))
    times = offered(amira.says(said))
    assert times and all("Thursday 26 November" in each and "pm" in each for each in times)
    amira.says("1")
    amira.says("no")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


@pytest.mark.parametrize("said", ["different doctor", "another day", "can i have another time", "something later"])
def test_other_times_asked_for_where_a_reason_is_asked_for_are_offered(
    patient: Known, surgery: Surgery, said: str
) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment with dr patel tomorrow"))
    amira.says("1")
    times = offered(amira.says(said))
    assert times and first[0] not in times
    assert surgery.appointments("Amira") == []


def test_another_reason_at_the_read_back_replaces_the_first(patient: Known, surgery: Surgery) -> None:
    amira = asked_why(patient(AMIRA))
    amira.says("my knee")
    answer = amira.says("actually its for my back")
    assert "my back" in answer and "Please check" in answer
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "my back"


def test_leaving_where_a_reason_is_asked_for_is_leaving(patient: Known, surgery: Surgery) -> None:
    for said in ("stop this", "leave it", "never mind", "forget about it"):
        amira = asked_why(patient(AMIRA))
        assert "Nothing has been changed" in amira.says(said)
    assert surgery.appointments("Amira") == []
