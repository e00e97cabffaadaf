"""Who is told of a proof: the number on record when it comes from a new browser, and the chat that asked for it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.identity.callers import Callers
from bot.identity.policy import NO_TEXTS
from bot.identity.visits import CARDS
from bot.practice import Practice
from bot.responses import Responses
from bot.sms_text import compose_text
from bot.store import credentials
from bot.store.conversations import WEB, get_conversation
from bot.store.messages import Reply, store_reply
from bot.store.outbox import queue_text
from bot.store.proxies import proxies_for
from bot.store.secure_links import Visit
from bot.wording import say_time


class Telling:
    """Tells of proofs."""

    def __init__(self, callers: Callers, practice: Practice, responses: Responses) -> None:
        self._callers, self._practice, self._responses = callers, practice, responses

    def recognise(self, connection: Connection, visit: Visit, person_id: str, held: str | None, now: datetime) -> str:
        """A browser that this person was not seen with before is told of to the number on record."""
        if held and credentials.is_known_device(connection, held, person_id):
            return held
        # Never the cookie that was brought along: somebody may have put their own there.
        device = secrets.token_urlsafe(32)
        if held:
            credentials.copy_device(connection, held, device)
        credentials.add_device(connection, device, person_id, now)
        self._tell_number(connection, visit.patient_id, person_id, now)
        return device

    def _tell_number(self, connection: Connection, patient_id: str, person_id: str, now: datetime) -> None:
        patient = self._callers.find_patient(patient_id)
        number = self._number_of(connection, patient_id, person_id)
        if patient is None or number is None or NO_TEXTS in self._callers.access(patient, None, now).flags:
            return
        local = now.astimezone(self._practice.zone)
        said = self._responses.say("utter_logged_in_text", time=say_time(local.time()))
        body, segments = compose_text(self._practice.name, said)
        queue_text(connection, number, body, segments, now)

    def _number_of(self, connection: Connection, patient_id: str, person_id: str) -> str | None:
        person = self._callers.find_patient(person_id)
        if person is not None:
            return person.mobile
        return next((each.mobile for each in proxies_for(connection, patient_id) if each.person_id == person_id), None)

    def tell_chat(self, connection: Connection, visit: Visit, now: datetime) -> None:
        """The chat that asked goes on where it was; by text the page itself shows what was asked for."""
        conversation = get_conversation(connection, visit.conversation_id)
        if conversation.channel != WEB:
            return
        card = visit.purpose if visit.purpose in CARDS else None
        attachment = {"label": self._responses.say(f"utter_card_{card}"), "card": card} if card else None
        store_reply(connection, conversation.id, Reply(self._responses.say("utter_proved"), attachment=attachment), now)
