"""One conversation: what was said, whom it is with, what is known, and all that staff can do with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.acting import Acting, Locked
from bot.escalation.handover import Closed, Member, NewMessages, NotYours
from bot.escalation.reasons import WHYS
from bot.escalation.timing import say_when_answered
from bot.identity.phone_numbers import spoken
from bot.program import Program
from bot.sms_text import MAX_SEGMENTS_URGENT, compose_text, count_segments
from bot.staff.roles import Task, may_do
from bot.store import canned_replies, presence
from bot.store.canned_replies import CannedReply
from bot.store.conversations import DESK, SMS, Conversation
from bot.store.escalations import Escalation, Stale
from bot.store.staff import all_staff
from connectors.console.queue import alarm_of
from connectors.console.reading import Reading, View
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import MISSING, Visitor

ONE = f"{HOME}/conversations/{{ref}}"
LONGEST = 2000  # characters of a reply or a note
_UNFILLED = re.compile(r"{\w+}")  # of a ready-made answer
_MORNING = time(8)
_SAID = {
    "stale": "Something has happened here since you looked. Read it again before you go on.",
    "closed": "This was closed meanwhile. To write to the patient, take the conversation over again.",
    "not_yours": "A colleague has taken this. Your words are kept below. To send them, take it over first.",
    "first": "A colleague was quicker.",
    "empty": "Write something first.",
    "unfilled": "Fill in what stands in curly brackets before you send it.",
    "too_long": f"That is too long. Send at most {LONGEST} characters, and at most {MAX_SEGMENTS_URGENT} texts.",
    "no_day": "Choose a day that is still to come.",
    "no_reason": "Choose a reason.",
    "no_colleague": "Choose a colleague.",
    "locked": "Their login is locked. The online services desk can unlock it.",
    "no_patient": "Nobody knows yet who this is.",
}


class ConversationPages:
    """Everything under /console/conversations, but for appointments."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program, self._reading = site, site.program, Reading(site.program)
        self._handover = site.program.handover
        self._acting = acting(site.program)

    def routes(self) -> list[BaseRoute]:
        page, read, answer = self._site.page, Task.READ_CONVERSATION, Task.ANSWER
        does: dict[str, Callable[[Visitor], Response]] = {
            "claim": self.claim,
            "begin": self.begin,
            "transfer": self.transfer,
            "reply": self.reply,
            "canned": self.insert_canned,
            "undo": self.undo,
            "note": self.note,
            "snooze": self.snooze,
            "resolve": self.resolve,
            "return": self.give_back,
            "proof": self.ask_for_proof,
        }
        return [
            page(ONE, self.show, read),
            page(f"{ONE}/thread", lambda visitor: self._part(visitor, "thread.html"), read),
            page(f"{ONE}/state", lambda visitor: self._part(visitor, "state.html"), read),
            page(f"{ONE}/presence", self.note_presence, read, "POST", is_use=False),
            page(f"{ONE}/segments", self.count_segments, answer, "POST", is_use=False),
            *(page(f"{ONE}/{name}", do, answer, "POST") for name, do in does.items()),
        ]

    # Reading.

    def show(self, visitor: Visitor) -> Response:
        view = self._view(visitor)
        if visitor.request.path_params["ref"] != view.conversation.id:
            return self._site.go(path_of(view.conversation))
        patient_id = view.patient.id if view.patient else None
        self._site.note(visitor, "conversation.view", "done", patient_id, view.conversation.id)
        with self._program.database.write() as connection:
            presence.note_presence(connection, view.conversation.id, visitor.member.id, self._program.clock())
        return self._render(visitor, view)

    def _part(self, visitor: Visitor, template: str) -> Response:
        return self._site.render(visitor, template, **self._shown(visitor, self._view(visitor)))

    def note_presence(self, visitor: Visitor) -> Response:
        """The page says that somebody still looks at it, and hears who else does."""
        view, now = self._conversation(visitor), self._program.clock()
        is_writing = bool(visitor.form.get("text", "").strip())
        with self._program.database.write() as connection:
            is_news = presence.note_presence(connection, view.id, visitor.member.id, now, is_writing)
            others = presence.others_present(connection, view.id, visitor.member.id, now)
        if is_news:
            self._program.notices.announce(view.id)
        return self._site.render(visitor, "presence.html", others=others, conversation=view)

    def count_segments(self, visitor: Visitor) -> Response:
        body, _ = compose_text(self._program.practice.name, visitor.form.get("text", ""), 99)
        return self._site.render(visitor, "segments.html", segments=count_segments(body))

    # Doing. Each answers with the page anew.

    def claim(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        taken_from = visitor.form.get("taken_from") or None
        return self._do(visitor, conversation, lambda: self._handover.claim(held.id, _me(visitor), taken_from), "first")

    def begin(self, visitor: Visitor) -> Response:
        conversation = self._conversation(visitor)
        return self._do(visitor, conversation, lambda: self._handover.begin(conversation.id, _me(visitor)), "first")

    def transfer(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        to = next((each for each in self._colleagues(visitor) if each.id == visitor.form.get("to")), None)
        if to is None:
            return self._again(visitor, "no_colleague", 400)
        version = _version(visitor)
        return self._do(visitor, conversation, lambda: self._handover.transfer(held.id, _me(visitor), to, version))

    def reply(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        text = visitor.form.get("text", "").replace("\r\n", "\n").strip()
        wrong = self._wrong_with(text, conversation)
        if wrong:
            return self._again(visitor, wrong, 400)
        try:
            self._handover.reply(held.id, _me(visitor), text, _number(visitor, "seen"))
        except NewMessages as new:
            many = f"{new.count} new messages" if new.count > 1 else "1 new message"
            words = f"{many} since you began writing. Read before you send: your words are kept below."
            return self._render(visitor, self._view(visitor), words, 409)
        except (NotYours, Closed) as refusal:
            return self._again(visitor, "closed" if isinstance(refusal, Closed) else "not_yours", 409)
        with self._program.database.write() as connection:
            presence.note_presence(connection, conversation.id, visitor.member.id, self._program.clock())
        return self._site.go(f"{path_of(conversation)}#newest")

    def insert_canned(self, visitor: Visitor) -> Response:
        """The answer chosen, after what was written so far; to be read before it is sent."""
        view = self._view(visitor)
        chosen = next((each for each in self._canned() if str(each.id) == visitor.form.get("canned")), None)
        written = visitor.form.get("text", "").rstrip()
        filled = self._filled(chosen, view) if chosen else ""
        return self._render(visitor, view, text="\n".join(each for each in (written, filled) if each))

    def undo(self, visitor: Visitor) -> Response:
        """What was taken back stands in the form again."""
        words = self._handover.take_back(_number(visitor, "reply"), _me(visitor))
        said = "It had gone already." if words is None else ""
        return self._render(visitor, self._view(visitor), said, 409 if said else 200, text=words or "")

    def note(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        text = visitor.form.get("note", "").strip()
        if not text or len(text) > LONGEST:
            return self._again(visitor, "too_long" if text else "empty", 400)
        return self._do(visitor, conversation, lambda: self._handover.keep_note(held.id, _me(visitor), text))

    def snooze(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        until = self._until(visitor)
        if until is None:
            return self._again(visitor, "no_day", 400)
        version = _version(visitor)
        return self._do(visitor, conversation, lambda: self._handover.snooze(held.id, _me(visitor), until, version))

    def resolve(self, visitor: Visitor) -> Response:
        held, _ = self._held(visitor)
        why, version = visitor.form.get("why", ""), _version(visitor)
        if why not in WHYS:
            return self._again(visitor, "no_reason", 400)
        return self._do(visitor, None, lambda: self._handover.resolve(held.id, _me(visitor), why, version))

    def give_back(self, visitor: Visitor) -> Response:
        held, _ = self._held(visitor)
        version = _version(visitor)
        return self._do(visitor, None, lambda: self._handover.give_back(held.id, _me(visitor), version))

    def ask_for_proof(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        patient = self._view(visitor).patient
        if patient is None:
            return self._again(visitor, "no_patient", 400)
        try:
            return self._do(visitor, conversation, lambda: self._acting.ask_for_proof(held, _me(visitor), patient.id))
        except Locked:
            return self._again(visitor, "locked", 409)

    # What lies behind.

    def _do(
        self, visitor: Visitor, conversation: Conversation | None, do: Callable[[], object], stale: str = "stale"
    ) -> Response:
        """Do it and show what has come of it: the conversation, or the queue once it is closed."""
        try:
            do()
        except Stale:
            return self._again(visitor, stale, 409)
        except (Closed, NotYours) as refusal:
            return self._again(visitor, "closed" if isinstance(refusal, Closed) else "not_yours", 409)
        return self._site.go(path_of(conversation) if conversation else HOME)

    def _again(self, visitor: Visitor, why: str, status: int) -> Response:
        return self._render(visitor, self._view(visitor), _SAID[why], status)

    def _render(self, visitor: Visitor, view: View, said: str = "", status: int = 200, text: str = "") -> Response:
        shown = {**self._shown(visitor, view), **alarm_of(self._site, visitor)}
        written = text or visitor.form.get("text", "") or visitor.draft.get("text", "")
        noted = visitor.form.get("note", "") if said else visitor.draft.get("note", "")
        return self._site.render(visitor, "conversation.html", status, said=said, text=written, noted=noted, **shown)

    def _shown(self, visitor: Visitor, view: View) -> dict[str, Any]:
        today = self._today()
        return {
            "view": view,
            "conversation": view.conversation,
            "held": view.held,
            "others": self._others(visitor, view),
            "colleagues": self._colleagues(visitor),
            "canned": [(each, each.is_expired(today)) for each in self._canned()],
            "whys": WHYS,
            "tomorrow": today + timedelta(days=1),
            "longest": LONGEST,
        }

    def _view(self, visitor: Visitor) -> View:
        """Raises MISSING."""
        found = self._reading.find(visitor.request.path_params["ref"], visitor.member.id)
        if found is None:
            raise MISSING
        return found

    def _conversation(self, visitor: Visitor) -> Conversation:
        found = self._reading.conversation(visitor.request.path_params["ref"])
        if found is None:
            raise MISSING
        return found

    def _held(self, visitor: Visitor) -> tuple[Escalation, Conversation]:
        """The live escalation; what is closed is told of by whoever acts on it."""
        conversation = self._conversation(visitor)
        held = self._reading.escalation(conversation)
        if held is None:
            raise MISSING
        return held, conversation

    def _others(self, visitor: Visitor, view: View) -> list[presence.Present]:
        with self._program.database.read() as connection:
            return presence.others_present(connection, view.conversation.id, visitor.member.id, self._program.clock())

    def _colleagues(self, visitor: Visitor) -> list[Member]:
        with self._program.database.read() as connection:
            able = [each.account for each in all_staff(connection) if not each.is_disabled]
        return [
            Member(each.id, each.name)
            for each in able
            if each.id != visitor.member.id and may_do(each.role, Task.ANSWER)
        ]

    def _canned(self) -> list[CannedReply]:
        with self._program.database.read() as connection:
            return canned_replies.list_canned(connection)

    def _filled(self, chosen: CannedReply, view: View) -> str:
        practice = self._program.practice
        values = {"surgery": practice.name, "phone": spoken(practice.phone)}
        values["when"] = say_when_answered(practice, self._program.clock())
        if view.patient:
            values["first_name"] = view.patient.first_name
        return chosen.filled(**values)

    def _wrong_with(self, text: str, conversation: Conversation) -> str | None:
        if not text or conversation.channel == DESK:
            return "empty"
        _, segments = compose_text(self._program.practice.name, text, 99)
        is_long = len(text) > LONGEST or (conversation.channel == SMS and segments > MAX_SEGMENTS_URGENT)
        if _UNFILLED.search(text):
            return "unfilled"
        return "too_long" if is_long else None

    def _until(self, visitor: Visitor) -> datetime | None:
        """A preset, or the morning of a day; None if that is no time to come."""
        now = self._program.clock().astimezone(self._program.practice.zone)
        preset = visitor.form.get("for", "")
        if preset in ("1", "4"):
            return now + timedelta(hours=int(preset))
        try:
            day = now.date() + timedelta(days=1) if preset == "day" else date.fromisoformat(visitor.form["until"])
        except (KeyError, ValueError):
            return None
        until = datetime.combine(day, _MORNING, self._program.practice.zone)
        return until if now < until <= now + timedelta(days=366) else None

    def _today(self) -> date:
        return self._program.clock().astimezone(self._program.practice.zone).date()


def acting(program: Program) -> Acting:
    services = program.services
    return Acting(
        program.database,
        program.handover,
        program.backend,
        services.step_up,
        program.responses,
        program.practice,
        program.clock,
    )


def path_of(conversation: Conversation) -> str:
    return f"{HOME}/conversations/{conversation.id}"


def _me(visitor: Visitor) -> Member:
    return Member(visitor.member.id, visitor.member.name)


def _number(visitor: Visitor, name: str) -> int:
    value = visitor.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else -1


def _version(visitor: Visitor) -> int:
    return _number(visitor, "version")
