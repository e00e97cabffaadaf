"""Step-up: a link, a proof, a grant; and everything that must not lead to one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from bot.actions.turn import Services
from bot.backend import tables
from bot.backend.demo import ensure_demo
from bot.backend.local import LocalBackend
from bot.delivery import Delivery
from bot.identity.callers import NOBODY
from bot.identity.policy import UNDER_PRESSURE, Assurance, Decision, Service, may
from bot.identity.step_up import Judged, Proving, Verdict
from bot.practice import Practice
from bot.responses import Responses
from bot.settings import Settings
from bot.store import credentials, grants, secure_links
from bot.store.conversations import SMS, WEB, Conversation, open_conversation
from bot.store.database import Database, Work, open_database
from bot.store.grants import Grant
from bot.store.notices import Notices
from bot.store.secure_links import Visit
from bot.store.staff_tables import escalation
from bot.store.tables import audit
from tests.support import AMIRA, MONDAY, TOM, HandClock, Network

AMIRAS = "patient-01"
PASSCODE = "copper-lantern-42"
LAPTOP = Proving("127.0.0.1")


@dataclass
class Desk:
    """A surgery's services on a fresh store, without conversations of their own."""

    database: Database
    services: Services
    clock: HandClock

    def __post_init__(self) -> None:
        self.network = Network()
        self.delivery = Delivery(self.database, Notices(self.database), self.network, self.clock)

    def texting(self, number: str = AMIRA) -> Conversation:
        return self._open(SMS, number)

    def chatting(self, number: str = AMIRA, patient_id: str = AMIRAS) -> Conversation:
        """A chat in which the code texted to this number was typed back."""
        conversation = self._open(WEB, f"browser-{number}")
        proved = Grant(patient_id, patient_id, "CONTACT", "web-code", self.clock(), self.clock(), number)
        with self.database.write() as connection:
            grants.give_grant(connection, conversation.id, proved)
        return conversation

    def link(self, conversation: Conversation, patient_id: str = AMIRAS, purpose: str = "results") -> str | None:
        work = Work()
        link = self.services.step_up.offer(work, conversation, patient_id, purpose, self.clock())
        with self.database.write() as connection:
            work.run(connection)
        return link

    def opens(self, conversation: Conversation, patient_id: str = AMIRAS) -> str:
        """Ask for a link and open it in a new browser; gives the cookie."""
        token = str(self.link(conversation, patient_id)).rpartition("/")[2]
        cookie = self.services.step_up.spend(token, None, None)
        assert cookie
        return cookie

    def visit(self, cookie: str) -> Visit | None:
        return self.services.step_up.visit(cookie)

    def proves(self, cookie: str, passcode: str = PASSCODE, code: str = "", proving: Proving = LAPTOP) -> Judged:
        visit = self.visit(cookie)
        assert visit
        return self.services.step_up.prove(visit, passcode, code, proving)

    def logs_in(self, conversation: Conversation | None = None, proving: Proving = LAPTOP) -> str:
        judged = self.proves(self.opens(conversation or self.texting()), proving=proving)
        assert judged.verdict is Verdict.PASSED
        return judged.visit_token

    def sees_results(self, cookie: str) -> bool:
        visit = self.visit(cookie)
        caller = self.services.step_up.caller(visit) if visit else NOBODY
        decision = may(Service.SEE_RESULTS, caller.access, caller.assurance, self.services.practice)
        return decision is Decision.ALLOWED

    def assurance(self, conversation: Conversation) -> Assurance:
        with self.database.read() as connection:
            held = grants.held_grants(connection, conversation.id)
        return self.services.callers.caller(conversation, held, self.clock()).assurance

    def texts(self) -> list[str]:
        """Every text sent so far."""
        while self.delivery.work_once():
            pass
        return [body for _, body in self.network.texts]

    def audit(self) -> list[tuple[str, str]]:
        with self.database.read() as connection:
            return [(row.action, row.outcome) for row in connection.execute(select(audit).order_by(audit.c.id))]

    def escalations(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.execute(select(escalation.c.reason)).scalars())

    def _open(self, channel: str, address: str) -> Conversation:
        with self.database.write() as connection:
            return open_conversation(connection, channel, address, self.clock(), MONDAY - MONDAY.replace(hour=0))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, practice: Practice) -> Path:
    """A store with the demo practice, made once and copied for each test."""
    home = tmp_path_factory.mktemp("prepared")
    made = open_database(Settings(home=home, _env_file=None))
    made.upgrade()
    ensure_demo(made, practice, HandClock())
    made.close()
    return home


@pytest.fixture()
def desk(prepared: Path, tmp_path: Path, practice: Practice, clock: HandClock) -> Iterator[Desk]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    database = open_database(Settings(home=tmp_path, _env_file=None))
    backend = LocalBackend(database, practice, clock)
    parts = (Responses(practice), Notices(database), clock, "https://chat.surgery.example")
    yield Desk(database, Services.over(practice, database, backend, *parts), clock)
    database.close()


def test_the_link_and_the_passcode_open_the_results(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.logs_in(conversation)
    assert desk.sees_results(cookie)
    assert desk.assurance(conversation) is Assurance.VERIFIED


def test_the_address_of_a_link_names_nobody(desk: Desk) -> None:
    link = desk.link(desk.texting())
    assert link and link.startswith("https://chat.surgery.example/secure/")
    token = link.rpartition("/")[2]
    assert len(token) == 22  # 128 bits
    assert desk.services.step_up.look(token)


def test_only_the_hash_of_a_token_is_kept(desk: Desk) -> None:
    token = str(desk.link(desk.texting())).rpartition("/")[2]
    with desk.database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM secure_link").all()
    assert token not in str(kept)


def test_looking_at_a_link_does_not_spend_it(desk: Desk) -> None:
    token = str(desk.link(desk.texting())).rpartition("/")[2]
    for _ in range(3):
        assert desk.services.step_up.look(token)
    assert desk.services.step_up.spend(token, None, None)
    assert desk.services.step_up.look(token) is None


def test_a_spent_link_opens_nothing_in_another_browser(desk: Desk) -> None:
    token = str(desk.link(desk.texting())).rpartition("/")[2]
    first = desk.services.step_up.spend(token, None, None)
    assert desk.services.step_up.spend(token, None, None) is None
    assert desk.services.step_up.spend(token, None, "some other cookie") is None
    assert desk.services.step_up.spend(token, None, first) == first  # the back button


def test_a_link_works_for_ten_minutes(desk: Desk) -> None:
    token = str(desk.link(desk.texting())).rpartition("/")[2]
    desk.clock.forward(minutes=10)
    assert desk.services.step_up.spend(token, None, None) is None


def test_a_second_link_ends_the_first(desk: Desk) -> None:
    conversation = desk.texting()
    first = str(desk.link(conversation)).rpartition("/")[2]
    desk.link(conversation)
    assert desk.services.step_up.look(first) is None


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "A" * 5000, "../../etc", "é" * 22])
def test_a_forged_or_cut_off_token_opens_nothing(desk: Desk, token: str) -> None:
    desk.link(desk.texting())
    assert desk.services.step_up.look(token) is None
    assert desk.services.step_up.spend(token, None, None) is None


def test_a_link_of_the_chat_opens_only_with_what_its_own_browser_was_given(desk: Desk) -> None:
    conversation = desk.chatting()
    link_id = str(desk.link(conversation))
    handed = desk.services.step_up.hand_over(conversation.id, link_id)
    assert handed
    token, handover = handed
    assert desk.services.step_up.spend(token, None, None) is None
    assert desk.services.step_up.spend(token, "something else", None) is None
    assert desk.services.step_up.spend(token, handover, None)


def test_another_chat_is_not_handed_the_link(desk: Desk) -> None:
    link_id = str(desk.link(desk.chatting()))
    assert desk.services.step_up.hand_over(desk.chatting(TOM, "patient-02").id, link_id) is None


def test_handed_over_again_the_former_address_is_void(desk: Desk) -> None:
    conversation = desk.chatting()
    link_id = str(desk.link(conversation))
    first = desk.services.step_up.hand_over(conversation.id, link_id)
    desk.services.step_up.hand_over(conversation.id, link_id)
    assert first and desk.services.step_up.spend(*first, None) is None


def test_after_proof_the_former_cookie_is_worth_nothing(desk: Desk) -> None:
    cookie = desk.opens(desk.texting())
    fresh = desk.proves(cookie).visit_token
    assert desk.visit(cookie) is None
    assert desk.sees_results(fresh)


def test_a_wrong_passcode_opens_nothing_and_five_of_them_lock_the_proof_but_not_the_conversation(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.opens(conversation)
    verdicts = [desk.proves(cookie, "not the passcode").verdict for _ in range(5)]
    assert verdicts == [Verdict.WRONG] * 4 + [Verdict.LOCKED]
    assert desk.proves(cookie).verdict is Verdict.LOCKED
    assert desk.assurance(conversation) is Assurance.CONTACT
    assert "step_up_locked" in desk.escalations()


def test_after_ten_failures_in_a_day_only_the_surgery_can_help(desk: Desk) -> None:
    for _ in range(2):
        cookie = desk.opens(desk.texting())
        for _ in range(5):
            desk.proves(cookie, "not the passcode")
    assert desk.link(desk.texting()) is None
    desk.clock.forward(hours=25)
    assert desk.link(desk.texting())


def test_a_new_link_does_not_give_new_tries_beyond_the_days_ten(desk: Desk) -> None:
    for conversation in (desk.texting(), desk.chatting()):
        cookie = self_opened(desk, conversation)
        for _ in range(5):
            desk.proves(cookie, "not the passcode")
    assert desk.link(desk.texting()) is None


def self_opened(desk: Desk, conversation: Conversation) -> str:
    if conversation.channel == SMS:
        return desk.opens(conversation)
    handed = desk.services.step_up.hand_over(conversation.id, str(desk.link(conversation)))
    assert handed
    return desk.services.step_up.spend(*handed, None) or ""


def test_somebody_without_a_passcode_is_answered_as_somebody_with_another(desk: Desk) -> None:
    conversation = desk.texting("+447700900018")
    cookie = desk.opens(conversation, "patient-20")
    assert desk.proves(cookie, "copper-lantern-42").verdict is Verdict.WRONG
    assert desk.proves(cookie, "").verdict is Verdict.WRONG


def test_without_use_the_proof_ends_after_half_an_hour(desk: Desk) -> None:
    cookie = desk.logs_in()
    desk.clock.forward(minutes=29)
    visit = desk.visit(cookie)
    assert visit
    desk.services.step_up.use(visit)
    desk.clock.forward(minutes=29)
    assert desk.sees_results(cookie)
    desk.clock.forward(minutes=31)
    assert not desk.sees_results(cookie)


def test_in_use_it_ends_after_twelve_hours(desk: Desk) -> None:
    cookie = desk.logs_in()
    for _ in range(25):
        desk.clock.forward(minutes=29)
        visit = desk.visit(cookie)
        if visit:
            desk.services.step_up.use(visit)
    assert not desk.sees_results(cookie)


def test_a_clock_that_is_a_little_behind_shuts_nobody_out_and_one_far_behind_opens_nothing(desk: Desk) -> None:
    cookie = desk.logs_in()
    desk.clock.forward(minutes=-2)
    assert desk.sees_results(cookie)
    desk.clock.forward(hours=-3)
    assert not desk.sees_results(cookie)


def test_log_out_ends_every_page(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.logs_in(conversation)
    visit = desk.visit(cookie)
    assert visit
    desk.services.step_up.end(visit)
    assert not desk.sees_results(cookie)
    assert desk.assurance(conversation) is Assurance.CONTACT


def test_a_second_browser_that_proves_it_ends_the_first(desk: Desk) -> None:
    conversation = desk.texting()
    first = desk.logs_in(conversation)
    second = desk.logs_in(conversation)
    assert not desk.sees_results(first)
    assert desk.sees_results(second)


def test_in_the_browser_that_is_logged_in_a_new_link_goes_straight_on(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.logs_in(conversation)
    token = str(desk.link(conversation)).rpartition("/")[2]
    assert desk.services.step_up.spend(token, None, cookie) == cookie
    assert desk.sees_results(cookie)


def test_a_changed_number_ends_the_proof(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.logs_in(conversation)
    change_patient(desk, AMIRAS, mobile="+447700900555")
    assert not desk.sees_results(cookie)
    assert desk.assurance(conversation) is Assurance.UNKNOWN


@pytest.mark.parametrize("status", ["left", "died"])
def test_somebody_who_is_no_longer_a_patient_sees_nothing(desk: Desk, status: str) -> None:
    cookie = desk.logs_in()
    change_patient(desk, AMIRAS, status=status)
    assert desk.visit(cookie) is None


def change_patient(desk: Desk, patient_id: str, **changes: str) -> None:
    from bot.backend.people import patient_to_row

    patient = replace(desk.services.backend.patient(patient_id), **changes)
    with desk.database.write() as connection:
        row = patient_to_row(patient)
        connection.execute(tables.patient.update().where(tables.patient.c.id == patient_id).values(**row))


def test_staff_who_flag_a_patient_end_what_is_open(desk: Desk) -> None:
    cookie = desk.logs_in()
    with desk.database.write() as connection:
        desk.services.desk.flag(connection, AMIRAS, UNDER_PRESSURE, True, "staff-1", desk.clock())
    assert not desk.sees_results(cookie)


def test_not_me_locks_the_way_in_until_the_surgery_gives_a_new_key(desk: Desk) -> None:
    conversation = desk.texting()
    cookie = desk.logs_in(conversation)
    with desk.database.read() as connection:
        held = grants.held_grants(connection, conversation.id)
    work = Work()
    caller = desk.services.callers.caller(conversation, held, desk.clock())
    desk.services.step_up.not_me(work, [caller], desk.clock())
    with desk.database.write() as connection:
        work.run(connection)
    assert not desk.sees_results(cookie)
    assert desk.link(conversation) is None
    with desk.database.write() as connection:
        desk.services.desk.unlock(connection, AMIRAS, "staff-1", desk.clock())
    assert desk.link(conversation)


def test_a_new_browser_is_told_of_by_text_and_a_known_one_is_not(desk: Desk) -> None:
    conversation = desk.texting()
    judged = desk.proves(desk.opens(conversation))
    assert len([body for body in desk.texts() if "NOT ME" in body]) == 1
    desk.logs_in(conversation, Proving("127.0.0.1", judged.device_token))
    assert len([body for body in desk.texts() if "NOT ME" in body]) == 1
    desk.logs_in(conversation)
    assert len([body for body in desk.texts() if "NOT ME" in body]) == 2


def test_whoever_wants_no_texts_is_not_told_of_a_new_browser(desk: Desk) -> None:
    judged = desk.proves(desk.opens(desk.texting("+447700900017"), "patient-19"), "harvest-mirror-19")
    assert judged.verdict is Verdict.PASSED
    assert desk.texts() == []


def test_a_registration_key_sets_a_passcode_once(desk: Desk) -> None:
    conversation = desk.texting("+447700900018")
    with desk.database.write() as connection:
        key = desk.services.desk.give_key(connection, "patient-20", "staff-1", desk.clock())
    visit = desk.visit(desk.opens(conversation, "patient-20"))
    assert visit
    judged = desk.services.step_up.register(visit, key.lower(), "blue teapot on a hill", LAPTOP)
    assert judged.verdict is Verdict.PASSED
    assert desk.proves(desk.opens(conversation, "patient-20"), "blue teapot on a hill").verdict is Verdict.PASSED
    again = desk.visit(desk.opens(conversation, "patient-20"))
    assert again
    assert desk.services.step_up.register(again, key, "red kettle in a boat", LAPTOP).verdict is Verdict.WRONG


def test_a_key_is_worth_nothing_to_somebody_else_or_when_it_is_too_old(desk: Desk) -> None:
    with desk.database.write() as connection:
        key = desk.services.desk.give_key(connection, "patient-20", "staff-1", desk.clock())
    visit = desk.visit(desk.opens(desk.texting()))
    assert visit
    assert desk.services.step_up.register(visit, key, "red kettle in a boat", LAPTOP).verdict is Verdict.WRONG
    desk.clock.forward(days=15)
    late = desk.visit(desk.opens(desk.texting("+447700900018"), "patient-20"))
    assert late
    assert desk.services.step_up.register(late, key, "red kettle in a boat", LAPTOP).verdict is Verdict.WRONG


def test_an_authenticator_app_has_its_say_and_no_code_counts_twice(desk: Desk) -> None:
    secret = pyotp.random_base32()
    with desk.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, secret)
    cookie = desk.opens(desk.texting())
    assert desk.proves(cookie).verdict is Verdict.CODE_NEEDED
    code = pyotp.TOTP(secret).at(desk.clock())
    assert desk.proves(cookie, code="000000" if code != "000000" else "111111").verdict is Verdict.WRONG
    assert desk.proves(cookie, code=code).verdict is Verdict.PASSED
    assert desk.proves(desk.opens(desk.texting()), code=code).verdict is Verdict.WRONG
    desk.clock.forward(seconds=60)
    newer = pyotp.TOTP(secret).at(desk.clock())
    assert desk.proves(desk.opens(desk.texting()), code=newer).verdict is Verdict.PASSED


def test_nhs_login_opens_only_for_the_patient_the_link_was_made_for(desk: Desk) -> None:
    amira, tom = desk.services.backend.patient(AMIRAS), desk.services.backend.patient("patient-02")
    visit = desk.visit(desk.opens(desk.texting()))
    assert visit
    prove = desk.services.step_up.prove_by_claims
    assert prove(visit, str(tom.nhs_number), tom.date_of_birth, LAPTOP).verdict is Verdict.OTHER_PATIENT
    assert prove(visit, str(amira.nhs_number), date(1990, 1, 1), LAPTOP).verdict is Verdict.OTHER_PATIENT
    assert prove(visit, str(amira.nhs_number), amira.date_of_birth, LAPTOP).verdict is Verdict.PASSED


def test_a_mother_proves_herself_with_her_own_passcode_and_sees_what_was_agreed(desk: Desk) -> None:
    conversation = desk.texting("+447700900004")
    judged = desk.proves(desk.opens(conversation, "patient-06"), "orchard-violin-51")
    assert judged.verdict is Verdict.PASSED
    visit = desk.visit(judged.visit_token)
    caller = desk.services.step_up.caller(visit) if visit else NOBODY
    assert caller.patient and caller.patient.first_name == "Leo"
    assert caller.acts_for_another and caller.access and caller.access.is_proxy


def test_the_passcode_of_a_stranger_or_of_another_patient_opens_nothing(desk: Desk) -> None:
    cookie = desk.opens(desk.texting())
    assert desk.proves(cookie, "walnut-harbour-17").verdict is Verdict.WRONG  # Tom's


def test_when_trust_ends_what_is_open_ends_with_it(desk: Desk) -> None:
    conversation = desk.texting("+447700900004")
    cookie = desk.proves(desk.opens(conversation, "patient-06"), "orchard-violin-51").visit_token
    assert desk.sees_results(cookie)
    with desk.database.write() as connection:
        held = next(each for each in desk.services.desk.trusted(connection, "patient-06"))
        desk.services.desk.end_trust(connection, held, "staff-1", desk.clock())
    assert not desk.sees_results(cookie)


def test_one_of_many_that_spend_a_link_at_once_wins(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    token = str(desk.link(desk.texting())).rpartition("/")[2]
    with ThreadPoolExecutor(8) as pool:
        cookies = list(pool.map(lambda _: desk.services.step_up.spend(token, None, None), range(16)))
    assert len([cookie for cookie in cookies if cookie]) == 1


def test_every_step_is_in_the_audit_trail(desk: Desk) -> None:
    cookie = desk.opens(desk.texting())
    desk.proves(cookie, "not the passcode")
    fresh = desk.proves(cookie).visit_token
    visit = desk.visit(fresh)
    assert visit
    desk.services.step_up.end(visit)
    noted = desk.audit()
    for step in (("step_up.link", "spent"), ("step_up.proof", "wrong"), ("step_up.proof", "passed")):
        assert step in noted
    assert noted[-1] == ("step_up.log_out", "done")


def test_nothing_secret_is_in_the_repr_of_what_is_passed_around(desk: Desk) -> None:
    visit = desk.visit(desk.opens(desk.texting()))
    secure: Callable[[object], str] = repr
    with desk.database.write() as connection:
        assert visit
        secure_links.set_pending(connection, visit, {"nonce": "CANARY"})
    again = secure_links.find_visit
    assert "CANARY" not in secure(again)
    with desk.database.read() as connection:
        credential = credentials.find_credential(connection, AMIRAS)
    assert "argon2" not in secure(credential)
