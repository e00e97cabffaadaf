"""Every action, once."""

from __future__ import annotations

from rasa_sdk import Action

from bot.actions.access_off import AccessOffForm, TurnOffAccess
from bot.actions.answers import Answer, NotUnderstood, OpeningHours, PracticeInfo, Repeat, Stop, TalkToHuman
from bot.actions.ask import AskAppointment, AskConfirmed, AskIdentified, AskReason, AskSlot, AskWanted
from bot.actions.book import BookAppointment, BookForm
from bot.actions.cancel import CancelAppointment, CancelForm
from bot.actions.correct import Correct
from bot.actions.later import AskGoOn, GoOn, LaterForm
from bot.actions.list_appointments import ListAppointments, ListForm
from bot.actions.pages import ActivityForm, ProofForm, RecordForm, ResultsForm, ShowPage
from bot.actions.record_problem import AskProblem, ProblemForm, ReportProblem
from bot.actions.reschedule import RescheduleAppointment, RescheduleForm
from bot.actions.safeguards import LogOut, ReportIntruder, UnderPressure

ALL: tuple[type[Action], ...] = (
    AccessOffForm,
    ActivityForm,
    Answer,
    AskAppointment,
    AskConfirmed,
    AskGoOn,
    AskIdentified,
    AskProblem,
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
    LogOut,
    NotUnderstood,
    OpeningHours,
    PracticeInfo,
    ProblemForm,
    ProofForm,
    RecordForm,
    Repeat,
    ReportIntruder,
    ReportProblem,
    RescheduleAppointment,
    RescheduleForm,
    ResultsForm,
    ShowPage,
    Stop,
    TalkToHuman,
    TurnOffAccess,
    UnderPressure,
)


def all_actions() -> list[Action]:
    return [action() for action in ALL]
