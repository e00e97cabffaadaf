"""A webhook counts only if Twilio signed it, for our own address, with a token of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot.settings import ROOT
from connectors.sms import SmsDoor
from tests.doors.support import PUBLIC_URL, TOKEN, TWILIO, Doors, webhook
from tests.support import AMIRA

_VECTORS = ROOT / ".." / "shared" / "eval" / "twilio_signatures.jsonl"
_OTHER_TOKEN = "f" * 32
_HELLO = "what are your opening hours"
PLAIN_ORIGIN = "http://127.0.0.1:9000"


def _sign(form: Any, url: str = f"{PUBLIC_URL}/sms/inbound", token: str = TOKEN) -> str:
    return RequestValidator(token).compute_signature(url, form)


def _is_untouched(doors: Doors) -> bool:
    doors.run()
    return doors.count_messages() == 0 and doors.count_conversations() == 0 and doors.telco.texts == []


def test_a_signed_text_with_blank_fields_is_taken(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    assert [name for name, value in form.items() if not value] == [
        "ToState", "ToCity", "FromZip", "FromState", "FromCity", "ToZip",
    ]  # fmt: skip
    assert doors.posts("/sms/inbound", form).status_code == 200
    doors.run()
    assert len(doors.telco.texts) == 1


def test_a_blank_field_that_is_left_out_on_the_way_breaks_the_signature(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    without_blanks = urlencode({name: value for name, value in form.items() if value})
    assert doors.post_raw("/sms/inbound", without_blanks, _sign(form)).status_code == 403
    assert _is_untouched(doors)


def test_letters_of_every_script_are_signed_as_they_are(doors: Doors) -> None:
    assert doors.texts_in("día 3 – ¿puedo? 预约 🙂 a+b & c=d %41", AMIRA).status_code == 200
    assert doors.count_messages("patient") == 1


def test_an_unsigned_text_changes_nothing(doors: Doors) -> None:
    body = urlencode(webhook(_HELLO, AMIRA))
    assert doors.post_raw("/sms/inbound", body, None).status_code == 403
    assert doors.post_raw("/sms/inbound", body, "").status_code == 403
    assert _is_untouched(doors)


@pytest.mark.parametrize(
    "signature", ["AAAA", "é" * 28, "A" * 28, "=" * 9000], ids=["short", "not ASCII", "of the right length", "huge"]
)
def test_a_made_up_signature_changes_nothing(doors: Doors, signature: str) -> None:
    body = urlencode(webhook(_HELLO, AMIRA))
    answer = doors.client.post(
        "/sms/inbound",
        content=body,
        headers=[(b"X-Twilio-Signature", signature.encode()), (b"Content-Type", b"application/x-www-form-urlencoded")],
    )
    assert answer.status_code == 403
    assert _is_untouched(doors)


def test_a_text_signed_with_another_accounts_token_changes_nothing(doors: Doors) -> None:
    assert doors.posts("/sms/inbound", webhook(_HELLO, AMIRA), token=_OTHER_TOKEN).status_code == 403
    assert _is_untouched(doors)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/sms/inbound",
        "http://chat.surgery.example/sms/inbound",
        "https://chat.surgery.example/sms/status",
        "https://chat.surgery.example/sms/inbound/",
        "https://chat.surgery.example/sms/inbound?a=1",
        "https://chat.surgery.example:8443/sms/inbound",
        "https://chat.surgery.example",
    ],
)
def test_a_text_signed_for_another_address_changes_nothing(doors: Doors, address: str) -> None:
    assert doors.posts("/sms/inbound", webhook(_HELLO, AMIRA), signed_for=address).status_code == 403
    assert _is_untouched(doors)


@pytest.mark.parametrize("host", ["evil.example", "evil.example/sms/status?", "chat.surgery.example@evil.example", ""])
def test_the_address_comes_from_the_settings_and_never_from_the_host_header(doors: Doors, host: str) -> None:
    form = webhook(_HELLO, AMIRA)
    forged = doors.posts("/sms/inbound", form, signed_for=f"https://{host}/sms/inbound", Host=host)
    assert forged.status_code == 403
    assert doors.count_messages() == 0
    proxied = doors.posts("/sms/inbound", form, Host=host, **{"X-Forwarded-Host": "evil.example"})
    assert proxied.status_code == 200


def test_a_signature_for_a_report_does_not_open_the_door_for_texts(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    forged = doors.posts(
        "/sms/inbound", form, signed_for=f"{PUBLIC_URL}/sms/status", Host="chat.surgery.example/sms/status#"
    )
    assert forged.status_code == 403
    assert _is_untouched(doors)


@pytest.mark.parametrize("field", ["Body", "From", "MessageSid", "FromCity"])
def test_a_text_tampered_with_changes_nothing(doors: Doors, field: str) -> None:
    form = webhook(_HELLO, AMIRA)
    tampered = {**form, field: form[field] + "1"}
    assert doors.post_raw("/sms/inbound", urlencode(tampered), _sign(form)).status_code == 403
    assert doors.post_raw("/sms/inbound", urlencode(form) + "&OptOutType=STOP", _sign(form)).status_code == 403
    assert _is_untouched(doors)


def test_a_field_given_twice_cannot_slip_past_the_signature(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    doubled = f"Body=cancel+everything&{urlencode(form)}&Body=cancel+everything"
    assert doors.post_raw("/sms/inbound", doubled, _sign(form)).status_code == 403
    assert _is_untouched(doors)


def test_a_text_replayed_days_later_is_no_second_turn(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    doors.posts("/sms/inbound", form)
    doors.run()
    doors.clock.forward(days=3)
    assert doors.posts("/sms/inbound", form).status_code == 200
    doors.run()
    assert doors.count_messages("patient") == 1
    assert len(doors.telco.texts) == 1


def test_a_captured_report_replayed_changes_nothing(doors: Doors) -> None:
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    form = {"MessageSid": doors.telco.sids[0], "MessageStatus": "undelivered", "ErrorCode": "30003"}
    for _ in range(2):
        assert doors.posts("/sms/status", form).status_code == 200
    assert doors.reasons() == ["not_delivered"]


def test_an_unsigned_report_changes_nothing(doors: Doors) -> None:
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    body = urlencode({"MessageSid": doors.telco.sids[0], "MessageStatus": "undelivered"})
    assert doors.post_raw("/sms/status", body, None).status_code == 403
    assert doors.post_raw("/sms/status", body, "A" * 28).status_code == 403
    assert doors.states() == ["accepted"]
    assert doors.reasons() == []


def test_while_tokens_are_rotated_both_are_good_and_no_third(opening: Callable[..., Doors]) -> None:
    doors = opening(**{**TWILIO, "twilio_auth_token": f"{TOKEN}, {_OTHER_TOKEN}"})
    for token, status in ((TOKEN, 200), (_OTHER_TOKEN, 200), ("e" * 32, 403), ("", 403)):
        assert doors.posts("/sms/inbound", webhook(_HELLO, AMIRA), token=token).status_code == status
    assert doors.count_messages("patient") == 2


def test_the_query_is_part_of_what_is_signed(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    path = "/sms/inbound?practice=A%201&b=%2B&c"
    assert doors.posts(path, form).status_code == 200
    assert doors.posts(path, form, signed_for=f"{PUBLIC_URL}/sms/inbound").status_code == 403
    assert doors.posts(path, form, signed_for=f"{PUBLIC_URL}/sms/inbound?b=%2B&c&practice=A%201").status_code == 403


def test_the_address_is_tried_with_and_without_its_port(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    assert (
        doors.posts("/sms/inbound", form, signed_for="https://chat.surgery.example:443/sms/inbound").status_code == 200
    )


def test_a_public_address_with_a_path_of_its_own_is_signed_whole(opening: Callable[..., Doors]) -> None:
    doors = opening(**{**TWILIO, "public_url": f"{PUBLIC_URL}/assistant/"})
    answer = doors.client.post(
        f"{PLAIN_ORIGIN}/sms/inbound",
        content=urlencode(form := webhook(_HELLO, AMIRA)),
        headers={"X-Twilio-Signature": _sign(form, f"{PUBLIC_URL}/assistant/sms/inbound")},
    )
    assert answer.status_code == 200


def _vectors() -> list[Any]:
    if not _VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="the published signatures are not present"))]
    rows = [json.loads(line) for line in _VECTORS.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(row, id=f"{row['id']} {row['case']}") for row in rows]


@pytest.mark.parametrize("row", _vectors())
def test_a_published_signature_is_judged_as_twilio_judges_it(doors: Doors, row: dict[str, Any]) -> None:
    """Except of a JSON body, which no text message ever has: it is refused, so that nothing is taken and lost."""
    parts = urlsplit(row["url"])
    program = doors.surgery.program
    door = SmsDoor(program.gateway, doors.surgery.delivery, f"{parts.scheme}://{parts.netloc}", [row["auth_token"]])
    app = Starlette(routes=[Route(parts.path, door.inbound, methods=["POST"])])
    params = row.get("params")
    pairs = params.items() if isinstance(params, dict) else map(tuple, params or ())
    body = row["body"] if params is None else urlencode(list(pairs))
    answer = TestClient(app).post(
        f"{parts.path}?{parts.query}", content=body, headers={"X-Twilio-Signature": row["signature"]}
    )
    assert answer.status_code == (200 if row["valid"] and params is not None else 403)
    assert doors.count_messages() == 0
