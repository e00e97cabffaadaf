"""Patients who write by text or in the chat."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support import SMS, Surgery, Writer

Known = Callable[[str], Writer]


@pytest.fixture(params=["text", "chat"])
def patient(request: pytest.FixtureRequest, surgery: Surgery) -> Known:
    """`patient(AMIRA)`: somebody the surgery knows, by text and, in a second run, in the chat."""

    def known(number: str) -> Writer:
        if request.param == "text":
            return surgery.texting(number)
        writer = surgery.chatting()
        writer.says("when is my appointment")
        writer.identifies(number)
        return writer

    return known


def confirm(writer: Writer) -> str:
    """Answer a read-back as it asks to be answered: by text with its number, in the chat with yes."""
    number = re.search(r"Reply (\d+)", writer.answer)
    if writer.channel == SMS:
        assert number, writer.answer
        return writer.says(number[1])
    return writer.says("yes")


def offered(answer: str) -> list[str]:
    """The times of a list in full, without their numbers; what stands above it belongs to each."""
    listed = re.findall(r"^\d\. (.+)$", answer, re.M)
    above = re.search(r"^(\w+ \d+ \w+)( with .+)?:$", answer, re.M)
    return [f"{above[1]} at {each}{above[2] or ''}" for each in listed] if above else listed
