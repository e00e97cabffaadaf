"""What only a conversation's own patient is given: their appointments, cards of their record, the secure page."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.backend.base import Patient, Unavailable
from bot.identity.callers import Caller
from bot.identity.policy import Decision, Service, may
from bot.program import Program
from bot.store import grants
from bot.store.audit import AuditEntry, add_entries
from bot.store.conversations import WEB, get_conversation
from bot.store.database import Work
from connectors.calendar import CALENDAR_HEADERS, CALENDAR_TYPE, appointment_calendar
from connectors.webchat.browser import (
    BAD_REQUEST,
    NOT_HERE,
    OUT_OF_REACH,
    OVER,
    SessionCookie,
    answering,
    check_own_page,
    is_id,
    read_json,
)
from connectors.webchat.card_reading import SERVICES, CardReader
from connectors.webchat.cards import Card
from connectors.webchat.session import ChatSessions, Session


class PrivateDoor:
    """Whatever may not be given reads the same: not there, not theirs, not proved, not switched on."""

    def __init__(self, program: Program, sessions: ChatSessions, cookie: SessionCookie) -> None:
        self._program, self._sessions, self._cookie = program, sessions, cookie
        self._cards = CardReader(program)

    def routes(self) -> list[Route]:
        return [
            Route("/chat/secure", answering(self.secure), methods=["POST"]),
            Route("/chat/cards/{name}", answering(self.card)),
            Route("/chat/calendar/{appointment_id}.ics", answering(self.calendar)),
        ]

    async def secure(self, request: Request) -> Response:
        """The secure page's address, and what opens it in this browser alone.

        For {"link": id of a message's} or, once proved, {"card": name} of what is to be seen there in full.
        """
        wanted = await read_json(request)
        return JSONResponse(await run_in_threadpool(self._secure, self._cookie.token(request), wanted))

    async def card(self, request: Request) -> Response:
        check_own_page(request)
        token, name = self._cookie.token(request), request.path_params["name"]
        return JSONResponse(await run_in_threadpool(self._card, token, name))

    async def calendar(self, request: Request) -> Response:
        token, wanted = self._cookie.token(request), request.path_params["appointment_id"]
        file = await run_in_threadpool(self._calendar, token, wanted)
        return Response(file, media_type=CALENDAR_TYPE, headers=CALENDAR_HEADERS)

    # What follows runs off the event loop.

    def _secure(self, token: str | None, wanted: dict[str, Any]) -> dict[str, str]:
        session = self._sessions.touch(token)
        link_id = wanted.get("link") or self._new_link(session, wanted.get("card"))
        if not is_id(link_id):
            raise BAD_REQUEST
        given = self._program.services.step_up.hand_over(session.conversation_id, link_id)
        if given is None:
            raise OVER
        return {"action": f"/secure/{given[0]}", "handover": given[1]}

    def _new_link(self, session: Session, card: object) -> str:
        """To the page of a card that this conversation may see."""
        program, service = self._program, SERVICES.get(str(card))
        if service is None:
            raise BAD_REQUEST
        caller, patient = self._allowed(session, service)
        work, conversation_id = Work(), session.conversation_id
        with program.database.read() as connection:
            conversation = get_conversation(connection, conversation_id)
        link_id = program.services.step_up.offer(work, conversation, patient.id, str(card), session.now)
        if link_id is None:
            raise NOT_HERE
        work.audit(_entry(session, caller, "step_up.link", "made"))
        with program.database.write() as connection:
            work.run(connection)
        return link_id

    def _card(self, token: str | None, name: str) -> Card:
        """Read anew each time, noted, and counted as a use of the proof; it says whose it is."""
        session = self._sessions.look(token)
        if name not in SERVICES:
            raise NOT_HERE
        caller, patient = self._allowed(session, SERVICES[name])
        try:
            card = self._cards.read(name, patient, caller, session.now)
        except Unavailable:
            raise OUT_OF_REACH from None
        with self._program.database.write() as connection:
            if caller.grant:
                grants.use_grant(connection, caller.grant.id, session.now)
            add_entries(connection, [_entry(session, caller, f"{name}.view", "done")])
        return {"patient": patient.name, **card}

    def _calendar(self, token: str | None, wanted: str) -> bytes:
        """Only one of the own patient's appointments."""
        session = self._sessions.look(token)
        caller, patient = self._allowed(session, Service.SEE_APPOINTMENTS)
        held = next((each for each in self._program.backend.appointments(patient.id) if each.id == wanted), None)
        if held is None:
            raise NOT_HERE
        with self._program.database.write() as connection:
            add_entries(connection, [_entry(session, caller, "appointment.calendar", "done")])
        return appointment_calendar(held, self._program.practice, session.now)

    def _allowed(self, session: Session, service: Service) -> tuple[Caller, Patient]:
        """Who is known here, if they may have this now; a refusal is kept in the audit trail."""
        try:
            caller = self._sessions.caller(session)
        except Unavailable:
            raise OUT_OF_REACH from None
        decision = may(service, caller.access, caller.assurance, self._program.practice)
        if decision is Decision.ALLOWED and caller.patient:
            return caller, caller.patient
        with self._program.database.write() as connection:
            add_entries(connection, [_entry(session, caller, service.value, decision.value)])
        raise NOT_HERE


def _entry(session: Session, caller: Caller, action: str, outcome: str) -> AuditEntry:
    patient_id = caller.patient.id if caller.patient else None
    actor_id = caller.person_id if caller.acts_for_another else None
    return AuditEntry(session.now, action, outcome, WEB, session.conversation_id, patient_id, actor_id=actor_id)
