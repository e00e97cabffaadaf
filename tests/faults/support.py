"""What the fault suites share: a network that writes down what it sends, workers, a crowd of patients, and waiting."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError

from bot.backend import tables
from bot.backend.base import Patient
from bot.backend.people import patient_to_row
from bot.clock import Clock
from bot.delivery import Sent
from bot.dialogue import Dialogue
from bot.gateway import Inbound, Receipt
from bot.identity.policy import Access
from bot.program import assemble
from bot.settings import Settings
from bot.store import messages
from bot.store.conversations import SMS, get_conversation
from bot.store.messages import PATIENT, StoredMessage
from bot.store.notices import INBOX, OUTBOX
from bot.store.tables import conversation, message
from bot.store.tracker import load_tracker, save_events
from bot.workers import Workers
from tests.support import HandClock, Surgery


def _nothing() -> None:
    """No trouble."""


class NetworkOnFile:
    """A text network that writes what it takes to a file: it outlives the process that sent it.

    Attributes:
        before_taking, after_taking, before_looking: called on the way; whatever one raises, the sender meets.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self.before_taking: Callable[[], None] = _nothing
        self.after_taking: Callable[[], None] = _nothing
        self.before_looking: Callable[[], None] = _nothing
        path.touch()

    def send(self, number: str, body: str) -> Sent:
        self.before_taking()
        sent = self._take(number, body)
        self.after_taking()
        return sent

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        self.before_looking()
        for taken in self._taken():
            if (taken["number"], taken["body"]) == (number, body) and datetime.fromisoformat(taken["at"]) >= since:
                return Sent(taken["sid"], "accepted")
        return None

    def _take(self, number: str, body: str) -> Sent:
        taken = {"number": number, "body": body, "at": self._clock().isoformat(), "sid": f"SM{secrets.token_hex(16)}"}
        with self._path.open("a") as file:
            file.write(json.dumps(taken) + "\n")
        return Sent(taken["sid"], "accepted")

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(taken["number"], taken["body"]) for taken in self._taken()]

    @property
    def sids(self) -> list[str]:
        return [taken["sid"] for taken in self._taken()]

    def bodies_to(self, number: str) -> list[str]:
        return [body for to, body in self.texts if to == number]

    def _taken(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]


def open_surgery(home: Path, dialogue: Dialogue, clock: HandClock, database_url: str = "") -> Surgery:
    """A surgery on what `home` holds: as after a restart. Nothing is added to the store."""
    settings = Settings(home=home, database_url=database_url, _env_file=None)
    network = NetworkOnFile(home / "texts.jsonl", clock)
    return Surgery(assemble(settings, clock, dialogue), clock, network)


def network_of(surgery: Surgery) -> NetworkOnFile:
    assert isinstance(surgery.network, NetworkOnFile)
    return surgery.network


def close_surgery(surgery: Surgery) -> None:
    """As when the process ends; the loaded model is kept for the next."""
    surgery.program.notices.stop()
    surgery.program.database.close()


@contextmanager
def at_work(surgery: Surgery, turns: int = 4, senders: int = 2) -> Iterator[None]:
    """Real worker threads run the turns and send the texts meanwhile."""
    program = surgery.program
    workers = [
        Workers(program.gateway.work_once, program.notices, INBOX, turns),
        Workers(surgery.delivery.work_once, program.notices, OUTBOX, senders),
    ]
    for each in workers:
        each.start()
    try:
        yield
    finally:
        for each in workers:
            each.stop()


def wait_until(is_so: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for a condition; fail if it does not come about in this time, far longer than it should take."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.02)


def all_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make all calls from a thread each, begun together; gives each one's result, or what it raised."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def make(index: int) -> None:
        barrier.wait(60)
        try:
            results[index] = calls[index]()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=make, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def add_patients(surgery: Surgery, count: int) -> list[Patient]:
    """So many patients with a mobile each and nothing booked; numbers from the range kept for fiction."""
    crowd = [
        Patient(
            id=f"crowd-{index:03}",
            first_name="Robin",
            last_name=f"Number{index:03}",
            date_of_birth=date(1980, 1, 1),
            sex="female",
            mobile=f"+447700900{100 + index:03}",
        )
        for index in range(count)
    ]
    with surgery.program.database.write() as connection:
        connection.execute(insert(tables.patient), [patient_to_row(patient) for patient in crowd])
        for patient in crowd:
            surgery.program.services.desk.set_access(
                connection, patient.id, Access("appointments"), "reception", surgery.clock()
            )
    return crowd


def text_from(number: str, text: str, provider_id: str) -> Inbound:
    return Inbound(SMS, number, provider_id, text)


def receive(surgery: Surgery, number: str, text: str) -> Receipt:
    """A new text comes in; its turn is left to the workers."""
    return surgery.program.gateway.receive(text_from(number, text, f"SM{secrets.token_hex(16)}"))


def waiting_messages(surgery: Surgery) -> int:
    query = select(func.count()).select_from(message).where(message.c.done_at.is_(None))
    with surgery.program.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def is_all_done(surgery: Surgery) -> bool:
    return waiting_messages(surgery) == 0


def conversation_of(surgery: Surgery, number: str) -> str:
    """The id of the open conversation at this number."""
    query = select(conversation.c.id).where(conversation.c.address_index == number, conversation.c.closed_at.is_(None))
    with surgery.program.database.read() as connection:
        return str(connection.execute(query).scalar_one())


def thread(surgery: Surgery, conversation_id: str, after: int = 0) -> list[StoredMessage]:
    with surgery.program.database.read() as connection:
        return messages.messages_after(connection, conversation_id, after)


def replies(surgery: Surgery, receipt: Receipt) -> list[str]:
    """What was said in this conversation after this message."""
    after = thread(surgery, receipt.conversation_id, receipt.message_id)
    return [each.text for each in after if each.author != PATIENT]


def rows(surgery: Surgery, table: Any, *conditions: Any) -> list[Any]:
    with surgery.program.database.read() as connection:
        return list(connection.execute(select(table).where(*conditions)))


def booked(surgery: Surgery, patient_id: str) -> list[Any]:
    """Every appointment that stands for this patient."""
    held = tables.appointment.c
    return rows(surgery, tables.appointment, held.patient_id == patient_id, held.status == "booked")


def continue_as(surgery: Surgery, model_conversation: str, number: str) -> None:
    """Bring the conversation at `number` to the point that another has reached, as if the same had been said in it."""
    receipt = receive(surgery, number, "")
    surgery.run()
    with surgery.program.database.write() as connection:
        reached = load_tracker(connection, get_conversation(connection, model_conversation))
        own = load_tracker(connection, get_conversation(connection, receipt.conversation_id))
        save_events(connection, own, reached.events)


def fail(*errors: Exception | None) -> Callable[..., None]:
    """Something that raises these errors, one a call (None: this call goes well), and from then on does nothing."""
    due = iter(errors)

    def next_one(*_: Any, **__: Any) -> None:
        error = next(due, None)
        if error is not None:
            raise error

    return next_one


def out_of_order(reason: str = "database is locked") -> OperationalError:
    """What SQLAlchemy raises when the database cannot be reached or written."""
    return OperationalError("", {}, Exception(reason))
