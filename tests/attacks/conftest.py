"""The surgery under attack: behind its real doors, with Twilio, on https; with NHS login where a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.identity import passcodes
from tests.attacks.support import Surroundings, Work
from tests.doors.conftest import demo, doors, opening
from tests.doors.support import TWILIO, Doors
from tests.support import HandClock
from tests.unit.nhs_login_support import CLIENT_ID, ISSUER, PretendNhsLogin, pem, rsa_key

__all__ = ["demo", "doors", "opening"]


@pytest.fixture()
def work(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    passcodes._nobodys()  # made once in a process
    counted = Work(doors)
    monkeypatch.setattr("bot.identity.passcodes._HASHER", counted.hasher)
    with counted.watching():
        yield counted


@pytest.fixture()
def with_nhs_login(
    opening: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: HandClock
) -> Surroundings:
    """A surgery that uses NHS login, and the NHS login it uses: everything but the network is real."""
    provider = PretendNhsLogin(clock)
    provider_client = provider.client()
    monkeypatch.setattr("bot.identity.oidc.httpx.Client", lambda **_: provider_client)
    key = tmp_path / "key.pem"
    key.write_bytes(pem(rsa_key("ours")))
    settings = {"nhs_login_url": ISSUER, "nhs_login_client_id": CLIENT_ID, "nhs_login_key": key}
    return Surroundings(opening(**TWILIO, **settings), provider)
