"""Patients whom the chat knows, and those who have proved who they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.identity.step_up import Verdict
from tests.conversations.conftest import Known
from tests.support import AMIRA, Surgery, Writer


@pytest.fixture()
def amira(patient: Known) -> Writer:
    return patient(AMIRA)


@pytest.fixture()
def proved(patient: Known, surgery: Surgery) -> Callable[[str, str], Writer]:
    """`proved(AMIRA, "Amira")`: somebody who has logged in, by text and in the chat."""

    def logged_in(number: str, first_name: str) -> Writer:
        writer = patient(number)
        writer.says("log me in", payload="/prove_identity")
        assert writer.proves(surgery.passcode(first_name)) is Verdict.PASSED
        return writer

    return logged_in
