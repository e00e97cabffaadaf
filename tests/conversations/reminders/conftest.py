"""Tom has been reminded of his appointment on Wednesday 25 November at 10 the day before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support import MONDAY, TOM, Surgery, Writer

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture()
def tom(surgery: Surgery) -> Writer:
    surgery.clock.now = TUESDAY
    surgery.run()
    assert any(number == TOM and "Reply OK" in body for number, body in surgery.network.texts)
    surgery.clock.forward(minutes=20)
    return surgery.texting(TOM)
