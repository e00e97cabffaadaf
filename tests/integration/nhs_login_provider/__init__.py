"""An OpenID provider shaped like NHS login, on 127.0.0.1: npm's oidc-provider, run by provider.mjs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

from bot.backend.demo import PATIENTS
from bot.identity.nhs_login import PATH
from bot.settings import ROOT
from bot.staff.service_login import PATH as STAFF_PATH

CLIENT_ID = "riverside-assistant"
_PACKAGE = ROOT / "node_modules/oidc-provider/package.json"
_PROGRAM = Path(__file__).parent / "provider.mjs"


@dataclass(frozen=True)
class User:
    """Somebody with an NHS login. `insists`: is let in whatever was asked for. `described_as`: whose details are
    given out instead of theirs."""

    subject: str
    nhs_number: str
    birthdate: str
    family_name: str
    level: str = "P9"
    vot: str = "P9.Cp.Cd"
    insists: bool = False
    described_as: str = ""


@dataclass(frozen=True)
class StaffUser:
    """A health worker, as NHS CIS2 describes them. `roles`: (id, organisation, role code); `selected`: one's id."""

    subject: str
    roles: Sequence[tuple[str, str, str]] = ()
    selected: str = ""
    assurance: str = "3"
    insists: bool = False

    def described(self) -> dict[str, Any]:
        names = ("person_roleid", "org_code", "role_code")
        return {**asdict(self), "roles": [dict(zip(names, each)) for each in self.roles]}


def _demo_user(index: int, **changed: Any) -> User:
    patient = PATIENTS[index].patient
    assert patient.nhs_number
    born: date = patient.date_of_birth
    return replace(User(f"sub-{patient.id}", patient.nhs_number, born.isoformat(), patient.last_name), **changed)


# By the name on their button.
AMIRA, TOM, GRACE = _demo_user(0), _demo_user(1), _demo_user(2, level="P5", vot="P5.Cp.Cd")
USERS: Mapping[str, User] = {"Amira": AMIRA, "Tom": TOM, "Grace": GRACE}


def require_provider() -> None:
    """Skip where the provider is not installed; on the build server that is a failure."""
    if _PACKAGE.exists() and shutil.which("node"):
        return
    reason = "needs Node.js and the tools that scripts/install-test-tools.sh fetches"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class NhsLoginProvider:
    """One running provider, with this assistant registered at it. `url` is its issuer."""

    def __init__(
        self,
        folder: Path,
        public_url: str,
        users: Mapping[str, User | StaffUser] = USERS,
        port: int = 0,
        **options: Any,
    ) -> None:
        self.key_file = folder / "nhs-login.pem"
        self.public_url, self.users = public_url, users
        self._log = (folder / "nhs-login.log").open("w")
        self._told = {
            "clientId": CLIENT_ID,
            "redirectUris": [f"{public_url}{PATH}", f"{public_url}{STAFF_PATH}"],
            "clientKey": json.loads(RSAAlgorithm.to_jwk(_new_key(self.key_file).public_key())),
            "users": {name: _described(user) for name, user in users.items()},
            "port": port,
            "algorithm": options.get("algorithm", "RS512"),
            "signedUserinfo": options.get("signed_userinfo", False),
            "pkceRequired": options.get("pkce_required", False),
        }
        self._start()

    @property
    def settings(self) -> dict[str, Any]:
        """What the assistant's settings have to be to use it."""
        return {
            "public_url": self.public_url,
            "nhs_login_url": self.url,
            "nhs_login_client_id": CLIENT_ID,
            "nhs_login_key": self.key_file,
        }

    @property
    def staff_settings(self) -> dict[str, Any]:
        """The same, for staff."""
        return {
            "public_url": self.public_url,
            "staff_login_url": self.url,
            "staff_login_client_id": CLIENT_ID,
            "staff_login_key": self.key_file,
        }

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(20)
        self._log.close()

    def freeze(self) -> None:
        """From now on it takes connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(_PROGRAM), json.dumps(self._told)], stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self._process.stdout
        said = self._process.stdout.readline().split()
        assert said[:1] == ["ready"], Path(self._log.name).read_text()
        self.url = said[1]


@contextmanager
def nhs_login_provider(folder: Path, public_url: str, **options: Any) -> Iterator[NhsLoginProvider]:
    """A provider for as long as needed; skips where it is not installed. `folder` takes its log and our key.

    Options: users, port, algorithm, signed_userinfo, pkce_required.
    """
    require_provider()
    provider = NhsLoginProvider(folder, public_url, **options)
    try:
        yield provider
    finally:
        provider.stop()


def _described(user: User | StaffUser) -> dict[str, Any]:
    return user.described() if isinstance(user, StaffUser) else asdict(user)


def _new_key(file: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key
