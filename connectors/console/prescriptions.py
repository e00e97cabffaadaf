"""Orders of repeat medicines: a clinician approves or rejects them, and somebody notes how far they have come."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Unavailable
from bot.backend.prescribing import (
    APPROVED,
    CANCELLED,
    READY,
    REJECTED,
    REQUESTED,
    SENT,
    NoSuchRequest,
    PrescriptionRequest,
    TooLateToChange,
)
from bot.prescribing.news import ORDERS
from bot.staff.roles import Task
from bot.staff.sessions import DESK
from bot.store.audit import AuditEntry, add_entries
from bot.store.notices import SCHEDULE
from connectors.console.orders import Order, Orders
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import MISSING, Visitor

HERE = f"{HOME}/prescriptions"
FINISHED = "finished"
TABS = (REQUESTED, APPROVED, SENT, FINISHED)
_DECISIONS, _STEPS = (APPROVED, REJECTED), (SENT, READY)
_MOST = 40  # medicines on one page; a form holds no more
_COUNTED = 500
_SHOWN_FOR = timedelta(days=14)  # what is finished
_LONGEST_WORDS = 300
_ONE = "one"  # the field of a form for one medicine


@dataclass(frozen=True)
class Outcome:
    """What came of a form: how many were changed, and what stands in the way of the rest, as a code."""

    done: int
    problem: str = ""


class PrescriptionPages:
    """A tab for each status. Whoever was slower than a colleague, or the patient, is told so."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program
        self._orders = Orders(site.program)

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(HERE, self.show, Task.SEE_PRESCRIPTIONS),
            page(f"{HERE}/decide", self.decide, Task.DECIDE_PRESCRIPTIONS, "POST"),
            page(f"{HERE}/step", self.step, Task.SEE_PRESCRIPTIONS, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        asked = visitor.request.query_params
        done = asked.get("done", "")
        counted = int(done) if done.isascii() and done.isdigit() and len(done) < 4 else 0
        tab = asked.get("tab", REQUESTED)
        return self._showing(visitor, tab if tab in TABS else REQUESTED, Outcome(counted), dict(visitor.draft))

    def decide(self, visitor: Visitor) -> Response:
        """Approve or reject those that are ticked. Whoever rejects says why, in words for the patient."""
        return self._change(visitor, REQUESTED, _DECISIONS)

    def step(self, visitor: Visitor) -> Response:
        """Note that it was sent to the pharmacy, or is ready there."""
        return self._change(visitor, SENT if visitor.form.get("to") == READY else APPROVED, _STEPS)

    # What lies behind.

    def _change(self, visitor: Visitor, tab: str, statuses: tuple[str, ...]) -> Response:
        form = visitor.form
        to = form.get("to", "")
        if to and to not in statuses:
            raise MISSING
        chosen = [form[_ONE]] if form.get(_ONE) else [name[3:] for name in form if name.startswith("id-")][:_MOST]
        words = (form.get("words", "").strip() or form.get("canned", "").strip()) if to == REJECTED else ""
        problem = _problem(chosen, words, to)
        outcome = Outcome(0, problem) if problem else self._decide(visitor, chosen, to, words)
        if outcome.problem:
            status = {"stale": 409, "unavailable": 503}.get(outcome.problem, 400)
            return self._showing(visitor, tab, outcome, form, status)
        return self._site.go(f"{HERE}?tab={tab}&done={outcome.done}")

    def _decide(self, visitor: Visitor, chosen: list[str], to: str, words: str) -> Outcome:
        """Each by itself: what a colleague was quicker with does not keep back the rest."""
        key, done, problem = visitor.form.get("key", "")[:32], 0, ""
        for request_id in chosen:
            try:
                request = self._program.backend.decide_request(request_id, to, words, f"{key}:{to}:{request_id}"[:80])
            except (TooLateToChange, NoSuchRequest):
                problem = "stale"
                self._site.note(visitor, "prescription.decide", "stale")
            except Unavailable:
                problem = "unavailable"
                break
            else:
                done += 1
                self._site.note(visitor, "prescription.decide", to, request.patient_id, subject=request.id)
        self._program.notices.announce(ORDERS, SCHEDULE)
        return Outcome(done, problem)

    def _showing(
        self, visitor: Visitor, tab: str, outcome: Outcome, form: Mapping[str, str], status: int = 200
    ) -> Response:
        try:
            requests, counts = self._requests(tab)
            orders = list(self._orders.of(requests[:_MOST]))
        except Unavailable:
            requests, counts, orders, outcome, status = [], {}, [], Outcome(0, "unavailable"), 503
        self._note_seen(visitor, orders)
        return self._site.render(
            visitor,
            "prescriptions.html",
            status,
            tab=tab,
            tabs=TABS,
            counts=counts,
            orders=orders,
            more=len(requests) > _MOST,
            outcome=outcome,
            form=form,
            key=secrets.token_hex(16),
            next_step=self._next_step(tab),
            longest=_LONGEST_WORDS,
        )

    def _requests(self, tab: str) -> tuple[list[PrescriptionRequest], dict[str, int]]:
        """Those of this tab, and how many there are of each that is not finished."""
        backend = self._program.backend
        live = backend.requests_in({REQUESTED, APPROVED, SENT}, _COUNTED)
        counts = {each: len([one for one in live if one.status == each]) for each in TABS if each != FINISHED}
        if tab != FINISHED:
            return [each for each in live if each.status == tab], counts
        changed = backend.requests_changed_since(self._program.clock() - _SHOWN_FOR)
        finished = [each for each in changed if each.status in (READY, REJECTED, CANCELLED)]
        return finished[::-1], counts

    def _next_step(self, tab: str) -> str:
        if tab == APPROVED:
            return SENT
        is_noted = self._program.practice.prescriptions.last_step == READY
        return READY if tab == SENT and is_noted else ""

    def _note_seen(self, visitor: Visitor, orders: list[Order]) -> None:
        """Into the audit trail, before anything is shown: of each patient."""
        now, member = self._program.clock(), visitor.member.id
        seen = {each.patient.id for each in orders}
        whose: list[str | None] = [*sorted(seen)] or [None]
        entries = [AuditEntry(now, "prescription.read", "done", DESK, None, each, actor_id=member) for each in whose]
        with self._program.database.write() as connection:
            add_entries(connection, entries)


def _problem(chosen: list[str], words: str, to: str) -> str:
    if not to:
        return "no_button"  # Enter was pressed
    if not chosen:
        return "nothing"
    if to == REJECTED and not words:
        return "no_words"
    return "too_long" if len(words) > _LONGEST_WORDS else ""
