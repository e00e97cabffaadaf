"""Twilio: text messages in by webhook, out by REST. The only file, with its client below, that knows Twilio."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import requests
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from bot.delivery import Delivery, SendFailed, SendRefused, Sent
from bot.gateway import Gateway, Inbound
from bot.identity.phone_numbers import as_e164
from bot.settings import Settings
from bot.store.conversations import SMS

log = structlog.get_logger(__name__)

Form = ImmutableMultiDict[str, str]  # every field, also one that comes twice: the signature covers them all

_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_MAX_BODY = 64 * 1024
_SID_LENGTH = 34

# https://www.twilio.com/docs/api/errors: the number has opted out; and what no retry will ever mend.
_OPTED_OUT = 21610
_NEVER = frozenset(
    {21211, 21212, 21214, 21217, 21219, 21265, 21408, 21602, 21606, 21611, 21612, 21614, 21617, 30005, 30006}
)


class SmsDoor:
    """`POST /sms/inbound` and `POST /sms/status`.

    A request counts only if it is signed with one of our auth tokens for the address that we are known by. The URL
    is taken from the settings, never from the Host header; the body is parsed raw, since blank fields are signed too.
    """

    def __init__(self, gateway: Gateway, delivery: Delivery, public_url: str, tokens: list[str]) -> None:
        self._gateway, self._delivery, self._public_url = gateway, delivery, public_url
        self._validators = [RequestValidator(token) for token in tokens]

    def routes(self) -> list[Route]:
        return [
            Route("/sms/inbound", self.inbound, methods=["POST"]),
            Route("/sms/status", self.status, methods=["POST"]),
        ]

    async def inbound(self, request: Request) -> Response:
        form = await self._genuine(request)
        if form is None:
            return _refuse(request)
        inbound = _as_inbound(form)
        if inbound is None:
            log.warning("sms.inbound_unreadable", sid=form.get("MessageSid", "")[:_SID_LENGTH])
        else:
            await run_in_threadpool(self._gateway.receive, inbound)
        return _empty()

    async def status(self, request: Request) -> Response:
        form = await self._genuine(request)
        if form is None:
            return _refuse(request)
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if sid and len(sid) <= _SID_LENGTH:
            await run_in_threadpool(self._delivery.record_status, sid, status, form.get("ErrorCode") or None)
        return _empty()

    async def _genuine(self, request: Request) -> Form | None:
        """The fields of a request that is signed as it should be, else None."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                return None
        try:
            form = Form(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
        except (UnicodeDecodeError, ValueError):
            return None
        signature = request.headers.get("X-Twilio-Signature", "")
        query = request.scope["query_string"].decode("latin-1")
        url = f"{self._public_url}{request.scope['path']}" + (f"?{query}" if query else "")
        return form if any(validator.validate(url, form, signature) for validator in self._validators) else None


def _as_inbound(form: Form) -> Inbound | None:
    """What a webhook's fields say; None if nobody could be answered: no id, or a sender that is no number.

    Twilio gives numbers as E.164; a short code or a name comes without the plus.
    """
    sender, sid = form.get("From", ""), form.get("MessageSid") or form.get("SmsSid")
    number = as_e164(sender) if sender.startswith("+") else None
    if not number or not sid or len(sid) > _SID_LENGTH:
        return None
    media = form.get("NumMedia", "0")
    return Inbound(
        channel=SMS,
        address=number,
        provider_id=sid,
        text=form.get("Body", ""),
        media=int(media) if media.isascii() and media.isdigit() and len(media) < 4 else 0,
        opt_out=form.get("OptOutType") or None,
    )


def _empty() -> Response:
    return Response(_EMPTY_TWIML, media_type="text/xml")


def _refuse(request: Request) -> Response:
    log.warning("sms.not_genuine", step=request.url.path)
    return Response(status_code=403)


class TwilioSender:
    """`TextSender` by Twilio's REST API."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        http = _HttpClient(settings.twilio_api_url)
        # While tokens are being rotated the first is the one in force.
        self._client = Client(settings.twilio_account_sid, settings.twilio_tokens[0], http_client=http)

    def send(self, number: str, body: str) -> Sent:
        try:
            sent = self._client.messages.create(to=number, body=body, **self._from(), **self._callback())
        except TwilioRestException as error:
            raise _as_failure(error) from None
        except requests.RequestException as error:
            raise _as_cut_off(error) from None
        return Sent(sent.sid, "accepted")

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        try:
            # Newest first. Not asked for by date of sending, which one that waits in a queue has not got.
            listed = self._client.messages.list(to=number, limit=50)
        except TwilioException:  # of a list that cannot be had it says no more
            raise SendFailed("not_listed") from None
        except requests.RequestException:
            raise SendFailed("unreachable") from None
        earliest = since - timedelta(minutes=1)
        ours = (each for each in listed if each.direction != "inbound" and each.date_created >= earliest)
        found = next((each for each in ours if each.body == body), None)
        return Sent(found.sid, str(found.status)) if found else None

    def _from(self) -> dict[str, str]:
        if self._settings.twilio_messaging_service_sid:
            return {"messaging_service_sid": self._settings.twilio_messaging_service_sid}
        return {"from_": self._settings.twilio_from}

    def _callback(self) -> dict[str, str]:
        return {"status_callback": f"{self._settings.public_url}/sms/status"}


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client with a time limit, and pointed elsewhere where the settings say so."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=8)
        self._api_url = api_url

    def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._api_url, 1), *arguments, **named)


def _as_failure(error: TwilioRestException) -> Exception:
    """What Twilio's answer means for this text; its wording is dropped, since it repeats the number."""
    code = str(error.code or error.status)
    if error.code == _OPTED_OUT:
        return SendRefused(code, opted_out=True)
    if error.code in _NEVER or error.status in (400, 404, 422):
        return SendRefused(code)
    return SendFailed(code, unsure=error.status >= 500)


def _as_cut_off(error: requests.RequestException) -> SendFailed:
    """No answer came. Unless no connection was made, the text may have been taken all the same."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    is_certain = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    return SendFailed("timeout" if isinstance(error, requests.Timeout) else "unreachable", unsure=not is_certain)
