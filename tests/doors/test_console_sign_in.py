"""The ways into the console and out of it, as a browser at the surgery meets them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from starlette.responses import Response
from starlette.routing import Route

from bot.backend.demo_staff import STAFF, end_demo_staff, ensure_demo_staff
from bot.identity.oidc import ProviderUnavailable
from bot.identity.oidc_proof import NotProved
from bot.identity.relying_party import Begun
from bot.staff.roles import ROLES, Task
from bot.staff.service_login import Worker
from connectors.console.site import ConsoleSite, own_path
from connectors.console.visitor import Visitor
from tests.doors.console import PASSCODE, SECRET, Computer, hire, sign_in
from tests.doors.secure import FORM, noted
from tests.doors.support import PUBLIC_URL, TWILIO, Doors

ME = "/console/me"


def last(doors: Doors) -> tuple[str, str, str, str | None]:
    row = noted(doors)[-1]
    return row.action, row.outcome, row.channel, row.actor_id


def next_code(doors: Doors, secret: str) -> str:
    """What the app shows when `Computer.signs_in` has waited for it."""
    return pyotp.TOTP(secret).at(int(doors.clock().timestamp()) + 30)


# In


@pytest.mark.parametrize("path", ["/console/me", "/console/anything", "/console/conversations/7"])
def test_without_a_session_every_page_leads_to_signing_in(doors: Doors, path: str) -> None:
    computer = Computer(doors)
    computer.opens(path)
    assert (computer.status, computer.page.headers["Location"]) == (303, "/console/sign-in")


def test_a_receptionist_signs_in(doors: Doors) -> None:
    member = hire(doors)
    computer = Computer(doors)
    signed_in = computer.signs_in(member.login)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/console")
    assert computer.heading == "Jo Reed"
    assert last(doors) == ("sign_in", "passed", "desk", member.id)


@pytest.mark.parametrize(
    ("role", "home"), [("supervisor", "/console"), ("admin", "/console/overview"), ("auditor", "/console/audit")]
)
def test_each_role_begins_where_its_work_is(doors: Doors, role: str, home: str) -> None:
    assert Computer(doors).signs_in(hire(doors, role).login).headers["Location"] == home


def test_somebody_signed_in_is_not_asked_again(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.opens("/console/sign-in")
    assert computer.page.headers["Location"] == "/console"


def test_whatever_was_wrong_the_page_is_the_same(doors: Doors) -> None:
    member, pages = hire(doors, login="known"), set()
    for login, passcode, right in (("known", "wrong", True), ("known", PASSCODE, False), ("nobody", PASSCODE, True)):
        computer = Computer(doors)
        computer.opens("/console/sign-in")
        code = computer.code if right else "000000"
        answer = computer.sends("/console/sign-in", {"login": login, "passcode": passcode, "code": code})
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (400, False)
        pages.add(answer.text.replace(f'value="{login}"', ""))
    assert len(pages) == 1
    assert last(doors) == ("sign_in", "refused", "desk", None)
    assert noted(doors)[-2].actor_id == member.id


def test_passcode_and_code_are_never_sent_back(doors: Doors) -> None:
    computer = Computer(doors)
    computer.opens("/console/sign-in")
    answer = computer.sends("/console/sign-in", {"login": "jo", "passcode": "my-own-passcode", "code": "482913"})
    assert "my-own-passcode" not in answer.text and "482913" not in answer.text


def test_too_many_tries_are_told_so(doors: Doors) -> None:
    member, computer = hire(doors), Computer(doors)
    for _ in range(5):
        computer.signs_in(member.login, passcode="wrong")
    computer.signs_in(member.login)
    assert "Wait 15 minutes" in computer.words
    assert last(doors)[:2] == ("sign_in", "locked")


def test_the_cookie_is_kept_from_scripts_from_other_sites_and_from_plain_http(doors: Doors) -> None:
    signed_in = Computer(doors).signs_in(hire(doors).login)
    cookie = signed_in.headers["Set-Cookie"]
    assert cookie.startswith("__Host-console=")
    assert {"SameSite=Strict", "Path=/", "HttpOnly", "Secure"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie and "Domain" not in cookie


def test_a_session_that_was_put_there_before_signing_in_is_worth_nothing(doors: Doors) -> None:
    member, computer = hire(doors), sign_in(doors)
    planted = computer.cookie() or ""
    computer.client.cookies.clear()
    computer.client.cookies.set("__Host-console", planted)
    computer.opens("/console/sign-in")
    victim = Computer(doors)
    victim.client.cookies.set("__Host-console", planted)
    victim.sends("/console/sign-in", {"login": member.login, "passcode": PASSCODE, "code": victim.code})
    computer.opens(ME)
    assert computer.status == 303


# Forms


def test_a_form_from_another_site_changes_nothing(doors: Doors) -> None:
    computer = sign_in(doors)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert computer.sends("/console/sign-out", **headers).status_code == 403
        computer.opens(ME)
        assert computer.status == 200


def test_a_sign_in_from_another_site_is_refused(doors: Doors) -> None:
    member, computer = hire(doors), Computer(doors)
    fields = {"login": member.login, "passcode": PASSCODE, "code": computer.code}
    assert computer.sends("/console/sign-in", fields, Origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("path", ["/console/sign-out", "/console/sign-out-everywhere", "/console/awake"])
def test_a_form_needs_the_sessions_own_token(doors: Doors, path: str) -> None:
    mine, theirs = sign_in(doors), sign_in(doors)
    for token in ("", "0" * 64, theirs.token):
        assert mine.sends(path, {"token": token}).status_code == 403
    mine.opens(ME)
    assert mine.status == 200


def test_the_token_may_come_in_a_header_as_htmx_sends_it(doors: Doors) -> None:
    computer = sign_in(doors)
    headers = {"Origin": PUBLIC_URL, "Content-Type": FORM}
    assert computer.client.post("/console/awake", headers=headers).status_code == 403
    headers["X-CSRF-Token"] = computer.token
    assert computer.client.post("/console/awake", headers=headers).status_code == 204


# Pages


def test_no_page_is_kept_framed_or_given_anything_from_elsewhere(doors: Doors) -> None:
    computer = sign_in(doors)
    for path in (ME, "/console/sign-in", "/console/lock", "/console/nowhere"):
        computer.opens(path)
        headers = computer.page.headers
        assert headers["Cache-Control"] == "no-store"
        if computer.status == 303:
            continue
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", computer.page.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', computer.page.text)


@pytest.mark.parametrize(
    "name", ["htmx-2.0.11.min.js", "htmx-sse-2.2.4.min.js", "console.js", "console.css", "icon.svg"]
)
def test_what_a_page_needs_is_served_here(doors: Doors, name: str) -> None:
    assert doors.client.get(f"/console/static/{name}").status_code == 200


def test_a_page_that_is_not_there_is_said_not_to_be(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.opens("/console/nowhere")
    assert (computer.status, computer.heading) == (404, "Page not found")


@pytest.fixture()
def trial(doors: Doors) -> Iterator[list[Any]]:
    """A page for those who read the audit trail, that says what it was given; and one that fails."""
    site, seen = ConsoleSite(doors.surgery.program), []

    def page(visitor: Visitor) -> Response:
        seen.append(dict(visitor.form))
        return site.render(visitor, "me.html")

    def fail(_visitor: Visitor) -> Response:
        raise RuntimeError("Amira Khan")

    added = [
        site.page("/console/trial", page, Task.READ_AUDIT),
        site.page("/console/trial", page, Task.READ_AUDIT, "POST"),
        site.page("/console/failing", fail, None),
        Route("/console/typed", lambda _request: Response("")),
    ]
    doors.app.router.routes[0:0] = added
    yield seen


@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_for_the_roles_that_may_do_its_task(doors: Doors, trial: list[Any], role: str) -> None:
    computer = sign_in(doors, role=role)
    computer.opens("/console/trial")
    if role in ("auditor", "supervisor"):
        assert computer.status == 200
        return
    assert (computer.status, computer.heading, trial) == (403, "You cannot do this", [])
    row = noted(doors)[-1]
    assert (row.action, row.outcome, row.subject) == ("console.page", "refused", "read_audit")


def test_a_page_that_fails_shows_and_logs_nothing_of_it(
    doors: Doors, trial: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    computer = sign_in(doors)
    computer.opens("/console/failing")
    assert (computer.status, computer.heading) == (503, "Something went wrong")
    assert "Amira" not in computer.page.text + capsys.readouterr().out


# The lock screen


def test_after_a_quarter_of_an_hour_the_screen_is_locked(doors: Doors) -> None:
    computer = sign_in(doors)
    doors.clock.forward(minutes=15)
    computer.opens(ME)
    assert computer.page.headers["Location"] == "/console/lock?next=/console/me"
    computer.opens("/console/lock?next=/console/me")
    assert computer.heading == "Locked"
    assert "Jo Reed" in computer.words
    assert last(doors)[:2] == ("console.lock", "done")


def test_the_passcode_leads_back_to_where_one_was(doors: Doors) -> None:
    computer = sign_in(doors)
    before = computer.cookie()
    computer.sends("/console/lock-now", {"next": ME})
    computer.opens(f"/console/lock?next={ME}")
    unlocked = computer.sends("/console/lock", {"passcode": PASSCODE, "next": ME})
    assert (unlocked.status_code, unlocked.headers["Location"]) == (303, ME)
    assert computer.cookie() != before
    computer.opens(ME)
    assert computer.status == 200
    assert last(doors)[:2] == ("console.unlock", "passed")


def test_a_second_tab_at_the_lock_screen_goes_on_when_the_first_has_unlocked(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.sends("/console/lock-now")
    computer.opens("/console/lock")
    old_token = computer.token
    computer.sends("/console/lock", {"passcode": PASSCODE})
    second = computer.sends("/console/lock", {"passcode": PASSCODE, "token": old_token, "next": ME})
    assert (second.status_code, second.headers["Location"]) == (303, ME)


def test_a_wrong_passcode_leaves_it_locked(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.sends("/console/lock-now")
    computer.opens("/console/lock")
    assert computer.sends("/console/lock", {"passcode": "wrong"}).status_code == 400
    assert "That passcode is not right" in computer.words
    computer.opens(ME)
    assert computer.status == 303


def test_a_locked_screen_shows_no_menu_and_opens_nothing(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.sends("/console/lock-now")
    computer.opens("/console/lock")
    assert "<nav" not in computer.page.text
    assert computer.asks_for_part(ME).status_code == 401


def test_a_part_of_a_page_goes_to_the_lock_screen_as_a_whole(doors: Doors) -> None:
    computer = sign_in(doors)
    doors.clock.forward(minutes=15)
    answer = computer.asks_for_part("/console/queue-part")
    assert answer.headers["HX-Redirect"] == "/console/lock?next=/console/me"


def test_what_a_page_asks_by_itself_keeps_no_session_open(doors: Doors) -> None:
    computer = sign_in(doors)
    for _ in range(3):
        doors.clock.forward(minutes=5)
        computer.asks_for_part(ME)
    computer.opens(ME)
    assert computer.status == 303


def test_a_key_or_a_touch_keeps_it_open(doors: Doors) -> None:
    computer = sign_in(doors)
    for _ in range(3):
        doors.clock.forward(minutes=10)
        assert computer.sends("/console/awake").status_code == 204
        computer.opens(ME)
        assert computer.status == 200


def test_a_form_sent_too_late_is_there_again_after_the_lock(doors: Doors, trial: list[Any]) -> None:
    computer = sign_in(doors, role="supervisor")
    computer.opens("/console/trial")
    trial.clear()
    doors.clock.forward(minutes=20)
    assert computer.sends("/console/trial", {"text": "Dear Amira"}).headers["Location"].startswith("/console/lock")
    assert trial == [], "it did nothing"
    computer.opens("/console/lock?next=/console/trial")
    assert "Amira" not in computer.page.text
    computer.sends("/console/lock", {"passcode": PASSCODE})
    assert _drafts(doors, computer) == {"/console/trial": {"text": "Dear Amira"}}
    computer.opens("/console/trial")
    computer.sends("/console/trial", {"text": "Dear Amira"})
    assert _drafts(doors, computer) == {}


def test_what_is_being_written_is_kept_when_the_page_locks_itself(doors: Doors) -> None:
    computer = sign_in(doors)
    computer.sends("/console/lock-now", {"next": "/console/conversations/7?tab=notes", "text": "Dear Amira"})
    assert _drafts(doors, computer) == {"/console/conversations/7": {"text": "Dear Amira"}}


def _drafts(doors: Doors, computer: Computer) -> Any:
    session = ConsoleSite(doors.surgery.program).sessions.find(computer.cookie())
    assert session is not None
    return session.drafts


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/consoles", "javascript:alert(1)", "", "/chat"],
)
def test_nobody_is_led_to_another_site(path: str) -> None:
    assert own_path(path) == "/console"


def test_somebody_else_can_sign_in_at_a_locked_screen(doors: Doors) -> None:
    computer, other = sign_in(doors), hire(doors, name="Al Bo")
    computer.sends("/console/lock-now")
    computer.opens("/console/lock")
    assert computer.sends("/console/sign-out").status_code == 303
    computer.signs_in(other.login)
    assert computer.heading == "Al Bo"


# Out


def test_signing_out_ends_the_session_and_takes_the_cookie(doors: Doors) -> None:
    computer = sign_in(doors)
    token = computer.cookie() or ""
    computer.sends("/console/sign-out")
    assert computer.cookie() is None
    computer.client.cookies.set("__Host-console", token)
    computer.opens(ME)
    assert computer.page.headers["Location"] == "/console/sign-in"
    assert last(doors)[:2] == ("sign_out", "done")


def test_signing_out_everywhere_ends_the_other_computers_too(doors: Doors) -> None:
    member = hire(doors)
    here, there = sign_in(doors, member), sign_in(doors, member)
    here.sends("/console/sign-out-everywhere")
    there.opens(ME)
    assert there.status == 303


def test_a_disabled_account_ends_in_the_middle_of_work(doors: Doors) -> None:
    member = hire(doors)
    computer = sign_in(doors, member)
    doors.surgery.program.accounts.disable(member.login, "boss")
    computer.opens(ME)
    assert computer.page.headers["Location"] == "/console/sign-in"


# A new account


@pytest.fixture()
def link(doors: Doors) -> str:
    return f"/console/set-up/{doors.surgery.program.accounts.add('jo.reed', 'Jo Reed', 'reception', 'boss')}"


def test_a_new_account_is_set_up_and_signs_in(doors: Doors, link: str) -> None:
    computer = Computer(doors)
    computer.opens(link)
    assert "Jo Reed" not in computer.words, "a link in a mail may be looked at by others"
    computer.sends(link)
    assert "jo.reed" in computer.words and "<svg" in computer.page.text
    secret = re.search(r'class="secret">(\w+)<', computer.page.text)
    assert secret is not None
    code = pyotp.TOTP(secret[1]).at(doors.clock())
    computer.sends(link, {"passcode": PASSCODE, "again": PASSCODE, "code": code})
    assert computer.heading == "Your account is ready"
    assert computer.signs_in("jo.reed", code=next_code(doors, secret[1])).status_code == 303


def test_what_is_wrong_with_it_is_said_beside_it(doors: Doors, link: str) -> None:
    computer = Computer(doors)
    answer = computer.sends(link, {"passcode": "short", "again": "short", "code": "1"})
    assert answer.status_code == 400
    assert "at least 10 characters" in computer.words and "That code is not right" in computer.words
    assert "short" not in re.findall(r'value="([^"]*)"', answer.text)


@pytest.mark.parametrize("path", ["/console/set-up/invented", "/console/set-up/" + "A" * 43])
def test_an_invented_link_shows_nothing(doors: Doors, path: str) -> None:
    computer = Computer(doors)
    computer.opens(path)
    assert (computer.status, computer.heading) == (404, "This link no longer works")
    assert computer.sends(path, {"passcode": PASSCODE}).status_code == 404


# The demonstration


@pytest.fixture()
def demo_staff(demo: Doors) -> Doors:
    ensure_demo_staff(demo.surgery.program.database, demo.clock)
    return demo


def test_the_demonstration_has_a_button_for_each_of_its_staff(demo_staff: Doors) -> None:
    for member in STAFF:
        computer = Computer(demo_staff)
        computer.opens("/console/sign-in")
        assert f"Sign in as {member.account.name}" in computer.words
        computer.sends("/console/sign-in/demo", {"login": member.account.login})
        computer.opens(ME)
        assert computer.heading == member.account.name


def test_the_demonstrations_staff_sign_in_as_others_do_too(demo_staff: Doors) -> None:
    member = STAFF[0]
    code = next_code(demo_staff, member.authenticator)
    assert Computer(demo_staff).signs_in(member.account.login, member.passcode, code).status_code == 303


def test_the_button_enters_no_account_but_the_demonstrations_own(demo_staff: Doors) -> None:
    member, computer = hire(demo_staff), Computer(demo_staff)
    assert computer.sends("/console/sign-in/demo", {"login": member.login}).status_code == 404
    assert computer.cookie() is None


def test_outside_the_demonstration_there_is_no_such_button(doors: Doors) -> None:
    ensure_demo_staff(doors.surgery.program.database, doors.clock)
    computer = Computer(doors)
    assert "Demonstration" not in computer.opens("/console/sign-in")
    answer = computer.sends("/console/sign-in/demo", {"login": STAFF[0].account.login})
    assert (answer.status_code, computer.cookie()) == (405, None), "nothing there takes a form"


def test_served_without_the_demonstration_its_passcodes_open_nothing(demo_staff: Doors) -> None:
    member = STAFF[1]
    computer = Computer(demo_staff)
    computer.sends("/console/sign-in/demo", {"login": member.account.login})
    end_demo_staff(demo_staff.surgery.program.database, demo_staff.clock)
    computer.opens(ME)
    assert computer.status == 303
    code = next_code(demo_staff, member.authenticator)
    assert computer.signs_in(member.account.login, member.passcode, code).status_code == 400


def test_the_practice_page_leads_to_the_console(demo_staff: Doors) -> None:
    assert 'href="/console"' in demo_staff.client.get("/").text


# By a sign-in service


class FakeService:
    """Says what the test wants it to."""

    says: Any = None

    def __init__(self, *_: object) -> None:
        pass

    def begin(self) -> Begun:
        return Begun("https://cis2.example/authorize?state=s", {"state": "s"})

    def finish(self, query: Any, pending: Any) -> Worker:
        assert (query, pending) == ({"state": "s", "code": "c"}, {"state": "s"})
        if isinstance(self.says, Exception):
            raise self.says
        return Worker(*self.says)


BACK = "/console/sign-in/return?state=s&code=c"


@pytest.fixture()
def service(opening: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Doors:
    monkeypatch.setattr("connectors.console.pages.StaffLogin", FakeService)
    key = tmp_path / "key.pem"
    key.write_text("")
    doors = opening(
        **TWILIO,
        staff_login_url="https://cis2.example",
        staff_login_client_id="us",
        staff_login_key=key,
        staff_login_organisation="A81001",
        staff_login_roles={"R8001": "clinician"},
    )
    doors.surgery.program.accounts.add("dr.bo", "Dr Bo", "reception", "boss", subject="555021")
    return doors


def test_a_clinician_signs_in_by_the_service(service: Doors) -> None:
    FakeService.says = ("555021", "clinician")
    computer = Computer(service)
    assert "Sign in with NHS CIS2" in computer.opens("/console/sign-in")
    computer.sends("/console/sign-in/service")
    assert 'content="0; url=https://cis2.example/authorize?state=s"' in computer.page.text
    computer.opens(BACK)
    assert 'content="0; url=/console"' in computer.page.text, "the strict cookie is sent from a page of ours alone"
    computer.opens(ME)
    assert "Role: clinician" in computer.words


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (("999999", "clinician"), "You have no account here"),
        (("555021", None), "did not give a role at this practice"),
        (NotProved("weak"), "did not confirm who you are"),
        (ProviderUnavailable("timeout"), "cannot be reached"),
    ],
)
def test_whom_the_service_does_not_let_in_is_told_why(service: Doors, says: Any, words: str) -> None:
    FakeService.says = says
    computer = Computer(service)
    computer.opens("/console/sign-in")
    computer.sends("/console/sign-in/service")
    computer.opens(BACK)
    computer.opens(computer.page.headers["Location"])
    assert words in computer.words
    assert computer.cookie() is None


def test_an_answer_that_nobody_asked_for_counts_for_nothing(service: Doors) -> None:
    FakeService.says = ("555021", "clinician")
    computer = Computer(service)
    computer.opens(BACK)
    assert computer.page.headers["Location"] == "/console/sign-in?refused=service"


def test_the_answer_counts_once(service: Doors) -> None:
    FakeService.says = ("555021", "clinician")
    computer = Computer(service)
    computer.opens("/console/sign-in")
    computer.sends("/console/sign-in/service")
    computer.opens(BACK)
    computer.client.cookies.delete("__Host-console")
    computer.opens(BACK)
    assert computer.page.headers["Location"] == "/console/sign-in?refused=service"


def test_without_the_service_there_is_no_way_by_it(doors: Doors) -> None:
    computer = Computer(doors)
    assert "Sign in with" not in computer.opens("/console/sign-in")
    computer.opens(BACK)
    assert computer.page.headers["Location"] == "/console/sign-in"


def test_no_secret_of_the_app_is_ever_shown_again(doors: Doors) -> None:
    assert SECRET not in sign_in(doors).opens(ME)
