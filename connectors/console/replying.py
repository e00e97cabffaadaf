"""Writing to a patient: a reply, a ready-made answer to begin with, and taking it back."""

from __future__ import annotations

import re

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.handover import Closed, NewMessages, NotYours
from bot.escalation.timing import say_when_answered
from bot.identity.phone_numbers import spoken
from bot.sms_text import MAX_SEGMENTS_URGENT, compose_text, count_segments
from bot.staff.roles import Task
from bot.store import presence
from bot.store.canned_replies import CannedReply
from bot.store.conversations import DESK, SMS, Conversation
from connectors.console.showing import LONGEST, ONE, ShowsConversations, me, number_in, path_of
from connectors.console.view import View
from connectors.console.visitor import Visitor

_UNFILLED = re.compile(r"{\w+}")  # of a ready-made answer


class ReplyingPages(ShowsConversations):
    """What stands under the thread of a conversation."""

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.ANSWER
        return [
            page(f"{ONE}/reply", self.reply, task, "POST"),
            page(f"{ONE}/canned", self.insert_canned, task, "POST"),
            page(f"{ONE}/undo", self.undo, task, "POST"),
            page(f"{ONE}/segments", self.count_segments, task, "POST", is_use=False),
        ]

    def reply(self, visitor: Visitor) -> Response:
        held, conversation = self._held(visitor)
        text = visitor.form.get("text", "").replace("\r\n", "\n").strip()
        wrong = self._wrong_with(text, conversation)
        if wrong:
            return self._again(visitor, wrong, 400)
        try:
            self._handover.reply(held.id, me(visitor), text, number_in(visitor, "seen"))
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
        words = self._handover.take_back(number_in(visitor, "reply"), me(visitor))
        said = "It had gone already." if words is None else ""
        return self._render(visitor, self._view(visitor), said, 409 if said else 200, text=words or "")

    def count_segments(self, visitor: Visitor) -> Response:
        body, _ = compose_text(self._program.practice.name, visitor.form.get("text", ""), 99)
        return self._site.render(visitor, "segments.html", segments=count_segments(body))

    # What lies behind.

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
