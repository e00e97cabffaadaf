"""The demonstration: a pretend practice site with the widget, and a pretend phone."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.backend.demo import PATIENTS
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
            "patients": [
                {
                    "name": each.patient.name,
                    "mobile": each.patient.mobile,
                    "dialled": spoken(each.patient.mobile) if each.patient.mobile else "",
                    "shows": each.shows,
                }
                for each in PATIENTS
            ],
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
