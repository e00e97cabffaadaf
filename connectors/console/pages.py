"""The staff console: everything under /console."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.backend.demo_staff import STAFF
from bot.program import Program
from bot.staff.service_login import StaffLogin
from connectors.console.appointments import AppointmentPages
from connectors.console.audit_pages import AuditPages
from connectors.console.broadcasts import BroadcastPages
from connectors.console.contact_changes import ContactChangePages
from connectors.console.conversation import ConversationPages
from connectors.console.desk import DeskPages
from connectors.console.desk_home import DeskHome
from connectors.console.events import ConsoleEvents
from connectors.console.examples import ExamplePages
from connectors.console.files import FilePages
from connectors.console.overview import OverviewPages
from connectors.console.patients import PatientPages
from connectors.console.prescriptions import PrescriptionPages
from connectors.console.queue import QueuePages
from connectors.console.registering import RegisteringPages
from connectors.console.reminders import ReminderPages
from connectors.console.replies import ReplyPages
from connectors.console.replying import ReplyingPages
from connectors.console.service import ServiceSignIn
from connectors.console.signing_in import SigningIn
from connectors.console.site import ConsoleSite
from connectors.console.staff_pages import StaffPages
from connectors.console.trusting import TrustingPages
from connectors.console.visitor import MISSING, Visitor

_HERE = Path(__file__).parent


class ConsolePages:
    """Server-rendered; htmx keeps what is on the screen up to date."""

    def __init__(self, program: Program, demo: bool = False) -> None:
        self._site = ConsoleSite(program)
        self._signing_in = SigningIn(self._site, _demo_logins() if demo else ())
        settings = program.settings
        self._service = StaffLogin(settings, program.clock) if settings.has_staff_login else None

    def routes(self) -> list[BaseRoute]:
        site = self._site
        return [
            Mount("/console/static", StaticFiles(directory=_HERE / "static")),
            *ConsoleEvents(site).routes(),
            *self._signing_in.routes(),
            *(ServiceSignIn(site, self._service).routes() if self._service else []),
            *QueuePages(site).routes(),
            *ConversationPages(site).routes(),
            *ReplyingPages(site).routes(),
            *AppointmentPages(site).routes(),
            *PatientPages(site).routes(),
            *PrescriptionPages(site).routes(),
            *_desk(site),
            *ContactChangePages(site).routes(),
            *FilePages(site).routes(),
            *BroadcastPages(site).routes(),
            *OverviewPages(site).routes(),
            *ExamplePages(site).routes(),
            *ReminderPages(site).routes(),
            *ReplyPages(site).routes(),
            *AuditPages(site).routes(),
            *StaffPages(site).routes(),
            site.page("/console/{rest:path}", _nowhere, None),
        ]


def _desk(site: ConsoleSite) -> list[BaseRoute]:
    desk = DeskPages(site)
    registering = RegisteringPages(desk)
    return [*DeskHome(site).routes(), *desk.routes(), *registering.routes(), *TrustingPages(desk, registering).routes()]


def _nowhere(_visitor: Visitor) -> Response:
    raise MISSING


def _demo_logins() -> list[tuple[str, str]]:
    return [(each.account.login, f"{each.account.name}, {each.account.role}") for each in STAFF]
