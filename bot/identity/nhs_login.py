"""NHS login as a way to prove who one is.

Whether the person proved is the patient in question is for the caller to judge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from bot.clock import Clock
from bot.identity.nhs_login_proof import VECTORS, Claims, check_vector, read_claims
from bot.identity.oidc import ProviderUnavailable
from bot.identity.oidc_proof import NotProved
from bot.identity.relying_party import Begun, Registration, RelyingParty
from bot.settings import Settings

__all__ = ["Begun", "Claims", "NhsLogin", "NotProved", "ProviderUnavailable"]

PATH = "/secure/nhs-login"


class NhsLogin:
    """One practice's registration with NHS login.

    Raises:
        SettingsError: the key is not an RSA key in PEM of at least 2048 bits.
    """

    def __init__(self, settings: Settings, clock: Clock, client: httpx.Client | None = None) -> None:
        registration = Registration(
            settings.nhs_login_url,
            settings.nhs_login_client_id,
            f"{settings.public_url}{PATH}",
            settings.nhs_login_key,
            settings.nhs_login_key_id,
            "BOT_NHS_LOGIN_KEY",
        )
        self._party, self._clock = RelyingParty(registration, clock, client), clock

    def begin(self) -> Begun:
        """Raises ProviderUnavailable."""
        vectors = json.dumps(VECTORS, separators=(",", ":"))
        return self._party.begin("openid profile", vtr=vectors, allow_registration="false")

    def finish(self, query: Mapping[str, str], pending: Mapping[str, str]) -> Claims:
        """Judge what the browser brought back; see `RelyingParty.finish`. Raises NotProved, ProviderUnavailable."""
        proved = self._party.finish(query, pending, check_vector)
        return read_claims(proved.about, proved.auth_time, self._clock())
