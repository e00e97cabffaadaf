"""What we send to Twilio is what its own API description asks for, and what it answers is understood."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from bot.backend.local import LocalBackend
from bot.clock import system_clock
from bot.delivery import SendFailed, SendRefused
from bot.practice import load_practice
from bot.settings import ROOT, Settings
from bot.sms_text import count_segments
from bot.store.database import open_database
from bot.store.tables import outbox
from connectors.sms import TwilioSender
from tests.doors.support import OUR_NUMBER, TOKEN, TWILIO, wait_until, webhook
from tests.integration.twilio import Account, account, prism, require_prism
from tests.ports import free_port
from tests.support import AMIRA, TOM

_HELLO = "Riverside Surgery: Hello £5 é {1} – ok?"


@pytest.fixture(scope="module")
def prism_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    require_prism()
    with prism(tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture()
def twilio(prism_url: str) -> Iterator[Account]:
    with account(prism_url) as held:
        yield held


def _settings(api_url: str, **changed: Any) -> Settings:
    return Settings(_env_file=None, **{**TWILIO, "twilio_api_url": api_url, **changed})


def _sender(twilio: Account, **changed: Any) -> TwilioSender:
    return TwilioSender(_settings(twilio.url, **changed))


def _long_ago() -> datetime:
    return datetime.now(timezone.utc) - timedelta(hours=1)


# Requests


def test_a_text_is_sent_as_the_description_asks(twilio: Account) -> None:
    sent = _sender(twilio).send(AMIRA, _HELLO)
    assert (sent.sid, sent.status) == (twilio.sent[0]["sid"], "accepted")
    ((method, form, status),) = twilio.asked
    assert (method, status) == ("POST", 201)
    assert form == {
        "To": AMIRA,
        "From": OUR_NUMBER,
        "Body": _HELLO,
        "StatusCallback": "https://chat.surgery.example/sms/status",
    }


def test_a_text_by_a_messaging_service_is_sent_as_the_description_asks(twilio: Account) -> None:
    service = "MG" + "b" * 32
    _sender(twilio, twilio_messaging_service_sid=service).send(AMIRA, _HELLO)
    ((_, form, status),) = twilio.asked
    assert status == 201
    assert form["MessagingServiceSid"] == service
    assert "From" not in form


def test_a_request_that_the_description_forbids_is_refused_by_it(prism_url: str, twilio: Account) -> None:
    address = f"{prism_url}/2010-04-01/Accounts/{TWILIO['twilio_account_sid']}/Messages.json"
    whole = {"To": AMIRA, "From": OUR_NUMBER, "Body": "hello"}
    credentials = (TWILIO["twilio_account_sid"], TOKEN)
    assert httpx.post(address, data=whole, auth=credentials).status_code == 201
    without_number = {name: value for name, value in whole.items() if name != "To"}
    assert httpx.post(address, data=without_number, auth=credentials).status_code == 422
    assert httpx.post(address, data={**whole, "MaxPrice": "cheap"}, auth=credentials).status_code == 422
    assert httpx.post(address.replace("ACa", "ACz"), data=whole, auth=credentials).status_code == 422
    assert httpx.post(address, data=whole).status_code == 401
    with pytest.raises(SendRefused):
        _sender(twilio, twilio_messaging_service_sid="MG-not-one").send(AMIRA, "hello")
    assert twilio.sent == []


def test_looking_for_a_text_asks_as_the_description_says_and_finds_only_the_same_words(twilio: Account) -> None:
    sender = _sender(twilio)
    first = sender.send(AMIRA, "one")
    newest = [sender.send(AMIRA, body) for body in ("two", "two")][-1]
    sender.send(TOM, "three")
    assert sender.find(AMIRA, "one", _long_ago()).sid == first.sid
    assert sender.find(AMIRA, "two", _long_ago()).sid == newest.sid
    assert sender.find(AMIRA, "three", _long_ago()) is None
    assert sender.find(TOM, "one", _long_ago()) is None
    assert {(method, status) for method, _, status in twilio.asked} == {("POST", 201), ("GET", 200)}


def test_a_text_from_before_is_not_the_one_that_is_looked_for(twilio: Account) -> None:
    sender = _sender(twilio)
    sender.send(AMIRA, "one")
    assert sender.find(AMIRA, "one", datetime.now(timezone.utc) + timedelta(minutes=5)) is None


def test_a_text_that_still_waits_in_twilios_queue_is_found(twilio: Account) -> None:
    sender = _sender(twilio)
    sent = sender.send(AMIRA, "one")
    assert twilio.sent[0]["date_sent"] is None
    assert sender.find(AMIRA, "one", _long_ago()).sid == sent.sid


def test_what_the_patient_wrote_is_never_taken_for_a_text_of_ours(twilio: Account) -> None:
    sender = _sender(twilio)
    sender.send(AMIRA, "one")
    twilio.sent[0]["direction"] = "inbound"
    assert sender.find(AMIRA, "one", _long_ago()) is None


# Answers


def test_a_number_that_wants_no_texts_is_told_from_other_refusals(twilio: Account) -> None:
    twilio.will_answer(400, "e21610")
    with pytest.raises(SendRefused) as refused:
        _sender(twilio).send(AMIRA, _HELLO)
    assert (refused.value.code, refused.value.opted_out) == ("21610", True)


@pytest.mark.parametrize("code", [21211, 21617])
def test_what_twilio_will_never_send_is_refused(twilio: Account, code: int) -> None:
    twilio.will_answer(400, f"e{code}")
    with pytest.raises(SendRefused) as refused:
        _sender(twilio).send(AMIRA, _HELLO)
    assert (refused.value.code, refused.value.opted_out) == (str(code), False)
    assert AMIRA not in str(refused.value), "the answer's own words name the number"


@pytest.mark.parametrize(("status", "code", "unsure"), [(429, 20429, False), (500, 20500, True), (503, 20503, True)])
def test_a_twilio_that_is_busy_or_broken_is_tried_again(twilio: Account, status: int, code: int, unsure: bool) -> None:
    twilio.will_answer(status, f"e{code}")
    with pytest.raises(SendFailed) as failed:
        _sender(twilio).send(AMIRA, _HELLO)
    assert (failed.value.code, failed.value.unsure) == (str(code), unsure)
    _sender(twilio).send(AMIRA, _HELLO)
    assert len(twilio.sent) == 1


def test_a_lookup_that_fails_is_no_answer(twilio: Account) -> None:
    twilio.will_answer(500, "e20500")
    with pytest.raises(SendFailed):
        _sender(twilio).find(AMIRA, _HELLO, _long_ago())


@contextmanager
def _silent(reads: bool, closes: bool) -> Iterator[str]:
    """A server that takes a connection and never answers; or hangs up once it has read the request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def take() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            held.append(connection)
            if reads:
                connection.recv(65536)
            if closes:
                connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        for connection in held:
            connection.close()


def _hasty(url: str) -> TwilioSender:
    sender = TwilioSender(_settings(url))
    sender._client.http_client.timeout = 0.5
    return sender


def test_there_is_a_time_limit() -> None:
    assert TwilioSender(_settings("http://127.0.0.1:9"))._client.http_client.timeout == 8


def test_a_twilio_that_never_answers_may_have_taken_the_text() -> None:
    with _silent(reads=False, closes=False) as url, pytest.raises(SendFailed) as failed:
        _hasty(url).send(AMIRA, _HELLO)
    assert (failed.value.code, failed.value.unsure) == ("timeout", True)


def test_a_line_that_breaks_before_the_answer_may_have_carried_the_text() -> None:
    with _silent(reads=True, closes=True) as url, pytest.raises(SendFailed) as failed:
        _hasty(url).send(AMIRA, _HELLO)
    assert (failed.value.code, failed.value.unsure) == ("unreachable", True)


def test_a_twilio_that_cannot_be_reached_has_taken_nothing() -> None:
    with pytest.raises(SendFailed) as failed:
        _hasty(f"http://127.0.0.1:{free_port()}").send(AMIRA, _HELLO)
    assert (failed.value.code, failed.value.unsure) == ("unreachable", False)
    with pytest.raises(SendFailed):
        _hasty(f"http://127.0.0.1:{free_port()}").find(AMIRA, _HELLO, _long_ago())


# From end to end


class Phone:
    """A patient's phone: writes as Twilio brings it, and reads what leaves through Twilio."""

    def __init__(self, app_url: str, twilio: Account, number: str) -> None:
        self.app_url, self.twilio, self.number = app_url, twilio, number

    def says(self, text: str) -> str:
        before = len(self.twilio.sent)
        form = webhook(text, self.number)
        for _ in range(2):  # Twilio may bring the same text twice
            answer = self._post("/sms/inbound", form)
            assert answer.status_code == 200
            assert answer.text.endswith("<Response/>")
        wait_until(lambda: len(self.twilio.sent) > before)
        sent = self.twilio.sent[0]
        for status in ("sent", "delivered"):
            assert self._post("/sms/status", {"MessageSid": sent["sid"], "MessageStatus": status}).status_code == 200
        return str(sent["body"])

    def _post(self, path: str, form: dict[str, str]) -> httpx.Response:
        signature = RequestValidator(TOKEN).compute_signature(f"{self.app_url}{path}", form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return httpx.post(f"{self.app_url}{path}", content=urlencode(form), headers=headers, timeout=15)


@contextmanager
def _assistant(home: Path, twilio: Account) -> Iterator[str]:
    """The assistant as it is served, connected to Twilio; gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    connected = {**TWILIO, "home": str(home), "public_url": url, "twilio_api_url": twilio.url}
    environment = {**os.environ, **{f"BOT_{name.upper()}": value for name, value in connected.items()}}
    command = [sys.executable, "-m", "bot", "serve", "--demo", "--port", str(port)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: process.poll() is not None or _is_ready(url), 120)
            assert process.poll() is None, (home / "log").read_text()
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _answer_to(said: str) -> str:
    """What a patient who wants any appointment answers."""
    if "Reply 1 to book" in said or "1." in said:
        return "1"
    return "no" if "reason" in said or "about" in said else "any"


def test_an_appointment_is_booked_by_texts_that_go_through_twilio(tmp_path: Path, twilio: Account) -> None:
    with _assistant(tmp_path, twilio) as url:
        amira = Phone(url, twilio, AMIRA)
        said, written = amira.says("can i see dr patel in the next two weeks"), 1
        while "Booked" not in said:
            said, written = amira.says(_answer_to(said)), written + 1
            assert written < 10, twilio.bodies()
        forged = httpx.post(f"{url}/sms/inbound", data=webhook("cancel my appointment", AMIRA))
        assert forged.status_code == 403
    assert [status for _, _, status in twilio.asked] == [201] * written, "every request was as the description says"
    assert len(twilio.sent) == written, "one text for each of the patient's"
    for body in twilio.bodies():
        assert body.startswith("Riverside Surgery: ")
        assert count_segments(body).count <= 3
    _is_written_down(tmp_path, written)


def _is_written_down(home: Path, written: int) -> None:
    """The appointment is held, every text was delivered, and the log names nobody."""
    settings = Settings(home=home, _env_file=None)
    database = open_database(settings)
    backend = LocalBackend(database, load_practice(settings.practice_file), system_clock)
    (amira,) = backend.patients_with_mobile(AMIRA)
    assert len(backend.appointments(amira.id)) == 1
    with database.read() as connection:
        assert [row.state for row in connection.execute(select(outbox))] == ["delivered"] * written
    database.close()
    log = (home / "log").read_text()
    assert AMIRA not in log
    assert "patel" not in log.lower()
