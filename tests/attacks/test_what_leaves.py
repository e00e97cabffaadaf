"""Headers, cookies and addresses: what a page lets out to caches, frames, other sites, histories and logs."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
import structlog

from bot.rasa_compat import configure_logging
from bot.store import credentials
from tests.attacks.support import Surroundings, addresses, knows_itself, opens_page
from tests.doors.proving import exchanges, is_offered
from tests.doors.secure import AMIRAS, PASSCODE, Phone, send_link
from tests.doors.support import PLAIN_URL, Doors
from tests.support import AMIRA

POLICY = {
    "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
ALWAYS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The quick way out leaves to the weather; to NHS login one goes by a page of ours.
LEAVES_FOR = ("https://www.bbc.co.uk/weather",)


def _policy(answer: Any) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))


def _every_answer(doors: Doors) -> Iterator[tuple[str, Any]]:
    """Each address under /secure that the application has, by each method, before a visit, within it and proved."""
    paths = {
        re.sub(r"\{\w+(:path)?\}", "x", path)
        for method in ("GET", "POST")
        for path in addresses(doors, method)
        if path.startswith("/secure")
    }
    for stage in ("stranger", "visitor", "known"):
        phone = Phone(doors)
        if stage != "stranger":
            phone.spends(send_link(doors))
        if stage == "known":
            phone.proves()
        for path in sorted(paths - {"/secure/log-out", "/secure/leave", "/secure/settings/not-me"}):
            for method in ("GET", "HEAD", "POST", "PUT"):
                yield f"{stage} {method} {path}", phone.client.request(method, path)
        for path in ("/secure/leave", "/secure/log-out"):
            yield f"{stage} {path}", phone.client.get(path)
            yield f"{stage} POST {path}", phone.client.post(path)


def test_every_answer_under_secure_keeps_to_itself(with_nhs_login: Surroundings) -> None:
    seen = 0
    for name, answer in _every_answer(with_nhs_login.doors):
        seen += 1
        if answer.status_code == 405:
            continue
        for header, value in ALWAYS.items():
            assert answer.headers.get(header) == value, (name, header)
        assert _policy(answer) == POLICY, name
        assert "unsafe-inline" not in str(answer.headers)
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"], name
        assert not any(each.startswith("access-control") for each in answer.headers), name
    assert seen > 100


def test_no_page_loads_or_sends_anything_elsewhere(with_nhs_login: Surroundings) -> None:
    for name, answer in _every_answer(with_nhs_login.doors):
        for address in re.findall(r'(?:src|href|action|content|url)=?[("\']*((?:https?:)?//[^"\'\s>)]+)', answer.text):
            assert address.startswith((*LEAVES_FOR, with_nhs_login.provider.published_document()["issuer"])), name
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|<iframe|<object|<embed", answer.text), name


def _cookies(answer: Any) -> dict[str, set[str]]:
    found = {}
    for header in answer.headers.get_list("Set-Cookie"):
        first, *attributes = [part.strip() for part in header.split(";")]
        found[first.partition("=")[0]] = {each for each in attributes if not each.startswith("Max-Age")}
    return found


@pytest.mark.parametrize("is_https", [True, False])
def test_cookies_are_for_us_alone(opening: Callable[..., Doors], is_https: bool) -> None:
    doors = opening(public_url="https://chat.surgery.example" if is_https else PLAIN_URL)
    prefix, secure = ("__Host-", {"Secure"}) if is_https else ("", set())
    phone = Phone(doors)
    given = {**_cookies(phone.spends(send_link(doors))), **_cookies(phone.proves())}
    page = {"Path=/", "HttpOnly", "SameSite=Lax", *secure}
    assert given == {f"{prefix}secure": page, f"{prefix}device": page}
    chat = _cookies(doors.browser().client.get("/chat/messages?after=0"))[f"{prefix}chat"]
    assert chat == {
        "Path=/",
        "HttpOnly",
        *({"Secure", "SameSite=None", "Partitioned"} if is_https else {"SameSite=Lax"}),
    }


def test_a_visits_cookie_goes_when_the_browser_closes(doors: Doors) -> None:
    phone = Phone(doors)
    assert "Max-Age" not in phone.spends(send_link(doors)).headers["Set-Cookie"]
    visit = next(each for each in phone.proves().headers.get_list("Set-Cookie") if "secure=" in each)
    assert "Max-Age" not in visit and "Expires" not in visit


# Addresses and logs


@pytest.fixture()
def log() -> Iterator[io.StringIO]:
    """All that is logged, at its most talkative."""
    written, root = io.StringIO(), logging.getLogger()
    configure_logging(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=written))
    handler, level = logging.StreamHandler(written), root.level
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))  # the test's own browser
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)
    configure_logging()


def test_no_address_header_or_line_of_the_log_holds_a_secret_or_says_who_it_is(doors: Doors, log: io.StringIO) -> None:
    secret = pyotp.random_base32()
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, secret)
    code = pyotp.TOTP(secret).at(doors.clock())
    chat = knows_itself(doors)
    given = exchanges(chat, is_offered(chat, "Amira"))
    phone, answers = Phone(doors), []
    answers.append(phone.posts(given["action"], {"handover": given["handover"]}))
    answers.append(phone.proves("wrong-passcode-here"))
    answers.append(phone.proves(PASSCODE))
    answers.append(phone.proves(PASSCODE, code=code))
    for page in ("results", "record", "activity", "settings", "settings/app", "results/unknown"):
        phone.opens(f"/secure/{page}")
        answers.append(phone.page)
    answers += [chat.client.get(f"/chat/cards/{name}", headers=chat.own_page) for name in ("results", "record")]
    secrets = [PASSCODE, "wrong-passcode-here", code, secret, given["handover"], phone.cookie() or "none"]
    personal = ["Amira", "Khan", AMIRA, AMIRA[3:], "1991", "9990000018", AMIRAS, "HbA1c"]
    for answer in answers:
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        for each in (*secrets, *personal):
            assert each not in f"{answer.request.url.path} {answer.request.url.query.decode()} {headers}", each
        for cookie in answer.headers.get_list("set-cookie"):
            assert not any(each in cookie for each in (*secrets[:-1], *personal)), cookie
        if "Location" in answer.headers:
            assert re.fullmatch(r"/secure/[a-z-]+", answer.headers["Location"])
    for each in (*secrets, *personal, given["action"]):
        assert each not in log.getvalue(), each


def test_what_breaks_is_logged_by_its_kind_alone(
    doors: Doors, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(doors)
    phone.logs_in()

    def breaks(patient_id: str) -> None:
        raise RuntimeError(f"no results of {patient_id}, Amira Khan, {AMIRA}")

    monkeypatch.setattr(doors.surgery.program.backend, "results", breaks)
    phone.client = type(phone.client)(
        doors.app, base_url=doors.settings.public_url, follow_redirects=False, raise_server_exceptions=False,
        cookies=phone.client.cookies,
    )  # fmt: skip
    phone.opens("/secure/results")
    assert phone.status >= 500
    assert "no-store" in phone.page.headers["Cache-Control"]
    for each in ("Amira", "Khan", AMIRA, AMIRAS, "Traceback"):
        assert each not in phone.page.text and each not in log.getvalue(), each
    chat = opens_page(knows_itself(doors))
    assert chat.status == 200 if chat.page is not None else True
