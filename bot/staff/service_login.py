"""Signing in by a service that knows health workers, in the shape of NHS CIS2 Authentication: who they are, how surely
they logged in, and the role they chose there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.clock import Clock
from bot.identity.oidc_proof import NotProved
from bot.identity.relying_party import Begun, Registration, RelyingParty
from bot.settings import Settings, SettingsError
from bot.staff.roles import ROLES

PATH = "/console/sign-in/return"
_SCOPES = "openid profile nationalrbacaccess associatedorgs selectedrole"
_ASKED = "AAL2_OR_AAL3_ANY"  # CIS2's acr_values: two factors, whichever they have
_ENOUGH = ("2", "3")
_ALGORITHMS = ("RS256", "RS512")  # CIS2 signs with the first


@dataclass(frozen=True)
class Worker:
    """Somebody the service has proved. `role`: one of ours, by what they chose there; None if that is none of ours."""

    subject: str
    role: str | None


class StaffLogin:
    """One practice's registration with the service.

    Raises:
        SettingsError: a role that is none of ours; or see `RelyingParty`.
    """

    def __init__(self, settings: Settings, clock: Clock, client: httpx.Client | None = None) -> None:
        if not set(settings.staff_login_roles.values()) <= set(ROLES):
            raise SettingsError(f"BOT_STAFF_LOGIN_ROLES may give these roles only: {', '.join(ROLES)}")
        registration = Registration(
            settings.staff_login_url,
            settings.staff_login_client_id,
            f"{settings.public_url}{PATH}",
            settings.staff_login_key,
            settings.staff_login_key_id,
            "BOT_STAFF_LOGIN_KEY",
            _ALGORITHMS,
        )
        self._party = RelyingParty(registration, clock, client)
        self._organisation, self._roles = settings.staff_login_organisation, settings.staff_login_roles

    def begin(self) -> Begun:
        """Raises ProviderUnavailable."""
        return self._party.begin(_SCOPES, acr_values=_ASKED)

    def finish(self, query: Mapping[str, str], pending: Mapping[str, str]) -> Worker:
        """See `RelyingParty.finish`. Raises NotProved, ProviderUnavailable."""
        proved = self._party.finish(query, pending, check_assurance)
        chosen = proved.about.get("selected_roleid") or proved.token.get("selected_roleid")
        return Worker(proved.token["sub"], role_of(proved.about, chosen, self._organisation, self._roles))


def check_assurance(token: Mapping[str, Any]) -> None:
    """Raises NotProved: they logged in with less than two factors, or it is not said with how many."""
    if token.get("authentication_assurance_level") not in _ENOUGH:
        raise NotProved("weak")


def role_of(about: Mapping[str, Any], chosen: object, organisation: str, roles: Mapping[str, str]) -> str | None:
    """Our role for the one that was chosen, at our organisation.

    Args:
        about: `nhsid_nrbac_roles` lists what they hold: person_roleid, org_code, and role_code ("S8000:G8000:R8001").
        organisation: the practice's ODS code.
        roles: our role for each role code, whole or its last part ("R8001").
    """
    listed = about.get("nhsid_nrbac_roles")
    held = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    found = next((each for each in held if chosen and each.get("person_roleid") == chosen), None)
    if found is None or found.get("org_code") != organisation:
        return None
    code = str(found.get("role_code", ""))
    return roles.get(code) or roles.get(code.rpartition(":")[2])
