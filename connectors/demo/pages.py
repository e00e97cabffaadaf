"""The demonstration: a pretend practice site with the widget, and a pretend phone."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.backend.demo_people import PATIENTS, PROXIES, find_patient, passcodes
from bot.identity.phone_numbers import as_e164, spoken
from bot.program import Program
from bot.store import pretend_texts
from bot.wording import say_time
from connectors.demo.pretend_network import PretendNetwork
from connectors.headers import page_policy
from connectors.webchat.browser import BAD_REQUEST, Refusal, as_number, clean, read_json

_HERE = Path(__file__).parent


class DemoPages:
    """`/` and the pretend phone's own little API."""

    def __init__(self, program: Program, network: PretendNetwork | None) -> None:
        self._program, self._network = program, network
        self._templates = Jinja2Templates(_HERE / "templates")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.page),
            Route("/demo/phone/messages", self.read, methods=["GET"]),
            Route("/demo/phone/messages", self.write, methods=["POST"]),
            Mount("/demo/static", StaticFiles(directory=_HERE / "static")),
        ]

    async def page(self, request: Request) -> Response:
        practice = self._program.practice
        opening = [
            (day.capitalize(), f"{say_time(span.start)} to {say_time(span.end)}" if span else "Closed")
            for day, span in practice.opening_hours.items()
        ]
        values = {
            "practice": {
                "name": practice.name,
                "phone": spoken(practice.phone),
                "address": practice.address,
                "opening": opening,
            },
            "people": _people(),
            "public_url": self._program.settings.public_url,
            "public_number": spoken(practice.text_number),
        }
        policy = {"Content-Security-Policy": page_policy(frame_src="'self'")}
        return self._templates.TemplateResponse(request, "site.html", values, headers=policy)

    async def read(self, request: Request) -> Response:
        number = as_e164(request.query_params.get("number", ""))
        after = as_number(request.query_params.get("after"))
        if not number:
            return BAD_REQUEST.response()
        return JSONResponse({"messages": await run_in_threadpool(self._thread, number, after)})

    async def write(self, request: Request) -> Response:
        try:
            body = await read_json(request)
        except Refusal as refusal:
            return refusal.response()
        written_from, text = body.get("from"), body.get("text")
        number = as_e164(written_from) if isinstance(written_from, str) else None
        if self._network is None or not number or not isinstance(text, str):
            return BAD_REQUEST.response()
        status = await self._network.write(request.app, number, clean(text)[:1600])
        return JSONResponse({}, 202 if status == 200 else 502)

    def _thread(self, number: str, after: int) -> list[dict[str, object]]:
        with self._program.database.read() as connection:
            return pretend_texts.thread(connection, number, after)


def _people() -> list[dict[str, str]]:
    """The patients, then those who are no patients here and act for one. All are invented: passcodes can be shown."""
    known = {each.patient.id for each in PATIENTS}
    strangers = {each.person_id: each for each in PROXIES if each.person_id not in known}
    return [
        *(_person(each.patient.id, each.patient.name, each.patient.mobile, each.shows) for each in PATIENTS),
        *(_person(each.person_id, each.name, each.mobile, "not a patient here") for each in strangers.values()),
    ]


def _person(person_id: str, name: str, mobile: str | None, shows: str) -> dict[str, str]:
    return {
        "name": name,
        "mobile": mobile or "",
        "dialled": spoken(mobile) if mobile else "",
        "shows": shows,
        "passcode": passcodes().get(person_id, ""),
        "acts_for": _acts_for(person_id),
    }


def _acts_for(person_id: str) -> str:
    """Names with what they are trusted with: "Leo Novak (full)"."""
    trusted = [each for each in PROXIES if each.person_id == person_id]
    return ", ".join(f"{find_patient(each.patient_id).patient.name} ({each.level})" for each in trusted)
