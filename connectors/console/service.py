"""To a sign-in service for health workers, and back."""

from __future__ import annotations

import json

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.identity.oidc import ProviderUnavailable
from bot.identity.oidc_proof import NotProved
from bot.staff.service_login import PATH, StaffLogin
from bot.staff.sessions import Verdict
from connectors.console.site import SIGN_IN, ConsoleSite
from connectors.console.visitor import Asker


class ServiceSignIn:
    """Two pages around the service's own. A browser comes back by way of another site: that is why the answer is a page
    that goes on by itself, for only then does it send the session's cookie."""

    def __init__(self, site: ConsoleSite, service: StaffLogin) -> None:
        self._site, self._service = site, service

    def routes(self) -> list[BaseRoute]:
        return [self._site.open(f"{SIGN_IN}/service", self.leave, "POST"), self._site.open(PATH, self.come_back)]

    def leave(self, asker: Asker) -> Response:
        try:
            begun = self._service.begin()
        except ProviderUnavailable:
            return self._refused("down")
        response = self._site.render(Asker(asker.request, {}), "onward.html", address=begun.url, name=self._name)
        self._site.cookies.set_leaving(response, json.dumps(begun.pending))
        return response

    def come_back(self, asker: Asker) -> Response:
        """What the service answers counts once, whatever comes of it."""
        kept = self._site.cookies.leaving(asker.request)
        if kept is None:
            return self._refused("service")
        try:
            worker = self._service.finish(dict(asker.request.query_params), json.loads(kept))
        except NotProved:
            return self._refused("service")
        except ProviderUnavailable:
            return self._refused("down")
        judged = self._site.sessions.sign_in_by_service(worker, self._site.known(asker).session)
        if judged.verdict is not Verdict.PASSED or judged.member is None:
            return self._refused(judged.verdict.value)
        address = self._site.home_of(judged.member.role)
        response = self._site.render(Asker(asker.request, {}), "onward.html", address=address, name=None)
        self._site.cookies.set_session(response, judged.token)
        self._site.cookies.clear_leaving(response)
        return response

    @property
    def _name(self) -> str:
        return self._site.program.settings.staff_login_name

    def _refused(self, code: str) -> Response:
        """The answer leaves the address, too: it is of no use a second time."""
        response = self._site.go(f"{SIGN_IN}?refused={code}")
        self._site.cookies.clear_leaving(response)
        return response
