"""Every step of every journey: how a patient gets there, and how the journey is finished from there."""

from __future__ import annotations

from dataclasses import dataclass

from tests.conversations.conftest import Known, confirm
from tests.support import AMIRA, PRIYA, TOM, Writer


@dataclass(frozen=True)
class Step:
    """`before` leads to the question, `rest` answers it and those that follow; `asks` is in its short form."""

    number: str
    before: tuple[str, ...]
    rest: tuple[str, ...]
    asks: str
    done: str

    def reach(self, patient: Known) -> Writer:
        writer = patient(self.number)
        for text in self.before:
            writer.says(text)
        return writer

    def finish(self, writer: Writer) -> str:
        for text in self.rest:
            writer.says(text)
        return confirm(writer)


_BOOKED, _MOVED, _CANCELLED = "Booked: Tuesday 24 November", "Moved.", "Your appointment is cancelled"
_BOOK, _ORDER, _ORDERED = "book an appointment", "order my metformin", "Ordered: metformin"
STEPS = {
    "book, when": Step(AMIRA, (_BOOK,), ("tomorrow", "1", "no"), "when would you like", _BOOKED),
    "book, which time": Step(AMIRA, (f"{_BOOK} tomorrow",), ("1", "no"), "Which time would you like", _BOOKED),
    "book, why": Step(AMIRA, (f"{_BOOK} tomorrow", "1"), ("no",), "what is the reason", _BOOKED),
    "book, sure": Step(AMIRA, (f"{_BOOK} tomorrow", "1", "no"), (), "shall I book it", _BOOKED),
    "move, which": Step(PRIYA, ("move my appointment",), ("2", "friday", "1"), "which appointment do you mean", _MOVED),
    "move, when": Step(TOM, ("move my appointment",), ("friday", "1"), "when would you like", _MOVED),
    "move, which time": Step(TOM, ("move my appointment to friday",), ("1",), "Which time would you like", _MOVED),
    "move, sure": Step(TOM, ("move my appointment to friday", "1"), (), "shall I move it", _MOVED),
    "cancel, which": Step(PRIYA, ("cancel my appointment",), ("2",), "which appointment do you mean", _CANCELLED),
    "cancel, sure": Step(TOM, ("cancel my appointment",), (), "shall I cancel it", _CANCELLED),
    "order, which": Step(AMIRA, ("order my repeat",), ("metformin", "no"), "which medicines do you need", _ORDERED),
    "order, the rest": Step(AMIRA, (f"{_ORDER} and ramipril",), ("no", "no"), "Shall I pass it", _ORDERED),
    "order, why early": Step(
        AMIRA, ("order my cetirizine",), ("my holiday", "no"), "why do you need it", "Ordered: cet"
    ),
    "order, note": Step(AMIRA, (_ORDER,), ("no",), "what is your note", _ORDERED),
    "order, sure": Step(AMIRA, (_ORDER, "no"), (), "shall I order it", _ORDERED),
    "cancel order, sure": Step(TOM, ("cancel my prescription order",), (), "shall I cancel your order", "is cancelled"),
}
