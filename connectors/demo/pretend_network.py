"""A pretend phone network for where no Twilio account is connected: keeps what is sent, and signs what is written."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.types import ASGIApp
from twilio.request_validator import RequestValidator

from bot.clock import Clock
from bot.delivery import Sent
from bot.store import pretend_texts
from bot.store.database import Database
from bot.store.notices import Notices


class PretendNetwork:
    """`TextSender` that delivers to the pretend phone, and a sender of signed webhooks as Twilio's are."""

    def __init__(self, database: Database, notices: Notices, clock: Clock, public_url: str, our_number: str) -> None:
        self._database, self._notices, self._clock = database, notices, clock
        self._public_url, self._our_number = public_url, our_number
        self.token = database.keyring.secret("pretend network")

    def send(self, number: str, body: str) -> Sent:
        sid = f"SM{secrets.token_hex(16)}"
        with self._database.write() as connection:
            pretend_texts.keep(connection, number, sid, "out", body, "delivered", self._clock())
        return Sent(sid, "delivered")

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        with self._database.read() as connection:
            sid = pretend_texts.find_sent(connection, number, body, since)
        return Sent(sid, "delivered") if sid else None

    async def write(self, app: ASGIApp, number: str, text: str) -> int:
        """Send a text from a patient's phone to the surgery; gives the door's status code."""
        sid = f"SM{secrets.token_hex(16)}"
        with self._database.write() as connection:
            pretend_texts.keep(connection, number, sid, "in", text, "sent", self._clock())
        form = self._form(sid, number, text)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": RequestValidator(self.token).compute_signature(
                f"{self._public_url}/sms/inbound", form
            ),
        }
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=self._public_url) as client:
            answer = await client.post("/sms/inbound", content=urlencode(form), headers=headers)
        return answer.status_code

    def _form(self, sid: str, number: str, text: str) -> dict[str, Any]:
        """The fields that Twilio posts for a British number; most of the places are blank."""
        places = {f"{side}{place}": "" for side in ("From", "To") for place in ("City", "State", "Zip")}
        return {
            "MessageSid": sid,
            "SmsSid": sid,
            "AccountSid": "AC" + "0" * 32,
            "From": number,
            "To": self._our_number,
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "FromCountry": "GB",
            "ToCountry": "GB",
            "ApiVersion": "2010-04-01",
            **places,
        }
