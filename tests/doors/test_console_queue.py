"""The queue: who waits, for what, how long, and who has taken them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.doors.console import Computer, hire, sign_in
from tests.doors.secure import noted
from tests.doors.support import Doors
from tests.support import AMIRA, LONDON, MENSAH, NOBODY, TOM

ALARM = "I have crushing chest pain"


@pytest.fixture()
def jo(doors: Doors) -> Computer:
    return sign_in(doors)


def asks(doors: Doors, number: str = AMIRA, text: str = "can I speak to a person please") -> str:
    """Gives the conversation's id."""
    writer = doors.surgery.texting(number)
    writer.says(text)
    return writer.conversation_id


def dated(doors: Doors, **length: float) -> None:
    timers = doors.surgery.program.timers()
    while timers.work_once():
        pass
    doors.clock.forward(**length)
    while timers.work_once():
        pass


def rows(page: Computer) -> list[str]:
    """Each row's words, in order."""
    found = re.findall(r"<li class=\"row.*?</li>", page.page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def counts(page: Computer) -> dict[str, int]:
    found = re.findall(r"tab=(\w+)\"[^>]*>\w+ <span class=\"count[^\"]*\">(\d+)<", page.page.text)
    return {name: int(count) for name, count in found}


def test_nobody_waits(jo: Computer) -> None:
    assert "Nobody waits here." in jo.opens("/console")
    assert counts(jo) == {"urgent": 0, "unassigned": 0, "mine": 0, "snoozed": 0, "all": 0}


def test_it_says_who_why_and_how_long(doors: Doors, jo: Computer) -> None:
    asks(doors)
    doors.clock.forward(minutes=12)
    jo.opens("/console")
    [row] = rows(jo)
    assert row.startswith("Amira") and "Asked for a person" in row
    assert "Text" in row and "waits 12 min" in row and "nobody yet" in row


def test_who_is_not_known_is_told_apart_by_the_end_of_their_number(doors: Doors, jo: Computer) -> None:
    asks(doors, NOBODY)
    asks(doors, MENSAH)  # two patients share it
    jo.opens("/console")
    assert [each.split(" Asked")[0] for each in rows(jo)] == ["Number ending 999", "Number ending 003"]
    assert NOBODY not in jo.page.text and "07700" not in jo.page.text


def test_the_urgent_stands_first_and_is_called_so_in_words(doors: Doors, jo: Computer) -> None:
    asks(doors)
    doors.clock.forward(minutes=10)
    asks(doors, TOM, ALARM)
    jo.opens("/console")
    first, second = rows(jo)
    assert first.startswith("Tom") and "Urgent" in first and "May be an emergency" in first
    assert "Urgent" not in second
    assert 'data-urgent="1"' in jo.page.text


def test_what_nobody_has_looked_at_in_time_is_marked(doors: Doors) -> None:
    asks(doors)
    dated(doors, hours=2)
    jo = sign_in(doors)
    jo.opens("/console")
    assert "Overdue" in rows(jo)[0]


def test_each_tab_shows_its_own(doors: Doors, jo: Computer) -> None:
    asks(doors)
    asks(doors, TOM, ALARM)
    doors.surgery.chatting().says("speak to someone")
    jo.opens("/console")
    jo.sends(f"/console/conversations/{_first(jo)}/claim")
    jo.opens("/console")
    assert counts(jo) == {"urgent": 1, "unassigned": 2, "mine": 1, "snoozed": 0, "all": 3}
    shown = {tab: len(rows(jo)) for tab in counts(jo) if jo.opens(f"/console?tab={tab}")}
    assert shown == {"urgent": 1, "unassigned": 2, "mine": 1, "snoozed": 0, "all": 3}
    jo.opens("/console?tab=mine")
    assert "yours" in rows(jo)[0] and rows(jo)[0].startswith("Tom")


def _first(page: Computer) -> str:
    found = re.search(r"/console/conversations/(\d+)/claim", page.page.text)
    assert found
    return found[1]


def test_a_tab_that_does_not_exist_is_all_of_them(doors: Doors, jo: Computer) -> None:
    asks(doors)
    jo.opens("/console?tab=<script>")
    assert jo.status == 200 and len(rows(jo)) == 1 and "<script>" not in jo.page.text.partition("<main")[2]


def test_one_key_takes_it_over(doors: Doors, jo: Computer) -> None:
    asks(doors)
    jo.opens("/console")
    assert 'data-key="c"' in jo.page.text
    taken = jo.sends(f"/console/conversations/{_first(jo)}/claim")
    assert taken.status_code == 303
    jo.opens(taken.headers["Location"])
    assert "It is yours" in jo.words


def test_a_colleague_who_was_quicker_keeps_it(doors: Doors, jo: Computer) -> None:
    asks(doors)
    alex = sign_in(doors, name="Alex Moss")
    for each in (jo, alex):
        each.opens("/console")
    escalation_id = _first(jo)
    assert alex.sends(f"/console/conversations/{escalation_id}/claim").status_code == 303
    assert jo.sends(f"/console/conversations/{escalation_id}/claim").status_code == 409
    assert "A colleague was quicker" in jo.words and "Alex Moss has it" in jo.words
    jo.opens("/console")
    assert "Alex Moss" in rows(jo)[0]


def test_the_list_alone_comes_when_something_has_changed(doors: Doors, jo: Computer) -> None:
    jo.opens("/console")
    asks(doors)
    part = jo.asks_for_part("/console/queue?tab=unassigned")
    assert part.status_code == 200 and part.text.lstrip().startswith('<div id="queue"')
    assert "Amira" in part.text and "<html" not in part.text


def test_the_bell_rings_for_each_urgent_message_and_not_for_others(doors: Doors, jo: Computer) -> None:
    def ring() -> int:
        found = re.search(r'data-ring="(\d+)"', jo.asks_for_part("/console/alarm").text)
        assert found
        return int(found[1])

    jo.opens("/console")
    quiet = ring()
    asks(doors)
    assert ring() == quiet
    asks(doors, TOM, ALARM)
    loud = ring()
    assert loud > quiet
    asks(doors, TOM, ALARM)
    assert ring() > loud


def test_looking_at_the_queue_is_noted_but_not_each_time_it_changes_by_itself(doors: Doors, jo: Computer) -> None:
    jo.opens("/console")
    jo.asks_for_part("/console/queue")
    assert [row.action for row in noted(doors)].count("queue.view") == 1


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_has_no_business_with_patients_does_not_see_it(doors: Doors, role: str) -> None:
    asks(doors)
    other = sign_in(doors, role=role)
    assert "Amira" not in other.opens("/console")
    assert other.asks_for_part("/console/queue").status_code in (303, 401, 403)


def test_a_long_queue_takes_as_many_queries_as_a_short_one_but_for_names(doors: Doors, jo: Computer) -> None:
    """Each row's patient is one look into the clinical system; nothing else grows."""

    def queries() -> int:
        asked: list[str] = []
        engine = doors.surgery.program.database.engine

        def note(*arguments: object) -> None:
            asked.append(str(arguments[2]))

        event.listen(engine, "before_cursor_execute", note)
        jo.asks_for_part("/console/queue")
        event.remove(engine, "before_cursor_execute", note)
        return len([each for each in asked if "practice_patient" not in each])

    jo.opens("/console")
    asks(doors)
    few = queries()
    for number in (TOM, "+447700900008", "+447700900009"):
        asks(doors, number)
    assert queries() == few


def test_put_aside_it_says_until_when(doors: Doors, jo: Computer) -> None:
    asks(doors)
    jo.opens("/console")
    held = _first(jo)
    jo.opens(f"/console/conversations/{held}")
    jo.opens(jo.page.headers["Location"])
    jo.sends(f"{jo.path}/snooze", {"for": "day", "version": _version(jo)})
    jo.opens("/console?tab=snoozed")
    tomorrow = (doors.clock() + timedelta(days=1)).astimezone(LONDON)
    assert f"until {tomorrow.day} November 2026 at 8am" in rows(jo)[0]


def _version(page: Computer) -> str:
    found = re.search(r'name="version" value="(-?\d+)"', page.page.text)
    assert found
    return found[1]


def test_its_words_are_escaped(doors: Doors, jo: Computer) -> None:
    hire(doors, name="<b>Bold</b>")
    asks(doors, text="speak to a person <script>alert(1)</script>")
    jo.opens("/console")
    assert "<script>alert" not in jo.page.text
