"""Every action, once."""

from __future__ import annotations

from rasa_sdk import Action

from bot.actions.answers import Answer, NotUnderstood, OpeningHours, PracticeInfo, Repeat, Stop, TalkToHuman
from bot.actions.ask import AskAppointment, AskConfirmed, AskIdentified, AskReason, AskSlot, AskWanted
from bot.actions.book import BookAppointment, BookForm
from bot.actions.cancel import CancelAppointment, CancelForm
from bot.actions.correct import Correct
from bot.actions.later import AskGoOn, GoOn, LaterForm
from bot.actions.list_appointments import ListAppointments, ListForm
from bot.actions.reschedule import RescheduleAppointment, RescheduleForm

ALL: tuple[type[Action], ...] = (
    Answer,
    AskAppointment,
    AskConfirmed,
    AskGoOn,
    AskIdentified,
    AskReason,
    AskSlot,
    AskWanted,
    BookAppointment,
    BookForm,
    CancelAppointment,
    CancelForm,
    Correct,
    GoOn,
    LaterForm,
    ListAppointments,
    ListForm,
    NotUnderstood,
    OpeningHours,
    PracticeInfo,
    Repeat,
    RescheduleAppointment,
    RescheduleForm,
    Stop,
    TalkToHuman,
)


def all_actions() -> list[Action]:
    return [action() for action in ALL]
