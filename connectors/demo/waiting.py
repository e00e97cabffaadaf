"""A few invented patients who have written already, so that the console has something to show from the start."""

from __future__ import annotations

from bot.backend.demo_people import PATIENTS
from bot.gateway import Inbound
from bot.program import Program
from bot.store.conversations import SMS

# Who wrote what. The turns run as everybody's do; sent again under the same ids, they change nothing.
_WROTE = (
    ("Zainab", "Hello, could I speak to a person please? My referral letter has not come."),
    ("Daniel", "someone has been in my account, it was not me who logged in"),
    ("Hannah", "I need to talk to a human about my hospital appointment"),
    ("Priya", "my chest feels tight and i cant breathe properly"),
)


def let_some_wait(program: Program) -> None:
    """Their texts come in, once."""
    numbers = {each.patient.first_name: each.patient.mobile for each in PATIENTS}
    for first_name, text in _WROTE:
        number = numbers[first_name]
        if number:
            program.gateway.receive(Inbound(SMS, number, f"demo-{first_name}", text))
