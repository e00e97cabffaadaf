"""The link behind which the secure pages are: looked at by anybody, spent once, by the browser it was made for."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.store.identity_tables import secure_link, secure_visit
from tests.doors.secure import FORM, TOMS, NoLink, Phone, hand_out_link, send_link, set_status
from tests.doors.support import Doors
from tests.support import TOM

OVER = "This page cannot be opened"


def _rows(doors: Doors) -> tuple[object, object]:
    with doors.surgery.program.database.read() as connection:
        return connection.execute(select(secure_link)).all(), connection.execute(select(secure_visit)).all()


def test_a_link_is_spent_by_its_button_and_leads_to_the_question_who_it_is(doors: Doors) -> None:
    phone, path = Phone(doors), send_link(doors)
    phone.opens(path)
    assert (phone.status, phone.heading) == (200, "Go on to your secure page")
    spent = phone.spends(path)
    assert (spent.status_code, spent.headers["Location"]) == (303, "/secure/prove")
    phone.opens("/secure/prove")
    assert phone.heading == "Show that it is you"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_preview_of_a_link_changes_nothing(doors: Doors, method: str) -> None:
    path, before = send_link(doors), _rows(doors)
    for _ in range(3):
        answer = Phone(doors).client.request(method, path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert _rows(doors) == before
    assert Phone(doors).spends(path).status_code == 303


def test_the_page_before_the_proof_says_nothing_of_whom_or_what_it_is_about(doors: Doors) -> None:
    phone = Phone(doors)
    shown = phone.opens(send_link(doors, "results"))
    assert not re.search(r"Amira|Khan|result|record", shown)


def test_a_link_has_nothing_personal_in_it(doors: Doors) -> None:
    assert re.fullmatch(r"/secure/[\w-]{22}", send_link(doors))


def _every_dead_link(doors: Doors) -> dict[str, str]:
    expired = send_link(doors)
    doors.clock.forward(minutes=11)
    reused = send_link(doors)
    Phone(doors).spends(reused)
    replaced = send_link(doors, number=TOM, patient_id=TOMS)
    fresh = send_link(doors, number=TOM, patient_id=TOMS)
    return {
        "expired": expired,
        "reused": reused,
        "replaced": replaced,
        "truncated": fresh[:-1],
        "longer": f"{fresh}A",
        "forged": "/secure/" + "A" * 22,
        "in the chat, elsewhere": hand_out_link(doors)[0],
        "long": "/secure/" + "A" * 3000,
    }


def test_every_link_that_does_not_work_reads_the_same(doors: Doors) -> None:
    read = {}
    for why, path in _every_dead_link(doors).items():
        phone = Phone(doors)
        phone.opens(path)
        looked = (phone.status, phone.words)
        phone.spends(path)
        assert (phone.status, phone.words) == looked, why
        assert phone.cookie() is None, why
        read[why] = (*looked, dict(phone.page.headers))
    assert len({str(each) for each in read.values()}) == 1, read
    status, words, _ = next(iter(read.values()))
    assert status == 404
    assert words.startswith(OVER)
    assert "To get a new link" in words
    assert "020 7946 0123" in words


def test_pressing_twice_or_going_back_goes_on_in_the_same_browser(doors: Doors) -> None:
    phone, path = Phone(doors), send_link(doors)
    phone.spends(path)
    cookie = phone.cookie()
    phone.opens(path)
    assert phone.status == 200
    assert phone.spends(path).headers["Location"] == "/secure/prove"
    assert phone.cookie() == cookie


def test_going_back_after_the_proof_leads_to_what_the_link_is_for(doors: Doors) -> None:
    phone, path = Phone(doors), send_link(doors, "record")
    phone.spends(path)
    phone.proves()
    assert phone.spends(path).headers["Location"] == "/secure/record"


def test_a_spent_link_is_worth_nothing_in_another_browser(doors: Doors) -> None:
    phone, thief, path = Phone(doors), Phone(doors), send_link(doors)
    phone.spends(path)
    phone.proves()
    thief.opens(path)
    assert thief.heading == OVER
    thief.spends(path)
    assert (thief.heading, thief.cookie()) == (OVER, None)


def test_a_second_link_within_a_proof_asks_for_no_new_one(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("results")
    assert phone.spends(send_link(doors, "record")).headers["Location"] == "/secure/record"


def test_a_link_for_somebody_else_does_not_go_on_with_this_proof(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    answer = phone.spends(send_link(doors, number=TOM, patient_id=TOMS))
    assert answer.headers["Location"] == "/secure/prove"
    phone.opens("/secure/results")
    assert phone.page.headers["Location"] == "/secure/prove"


def test_a_link_from_the_chat_needs_what_only_its_browser_was_given(doors: Doors) -> None:
    path, handover = hand_out_link(doors)
    for wrong in ({}, {"handover": ""}, {"handover": handover[:-1]}, {"handover": "A" * 22}):
        stranger = Phone(doors)
        stranger.posts(path, wrong)
        assert (stranger.status, stranger.heading) == (404, OVER)
    assert Phone(doors).spends(path, handover=handover).headers["Location"] == "/secure/prove"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none", "Origin": "null"},
    ],
)
def test_another_site_cannot_send_somebody_through_a_link(doors: Doors, headers: dict[str, str]) -> None:
    phone, path = Phone(doors), send_link(doors)
    answer = phone.posts(path, {}, **headers)
    assert (answer.status_code, phone.cookie()) == (403, None)
    assert phone.heading == "Please try that again"
    assert phone.spends(path).status_code == 303, "and the link is not burnt"


def test_a_page_of_ours_that_sends_no_referrer_counts_as_ours(doors: Doors) -> None:
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert Phone(doors).posts(send_link(doors), {}, **headers).status_code == 303


def test_without_any_sign_of_where_it_comes_from_a_form_is_refused(doors: Doors) -> None:
    path = send_link(doors)
    assert Phone(doors).client.post(path, content=b"", headers={"Content-Type": FORM}).status_code == 403


@pytest.mark.parametrize("status", ["left", "died"])
def test_a_link_of_somebody_no_longer_registered_leads_nowhere(doors: Doors, status: str) -> None:
    phone, path = Phone(doors), send_link(doors)
    set_status(doors, status)
    phone.spends(path)
    assert (phone.status, phone.heading) == (404, OVER)


def test_somebody_who_leaves_while_a_page_is_open_sees_nothing_more(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    set_status(doors, "left")
    phone.opens("/secure/results")
    assert (phone.status, phone.heading) == (404, OVER)


def test_a_locked_login_gives_no_link(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("settings")
    phone.opens("/secure/settings/not-me")
    phone.sends("/secure/settings/not-me")
    with pytest.raises(NoLink):
        send_link(doors)
