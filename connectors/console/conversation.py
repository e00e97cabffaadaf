"""One conversation: what was said, whom it is with, what is known, and all that staff can do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.acting import Acting, Locked
from bot.escalation.reasons import WHYS
from bot.program import Program
from bot.staff.roles import Task
from bot.store import presence
from bot.store.conversations import THREAD, Conversation
from bot.store.escalations import Escalation
from connectors.console.showing import LONGEST, ONE, ShowsConversations, me, path_of, version_in
from connectors.console.site import ConsoleSite
from connectors.console.visitor import MISSING, Visitor

_MORNING = time(8)


class ConversationPages(ShowsConversations):
    """Everything under /console/conversations, but for replies and appointments."""

    def __init__(self, site: ConsoleSite) -> None:
        super().__init__(site)
        self._acting = acting(site.program)

    def routes(self) -> list[BaseRoute]:
        page, read, answer = self._site.page, Task.READ_CONVERSATION, Task.ANSWER
        does: dict[str, Callable[[Visitor], Response]] = {
            "claim": self.claim,
            "begin": self.begin,
            "transfer": self.transfer,
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

    # Doing. Each answers with the page anew.

    def claim(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        taken_from = visitor.form.get("taken_from") or None
        return self._do(visitor, conversation, lambda: self._handover.claim(held.id, me(visitor), taken_from), "first")

    def begin(self, visitor: Visitor) -> Response:
        conversation = self._conversation(visitor)
        return self._do(visitor, conversation, lambda: self._handover.begin(conversation.id, me(visitor)), "first")

    def transfer(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        to = next((each for each in self._colleagues(visitor) if each.id == visitor.form.get("to")), None)
        if to is None:
            return self._again(visitor, "no_colleague", 400)
        version = version_in(visitor)
        return self._do(visitor, conversation, lambda: self._handover.transfer(held.id, me(visitor), to, version))

    def note(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        text = visitor.form.get("note", "").strip()
        if not text or len(text) > LONGEST:
            return self._again(visitor, "too_long" if text else "empty", 400)
        return self._do(visitor, conversation, lambda: self._handover.keep_note(held.id, me(visitor), text))

    def snooze(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        until = self._until(visitor)
        if until is None:
            return self._again(visitor, "no_day", 400)
        version = version_in(visitor)
        return self._do(visitor, conversation, lambda: self._handover.snooze(held.id, me(visitor), until, version))

    def resolve(self, visitor: Visitor) -> Response:
        held, _ = self._held(visitor)
        why, version = visitor.form.get("why", ""), version_in(visitor)
        if why not in WHYS:
            return self._again(visitor, "no_reason", 400)
        return self._do(visitor, None, lambda: self._handover.resolve(held.id, me(visitor), why, version))

    def give_back(self, visitor: Visitor) -> Response:
        held, _ = self._held_in_talk(visitor)
        version = version_in(visitor)
        return self._do(visitor, None, lambda: self._handover.give_back(held.id, me(visitor), version))

    def ask_for_proof(self, visitor: Visitor) -> Response:
        held, conversation = self._held_in_talk(visitor)
        patient = self._view(visitor).patient
        if patient is None:
            return self._again(visitor, "no_patient", 400)
        try:
            return self._do(visitor, conversation, lambda: self._acting.ask_for_proof(held, me(visitor), patient.id))
        except Locked:
            return self._again(visitor, "locked", 409)

    # What lies behind.

    def _held_in_talk(self, visitor: Visitor) -> tuple[Escalation, Conversation]:
        """As `_held`, where there is an assistant, and somebody who can open a link at once."""
        held, conversation = self._held(visitor)
        if conversation.channel == THREAD:
            raise MISSING
        return held, conversation

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
