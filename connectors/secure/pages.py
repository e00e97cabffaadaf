"""The secure pages: behind a link, for whoever proves who they are. Server-rendered; no script at all."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.identity.nhs_login import NhsLogin
from bot.program import Program
from connectors.secure.appointments import AppointmentPages
from connectors.secure.begun import Orders
from connectors.secure.details import DetailsPages
from connectors.secure.entering import Entering
from connectors.secure.hearing import Hearing
from connectors.secure.messages import MessagePages
from connectors.secure.noting import NotePages
from connectors.secure.ordering import OrderPages
from connectors.secure.pharmacy import PharmacyPages
from connectors.secure.reading import ReadingPages
from connectors.secure.repeats import RepeatPages
from connectors.secure.settings import SettingsPages
from connectors.secure.site import Site
from connectors.secure.visitor import MISSING, Visitor
from connectors.secure.where import WherePages

_HERE = Path(__file__).parent


class SecurePages:
    """Everything under /secure, and the styles it shares with other pages."""

    def __init__(self, program: Program) -> None:
        settings = program.settings
        self._site = Site(program)
        nhs_login = NhsLogin(settings, program.clock) if settings.has_nhs_login else None
        self._entering = Entering(self._site, nhs_login)

    def routes(self) -> list[BaseRoute]:
        return [
            Mount("/static", StaticFiles(directory=_HERE.parent / "static")),
            Mount("/secure/static", StaticFiles(directory=_HERE / "static")),
            *self._entering.routes(),
            *ReadingPages(self._site).routes(),
            *AppointmentPages(self._site).routes(),
            *_repeats(self._site),
            *MessagePages(self._site).routes(),
            *DetailsPages(self._site).routes(),
            *SettingsPages(self._site).routes(),
            *self._entering.link_routes(),
            self._site.open("/secure/{rest:path}", _nowhere),
        ]


def _repeats(site: Site) -> list[BaseRoute]:
    orders, hearing = Orders(site), Hearing(site)
    ordering = (NotePages(site, orders, hearing), hearing, WherePages(site, orders), OrderPages(site, orders))
    return [route for each in (RepeatPages(site), *ordering, PharmacyPages(site)) for route in each.routes()]


def _nowhere(_visitor: Visitor) -> Response:
    raise MISSING
