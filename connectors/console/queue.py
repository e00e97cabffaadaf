"""Who waits for a person: for what, how urgently, how long, and who has taken them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.reasons import say_reason
from bot.staff.roles import Task
from bot.store import escalations
from bot.store.conversations import Conversation
from bot.store.escalations import LIVE, OPEN, QUEUED, SNOOZED, URGENT, WAITING, Escalation
from bot.store.staff import names_of
from connectors.console.people import CHANNELS, name_of, patient_of, say_ago
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import Visitor

AWAKE = (QUEUED, OPEN, WAITING)
# Name, states, and what else it is narrowed to; "mine" is narrowed to whoever looks.
_TABS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "urgent": ("Urgent", AWAKE, {"urgency": URGENT}),
    "unassigned": ("Unassigned", AWAKE, {"is_unassigned": True}),
    "mine": ("Mine", AWAKE, {}),
    "snoozed": ("Snoozed", (SNOOZED,), {}),
    "all": ("All", LIVE, {}),
}
_MOST = 50  # on one page


@dataclass(frozen=True)
class Row:
    """One escalation, as the queue shows it."""

    held: Escalation
    who: str
    why: str
    channel: str
    waits: str
    assignee: str
    is_mine: bool

    @property
    def is_urgent(self) -> bool:
        return self.held.urgency == URGENT


class QueuePages:
    """The queue, and what the console rings for."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(HOME, self.show, Task.SEE_QUEUE),
            page(f"{HOME}/queue", self.listed, Task.SEE_QUEUE),
            page(f"{HOME}/alarm", self.alarm, Task.SEE_QUEUE),
        ]

    def show(self, visitor: Visitor) -> Response:
        self._site.note(visitor, "queue.view")
        return self._render(visitor, "queue.html")

    def listed(self, visitor: Visitor) -> Response:
        """The list alone, when something has changed."""
        return self._render(visitor, "queue_list.html")

    def alarm(self, visitor: Visitor) -> Response:
        return self._site.render(visitor, "alarm.html", **alarm_of(self._site, visitor))

    def _render(self, visitor: Visitor, template: str) -> Response:
        asked = visitor.request.query_params.get("tab", "all")
        tab = asked if asked in _TABS else "all"
        rows, more = self._rows(visitor, tab)
        shown: dict[str, Any] = {
            "tab": tab,
            "tabs": {key: each[0] for key, each in _TABS.items()},
            "rows": rows,
            "more": more,
        }
        return self._site.render(visitor, template, **shown, **alarm_of(self._site, visitor))

    def _rows(self, visitor: Visitor, tab: str) -> tuple[list[Row], bool]:
        _, states, narrowed = _TABS[tab]
        mine = {"assignee_id": visitor.member.id} if tab == "mine" else {}
        with self._program.database.read() as connection:
            found = escalations.queue(connection, states, _MOST + 1, **narrowed, **mine)
            names = names_of(connection, list({each.assignee_id for each, _ in found if each.assignee_id}))
        return [self._row(visitor, *each, names) for each in found[:_MOST]], len(found) > _MOST

    def _row(self, visitor: Visitor, held: Escalation, conversation: Conversation, names: dict[str, str]) -> Row:
        patient = patient_of(self._program, held, conversation) if visitor.may(Task.SEE_RECORD_BANNER) else None
        return Row(
            held,
            name_of(patient, conversation),
            say_reason(held.reason),
            CHANNELS.get(conversation.channel, conversation.channel),
            say_ago(held.waiting_since, self._program.clock()),
            names.get(held.assignee_id or "", ""),
            held.assignee_id == visitor.member.id,
        )


def alarm_of(site: ConsoleSite, visitor: Visitor) -> dict[str, Any]:
    """How many wait, and for which event the console rang last."""
    with site.program.database.read() as connection:
        counts = escalations.count_queue(connection, visitor.member.id)
        return {"counts": counts, "ring": escalations.last_ring(connection)}
