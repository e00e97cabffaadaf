"""Every action, once."""

from __future__ import annotations

from rasa_sdk import Action

from bot.actions.access_off import AccessOffForm, TurnOffAccess
from bot.actions.answers import Answer, NotUnderstood, OpeningHours, PracticeInfo, Repeat, Stop, TalkToHuman
from bot.actions.ask import AskAppointment, AskConfirmed, AskIdentified, AskReason, AskSlot, AskWanted
from bot.actions.book import BookAppointment, BookForm
from bot.actions.cancel import CancelAppointment, CancelForm
from bot.actions.cancel_order import AskPrescription, CancelOrder, CancelOrderForm
from bot.actions.correct import Correct
from bot.actions.earlier import AskAgreed, AskDays, AskWhom, EarlierForm, StopWaiting, StopWaitingForm, TellEarlier
from bot.actions.later import AskGoOn, GoOn, LaterForm
from bot.actions.list_appointments import ListAppointments, ListForm
from bot.actions.message import AskMessage, AskSending, AskTopic, Complain, MessageForm, SendMessage
from bot.actions.order import AskEarlyReason, AskMedicines, AskNote, AskPassOn, OrderPrescription
from bot.actions.order_form import OrderForm
from bot.actions.pages import (
    ActivityForm,
    DetailsForm,
    MessagesForm,
    PharmacyForm,
    ProofForm,
    RecordForm,
    ResultsForm,
    ShowPage,
    StatusForm,
)
from bot.actions.record_problem import AskProblem, ProblemForm, ReportProblem
from bot.actions.reschedule import RescheduleAppointment, RescheduleForm
from bot.actions.run_out import RunOut
from bot.actions.safeguards import LogOut, ReportIntruder, UnderPressure

ALL: tuple[type[Action], ...] = (
    AccessOffForm,
    ActivityForm,
    Answer,
    AskAgreed,
    AskAppointment,
    AskConfirmed,
    AskDays,
    AskEarlyReason,
    AskGoOn,
    AskIdentified,
    AskMedicines,
    AskMessage,
    AskNote,
    AskPassOn,
    AskPrescription,
    AskProblem,
    AskReason,
    AskSending,
    AskSlot,
    AskTopic,
    AskWanted,
    AskWhom,
    BookAppointment,
    BookForm,
    CancelAppointment,
    CancelForm,
    CancelOrder,
    CancelOrderForm,
    Complain,
    Correct,
    DetailsForm,
    EarlierForm,
    GoOn,
    LaterForm,
    ListAppointments,
    ListForm,
    LogOut,
    MessageForm,
    MessagesForm,
    NotUnderstood,
    OpeningHours,
    OrderForm,
    OrderPrescription,
    PharmacyForm,
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
    RunOut,
    SendMessage,
    ShowPage,
    StatusForm,
    Stop,
    StopWaiting,
    StopWaitingForm,
    TalkToHuman,
    TellEarlier,
    TurnOffAccess,
    UnderPressure,
)


def all_actions() -> list[Action]:
    return [action() for action in ALL]
