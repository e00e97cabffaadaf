"""What is secret or of the record is found in its own place and nowhere else.

Strings that cannot be mistaken are planted as results, entries, passcodes, keys, codes, messages, and what NHS login
says. Every journey is run, by text and in the chat, on one store. Then everything is searched: the files byte by byte,
every column of every table opened, the log at its most talkative, every address and header, and what went out.
"""

from __future__ import annotations

import io
import logging
import os
import re
import socket
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
import structlog
from sqlalchemy import insert

from bot.backend import tables
from bot.backend.demo_people import PATIENTS
from bot.backend.local_medicines import repeat_to_row
from bot.backend.prescribing import RepeatMedication
from bot.backend.record import PROBLEMS, Entry, Value
from bot.dialogue import Dialogue
from bot.identity.desk import Desk
from bot.identity.passcodes import hash_passcode
from bot.program import newest_model
from bot.rasa_compat import configure_logging
from bot.settings import ROOT
from bot.store import credentials
from bot.store.audit import AuditEntry, NotACode
from bot.store.outbox import queue_text
from bot.store.private import Keyring, Private
from bot.store.tables import metadata, rasa_event
from tests.doors.secure import AMIRAS, Phone, file_result, record_entry
from tests.doors.support import TWILIO, Browser, Doors, open_doors
from tests.support import AMIRA, LONDON, HandClock
from tests.unit.nhs_login_support import CLIENT_ID, ISSUER, TOKEN, PretendNhsLogin, answering, pem, rsa_key

NIA, NIAS = "+447700900018", "patient-20"
FILED = datetime(2026, 11, 4, 12, 0, tzinfo=LONDON)

# What is planted, by what it is. A place is "table.column"; the column is sealed, and opened for the search.
RESULT = ("ZQTITLE", "ZQVALUE", "ZQUNIT", "ZQOUTCOME", "ZQCOMMENT", "ZQCLINICIAN")
ENTRY = ("ZQENTRY", "ZQDETAIL", "ZQNOTE")
PASSCODES = ("zqpasscode-walnut-91", "zqwrong-harbour-22", "zqnew-lantern-35", "zqfirst-meadow-48")
REPEAT = "Zqrepeat"  # a medicine that nobody names: only its place and the orders of it hold it
ORDER_NOTE = "zqordernote"
SAID = ("zqmessagesaid",)
CLAIMS = ("Zqfamily", "zq-subject", "zq-access-token", "zq-nhs-code")
WHAT_WAS_SAID = {"message.text", "rasa_event.data", "escalation_event.summary"}
ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(RESULT, {"practice_result.details"}),
    **dict.fromkeys(ENTRY, {"practice_entry.details"}),
    **dict.fromkeys(PASSCODES, set()),
    REPEAT: {"practice_repeat.details", "practice_prescription_request.details"},
    ORDER_NOTE: {"message.text", "rasa_event.data", "practice_prescription_request.details"},
    **dict.fromkeys(SAID, {*WHAT_WAS_SAID, "practice_kept_message.text", "outbox.body"}),  # read back
    **dict.fromkeys(CLAIMS, set()),
}
CODES_PLACES = {"outbox.body"}
LINKS_PLACES = {"outbox.body", "message.text", "rasa_event.data"}
APPS_PLACES = {"credential.authenticator", "secure_visit.pending"}

_QUIET = ("httpx", "httpcore", "httpx2", "httpcore2", "asyncio")  # the test's own browser, which logs what it asks for


@dataclass
class Watched:
    """A surgery, and everything that leaves it or is written down."""

    doors: Doors
    home: Path
    provider: PretendNhsLogin
    sealed: dict[bytes, str]
    log: io.StringIO
    allowed: dict[str, set[str]] = field(default_factory=lambda: dict(ALLOWED))
    seen: list[str] = field(default_factory=list)  # addresses that were asked for, and headers of the answers
    reached: list[Any] = field(default_factory=list)  # hosts that a connection was made to
    shown: set[str] = field(default_factory=set)  # canaries that were shown to whom they belong

    def secret(self, what: str, places: set[str] = frozenset()) -> str:  # type: ignore[assignment]
        self.allowed[what] = places
        return what


@pytest.fixture()
def watched(tmp_path: Path, dialogue: Dialogue, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    sealed: dict[bytes, str] = {}
    log, reached = io.StringIO(), []
    seal, connect = Keyring.seal, socket.socket.connect

    def noted(keyring: Keyring, text: str, context: str) -> bytes:
        made = seal(keyring, text, context)
        sealed[made] = text
        return made

    def connected(self: socket.socket, address: Any) -> Any:
        reached.append(address)
        return connect(self, address)

    monkeypatch.setattr(Keyring, "seal", noted)
    monkeypatch.setattr(socket.socket, "connect", connected)
    provider = PretendNhsLogin(clock)
    provider.about, provider.token = {"family_name": CLAIMS[0], "sub": CLAIMS[1]}, {"sub": CLAIMS[1]}
    provider_client = provider.client()
    monkeypatch.setattr("bot.identity.oidc.httpx.Client", lambda **_: provider_client)
    key = tmp_path / "key.pem"
    key.write_bytes(pem(rsa_key("ours")))
    home = tmp_path / "home"
    home.mkdir()
    nhs = {"nhs_login_url": ISSUER, "nhs_login_client_id": CLIENT_ID, "nhs_login_key": key}
    handler = logging.StreamHandler(log)
    configure_logging(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=log))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("sqlalchemy"), "level", logging.DEBUG)
    handler.addFilter(lambda record: not record.name.startswith(_QUIET))
    doors = open_doors(home, dialogue, clock, **TWILIO, **nhs)
    made = Watched(doors, home, provider, sealed, log, reached=reached)
    doors.app = _Recording(doors.app, made.seen)  # type: ignore[assignment]
    yield made
    doors.surgery.program.notices.stop()
    doors.surgery.program.database.close()
    root.removeHandler(handler)
    root.setLevel(level)
    configure_logging()


class _Recording:
    """Notes each address that is asked for and each header of an answer."""

    def __init__(self, app: Any, seen: list[str]) -> None:
        self._app, self._seen = app, seen

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._seen.append(f"{scope['path']}?{scope['query_string'].decode()}")

        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
                self._seen.extend(f"{name}: {value}" for name, value in headers if name.lower() != "set-cookie")
            await send(message)

        await self._app(scope, receive, noted)


# The journeys


class _Journeys:
    """Amira's and Nia's, on one store."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.doors = watched, watched.doors
        self.program = self.doors.surgery.program

    def plant(self) -> None:
        now = self.doors.clock()
        value = Value("ZQTITLE", "ZQVALUE", "ZQUNIT", 1, 2)
        facts = {"title": "ZQTITLE", "outcome": "ZQOUTCOME", "comment": "ZQCOMMENT", "filed_by": "ZQCLINICIAN"}
        file_result(self.doors, id="result-shown", values=(value,), **facts)
        file_result(self.doors, id="result-hidden", values=(value,), **{**facts, "released": False})
        entry = Entry("entry-shown", PROBLEMS, "ZQENTRY", date(2026, 5, 1), detail="ZQDETAIL", note="ZQNOTE")
        record_entry(self.doors, entry)
        repeat = repeat_to_row(AMIRAS, RepeatMedication("repeat-due", f"{REPEAT} 5mg tablets", issue_days=28))
        with self.program.database.write() as connection:
            connection.execute(insert(tables.repeat).values(**repeat))
        with self.program.database.write() as connection:
            credentials.set_passcode(connection, AMIRAS, hash_passcode(PASSCODES[0]), now)
            key = Desk(self.program.practice).give_key(connection, NIAS, "reception", now)
        self.key = self.watched.secret(key)
        self.watched.secret(key.replace("-", ""))

    # By text.

    def texts(self, text: str, number: str = AMIRA) -> str:
        before = len(self.doors.telco.texts)
        self.doors.texts_in(text, number)
        self.doors.run()
        return "\n".join(body for to, body in self.doors.telco.texts[before:] if to == number)

    def opens(self, body: str) -> Phone:
        found = re.search(r"/secure/([\w-]{22})", body)
        assert found, body
        self.watched.secret(found[1], LINKS_PLACES)
        phone = Phone(self.doors)
        phone.opens(f"/secure/{found[1]}")
        phone.spends(f"/secure/{found[1]}")
        return phone

    def asks(self, text: str, number: str = AMIRA) -> Phone:
        return self.opens(self.texts(text, number))

    def by_text(self) -> None:
        phone = self.asks("can i see my test results")
        phone.proves(PASSCODES[1])
        phone.proves(PASSCODES[0])
        self.reads_all(phone)
        self.sets_up_app(phone)
        self.changes_passcode(phone)
        self.keep_cookies(phone)
        phone.opens("/secure/results")
        phone.sends("/secure/log-out")
        for said in ("can i see my record", "who has looked at my record"):
            phone = self.asks(said)
            self.proves_with_app(phone)
            self.reads_all(phone)
            self.keep_cookies(phone)
            self.texts("log out")
        self.orders()
        self.writes()
        self.by_nhs_login()
        self.registers()

    def orders(self) -> None:
        """Everything that is due, with a note; how far it has come is read on the page."""
        self.texts("order everything that is due")
        asked = re.search(r"Reply (\d{3})", self.texts(f"{ORDER_NOTE} i have two tablets left"))
        assert asked
        assert "Your reference is" in self.texts(asked[1])
        ordered = self.program.backend.prescription_requests(AMIRAS)
        assert any(each.repeat_id == "repeat-due" and ORDER_NOTE in each.note for each in ordered)
        phone = self.asks("has my prescription gone through")
        self.proves_with_app(phone)
        phone.opens("/secure/repeats")
        assert REPEAT in phone.page.text
        self.keep_cookies(phone)
        self.texts("log out")

    def writes(self) -> None:
        self.texts("i need a fit note")
        self.texts("zqmessagesaid has not got better")
        assert "Your reference is" in self.texts("1")

    def reads_all(self, phone: Phone) -> None:
        for path in ("results", "results/result-shown", "results/result-hidden", "record", "record/problems",
                     "repeats", "messages", "appointments", "details", "activity", "settings", "settings/passcode",
                     "settings/app", "help", "nowhere"):  # fmt: skip
            phone.opens(f"/secure/{path}")
            self.watched.shown |= {each for each in (*RESULT, *ENTRY, REPEAT) if each in phone.page.text}

    def sets_up_app(self, phone: Phone) -> None:
        phone.opens("/secure/settings/app")
        phone.sends("/secure/settings/app/start")
        phone.opens("/secure/settings/app")
        shown = re.search(r'class="secret">([A-Z2-7 ]+)<', phone.page.text)
        assert shown
        self.app = pyotp.TOTP(self.watched.secret(shown[1].replace(" ", ""), APPS_PLACES))
        phone.sends("/secure/settings/app", code=self.code())
        self.doors.clock.forward(seconds=60)

    def code(self) -> str:
        return self.watched.secret(self.app.at(self.doors.clock()))

    def proves_with_app(self, phone: Phone) -> None:
        phone.proves(PASSCODES[2])
        phone.proves(PASSCODES[2], code=self.code())
        self.doors.clock.forward(seconds=60)

    def changes_passcode(self, phone: Phone) -> None:
        phone.opens("/secure/settings/passcode")
        phone.sends("/secure/settings/passcode", old=PASSCODES[1], new=PASSCODES[2], again=PASSCODES[2])
        phone.sends("/secure/settings/passcode", old=PASSCODES[0], new=PASSCODES[2], again=PASSCODES[2])
        assert phone.status == 200

    def keep_cookies(self, phone: Phone) -> None:
        for cookie in phone.client.cookies.jar:
            self.watched.secret(str(cookie.value))

    def by_nhs_login(self) -> None:
        phone = self.asks("can i see my test results")
        phone.opens("/secure/prove")
        phone.sends("/secure/nhs-login")
        asked = dict(re.findall(r"(state|nonce)=([\w-]+)", phone.page.text))
        for each in asked.values():
            self.watched.secret(each, {"secure_visit.pending"})
        self.watched.provider.nonce = asked["nonce"]
        tokens = self.watched.provider.tokens(access_token=CLAIMS[2])
        self.watched.provider.answers[TOKEN] = answering(body=tokens)
        self.watched.secret(tokens["id_token"])
        phone.opens(f"/secure/nhs-login?state={asked['state']}&code={CLAIMS[3]}")
        assert phone.status == 303, phone.words
        self.reads_all(phone)
        self.keep_cookies(phone)

    def registers(self) -> None:
        phone = self.asks("can i see my record", NIA)
        phone.opens("/secure/register")
        phone.sends("/secure/register", key="BCDF-GHJK-MNPQ", new=PASSCODES[3], again=PASSCODES[3])
        assert phone.sends("/secure/register", key=self.key, new=PASSCODES[3], again=PASSCODES[3]).status_code == 303
        self.keep_cookies(phone)

    # In the chat.

    def in_chat(self) -> None:
        browser = self.knows_itself()
        page = self.page_of(browser, "can i see my test results")
        self.proves_with_app(page)
        self.reads_all(page)
        self.reads_cards(browser)
        browser.says("my record is wrong")
        browser.says("zqmessagesaid is not what I have")
        browser.says("I want to speak to a person about zqmessagesaid")
        browser.says("book an appointment tomorrow morning")
        browser.says("log out")
        assert browser.client.get("/chat/cards/results", headers=browser.own_page).status_code == 404
        browser.posts("end", {})
        self.keep_cookies(page)

    def knows_itself(self) -> Browser:
        browser = self.doors.browser()
        browser.client.app = self.doors.app
        browser.opens()
        self.watched.secret(str(browser.client.cookies.get("__Host-chat")))
        browser.says("book an appointment")
        browser.says("07700 900001")
        code = next(body for to, body in reversed(self.doors.telco.texts) if to == AMIRA)
        right = self.watched.secret(re.findall(r"\b\d{6}\b", code)[0], CODES_PLACES)
        browser.says(self.watched.secret("918273" if right != "918273" else "918274"))
        browser.says(right)
        browser.says("stop")
        return browser

    def page_of(self, browser: Browser, said: str) -> Phone:
        answers = browser.says(said)
        link = next(each["attachment"]["secure"] for each in answers if each["attachment"])
        given = browser.posts("secure", {"link": link}).json()
        self.watched.secret(given["action"].rpartition("/")[2])
        self.watched.secret(given["handover"])
        phone = Phone(self.doors)
        assert phone.posts(given["action"], {"handover": given["handover"]}).status_code == 303
        return phone

    def reads_cards(self, browser: Browser) -> None:
        for name in ("results", "record", "activity", "repeats", "messages"):
            answer = browser.client.get(f"/chat/cards/{name}", headers=browser.own_page)
            assert answer.status_code == 200, name
            self.watched.shown |= {f"card {each}" for each in ("ZQTITLE", "ZQENTRY", REPEAT) if each in answer.text}

    # The ways out.

    def in_the_end(self) -> None:
        self.texts("NOT ME")
        self.texts("stop all my online access")
        self.texts("yes")
        browser = self.knows_itself()
        browser.says("zqmessagesaid he is making me show him my record")
        self.texts("STOP")


@pytest.fixture()
def lived(watched: Watched) -> Watched:
    """Every journey was made."""
    journeys = _Journeys(watched)
    journeys.plant()
    journeys.by_text()
    journeys.in_chat()
    watched.doors.clock.forward(hours=2)
    journeys.in_the_end()
    return watched


# The search


def _pattern(what: str) -> re.Pattern[str]:
    """A code of six digits counts only where it stands by itself: among the digits of a hash it is chance."""
    return re.compile(rf"(?<![0-9A-Fa-f.]){what}(?![0-9A-Fa-f])" if re.fullmatch(r"\d{6}", what) else re.escape(what))


def _found_in_text(what: str, text: str) -> bool:
    return _pattern(what).search(text) is not None


def _tables(watched: Watched) -> dict[str, list[str]]:
    """Every value of every column, opened, by "table.column"."""
    values: dict[str, list[str]] = {}
    with watched.doors.surgery.program.database.engine.connect() as connection:
        for table in metadata.tables.values():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings():  # noqa: S608
                for column, value in row.items():
                    opened = watched.sealed[bytes(value)] if isinstance(value, bytes) else str(value)
                    values.setdefault(f"{table.name}.{column}", []).append(opened)
    return values


def misplaced(watched: Watched) -> list[str]:
    """Each place that holds what it must not."""
    found = []
    for place, values in _tables(watched).items():
        text = "\n".join(values)
        found += [f"{place}: {what}" for what, allowed in watched.allowed.items() if place not in allowed
                  and _found_in_text(what, text)]  # fmt: skip
    clear = {**dict.fromkeys(watched.allowed, ""), **dict.fromkeys(_personal(), "")}
    for path in _files(watched.home):
        text = path.read_bytes().decode("latin-1")
        found += [f"{path.name}: {what}" for what in clear if _found_in_text(what, text)]
    found += [f"log: {what}" for what in clear if _found_in_text(what, watched.log.getvalue())]
    found += [f"model: {what}" for what in watched.allowed if _found_in_text(what, _model())]
    links = {what for what, places in watched.allowed.items() if places == LINKS_PLACES}
    for address in watched.seen:
        for what in clear:
            if _found_in_text(what, address) and not _is_where_it_belongs(what, address, links):
                found.append(f"address or header: {what} in {address[:60]}")
    return found


def _is_where_it_belongs(what: str, address: str, links: set[str]) -> bool:
    """A link is an address; and NHS login's answer is brought back in one."""
    return address in (f"/secure/{what}?",) or address.startswith("/secure/nhs-login?")


def _personal() -> set[str]:
    """What must not be read in any file or log of the people who are patients here."""
    found = set()
    for each in (demo.patient for demo in PATIENTS):
        born = each.date_of_birth
        found |= {born.isoformat(), f"{born:%d/%m/%Y}", f"{born.day} {born:%B %Y}", each.nhs_number or "9990000000"}
        if each.mobile:
            found |= {each.mobile, each.mobile.replace("+44", "0")}
    return found


@lru_cache(maxsize=1)
def _model() -> str:
    """All that is in the trained model, unpacked."""
    models = Path(os.environ.get("BOT_TEST_MODELS", ROOT / "models"))
    with tarfile.open(newest_model(models)) as archive:
        held = (archive.extractfile(member) for member in archive.getmembers() if member.isfile())
        return "".join(file.read().decode("latin-1") for file in held if file)


def _files(home: Path) -> list[Path]:
    """The database with its log of writes, the keys, and the anchor of the audit trail."""
    return [path for path in home.rglob("*") if path.is_file()]


# The tests


def test_nothing_is_found_outside_its_own_place(lived: Watched, capfd: pytest.CaptureFixture[str]) -> None:
    assert misplaced(lived) == []
    printed = "".join(capfd.readouterr())
    assert not [what for what in lived.allowed if _found_in_text(what, printed)]


def test_and_all_of_it_was_there_to_be_found(lived: Watched) -> None:
    """Whoever may see it was shown it, each journey came to its end, and each canary is in its own place."""
    assert lived.shown >= {*RESULT, *ENTRY, REPEAT, "card ZQTITLE", "card ZQENTRY", f"card {REPEAT}"}
    done = set(lived.doors.surgery.audit())
    assert done >= {
        ("step_up.link", "made"), ("step_up.link", "spent"), ("step_up.proof", "wrong"), ("step_up.proof", "passed"),
        ("result.view", "done"), ("result.view", "not_found"), ("record.view", "done"), ("results.view", "done"),
        ("activity.view", "done"), ("settings.view", "done"), ("credential.set", "done"),
        ("credential.authenticator", "on"), ("step_up.log_out", "done"), ("step_up.not_me", "locked"),
        ("access.pressure", "noted"), ("texts.opt_out", "done"), ("identity.answer", "passed"),
    }, done  # fmt: skip
    values = _tables(lived)
    for what, places in ALLOWED.items():
        held = {place for place in places if any(what in value for value in values.get(place, ()))}
        assert bool(held) == bool(places), what
    assert len(lived.log.getvalue()) > 10_000, "the log was at its most talkative"
    assert any(path.name.endswith("-wal") for path in _files(lived.home))


def test_nothing_went_to_anybody_but_nhs_login_and_there_only_what_it_needs(lived: Watched) -> None:
    assert lived.reached == []
    assert {each.url.host for each in lived.provider.requests} == {httpx.URL(ISSUER).host}
    for each in lived.provider.requests:
        sent = f"{each.url} {each.headers} {each.content.decode('latin-1')}"
        for what in (*RESULT, *ENTRY, *PASSCODES, *SAID, *_personal()):
            assert not _found_in_text(what, sent), each.url
    assert {to for to, _ in lived.doors.telco.texts} <= {AMIRA, NIA}


def test_no_page_names_a_third_party_that_would_learn_of_it(lived: Watched) -> None:
    elsewhere = [each for each in lived.seen if re.search(r"https?://", each)]
    ours = (lived.doors.settings.public_url, ISSUER)
    for each in elsewhere:
        assert all(found.startswith(ours) for found in re.findall(r"https?://[^\s;,'\"]+", each)), each


# The search itself


def _in_log(watched: Watched) -> None:
    logging.getLogger("bot.identity").warning("tried %s", PASSCODES[1])


def _in_tracker(watched: Watched) -> None:
    with watched.doors.surgery.program.database.write() as connection:
        owner = connection.exec_driver_sql("SELECT id FROM conversation").scalar_one()
        connection.execute(insert(rasa_event).values(conversation_id=owner, data=Private(RESULT[1], owner)))


def _in_text(watched: Watched) -> None:
    with watched.doors.surgery.program.database.write() as connection:
        queue_text(connection, AMIRA, f"Your result is {RESULT[1]}", 1, watched.doors.clock())


def _in_clear(watched: Watched) -> None:
    with watched.doors.surgery.program.database.write() as connection:
        connection.exec_driver_sql("UPDATE escalation SET reason = 'ZQCOMMENT'")
        connection.exec_driver_sql("UPDATE conversation SET owner = '9990000018'")


def _in_file(watched: Watched) -> None:
    (watched.home / "dump.txt").write_text("born 1991-04-18, 07700900001")


def _in_address(watched: Watched) -> None:
    Phone(watched.doors).opens(f"/secure/results?passcode={PASSCODES[0]}")


@pytest.mark.parametrize("leak", [_in_log, _in_tracker, _in_text, _in_clear, _in_file, _in_address])
def test_a_leak_would_be_found(watched: Watched, leak: Callable[[Watched], None]) -> None:
    watched.doors.texts_in("I want to speak to a person", AMIRA)
    watched.doors.run()
    assert misplaced(watched) == []
    leak(watched)
    assert misplaced(watched) != []


def test_the_audit_trail_takes_nothing_that_somebody_wrote() -> None:
    for what in ("my name is Amira", AMIRA, "07700 900001 x", "a,b"):
        with pytest.raises(NotACode):
            AuditEntry(FILED, "record.view", "done", "page", subject=what)
