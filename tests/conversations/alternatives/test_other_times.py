"""Other times than those on offer: later, earlier, another day, another doctor, or simply more."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, HANNAH, PRIYA, TOM, Surgery, Writer


def days(answer: str) -> set[str]:
    return {each.split(" at ")[0] for each in offered(answer)}


def clocks(answer: str) -> list[str]:
    """The times of a list as "08:30", to be compared."""
    said = [each.split(" at ")[1].split()[0].rstrip(",").replace("midday", "12pm") for each in offered(answer)]
    return [f"{datetime.strptime(each, '%I:%M%p' if ':' in each else '%I%p'):%H:%M}" for each in said]


def names(answer: str) -> set[str]:
    return set(re.findall(r"(?:Dr|Nurse) \w+ \w+", answer))


def offers(patient: Known, said: str) -> Writer:
    amira = patient(AMIRA)
    assert offered(amira.says(said))
    return amira


MORE = ["other times", "something else", "none of those", "none of them suit me", "more", "show me more", "no", "nope"]


@pytest.mark.parametrize("said", MORE)
def test_more_times_of_the_same_day_are_shown(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    first = offered(amira.answer)
    second = offered(amira.says(said))
    assert second and not set(first) & set(second)
    assert days(amira.answer) == {"Tuesday 24 November"}


@pytest.mark.parametrize("said", ["any later?", "later", "not that early", "thats too early", "bit later please"])
def test_later_is_at_least_an_hour_later_that_day(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    last = clocks(amira.answer)[-1]
    first = clocks(amira.says(said))[0]
    assert days(amira.answer) == {"Tuesday 24 November"}
    assert int(first[:2]) * 60 + int(first[3:]) >= int(last[:2]) * 60 + int(last[3:]) + 60


def test_later_again_goes_on_into_the_afternoon(patient: Known) -> None:
    amira = offers(patient, "book an appointment with dr hughes on wednesday morning")
    for _ in range(3):
        before = clocks(amira.answer)[-1]
        assert clocks(amira.says("later"))[0] > before
    assert days(amira.answer) == {"Wednesday 25 November"}
    assert clocks(amira.answer)[0] > "12:00"


def test_nothing_later_that_day_is_said_and_a_later_day_is_offered(patient: Known) -> None:
    amira = offers(patient, "book an appointment tomorrow after 5pm")
    for _ in range(4):
        if "nothing later that day" in amira.says("any later?"):
            break
    assert "nothing later that day" in amira.answer
    assert offered(amira.answer) and "Tuesday 24 November" not in days(amira.answer)


@pytest.mark.parametrize("said", ["earlier", "anything earlier?", "not that late", "too late for me"])
def test_earlier_is_earlier_the_same_day_and_near_to_what_was_offered(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment on thursday afternoon")
    first = clocks(amira.answer)[0]
    assert max(clocks(amira.says(said))) < first
    assert days(amira.answer) == {"Thursday 26 November"}
    assert min(clocks(amira.answer)) > "09:30"


def test_nothing_earlier_that_day_is_said_and_an_earlier_day_is_offered(patient: Known) -> None:
    amira = offers(patient, "book an appointment on thursday")
    assert "nothing earlier that day" in amira.says("earlier")
    assert days(amira.answer) == {"Monday 23 November"}


@pytest.mark.parametrize("said", ["earlier", "anything sooner?", "can i have something sooner"])
def test_nothing_earlier_at_all_is_said_plainly_and_the_list_stands(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment as soon as possible")
    first = offered(amira.answer)
    assert "nothing earlier than these" in amira.says(said)
    assert offered(amira.answer) == first


def test_sooner_is_an_earlier_day(patient: Known) -> None:
    amira = offers(patient, "book an appointment next week in the afternoon")
    amira.says("anything sooner")
    assert days(amira.answer) == {"Monday 23 November"}
    assert min(clocks(amira.answer)) >= "12:00"


def test_later_then_earlier_leads_back(patient: Known) -> None:
    amira = offers(patient, "book an appointment with dr hughes on wednesday")
    first = clocks(amira.answer)[0]
    later = clocks(amira.says("later"))
    assert first <= min(clocks(amira.says("earlier"))) < later[0]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("the next day", "Wednesday 25 November"),
        ("what about the following day", "Wednesday 25 November"),
        ("the day after", "Wednesday 25 November"),
        ("the day before", "Monday 23 November"),
        ("the week after", "Monday 30 November"),
        ("what about friday", "Friday 27 November"),
        ("next week instead", "Monday 30 November"),
        ("can you do thursday", "Thursday 26 November"),
    ],
)
def test_another_day_is_counted_from_the_day_on_offer(patient: Known, said: str, day: str) -> None:
    amira = offers(patient, "book an appointment tomorrow")
    amira.says(said)
    assert days(amira.answer) == {day}


def test_the_next_day_can_come_with_a_time_of_day(patient: Known) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    amira.says("the next day in the afternoon")
    assert days(amira.answer) == {"Wednesday 25 November"}
    assert min(clocks(amira.answer)) >= "12:00"


@pytest.mark.parametrize("said", ["another day", "a different day please", "other days"])
def test_another_day_keeps_the_time_of_day(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    amira.says(said)
    assert days(amira.answer) == {"Wednesday 25 November"}
    assert max(clocks(amira.answer)) < "12:00"


def test_another_day_of_next_week_is_in_next_week(patient: Known) -> None:
    amira = offers(patient, "book an appointment next week")
    assert days(amira.answer) == {"Monday 30 November"}
    amira.says("another day")
    assert days(amira.answer) == {"Tuesday 1 December"}


@pytest.mark.parametrize("said", ["a different doctor", "someone else please", "not dr patel", "anyone but her"])
def test_another_doctor_is_not_the_same_one(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment with dr patel tomorrow")
    amira.says(said)
    assert names(amira.answer) and "Dr Anjali Patel" not in names(amira.answer)
    assert days(amira.answer) == {"Tuesday 24 November"}


def test_a_doctor_of_those_not_shown_is_offered_when_another_is_asked_for(patient: Known) -> None:
    amira = offers(patient, "book an appointment tomorrow")
    shown = names(amira.answer)
    assert not names(amira.says("can i have another doctor")) & shown


@pytest.mark.parametrize(
    ("said", "name"), [("anything with dr okafor", "Dr Ngozi Okafor"), ("the nurse instead", "Nurse Kelly Byrne")]
)
def test_somebody_in_particular_is_asked_for_instead(patient: Known, said: str, name: str) -> None:
    amira = offers(patient, "book an appointment tomorrow with dr patel")
    assert names(amira.says(said)) == {name}


@pytest.mark.parametrize(("said", "from_"), [("after work", "17:00"), ("after 3", "15:00"), ("not before 2", "14:00")])
def test_another_time_of_day_is_asked_for_instead(patient: Known, said: str, from_: str) -> None:
    amira = offers(patient, "book an appointment tomorrow")
    assert min(clocks(amira.says(said))) >= from_
    assert days(amira.answer) == {"Tuesday 24 November"}


@pytest.mark.parametrize("said", ["by phone please", "can it be a phone call"])
def test_by_phone_instead(patient: Known, said: str) -> None:
    amira = offers(patient, "book an appointment tomorrow")
    amira.says(said)
    assert all("by phone" in each for each in offered(amira.answer)) and offered(amira.answer)


@pytest.mark.parametrize("said", ["not by phone", "i dont want it by phone", "id rather not have it by phone"])
def test_not_by_phone_is_at_the_surgery(patient: Known, said: str) -> None:
    amira = offers(patient, "book a phone appointment tomorrow")
    amira.says(said)
    assert all("at the surgery" in each for each in offered(amira.answer)) and offered(amira.answer)


def test_no_end_of_other_times_ever_leads_nowhere(patient: Known) -> None:
    amira = offers(patient, "book an appointment with nurse byrne tomorrow at 8:40am")
    for said in ("other times", "later", "another day", "sooner", "no", "different nurse", "earlier", "more"):
        amira.says(said)
        assert "did not understand" not in amira.answer
        assert "?" in amira.answer


def test_the_read_back_offers_other_times_and_gives_others(patient: Known) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    first = offered(amira.answer)
    amira.says("1")
    amira.says("no")
    second = offered(amira.says("2") if amira.channel == "sms" else amira.presses("Other times"))
    assert second and not set(first) & set(second)


@pytest.mark.parametrize("said", ["later", "a different doctor", "the next day", "what about friday", "other times"])
def test_the_read_back_can_be_answered_with_a_wish_for_others(patient: Known, surgery: Surgery, said: str) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    amira.says("2")
    amira.says("no")
    chosen = amira.answer.split("Please check: ")[1].split(".")[0]
    times = offered(amira.says(said))
    assert times and chosen not in times
    amira.says("1")
    assert times[0] in amira.answer
    assert "Booked" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


def test_no_to_the_read_back_shows_the_list_again(patient: Known, surgery: Surgery) -> None:
    amira = offers(patient, "book an appointment tomorrow morning")
    first = offered(amira.answer)
    amira.says("1")
    amira.says("no")
    assert offered(amira.says("no")) == first
    assert surgery.appointments("Amira") == []


# Moving: what is booked is the measure


@pytest.mark.parametrize("said", ["to an earlier time", "earlier", "something sooner please"])
def test_earlier_than_what_is_booked(patient: Known, said: str) -> None:
    tom = patient(TOM)
    tom.says("move my appointment")
    tom.says(said)
    assert days(tom.answer) == {"Monday 23 November"}


@pytest.mark.parametrize("said", ["later the same day", "later that day"])
def test_later_on_the_day_that_is_booked(patient: Known, said: str) -> None:
    tom = patient(TOM)
    tom.says("move my appointment")
    tom.says(said)
    assert days(tom.answer) == {"Wednesday 25 November"}
    assert min(clocks(tom.answer)) >= "11:10"


@pytest.mark.parametrize(
    ("said", "day"), [("the day after", "Thursday 26 November"), ("the week after", "Monday 30 November")]
)
def test_days_are_counted_from_what_is_booked(patient: Known, said: str, day: str) -> None:
    tom = patient(TOM)
    tom.says("can i move my appointment")
    assert days(tom.says(said)) == {day}


def test_a_move_to_an_earlier_time_can_be_asked_for_in_one_message(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    times = offered(tom.says("can i move my appointment to an earlier time"))
    tom.says("the first one")
    assert "Moved" in confirm(tom) and times[0] in tom.answer
    assert len(surgery.appointments("Tom")) == 1


def test_a_moved_appointment_keeps_its_clinician_until_another_is_asked_for(patient: Known) -> None:
    tom = patient(TOM)
    assert names(tom.says("move my appointment to friday morning")) == {"Dr James Hughes"}
    assert "Dr James Hughes" not in names(tom.says("a different doctor"))
    assert days(tom.answer) == {"Friday 27 November"}
    assert names(tom.says("with dr hughes please")) == {"Dr James Hughes"}


def test_of_two_appointments_the_one_chosen_is_moved_to_an_earlier_time(patient: Known) -> None:
    priya = patient(PRIYA)
    priya.says("move my appointment")
    priya.says("the later one")
    priya.says("sooner if possible")
    assert "Monday 30 November" not in days(priya.answer) and days(priya.answer)


def test_other_times_of_a_clinic_stay_in_the_clinic(patient: Known) -> None:
    hannah = patient(HANNAH)
    first = offered(hannah.says("book a flu jab next week"))
    for said in ("later", "another day", "none of those"):
        times = offered(hannah.says(said))
        assert times and all("Nurse Kelly Byrne" in each for each in times)
        assert not set(times) & set(first)
