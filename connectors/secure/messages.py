"""What somebody writes to the practice, and its answers: a list, one of them whole, and writing with files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient
from bot.backend.references import new_reference
from bot.escalation.handover import QUEUE
from bot.escalation.timing import answer_day
from bot.identity.passcodes import holds_registration_key
from bot.identity.policy import Service
from bot.store import attachments, messages, threads
from bot.store.attachments import Attachment
from bot.store.messages import PATIENT
from bot.store.threads import Thread
from bot.wording import say_day
from bot.writing import threads as writing
from bot.writing.files import GoodFile, judge
from bot.writing.threads import Written
from bot.writing.topics import TOPICS
from bot.writing.trouble import BadFile
from connectors.secure.site import Site
from connectors.secure.visitor import MISSING, Guest
from connectors.uploads import Upload

HERE = "/secure/messages"
_MOST_LISTED, _MOST_SHOWN = 100, 500
_MOST_A_DAY = 20  # messages of one person
_FIELDS_BYTES = 1024 * 1024  # on top of what the files may have
_LONGEST_KEPT = 20_000  # characters of a message that is too long, given back to be cut


@dataclass(frozen=True)
class Said:
    """One message of a thread, as the page shows it."""

    text: str
    at: datetime
    is_own: bool
    is_new: bool
    files: list[Attachment]


class MessagePages:
    """Whoever wrote something reads it and the answers; each look is noted before anything is shown."""

    def __init__(self, site: Site) -> None:
        self._site, self._program = site, site.program
        self._rules = site.program.practice.messages

    def routes(self) -> list[BaseRoute]:
        largest = self._rules.max_files * self._rules.file_megabytes * 1024 * 1024 + _FIELDS_BYTES
        page, takes_files = self._site.page, self._site.takes_files
        return [
            page(HERE, self.listed),
            page(f"{HERE}/write", self.ask),
            takes_files(f"{HERE}/write", self.send, largest),
            page(f"{HERE}/{{reference}}", self.thread),
            takes_files(f"{HERE}/{{reference}}", self.reply, largest),
        ]

    def listed(self, guest: Guest) -> Response:
        patient, _ = self._site.admit(guest, Service.READ_MESSAGES)
        with self._program.database.read() as connection:
            held = threads.threads_of(connection, patient.id, _person(guest, patient), _MOST_LISTED)
        self._site.note(guest, "messages.view", "done")
        return self._site.render(guest, "messages.html", held=held, topics=self._topics())

    def thread(self, guest: Guest) -> Response:
        """One that this person wrote; whatever else is asked for is not here."""
        held = self._held(guest)
        self._site.note(guest, "message.view", "done", subject=held.reference)
        return self._showing(guest, held, {})

    def ask(self, guest: Guest) -> Response:
        self._site.admit(guest, Service.WRITE_MESSAGE)
        return self._asking(guest, {})

    def send(self, guest: Guest) -> Response:
        patient, _ = self._site.admit(guest, Service.WRITE_MESSAGE)
        person_id, topic = _person(guest, patient), guest.form.get("topic", "")
        errors = {} if topic in TOPICS else {"topic": "empty"}
        written, trouble = self._written(guest, person_id)
        errors |= trouble
        if errors or written is None:
            return self._asking(guest, errors)
        return self._sent(guest, self._begin(patient.id, person_id, topic, written), written)

    def reply(self, guest: Guest) -> Response:
        held = self._held(guest)
        self._site.admit(guest, Service.WRITE_MESSAGE)
        written, errors = self._written(guest, held.person_id)
        if errors or written is None:
            return self._showing(guest, held, errors)
        with self._program.database.write() as connection:
            writing.add(connection, held, written, self._program.clock())
        return self._sent(guest, held, written)

    # What lies behind.

    def _held(self, guest: Guest) -> Thread:
        patient, _ = self._site.admit(guest, Service.READ_MESSAGES)
        asked = guest.request.path_params["reference"]
        with self._program.database.read() as connection:
            held = threads.find_thread(connection, asked) if asked.isascii() and asked.isalnum() else None
        if held is None or (held.patient_id, held.person_id) != (patient.id, _person(guest, patient)):
            self._site.note(guest, "message.view", "not_found")
            raise MISSING
        return held

    def _begin(self, patient_id: str, person_id: str, topic: str, written: Written) -> Thread:
        """The thread; sent twice by a key, the one that is there."""
        with self._program.database.write() as connection:
            known = messages.find_received(connection, written.once)
            if known is None:
                whose, now = (patient_id, person_id, topic, new_reference()), self._program.clock()
                return writing.begin(connection, *whose, written, now)
            held = threads.thread_of(connection, known[1])
        if held is None or (held.patient_id, held.person_id) != (patient_id, person_id):
            raise MISSING
        return held

    def _sent(self, guest: Guest, held: Thread, written: Written) -> Response:
        program, now = self._program, self._program.clock()
        self._site.note(guest, "message.write", "done", subject=held.reference)
        program.notices.announce(QUEUE, held.conversation_id)
        urgent = writing.what_to_do_now(written.text, program.practice.is_open(now))
        return self._site.render(
            guest,
            "message_sent.html",
            held=held,
            files=written.files,
            day=say_day(answer_day(program.practice, now)),
            urgent=program.responses.say(urgent) if urgent else "",
        )

    def _written(self, guest: Guest, person_id: str) -> tuple[Written | None, dict[str, str]]:
        """What was sent, or what is wrong with it by field."""
        form = guest.form
        text = form.get("text", "").replace("\r\n", "\n").strip()
        errors: dict[str, str] = {}
        if not any(character.isalnum() for character in text):
            errors["text"] = "empty"
        elif len(text) > self._rules.max_length:
            errors["text"] = "too_long"
        elif holds_registration_key(text):
            errors["text"] = "secret"
        elif self._has_written_much(person_id):
            errors["text"] = "too_many"
        files, trouble = self._files(form)
        once = form.get("once") or secrets.token_hex(16)
        if errors or trouble:
            return None, errors | ({"files": trouble} if trouble else {})
        return Written(text, f"page:{guest.visit.link_id}:{once[:32]}", files), {}

    def _files(self, form: object) -> tuple[list[GoodFile], str]:
        """Those that may be kept, and what is wrong with the first that may not."""
        if not isinstance(form, Upload) or form.is_too_large:
            return [], "too_big"
        if len(form.files) > self._rules.max_files:
            return [], "too_many"
        most = self._rules.file_megabytes * 1024 * 1024
        try:
            return [judge(each.name, each.content, most) for each in form.files], ""
        except BadFile as bad:
            return [], bad.why

    def _has_written_much(self, person_id: str) -> bool:
        since = self._program.clock() - timedelta(days=1)
        with self._program.database.read() as connection:
            return threads.count_written_since(connection, person_id, since) >= _MOST_A_DAY

    def _asking(self, guest: Guest, errors: dict[str, str]) -> Response:
        return self._form(guest, "message_write.html", errors, topics=self._topics(), topic=guest.form.get("topic"))

    def _showing(self, guest: Guest, held: Thread, errors: dict[str, str]) -> Response:
        """Read as it is shown."""
        with self._program.database.write() as connection:
            said = messages.messages_after(connection, held.conversation_id, 0, _MOST_SHOWN)
            files = attachments.files_of(connection, held.conversation_id)
            if said:
                threads.note_read(connection, held, said[-1].id)
        shown = [
            Said(each.text, each.at, each.author == PATIENT, each.id > held.read_to, files.get(each.id, []))
            for each in said
        ]
        return self._form(guest, "message.html", errors, held=held, said=shown, topic=self._topics()[held.topic])

    def _form(self, guest: Guest, template: str, errors: dict[str, str], **values: object) -> Response:
        """With the words that were written, so that nothing is lost. Files have to be chosen again."""
        is_too_large = isinstance(guest.form, Upload) and guest.form.is_too_large
        status = 413 if is_too_large else 400 if errors else 200
        shared = {
            "rules": self._rules,
            "once": secrets.token_hex(16),
            "text": guest.form.get("text", "")[:_LONGEST_KEPT],
        }
        return self._site.render(guest, template, status, errors=errors, **shared, **values)

    def _topics(self) -> dict[str, str]:
        return {topic: self._program.responses.say(f"utter_topic_{topic}") for topic in TOPICS}


def _person(guest: Guest, patient: Patient) -> str:
    """Who is at the page: the patient, or somebody trusted to act for them."""
    return guest.caller.person_id or patient.id
