"""Texts to many, as staff write, approve, stop and follow them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.backend.demo_people import PATIENTS
from bot.store.notification_tables import broadcast, notification
from tests.doors.console import Computer, sign_in
from tests.doors.support import Doors
from tests.support import AMIRA, TOM

LEFT_OUT = ("George", "Callum", "Laura", "Peter")
HERE = "/console/broadcasts"
FORM = {
    "title": "Review, winter",
    "text": "Your medicine review is due. Reply BOOK or call us.",
    "audience": "numbers",
    "numbers": "999 000 0018\n9990000026",
}


@pytest.fixture()
def jo(doors: Doors) -> Computer:
    """At reception."""
    return sign_in(doors, name="Jo Reed")


@pytest.fixture()
def sam(doors: Doors) -> Computer:
    return sign_in(doors, role="supervisor", name="Sam Price")


def writes(jo: Computer, **changes: str) -> str:
    """Fills the form in and saves it; gives the address of the draft."""
    jo.opens(HERE)
    saved = jo.sends(HERE, {**FORM, "key": jo.hidden("key"), **changes})
    assert saved.status_code == 303, jo.words
    at = str(saved.headers["Location"])
    jo.opens(at)
    return at


def steps(computer: Computer, at: str, step: str) -> Any:
    computer.opens(at)
    return computer.sends(f"{at}/{step}", {"version": computer.hidden("version")})


def approved(jo: Computer, sam: Computer, **changes: str) -> str:
    at = writes(jo, **changes)
    assert steps(jo, at, "submit").status_code == 303
    assert steps(sam, at, "approve").status_code == 303
    return at


def count(doors: Doors, table: Any) -> int:
    with doors.surgery.program.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def texted(doors: Doors) -> list[tuple[str, str]]:
    doors.clock.forward(seconds=30)
    doors.run()
    return doors.surgery.network.texts


# Writing.


def test_a_draft_shows_what_arrives_whom_it_reaches_and_what_it_costs(jo: Computer) -> None:
    writes(jo)
    assert jo.heading == "Review, winter" and "Draft" in jo.words
    assert "Riverside Surgery: Your medicine review is due. Reply BOOK or call us." in jo.words
    assert "Get it 2 people Each 1 text (GSM-7) Cost about £0.07" in jo.words
    assert "NHS numbers typed in" in jo.words


def test_who_is_left_out_is_shown_with_the_reason_and_pressure_only_as_a_flag(jo: Computer) -> None:
    numbers = [each.patient.nhs_number or "" for each in PATIENTS if each.patient.first_name in LEFT_OUT]
    writes(jo, numbers="\n".join([FORM["numbers"], *numbers]))
    assert "Get it 2 people" in jo.words
    assert "No mobile number: 1 George Whitfield" in jo.words
    assert "No longer registered here: 1 Callum Reid" in jo.words
    assert "Flagged: no texts: 2 Laura Finch Peter Doyle" in jo.words
    assert "pressure" not in jo.page.text.lower()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Enter a title of up to 80 characters"),
        ({"text": ""}, "Enter the text"),
        ({"text": "Call us. " * 60}, "Shorten the text"),
        ({"text": "Call us. " + "💉" * 120}, "Shorten the text"),
        ({"audience": ""}, "Choose a list"),
        ({"audience": "everybody"}, "Choose a list"),
        ({"audience": "day"}, "Enter a day"),
        ({"audience": "day", "day": "2026-11-01"}, "Enter today or a day to come"),
        ({"audience": "day", "day": "tomorrow"}, "Enter a day"),
        ({"numbers": ""}, "Enter NHS numbers"),
        ({"numbers": "9990000019"}, "they are not NHS numbers 9990000019"),
        ({"numbers": "999 000 1006"}, "nobody here has them 999 000 1006"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_nothing_is_kept(
    doors: Doors, jo: Computer, changes: dict[str, str], said: str
) -> None:
    jo.opens(HERE)
    answer = jo.sends(HERE, {**FORM, "key": jo.hidden("key"), **changes})
    assert answer.status_code == 400 and said in jo.words.replace("Error: ", "")
    assert count(doors, broadcast) == 0


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("Flu jabs are here.", "It does not say what to do."),
        ("Call us 💉", "shorter and so cost more"),
        ("Reply CANCEL to give up your place.", "Ask for another word."),
    ],
)
def test_what_is_likely_to_go_wrong_is_warned_of(jo: Computer, text: str, warning: str) -> None:
    writes(jo, text=text)
    assert warning in jo.words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"audience": "flu"}, "Flu jab: 65 and over"),
        ({"audience": "reviews", "day": "2026-12-31"}, "Medicine review due before 31 December 2026"),
        ({"audience": "day", "day": "2026-11-25"}, "Appointments on 25 November 2026"),
    ],
)
def test_the_lists_that_the_surgery_has(jo: Computer, fields: dict[str, str], said: str) -> None:
    writes(jo, **fields)
    assert said in jo.words


def test_a_draft_is_changed_and_keeps_its_list(jo: Computer) -> None:
    at = writes(jo)
    page = jo.opens(f"{at}/change")
    assert "9990000018\n9990000026</textarea>" in page
    sent = jo.sends(f"{at}/change", {**FORM, "title": "Review, spring", "version": jo.hidden("version")})
    assert sent.status_code == 303
    jo.opens(at)
    assert jo.heading == "Review, spring" and "2 people" in jo.words


def test_the_same_form_sent_twice_is_one_draft(doors: Doors, jo: Computer) -> None:
    jo.opens(HERE)
    fields = {**FORM, "key": jo.hidden("key")}
    assert [jo.sends(HERE, fields).status_code for _ in range(2)] == [303, 303]
    assert count(doors, broadcast) == 1


# Approving.


def test_one_writes_another_approves_and_it_is_sent_once_to_each(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = approved(jo, sam)
    body = "Riverside Surgery: Your medicine review is due. Reply BOOK or call us."
    assert sorted(texted(doors)) == [(AMIRA, body), (TOM, body)]
    doors.clock.forward(minutes=10)
    assert sorted(texted(doors)) == [(AMIRA, body), (TOM, body)]
    sam.opens(at)
    assert "Approved by Sam Price" in sam.words and "Sent" in sam.words


@pytest.mark.parametrize("role", ["reception", "clinician", "supervisor"])
def test_who_may_approve(doors: Doors, jo: Computer, role: str) -> None:
    at = writes(jo)
    steps(jo, at, "submit")
    other = sign_in(doors, role=role, name="Al Ng")
    answer = steps(other, at, "approve")
    assert (answer.status_code == 303) == (role != "reception")


def test_a_supervisor_cannot_approve_what_they_wrote(doors: Doors, sam: Computer) -> None:
    at = writes(sam)
    steps(sam, at, "submit")
    sam.opens(at)
    assert "You wrote it, so somebody else has to approve it." in sam.words and f"{at}/approve" not in sam.page.text
    answer = sam.sends(f"{at}/approve", {"version": sam.hidden("version")})
    assert answer.status_code == 403 and "somebody else has to approve it" in sam.words
    assert count(doors, notification) == 0


def test_of_two_tabs_the_second_does_nothing_and_does_not_complain(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = writes(jo)
    steps(jo, at, "submit")
    sam.opens(at)
    fields = {"version": sam.hidden("version")}
    assert [sam.sends(f"{at}/approve", fields).status_code for _ in range(2)] == [303, 303]
    assert count(doors, notification) == 2 and len(texted(doors)) == 2


def test_what_was_changed_since_it_was_read_is_not_approved(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = writes(jo)
    steps(jo, at, "submit")
    sam.opens(at)
    read = {"version": sam.hidden("version")}
    other = sign_in(doors, role="clinician", name="Dr Kim")
    assert steps(other, at, "send-back").status_code == 303
    jo.opens(f"{at}/change")
    jo.sends(f"{at}/change", {**FORM, "text": "Something else. Call us.", "version": jo.hidden("version")})
    steps(jo, at, "submit")
    answer = sam.sends(f"{at}/approve", read)
    assert answer.status_code == 409 and "Somebody has changed this since you looked." in sam.words
    assert "Something else." in sam.words and texted(doors) == []


# Following it.


def test_it_is_stopped_at_once(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = approved(jo, sam)
    assert steps(jo, at, "stop").status_code == 303
    assert texted(doors) == []
    jo.opens(at)
    assert "Stopped by Jo Reed" in jo.words and "Not sent: Stopped 2" in jo.words


def test_how_far_it_is_and_what_arrived(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = approved(jo, sam)
    texted(doors)
    doors.reports(doors.telco.sids[0], "delivered")
    doors.reports(doors.telco.sids[1], "undelivered", "30003")
    jo.opens(at)
    assert "Wait to be sent 0 Sent 2 Arrived 1 Did not arrive 1" in jo.words
    part = jo.asks_for_part(f"{at}/progress")
    assert part.status_code == 200 and "<html" not in part.text and "Arrived" in part.text


def test_who_wrote_back_is_listed_with_the_conversation(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = approved(jo, sam)
    texted(doors)
    jo.opens(at)
    assert "Nobody yet." in jo.words
    doors.texts_in("can i book it for friday", AMIRA)
    doors.run()
    page = jo.opens(at)
    assert "Amira Khan" in jo.words and "Tom Barker" not in jo.words.partition("Who wrote back")[2]
    conversation = page.partition('href="/console/conversations/')[2].partition('"')[0]
    jo.opens(f"/console/conversations/{conversation}")
    assert "Your medicine review is due." in jo.words and "can i book it for friday" in jo.words


def test_an_answer_after_a_week_is_no_answer_to_it(doors: Doors, jo: Computer, sam: Computer) -> None:
    at = approved(jo, sam)
    texted(doors)
    doors.clock.forward(days=8)
    doors.texts_in("when is my appointment", AMIRA)
    doors.run()
    jo = sign_in(doors)
    jo.opens(at)
    assert "Nobody yet." in jo.words


def test_everything_is_noted_and_nothing_that_was_written(doors: Doors, jo: Computer, sam: Computer) -> None:
    approved(jo, sam)
    noted = [action for action, _ in doors.surgery.audit() if action.startswith("broadcast.")]
    assert {
        "broadcast.list",
        "broadcast.view",
        "broadcast.written",
        "broadcast.submitted",
        "broadcast.approved",
    } == set(noted)


def test_what_is_not_there_is_missing(jo: Computer) -> None:
    jo.opens(f"{HERE}/77")
    assert jo.status == 404
    jo.opens(HERE)
    assert jo.sends(f"{HERE}/77/stop", {"version": "1"}).status_code == 404
    assert jo.sends(HERE, {**FORM, "key": "../x"}).status_code == 404
