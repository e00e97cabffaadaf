"""A conversation's page: found, shown with all that can be done there, and shown anew with what came of doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from bot.escalation.handover import Closed, Member, NotYours
from bot.escalation.reasons import WHYS
from bot.sms_text import MAX_SEGMENTS_URGENT
from bot.staff.roles import Task, may_do
from bot.store import canned_replies, presence
from bot.store.canned_replies import CannedReply
from bot.store.conversations import Conversation
from bot.store.escalations import Escalation, Stale
from bot.store.staff import all_staff
from connectors.console.queue import alarm_of
from connectors.console.reading import Reading
from connectors.console.site import HOME, ConsoleSite
from connectors.console.view import View
from connectors.console.visitor import MISSING, Visitor

ONE = f"{HOME}/conversations/{{ref}}"
LONGEST = 2000  # characters of a reply or a note
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


class ShowsConversations:
    """What the pages about one conversation share."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program, self._reading = site, site.program, Reading(site.program)
        self._handover = site.program.handover

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

    def _today(self) -> date:
        return self._program.clock().astimezone(self._program.practice.zone).date()


def path_of(conversation: Conversation) -> str:
    return f"{HOME}/conversations/{conversation.id}"


def me(visitor: Visitor) -> Member:
    return Member(visitor.member.id, visitor.member.name)


def number_in(visitor: Visitor, name: str) -> int:
    value = visitor.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else -1


def version_in(visitor: Visitor) -> int:
    return number_in(visitor, "version")
