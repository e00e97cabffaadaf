"""The demonstration: what the pretend phone writes goes through the real door, and the answer comes back to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.backend.demo_people import PATIENTS, passcodes
from connectors.demo.waiting import let_some_wait
from tests.doors.support import PLAIN_URL, TWILIO, Doors, new_sid, short, webhook
from tests.support import AMIRA, TOM


def _write(doors: Doors, number: Any, text: Any) -> Any:
    own_page = {"X-Requested-With": "chat", "Origin": doors.settings.public_url}
    body = json.dumps({"from": number, "text": text})
    return doors.client.post("/demo/phone/messages", content=body, headers=own_page)


def _thread(doors: Doors, number: str, after: int = 0) -> list[dict[str, Any]]:
    return doors.client.get("/demo/phone/messages", params={"number": number, "after": after}).json()["messages"]


def test_what_the_pretend_phone_writes_is_answered_to_it(demo: Doors) -> None:
    assert _write(demo, AMIRA, "what are your opening hours").status_code == 202
    demo.run()
    sent, answer = _thread(demo, AMIRA)
    assert (sent["direction"], sent["text"]) == ("in", "what are your opening hours")
    assert answer["direction"] == "out"
    assert answer["text"].startswith("Riverside Surgery: ")
    assert answer["status"] == "delivered"
    assert 1 <= answer["segments"] <= 3
    assert demo.states() == ["delivered"]
    assert _thread(demo, AMIRA, sent["seq"]) == [answer]
    assert _thread(demo, TOM) == []


def test_a_patient_books_on_the_pretend_phone(demo: Doors) -> None:
    for said in ("can i see dr patel tues pm", "2", "no", "1"):
        _write(demo, "07700 900001", said)
        demo.run()
    assert "Booked" in _thread(demo, AMIRA)[-1]["text"]
    assert len(demo.surgery.appointments("Amira")) == 1


def test_the_pretend_phone_writes_by_the_same_door_as_twilio(demo: Doors) -> None:
    """A text that is not signed with the network's token is refused here as anywhere."""
    assert demo.posts("/sms/inbound", webhook("hello", AMIRA)).status_code == 403
    token = demo.telco.token  # type: ignore[attr-defined]
    assert demo.posts("/sms/inbound", webhook("hello", AMIRA), token=token).status_code == 200
    assert demo.count_messages("patient") == 1


def test_another_deployment_has_another_token(opening: Callable[..., Doors]) -> None:
    first, second = opening(demo=True), opening(demo=True)
    assert first.telco.token != second.telco.token  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", ["", "hello", "1", None, 5, ["+447700900001"], {}, "\ud800", "9" * 900], ids=short)
def test_a_phone_without_a_number_cannot_write(demo: Doors, number: Any) -> None:
    assert _write(demo, number, "hello").status_code == 400
    assert demo.count_messages() == 0


@pytest.mark.parametrize("text", [None, 5, ["x"], {"a": 1}, True], ids=short)
def test_what_is_no_text_is_refused(demo: Doors, text: Any) -> None:
    assert _write(demo, AMIRA, text).status_code == 400


@pytest.mark.parametrize("text", ["", "opening \ud800hours", "a\x00b", "é" * 1700, "a&b=c+d%20"], ids=range(5))
def test_any_text_gets_an_answer(demo: Doors, text: str) -> None:
    assert _write(demo, AMIRA, text).status_code == 202
    demo.run()
    assert [each["direction"] for each in _thread(demo, AMIRA)] == ["in", "out"]


@pytest.mark.parametrize("after", ["²", "x", "-1", "", "9" * 30, "9" * 9000], ids=short)
def test_a_strange_place_to_read_from_is_the_beginning(demo: Doors, after: str) -> None:
    _write(demo, AMIRA, "hello")
    answer = demo.client.get("/demo/phone/messages", params={"number": AMIRA, "after": after})
    assert answer.status_code == 200
    assert len(answer.json()["messages"]) == 1


def test_reading_needs_a_number(demo: Doors) -> None:
    for number in ("", "x", "\x00"):
        assert demo.client.get("/demo/phone/messages", params={"number": number}).status_code == 400
    assert demo.client.get("/demo/phone/messages").status_code == 400


def test_another_site_cannot_write_from_the_phone(demo: Doors) -> None:
    body = {"from": AMIRA, "text": "hello"}
    assert demo.client.post("/demo/phone/messages", json=body).status_code == 403
    foreign = {"X-Requested-With": "chat", "Origin": "https://evil.example"}
    assert demo.client.post("/demo/phone/messages", json=body, headers=foreign).status_code == 403
    assert demo.count_messages() == 0


def test_with_a_twilio_account_the_pretend_phone_is_dead(opening: Callable[..., Doors]) -> None:
    doors = opening(demo=True, **TWILIO)
    assert _write(doors, AMIRA, "hello").status_code == 400
    assert doors.texts_in("hello", AMIRA, MessageSid=new_sid()).status_code == 200


def test_the_page_names_the_patients_and_the_surgery(demo: Doors) -> None:
    page = demo.client.get("/").text
    assert "Riverside Surgery" in page
    assert "020 7946 0123" in page
    for each in PATIENTS:
        assert each.patient.last_name in page
    assert "999" not in "".join(each.patient.nhs_number for each in PATIENTS if each.patient.nhs_number in page)


def test_the_page_shows_whom_to_be_how_to_log_in_and_that_all_of_it_is_invented(demo: Doors) -> None:
    page = demo.client.get("/").text
    for each in passcodes().values():
        assert each in page
    assert "invented, and so are their passcodes" in page
    assert "Acts for Leo Novak (full)" in page
    assert "Acts for Maya Osei (coded), Jade Osei (coded)" in page
    assert page.count("Abena Osei") == 2, "a phone to hold and a line of her own"


def test_each_example_on_the_page_is_understood(demo: Doors) -> None:
    examples = re.findall(r'data-example="([^"]+)"', demo.client.get("/").text)
    for said in examples:
        _write(demo, AMIRA, said)
        demo.run()
        assert "did not understand" not in _thread(demo, AMIRA)[-1]["text"], said
    assert {"Order my metformin", "Show me my test results"} < set(examples)


def test_the_phone_knows_which_links_are_ours(demo: Doors) -> None:
    assert f'data-links="{PLAIN_URL}/"' in demo.client.get("/").text


def test_some_patients_wait_for_a_person_from_the_start_and_only_once(demo: Doors) -> None:
    for _ in range(2):
        let_some_wait(demo.surgery.program)
        demo.run()
    reasons = sorted(each.reason for each in demo.surgery.escalations())
    assert reasons == ["asked_for_person", "asked_for_person", "emergency", "not_me"]
