"""New contact details: asked for, checked by staff, put into the record once, and told of to the old number too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.backend.base import NoSuchPatient, Unavailable
from bot.backend.local import LocalBackend
from bot.identity.desk import Desk
from bot.identity.policy import NO_TEXTS, Access
from bot.practice import Practice
from bot.store import contact_changes, escalations
from bot.store.contact_changes import ADDRESS, APPROVED, ASKED, DECLINED, EMAIL, MOBILE, ContactChange
from bot.store.conversations import DESK, find_conversations
from bot.store.database import Database
from bot.store.tables import outbox
from bot.writing import details
from bot.writing.details import Decisions, NotAsked, read_value, value_of
from tests.faults.support import all_at_once
from tests.support import AMIRA, TOM, HandClock
from tests.unit.escalation_support import ALEX, SAM
from tests.unit.writing_support import AMIRAS, TOMS, Post

NEW = "+447700900321"
CONVERSATION = "c" * 32


class Flaky:
    """A clinical system that is away when it is told to be."""

    def __init__(self, backend: LocalBackend) -> None:
        self._backend = backend
        self.fails: Exception | None = None
        self.fails_after = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def change_contact(self, *arguments: str) -> Any:
        if self.fails and not self.fails_after:
            raise self.fails
        changed = self._backend.change_contact(*arguments)
        if self.fails:
            raise self.fails
        return changed


class Desks(Post):
    """An office that decides on contact details."""

    def __init__(self, database: Database, practice: Practice, clock: HandClock, backend: Flaky) -> None:
        super().__init__(database, practice, clock, backend)  # type: ignore[arg-type]
        self.flaky = backend
        shared = (self.responses, self.handover, self.notices, clock)
        self.decisions = Decisions(database, backend, practice, *shared)  # type: ignore[arg-type]

    def asks(self, kind: str = MOBILE, value: str = NEW, patient_id: str = AMIRAS) -> ContactChange:
        with self.database.write() as connection:
            change_id = details.ask(connection, patient_id, kind, value, CONVERSATION, self.clock())
            found = contact_changes.find_change(connection, change_id)
        assert found
        return found

    def now_is(self, change: ContactChange) -> ContactChange:
        with self.database.read() as connection:
            found = contact_changes.find_change(connection, change.id)
        assert found
        return found

    def approves(self, change: ContactChange) -> None:
        self.decisions.approve(change.id, change.asked_at, SAM)

    def declines(self, change: ContactChange) -> None:
        self.decisions.decline(change.id, change.asked_at, SAM, "not_right")

    def in_queue(self) -> list[str]:
        with self.database.read() as connection:
            return [each.reason for each in escalations.list_escalations(connection)]

    def sent_to(self, number: str) -> list[str]:
        """What is on its way by text to this number."""
        self.tells()
        with self.database.read() as connection:
            rows = connection.execute(select(outbox).where(outbox.c.number_index == number).order_by(outbox.c.id))
            return [row.body.open("outbox") for row in rows]


@pytest.fixture()
def desk(database: Database, practice: Practice, clock: HandClock, backend: LocalBackend) -> Desks:
    return Desks(database, practice, clock, Flaky(backend))


@pytest.mark.parametrize(
    "kind, text, value",
    [
        (MOBILE, "07700 900321", "+447700900321"),
        (MOBILE, " (0)7700-900 321 ", "+447700900321"),
        (MOBILE, "+44 7700 900321", "+447700900321"),
        (MOBILE, "my new one is 07700 900321", "+447700900321"),
        (MOBILE, "+353 85 012 3456", "+353850123456"),
        (MOBILE, "020 7946 0123", None),  # no mobile
        (MOBILE, "0770090032", None),
        (MOBILE, "999", None),
        (MOBILE, "", None),
        (EMAIL, "amira@example.com", "amira@example.com"),
        (EMAIL, " Amira.Khan+gp@mail.example.co.uk ", "Amira.Khan+gp@mail.example.co.uk"),
        (EMAIL, "amira@example", None),
        (EMAIL, "amira example.com", None),
        (EMAIL, "a@b@example.com", None),
        (EMAIL, "amira@-example.com", None),
        (EMAIL, "amira@example..com", None),
        (EMAIL, "amira@example.com\nbcc: x@example.com", None),
        (EMAIL, "a" * 65 + "@example.com", None),
        (ADDRESS, "14 Mill Lane\r\nSampleton\r\nsa1 2pl", "14 Mill Lane\nSampleton\nsa1 2pl"),
        (ADDRESS, " Flat 2,\n\n 14  Mill Lane \nSampleton, SA1 2PL", "Flat 2\n14 Mill Lane\nSampleton, SA1 2PL"),
        (ADDRESS, "14 Mill Lane, Sampleton, SA1 2PL", None),  # on one line
        (ADDRESS, "14 Mill Lane\nSampleton", None),  # no postcode
        (ADDRESS, "\n".join("abcdefg") + "\nSA1 2PL", None),
        (ADDRESS, "x" * 61 + "\nSA1 2PL", None),
        (ADDRESS, "", None),
    ],
)
def test_what_could_be_one_is_taken_as_the_record_keeps_it(kind: str, text: str, value: str | None) -> None:
    assert read_value(kind, text) == value


def test_a_request_changes_nothing_and_is_shown_to_staff(desk: Desks) -> None:
    change = desk.asks()
    assert (change.state, change.value, change.person_id) == (ASKED, NEW, AMIRAS)
    assert desk.patient().mobile == AMIRA
    assert desk.in_queue() == ["details_asked"]
    with desk.database.read() as connection:
        row = repr(tuple(connection.exec_driver_sql("SELECT * FROM contact_change").one()))
    assert NEW not in row and "900321" not in row


def test_asked_again_it_is_one_request_for_what_was_said_last(desk: Desks) -> None:
    first = desk.asks()
    desk.clock.forward(minutes=1)
    second = desk.asks(value="+447700900322")
    assert second.id == first.id and second.value == "+447700900322"
    assert desk.in_queue() == ["details_asked"]
    with pytest.raises(NotAsked):
        desk.approves(first)  # what was on the screen is not what is asked for now
    assert desk.patient().mobile == AMIRA


def test_each_kind_is_a_request_of_its_own(desk: Desks) -> None:
    assert len({desk.asks().id, desk.asks(EMAIL, "a@example.com").id, desk.asks(patient_id=TOMS).id}) == 3


@pytest.mark.parametrize(
    "kind, value", [(MOBILE, NEW), (EMAIL, "amira@example.com"), (ADDRESS, "14 Mill Lane\nSampleton\nSA1 2PL")]
)
def test_what_is_approved_is_in_the_record_and_leaves_the_queue(desk: Desks, kind: str, value: str) -> None:
    before = desk.patient()
    change = desk.asks(kind, value)
    desk.approves(change)
    after = desk.patient()
    assert value_of(after, kind) == value
    assert (after.name, after.date_of_birth, after.nhs_number) == (before.name, before.date_of_birth, before.nhs_number)
    assert (desk.now_is(change).state, desk.now_is(change).decided_by) == (APPROVED, SAM.id)
    assert desk.in_queue() == []
    assert ("details.approve", SAM.id) in desk.audited()


def test_a_new_number_is_found_by_from_then_on_and_the_old_one_is_nobodys(desk: Desks) -> None:
    desk.approves(desk.asks())
    assert [each.id for each in desk.backend.patients_with_mobile(NEW)] == [AMIRAS]
    assert desk.backend.patients_with_mobile(AMIRA) == []


def test_the_old_number_is_warned_and_the_new_one_is_told(desk: Desks) -> None:
    desk.approves(desk.asks())
    [warning] = desk.sent_to(AMIRA)
    [news] = desk.sent_to(NEW)
    assert "new mobile number" in warning and "did not ask" in warning and "900321" not in warning
    assert "changed your contact details" in news


def test_a_new_address_warns_nobody_but_tells_the_patient(desk: Desks) -> None:
    desk.approves(desk.asks(EMAIL, "amira@example.com"))
    [news] = desk.sent_to(AMIRA)
    assert "changed your contact details" in news and "amira" not in news


def test_where_nothing_is_to_be_texted_the_old_number_is_not_warned(desk: Desks) -> None:
    access = Access("full", verified_by="documents", flags=frozenset({NO_TEXTS}))
    with desk.database.write() as connection:
        Desk(desk.practice).set_access(connection, AMIRAS, access, "reception", desk.clock())
    desk.approves(desk.asks())
    assert desk.sent_to(AMIRA) == [] and desk.sent_to(NEW) == []


def test_what_is_declined_changes_nothing_and_the_patient_is_told(desk: Desks) -> None:
    change = desk.asks()
    desk.declines(change)
    assert desk.patient().mobile == AMIRA
    assert (desk.now_is(change).state, desk.now_is(change).why) == (DECLINED, "not_right")
    assert desk.in_queue() == []
    [news] = desk.sent_to(AMIRA)
    assert "could not change" in news


def test_what_was_decided_is_not_decided_again(desk: Desks) -> None:
    for decided in (desk.approves, desk.declines):
        change = desk.asks(EMAIL, f"{decided.__name__}@example.com")
        decided(change)
        with pytest.raises(NotAsked):
            desk.approves(change)
        with pytest.raises(NotAsked):
            desk.declines(change)
    with pytest.raises(NotAsked):
        desk.decisions.approve(999, desk.clock(), SAM)


@pytest.mark.parametrize("trouble, by", [(Unavailable(), SAM.id), (NoSuchPatient(), None)])
def test_a_clinical_system_that_does_not_take_it_leaves_it_to_be_approved(
    desk: Desks, trouble: Exception, by: str | None
) -> None:
    """Where it may have been made all the same, it can no longer be declined."""
    change = desk.asks()
    desk.flaky.fails = trouble
    with pytest.raises(type(trouble)):
        desk.approves(change)
    assert (desk.now_is(change).state, desk.now_is(change).decided_by) == (ASKED, by)
    assert desk.sent_to(AMIRA) == [] and desk.in_queue() == ["details_asked"]
    desk.flaky.fails = None
    desk.approves(change)
    assert desk.patient().mobile == NEW


def test_killed_after_the_change_was_made_it_is_finished_and_the_old_number_still_warned(desk: Desks) -> None:
    change = desk.asks()
    desk.flaky.fails, desk.flaky.fails_after = KeyboardInterrupt(), True  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        desk.approves(change)
    assert desk.now_is(change).decided_by == SAM.id, "nobody can decline what was made already"
    with pytest.raises(NotAsked):
        desk.declines(change)
    desk.flaky.fails = None
    desk.approves(desk.now_is(change))
    assert desk.now_is(change).state == APPROVED
    assert len(desk.sent_to(AMIRA)) == 1 and desk.in_queue() == []


def test_of_many_who_decide_at_once_one_does(desk: Desks) -> None:
    change = desk.asks()
    came_to = all_at_once(
        [
            *(lambda: desk.approves(change) for _ in range(5)),
            *(lambda: desk.decisions.decline(change.id, change.asked_at, ALEX, "not_right") for _ in range(5)),
        ]
    )
    decided = desk.now_is(change)
    assert all(each is None or isinstance(each, NotAsked) for each in came_to)
    assert (desk.patient().mobile == NEW) == (decided.state == APPROVED)
    assert len(desk.sent_to(AMIRA)) == 1
    assert len([each for each, _ in desk.audited() if each.startswith("details.")]) == 1


def test_it_stands_in_a_conversation_of_staff_alone(desk: Desks) -> None:
    change = desk.asks()
    with desk.database.read() as connection:
        [held] = find_conversations(connection, f"details:{change.id}", 5)
    assert held.channel == DESK


def test_the_same_change_twice_by_its_key_is_made_once(desk: Desks) -> None:
    desk.backend.change_contact(AMIRAS, MOBILE, NEW, "key-1")
    desk.backend.change_contact(AMIRAS, MOBILE, TOM, "key-2")
    again = desk.backend.change_contact(AMIRAS, MOBILE, NEW, "key-1")
    assert again.mobile == TOM
