"""Nobody learns by asking whether a patient, a number, a passcode, a result or a link exists.

Answers are compared whole, and so is the work behind them: argon2 hashes, statements, texts. How long they take is
shown by `python -m benchmarks.enumeration`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from bot.identity.desk import Desk
from bot.identity.passcodes import new_registration_key
from bot.store import credentials
from tests.attacks.support import Surroundings, Work, knows_itself, opens_page, read, same
from tests.doors.proving import is_offered
from tests.doors.secure import (
    AMIRAS,
    PASSCODE,
    TOMS,
    Phone,
    clear_record,
    file_result,
    hand_out_link,
    send_link,
    set_status,
)
from tests.doors.support import Browser, Doors
from tests.support import AMIRA, NOBODY, TOM

CALLUM, NIA, NIAS = "+447700900013", "+447700900018", "patient-20"
WRONG = "plum-basket-71"


def _opened(doors: Doors, number: str = AMIRA, patient_id: str = AMIRAS, page: str = "prove") -> Phone:
    phone = Phone(doors)
    phone.spends(send_link(doors, "results", number, patient_id))
    phone.opens(f"/secure/{page}")
    return phone


def _without_token(answer: Any) -> tuple[int, str, dict[str, str]]:
    """But for the random token of the form, and for how far it can be compressed."""
    status, text, headers = read(answer)
    return status, re.sub(r'name="token" value="\w+"', "", text), {**headers, "content-length": ""}


# Numbers


def _asked_for_number(doors: Doors) -> Browser:
    browser = doors.browser()
    browser.opens()
    browser.says("I want to book an appointment")
    return browser


def _said(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "seq": 0, "at": "", "id": ""} for each in messages]


def test_every_number_is_answered_alike(doors: Doors, work: Work) -> None:
    answers, efforts = {}, {}
    for number in (AMIRA, NOBODY, CALLUM):
        browser = _asked_for_number(doors)
        efforts[number] = work.of(lambda: answers.update({number: _said(browser.says(number))}))  # noqa: B023
    assert "6-digit code" in same(answers)[0]["text"]
    unknown = efforts[NOBODY].statements
    assert efforts[CALLUM].statements == unknown
    assert efforts[NOBODY].hashes == efforts[AMIRA].hashes == 0
    # The text to a known number is the only thing more, and it leaves by itself afterwards.
    more = [each for each in efforts[AMIRA].statements if each not in unknown]
    assert more and all(re.search(r"\b(outbox|contact|delivery_status)\b", each) for each in more), more


def test_a_wrong_code_is_answered_alike_for_every_number(doors: Doors, work: Work) -> None:
    answers, efforts = {}, {}
    for number in (AMIRA, NOBODY, CALLUM):
        browser = _asked_for_number(doors)
        browser.says(number)
        efforts[number] = work.of(lambda: answers.update({number: _said(browser.says("000000"))}))  # noqa: B023
    assert "That is not the code" in same(answers)[0]["text"]
    assert len({len(each.statements) for each in efforts.values()}) == 1


def test_the_number_of_tries_and_of_codes_ends_alike_for_every_number(doors: Doors) -> None:
    answers = {}
    for number in (AMIRA, NOBODY):
        browser = _asked_for_number(doors)
        browser.says(number)
        tried = [_said(browser.says("000000"))[0]["text"] for _ in range(5)]
        again = _asked_for_number(doors)
        again.says(number)
        asked = [_said(again.says("new code"))[0]["text"] for _ in range(6)]
        answers[number] = tried + asked
    assert any("sent as many codes" in each for each in same(answers))


# Passcodes


def test_a_passcode_is_refused_alike_whether_there_is_none_or_another(doors: Doors, work: Work) -> None:
    amira, nia = _opened(doors), _opened(doors, NIA, NIAS)
    efforts = {
        name: work.of(lambda: phone.sends("/secure/prove", passcode=WRONG))  # noqa: B023
        for name, phone in (("amira", amira), ("nia", nia))
    }
    assert _without_token(amira.page) == _without_token(nia.page)
    assert efforts["amira"].hashes == efforts["nia"].hashes == 1
    assert efforts["amira"].statements == efforts["nia"].statements


def test_a_wrong_passcode_is_refused_alike_with_and_without_an_app(doors: Doors, work: Work) -> None:
    tom = _opened(doors, TOM, TOMS)
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, pyotp.random_base32())
    amira = _opened(doors)
    efforts = [work.of(lambda: phone.sends("/secure/prove", passcode=WRONG)) for phone in (amira, tom)]  # noqa: B023
    assert _without_token(amira.page) == _without_token(tom.page)
    assert efforts[0] == efforts[1]


def test_while_a_login_is_locked_the_right_passcode_reads_like_a_wrong_one(doors: Doors, work: Work) -> None:
    phones = {given: _opened(doors) for given in (PASSCODE, WRONG)}
    with doors.surgery.program.database.write() as connection:
        Desk(doors.surgery.program.practice).lock(connection, AMIRAS, "reception", doors.clock())
    efforts = {
        given: work.of(lambda: phone.sends("/secure/prove", passcode=given))  # noqa: B023
        for given, phone in phones.items()
    }
    assert same({given: _without_token(phone.page) for given, phone in phones.items()})[0] == 403
    assert efforts[PASSCODE].hashes == efforts[WRONG].hashes == 1


# Registration keys


def _keys(doors: Doors) -> dict[str, str]:
    """By what is wrong with each; all are tried on Nia's page."""
    made = {why: new_registration_key() for why in ("forged", "used", "expired", "somebody else's", "replaced")}
    now = doors.clock()
    until = {"expired": now}
    owners = {"used": NIAS, "expired": NIAS, "somebody else's": TOMS, "replaced": NIAS}
    with doors.surgery.program.database.write() as connection:
        for why, person_id in owners.items():
            later = until.get(why, now.replace(year=2027))
            credentials.add_registration_key(connection, person_id, made[why], "reception", now, later)
            if why == "used":
                assert credentials.take_registration_key(connection, person_id, made[why], now)
        credentials.add_registration_key(connection, NIAS, new_registration_key(), "reception", now, later)
    return made


def test_every_key_that_does_not_work_reads_the_same(doors: Doors, work: Work) -> None:
    pages, efforts = {}, {}
    for why, key in _keys(doors).items():
        phone = _opened(doors, NIA, NIAS, "register")
        fields = {"key": key, "new": WRONG, "again": WRONG}
        efforts[why] = work.of(lambda: phone.sends("/secure/register", **fields))  # noqa: B023
        pages[why] = _without_token(phone.page)
    assert "That key did not work" in same(pages)[1]
    assert same({why: (each.hashes, each.statements) for why, each in efforts.items()})[0] == 1


@pytest.mark.parametrize("guess", ["30121998 xqzjw", "Nia Roberts xqzj", "07700900018xqz", "9990000425 xqzj"])
def test_without_a_key_the_form_for_a_passcode_says_nothing_about_the_patient(doors: Doors, guess: str) -> None:
    phone = _opened(doors, NIA, NIAS, "register")
    phone.sends("/secure/register", key="AAAA-AAAA-AAAA", new=guess, again=guess)
    assert "That key did not work" in phone.words
    assert "too easy to guess" not in phone.words


def test_guessing_at_the_form_for_a_passcode_is_counted(doors: Doors) -> None:
    phone = _opened(doors, NIA, NIAS, "register")
    for year in range(1990, 1995):
        phone.sends("/secure/register", key="AAAA-AAAA-AAAA", new=f"3012{year} xqzjw", again=f"3012{year} xqzjw")
    assert phone.status == 403


# NHS login


@pytest.mark.parametrize("about", [{"birthdate": "1991-04-19"}, {"nhs_number": "9990000026"}, {"family_name": "Else"}])
def test_somebody_else_at_nhs_login_learns_nothing_of_the_patient(
    with_nhs_login: Surroundings, about: dict[str, str]
) -> None:
    doors, provider = with_nhs_login.doors, with_nhs_login.provider
    provider.about = {"nhs_number": "9990000085", "birthdate": "1988-07-21", **about}
    phone = _opened(doors)
    phone.sends("/secure/nhs-login")
    state = re.search(r"state=([\w-]+)", phone.page.text)
    provider.nonce = re.search(r"nonce=([\w-]+)", phone.page.text)[1]  # type: ignore[index]
    phone.opens(f"/secure/nhs-login?state={state[1]}&code=c")  # type: ignore[index]
    assert phone.status == 400
    assert "That NHS login is not for this record" in phone.words
    assert not re.search(r"Amira|Khan|1991|999", phone.words)


# Links


def test_no_link_that_does_not_work_takes_more_than_another(doors: Doors, work: Work) -> None:
    expired = send_link(doors)
    doors.clock.forward(minutes=11)
    spent = send_link(doors)
    Phone(doors).spends(spent)
    links = {"expired": expired, "spent": spent, "made up": "/secure/" + "A" * 22, "chat": hand_out_link(doors)[0]}
    looked = {why: work.of(lambda: Phone(doors).opens(path)).statements for why, path in links.items()}  # noqa: B023
    assert len(same(looked)) == 1


def test_a_link_of_another_chat_reads_like_one_that_never_was(doors: Doors, work: Work) -> None:
    amira, tom = knows_itself(doors), knows_itself(doors, TOM)
    links = {"another's": is_offered(tom, "Tom"), "made up": "0" * 32}
    answers, efforts = {}, {}
    for why, link in links.items():
        efforts[why] = work.of(lambda: answers.update({why: read(amira.posts("secure", {"link": link}))}))  # noqa: B023
    assert same(answers)[0] == 410
    same({why: each.statements for why, each in efforts.items()})


# Results, cards, appointments, buttons


def test_a_result_that_is_held_back_reads_and_costs_like_one_that_is_not_there(doors: Doors, work: Work) -> None:
    clear_record(doors)
    shown = file_result(doors)
    for why, facts in {
        "unfiled": {"filed_at": None}, "unreleased": {"released": False}, "redacted": {"redacted": True},
        "untold": {"outcome": "Action needed", "told_at": None},
    }.items():  # fmt: skip
        file_result(doors, **{**vars(replace(shown, id=why, title="Hidden")), **facts})
    file_result(doors, TOMS, id="toms")
    phone = Phone(doors)
    phone.logs_in()
    doors.run()
    pages, efforts = {}, {}
    for wanted in ("unfiled", "unreleased", "redacted", "untold", "toms", "nothing"):
        efforts[wanted] = work.of(lambda: phone.opens(f"/secure/results/{wanted}"))  # noqa: B023
        pages[wanted] = _without_token(phone.page)
    assert same(pages)[0] == 404
    same(efforts)


def test_a_card_that_may_not_be_seen_reads_like_one_that_does_not_exist(doors: Doors) -> None:
    browser = knows_itself(doors)
    names = ("results", "record", "activity", "letters")
    assert same({name: read(browser.client.get(f"/chat/cards/{name}", headers=browser.own_page)) for name in names})


def test_somebody_elses_appointment_reads_like_none(doors: Doors, work: Work) -> None:
    browser = knows_itself(doors)
    (toms,) = doors.surgery.appointments("Tom")
    answers, efforts = {}, {}
    for wanted in (toms.id, "nothing"):
        path = f"/chat/calendar/{wanted}.ics"
        efforts[wanted] = work.of(lambda: answers.update({wanted: read(browser.client.get(path))}))  # noqa: B023
    assert same(answers)[0] == 404
    same(efforts)


def test_somebody_elses_button_reads_like_none(doors: Doors) -> None:
    amira, tom = doors.browser(), doors.browser()
    amira.opens()
    (theirs, *_) = [button["id"] for each in tom.opens()["messages"] for button in each["quick_replies"]]
    message = {"id": "8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b11"}
    assert (
        same({each: read(amira.posts("messages", {**message, "reply": each})) for each in (theirs, "0" * 32)})[0] == 400
    )


def test_a_patient_who_left_reads_like_a_link_that_is_over(doors: Doors) -> None:
    path, gone = send_link(doors), "/secure/" + "A" * 22
    set_status(doors, "died")
    phones = {each: Phone(doors) for each in (path, gone)}
    for each, phone in phones.items():
        phone.spends(each)
    assert same({each: read(phone.page) for each, phone in phones.items()})[0] == 404


def test_the_page_before_proof_is_the_same_for_everybody(doors: Doors) -> None:
    pages = {
        "amira": _opened(doors), "tom": _opened(doors, TOM, TOMS), "nia": _opened(doors, NIA, NIAS),
        "chat": opens_page(knows_itself(doors)),
    }  # fmt: skip
    for page in ("prove", "register", "help"):
        for phone in pages.values():
            phone.opens(f"/secure/{page}")
        assert same({name: _without_token(phone.page) for name, phone in pages.items()})[0] == 200
