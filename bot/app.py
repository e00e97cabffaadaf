"""Assembles the web application: the program, every door, the health checks, and the headers on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.delivery import TextSender
from bot.program import Program
from connectors.console.pages import ConsolePages
from connectors.demo.pages import DemoPages
from connectors.demo.pretend_network import PretendNetwork
from connectors.headers import SecurityHeaders, error_headers
from connectors.secure.pages import SecurePages
from connectors.sms import SmsDoor, TwilioSender
from connectors.webchat.chat import ChatDoor

log = structlog.get_logger(__name__)


def web_app(program: Program, demo: bool) -> Starlette:
    """The program with its doors, already at work: turns run and texts leave until the application shuts down."""
    settings = program.settings
    network = None if settings.has_twilio else pretend_network(program)
    sender: TextSender = network or TwilioSender(settings)
    tokens = [network.token] if network else settings.twilio_tokens
    delivery = program.start(sender)
    routes: list[BaseRoute] = [
        *SmsDoor(program.gateway, delivery, settings.public_url, tokens).routes(),
        *ChatDoor(program).routes(),
        *SecurePages(program).routes(),
        *ConsolePages(program, demo).routes(),
        *_health(program),
        *(DemoPages(program, network).routes() if demo else []),
    ]

    @asynccontextmanager
    async def until_shutdown(_app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(program.stop)

    middleware = [Middleware(GZipMiddleware, minimum_size=800), Middleware(SecurityHeaders, https=settings.is_https)]
    return Starlette(
        routes=routes, middleware=middleware, lifespan=until_shutdown, exception_handlers={Exception: _went_wrong}
    )


def pretend_network(program: Program) -> PretendNetwork:
    return PretendNetwork(
        program.database,
        program.notices,
        program.clock,
        program.settings.public_url,
        program.practice.text_number,
    )


async def _went_wrong(_request: Request, error: Exception) -> Response:
    """Says so without saying what; the log gets the kind of error, and nothing of the request."""
    log.error("web.failed", error=type(error).__name__)
    answer = {"error": {"code": "unavailable", "message": "Something went wrong on our side. Please try again."}}
    return JSONResponse(answer, 500, headers=error_headers())


def _health(program: Program) -> list[Route]:
    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        """Ready when the database answers and has every table."""
        try:
            is_ready = await run_in_threadpool(program.database.is_current)
        except SQLAlchemyError:
            is_ready = False
        return JSONResponse({"status": "ok" if is_ready else "unavailable"}, 200 if is_ready else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]
