"""What tests are told in: a clock that is moved by hand, a surgery with its store, and a patient who writes to it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.backend.demo import ensure_demo, is_empty
from bot.backend.demo_people import PATIENTS, passcodes
from bot.delivery import Delivery, Sent
from bot.dialogue import Dialogue
from bot.gateway import Inbound
from bot.identity.callers import Caller
from bot.identity.step_up import Proving, Verdict
from bot.program import Program, assemble
from bot.settings import Settings
from bot.store import messages
from bot.store.conversations import SMS, WEB
from bot.store.messages import QuickReply, StoredMessage
from bot.store.staff_tables import escalation_event
from bot.store.tables import audit

LONDON = ZoneInfo("Europe/London")
# A Monday in term time, no bank holiday near, 10 in the morning: the surgery is open.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)

AMIRA = "+447700900001"  # nothing booked
TOM = "+447700900002"  # one appointment
MENSAH = "+447700900003"  # Grace and Daniel share this phone
NOVAK = "+447700900004"  # Eva, and her son Leo
PRIYA = "+447700900005"  # the most appointments one may have
MICHAEL = "+447700900006"  # an appointment too near to cancel
SOFIA = "+447700900007"  # online services not switched on
HANNAH = "+447700900008"  # 67
ZAINAB = "+447700900009"  # one appointment: the same-day warning
OSEI = "+447700900011"  # Abena's, who may act for her daughters Maya and Jade
AISHA = "+447700900015"  # her record is under review
LAURA = "+447700900016"  # may be under pressure
NOBODY = "+447700900999"  # no patient's number

_ids = itertools.count(1)


class HandClock:
    """Gives the time it was set to."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


class NoDialogue:
    """In place of a trained model, where nobody writes."""

    def use_wording(self, wording: dict[str, str]) -> None:
        """Nothing is said."""


class Network:
    """A text network that keeps what it is given."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    def send(self, number: str, body: str) -> Sent:
        self.texts.append((number, body))
        return Sent(f"SM{len(self.texts):032}", "delivered")

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        return None


@dataclass
class Surgery:
    """A program on a fresh store with the demo practice, driven by hand: no threads, no waiting."""

    program: Program
    clock: HandClock
    network: Network = field(default_factory=Network)

    def __post_init__(self) -> None:
        self.delivery = Delivery(self.program.database, self.program.notices, self.network, self.clock)

    def run(self) -> None:
        """Run every turn that waits, tell what there is to tell, and send every text that is due."""
        while self.program.gateway.work_once():
            pass
        schedule = self.program.schedule()  # a fresh one looks for what there is to tell at once
        while schedule.work_once():
            pass
        while self.delivery.work_once():
            pass

    def texting(self, number: str) -> Writer:
        return Writer(self, SMS, number)

    def chatting(self) -> Writer:
        return Writer(self, WEB, f"address-{next(_ids)}")

    def patient_id(self, first_name: str) -> str:
        return next(each.patient.id for each in PATIENTS if each.patient.first_name == first_name)

    def passcode(self, first_name: str) -> str:
        return passcodes()[self.patient_id(first_name)]

    def appointments(self, first_name: str) -> list[Any]:
        return self.program.backend.appointments(self.patient_id(first_name))

    def escalations(self) -> list[Any]:
        """Each time a person was asked for, oldest first."""
        with self.program.database.read() as connection:
            raised = select(escalation_event).where(escalation_event.c.kind == "raised")
            return connection.execute(raised.order_by(escalation_event.c.id)).all()

    def audit(self) -> list[tuple[str, str]]:
        with self.program.database.read() as connection:
            return [(row.action, row.outcome) for row in connection.execute(select(audit).order_by(audit.c.id))]


class Writer:
    """Somebody who writes to the surgery by one channel. `says` gives the whole answer as one string."""

    def __init__(self, surgery: Surgery, channel: str, address: str) -> None:
        self.surgery, self.channel, self.address = surgery, channel, address
        self.buttons: tuple[QuickReply, ...] = ()
        self.attachment: dict[str, str] | None = None
        self.answer = ""
        self.conversation_id = ""
        self.cookie = ""  # of the browser on the secure pages
        self._seen = 0

    def says(self, text: str, payload: str | None = None, **extra: Any) -> str:
        inbound = Inbound(self.channel, self.address, f"test-{next(_ids)}", text, payload=payload, **extra)
        receipt = self.surgery.program.gateway.receive(inbound)
        self.conversation_id, self._seen = receipt.conversation_id, receipt.message_id
        return self._hears()

    def proves(self, passcode: str) -> Verdict:
        """Open the link of the last answer and give a passcode, as the secure page does; what the chat is told then
        is the answer."""
        step_up = self.surgery.program.services.step_up
        token, handover = self.link()
        visit = step_up.visit(step_up.spend(token, handover, None) or "")
        assert visit, "the link is over"
        judged = step_up.prove(visit, passcode, "", Proving("192.0.2.1"))
        self.cookie = judged.visit_token or self.cookie
        self._hears()
        return judged.verdict

    def link(self) -> tuple[str, str | None]:
        """The token of the link in the last answer and, in the chat, what its browser is handed over with it."""
        if self.channel == SMS:
            found = re.search(r"/secure/([\w-]+)", self.answer)
            assert found, self.answer
            return found[1], None
        assert self.attachment and "secure" in self.attachment, self.answer
        given = self.surgery.program.services.step_up.hand_over(self.conversation_id, self.attachment["secure"])
        assert given, "the link is over"
        return given

    def sees(self) -> Caller | None:
        """Whom the secure page takes its browser for; None if it has to prove itself first."""
        step_up = self.surgery.program.services.step_up
        visit = step_up.visit(self.cookie)
        caller = step_up.caller(visit) if visit else None
        return caller if caller and caller.grant else None

    def reads(self) -> list[StoredMessage]:
        """The whole conversation as it is kept."""
        with self.surgery.program.database.read() as connection:
            return messages.messages_after(connection, self.conversation_id, 0)

    def _hears(self) -> str:
        """What was said since."""
        self.surgery.run()
        with self.surgery.program.database.read() as connection:
            after = messages.messages_after(connection, self.conversation_id, self._seen)
        said = [each for each in after if each.author != messages.PATIENT]
        self._seen = max([self._seen, *(each.id for each in after)])
        self.buttons = said[-1].quick_replies if said else ()
        self.attachment = said[-1].extra.get("attachment") if said else None
        self.answer = "\n".join(each.text for each in said)
        return self.answer

    def presses(self, label: str) -> str:
        """Press the button whose label begins so."""
        button = next(each for each in self.buttons if each.label.startswith(label))
        return self.says(button.label, payload=button.payload)

    def identifies(self, number: str) -> str:
        """Web only: answer the questions for a number and the code that is texted to it."""
        self.says(number)
        body = next(body for to, body in reversed(self.surgery.network.texts) if to == number)
        code = next(word for word in body.split() if word.isdigit() and len(word) == 6)
        return self.says(code)


def make_surgery(home: Path, dialogue: Dialogue | NoDialogue, clock: HandClock, database_url: str = "") -> Surgery:
    settings = Settings(home=home, database_url=database_url, _env_file=None)
    program = assemble(settings, clock, cast(Dialogue, dialogue))
    if is_empty(program.database):
        ensure_demo(program.database, program.practice, clock)
    return Surgery(program, clock)
