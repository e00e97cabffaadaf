"""Links that fall into other hands, cookies that were put there beforehand, and chats that somebody else began."""

from __future__ import annotations

import re

import pytest

from bot.store import sessions
from tests.attacks.support import ELSEWHERE, OVER, PAGES, held, knows_itself, opens_page, plants
from tests.doors.proving import exchanges, is_offered
from tests.doors.secure import AMIRAS, PASSCODE, PASSCODES, TOMS, Phone, send_link
from tests.doors.support import Browser, Doors
from tests.support import AMIRA, TOM

VISIT, DEVICE, CHAT = "__Host-secure", "__Host-device", "__Host-chat"
TOMS_PASSCODE = PASSCODES[TOMS]


def _sees_nothing(phone: Phone) -> None:
    for page in PAGES:
        phone.opens(f"/secure/{page}")
        assert phone.status in (303, 403, 404), page
        assert not re.search(r"HbA1c|Amira|Khan|Penicillin", phone.page.text), page


# A link by text


def test_whoever_reads_a_text_on_anothers_phone_sees_nothing_without_the_passcode(doors: Doors) -> None:
    thief = Phone(doors)
    thief.spends(send_link(doors))
    for passcode in (TOMS_PASSCODE, "", "amira khan 1991"):
        thief.proves(passcode)
    _sees_nothing(thief)


def test_a_link_sent_on_opens_nothing_with_the_receivers_own_passcode(doors: Doors) -> None:
    """Tom sends Amira his link: her passcode opens neither his record nor, to him, hers."""
    path, amira, tom = send_link(doors, "results", TOM, TOMS), Phone(doors), Phone(doors)
    amira.spends(path)
    assert amira.proves(PASSCODE).status_code == 400
    tom.opens(path)
    assert tom.heading == OVER
    assert not held(doors, "identity_grant")["identity_grant"]


def test_a_link_that_somebody_else_spent_first_is_of_no_use_and_they_cannot_prove_it(doors: Doors) -> None:
    path, thief, amira = send_link(doors), Phone(doors), Phone(doors)
    thief.spends(path)
    amira.spends(path)
    assert amira.heading == OVER
    _sees_nothing(thief)
    assert amira.spends(send_link(doors)).status_code == 303, "and she asks for another"


def test_a_scanner_that_opens_every_link_burns_none(doors: Doors) -> None:
    path = send_link(doors)
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        Phone(doors).client.request(method, path, headers={"User-Agent": "Mozilla/5.0 (link preview)"})
    assert Phone(doors).spends(path).status_code == 303


# A link in the chat


def test_a_link_of_the_chat_is_not_in_any_message(doors: Doors) -> None:
    browser = knows_itself(doors)
    link = is_offered(browser, "Amira")
    exchanges(browser, link)
    assert "/secure/" not in str(browser.reads())


def test_a_link_of_the_chat_sent_to_somebody_else_does_not_open_there(doors: Doors) -> None:
    """The relay: a thief, in a chat that knows him for Amira by a code she gave away, sends her the link to prove."""
    thiefs = knows_itself(doors)
    given = exchanges(thiefs, is_offered(thiefs, "Amira"))
    amira = Phone(doors)
    amira.opens(given["action"])
    assert amira.heading == OVER
    amira.spends(given["action"])
    assert (amira.heading, amira.cookie()) == (OVER, None)


@pytest.mark.parametrize("headers", [{"Origin": ELSEWHERE}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_nor_does_a_page_of_the_thiefs_with_handover_and_all(doors: Doors, headers: dict[str, str]) -> None:
    thiefs = knows_itself(doors)
    given = exchanges(thiefs, is_offered(thiefs, "Amira"))
    amira = Phone(doors)
    amira.posts(given["action"], {"handover": given["handover"]}, **headers)
    assert (amira.status, amira.cookie()) == (403, None)


def test_what_one_link_was_handed_over_with_opens_no_other(doors: Doors) -> None:
    first, second = knows_itself(doors), knows_itself(doors, TOM)
    one, other = exchanges(first, is_offered(first, "Amira")), exchanges(second, is_offered(second, "Tom"))
    phone = Phone(doors)
    phone.posts(one["action"], {"handover": other["handover"]})
    assert (phone.heading, phone.cookie()) == (OVER, None)


def test_the_link_of_a_chat_is_given_to_that_chat_alone(doors: Doors) -> None:
    amira, thief = knows_itself(doors), knows_itself(doors, TOM)
    link = is_offered(amira, "Amira")
    assert thief.posts("secure", {"link": link}).status_code == 410
    assert doors.browser().posts("secure", {"link": link}).status_code == 401
    assert "action" in exchanges(amira, link)


def test_a_proof_in_one_chat_opens_no_card_in_another(doors: Doors) -> None:
    amira, thief = knows_itself(doors), knows_itself(doors)
    page = opens_page(amira)
    assert page.proves(PASSCODE).status_code == 303
    cards = {who: who.client.get("/chat/cards/results", headers=who.own_page).status_code for who in (amira, thief)}
    assert (cards[amira], cards[thief]) == (200, 404)


# Cookies put there beforehand


def test_a_visit_that_a_thief_began_is_not_his_once_it_is_proved(doors: Doors) -> None:
    thief, amira = Phone(doors), Phone(doors)
    thief.spends(send_link(doors))
    planted = thief.cookie() or ""
    plants(amira, VISIT, planted)
    assert amira.proves(PASSCODE).status_code == 303
    assert amira.cookie() != planted
    _sees_nothing(thief)


def test_a_link_is_not_spent_into_a_visit_that_a_thief_began(doors: Doors) -> None:
    thief, amira = Phone(doors), Phone(doors)
    thief.spends(send_link(doors, "results", TOM, TOMS))
    planted = thief.cookie() or ""
    plants(amira, VISIT, planted)
    amira.spends(send_link(doors))
    assert amira.cookie() not in (planted, None)
    amira.proves(PASSCODE)
    _sees_nothing(thief)


def test_nor_into_one_that_the_thief_has_proved(doors: Doors) -> None:
    thief, amira = Phone(doors), Phone(doors)
    thief.spends(send_link(doors, "results", TOM, TOMS))
    thief.proves(TOMS_PASSCODE)
    plants(amira, VISIT, thief.cookie() or "")
    assert amira.spends(send_link(doors)).headers["Location"] == "/secure/prove"
    amira.proves(PASSCODE)
    thief.opens("/secure/record")
    assert "Tom" in thief.page.text and "Amira" not in thief.page.text


@pytest.mark.parametrize("made_up", ["A" * 43, "0" * 64, "../../x"])
def test_a_made_up_cookie_is_never_taken_over(doors: Doors, made_up: str) -> None:
    amira = Phone(doors)
    plants(amira, VISIT, made_up)
    plants(amira, DEVICE, made_up)
    assert amira.spends(send_link(doors)).status_code == 303
    assert amira.proves(PASSCODE).status_code == 303
    assert made_up not in (amira.cookie(VISIT), amira.cookie(DEVICE))


def test_a_device_that_a_thief_made_known_does_not_keep_a_login_quiet(doors: Doors) -> None:
    """He puts the cookie of his own known browser into hers; later he logs in as her: she is told of it."""
    thief, amira = Phone(doors), Phone(doors)
    thief.spends(send_link(doors, "results", TOM, TOMS))
    thief.proves(TOMS_PASSCODE)
    planted = thief.cookie(DEVICE) or ""
    plants(amira, DEVICE, planted)
    amira.logs_in()
    assert amira.cookie(DEVICE) != planted
    doors.run()
    told = [to for to, body in doors.telco.texts if "logged in" in body]
    thief.spends(send_link(doors))
    thief.proves(PASSCODE)
    doors.run()
    assert [to for to, body in doors.telco.texts if "logged in" in body] == [*told, AMIRA]


def test_a_browser_that_two_people_use_is_known_for_both(doors: Doors) -> None:
    shared = Phone(doors)
    for _ in range(2):
        for number, patient_id, passcode in ((AMIRA, AMIRAS, PASSCODE), (TOM, TOMS, TOMS_PASSCODE)):
            shared.spends(send_link(doors, "results", number, patient_id))
            shared.proves(passcode)
    doors.run()
    assert sorted(to for to, body in doors.telco.texts if "logged in" in body) == [AMIRA, TOM]


def test_a_chat_cookie_that_we_did_not_give_out_is_not_taken_over(doors: Doors) -> None:
    browser = doors.browser()
    plants(browser, CHAT, "A" * 43)
    browser.opens()
    assert browser.client.cookies.get(CHAT) != "A" * 43
    with doors.surgery.program.database.read() as connection:
        assert sessions.find_session(connection, "A" * 43, doors.clock(), doors.clock() - doors.clock()) is None


def test_a_chat_that_was_ended_is_worth_nothing_to_whoever_has_its_cookie(doors: Doors) -> None:
    amira = knows_itself(doors)
    page = opens_page(amira)
    page.proves(PASSCODE)
    thief = Browser(doors)
    plants(thief, CHAT, str(amira.client.cookies.get(CHAT)))
    amira.posts("end", {})
    assert thief.client.get("/chat/cards/results", headers=thief.own_page).status_code == 401
    assert thief.client.get("/chat/messages?after=1").status_code == 401
    _sees_nothing(page)


def test_on_a_shared_computer_the_next_visitor_finds_nobody_logged_in(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    phone.sends("/secure/log-out")
    assert phone.cookie() is None
    _sees_nothing(phone)
