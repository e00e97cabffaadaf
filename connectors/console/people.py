"""Whom a conversation is with, in the words that a queue has room for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.backend.base import NoSuchPatient, Patient, Unavailable
from bot.identity.phone_numbers import spoken
from bot.program import Program
from bot.store.conversations import DESK, SMS, THREAD, WEB, Conversation
from bot.store.escalations import Escalation

CHANNELS: Mapping[str, str] = {SMS: "Text", WEB: "Web chat", THREAD: "Message", DESK: "For staff"}


def patient_of(program: Program, held: Escalation | None, conversation: Conversation) -> Patient | None:
    """Who it is about, as far as is known: from a proof, or from a number that leads to one patient alone."""
    try:
        if held is not None and held.patient_id:
            return program.backend.patient(held.patient_id)
        if conversation.channel == SMS:
            reached = program.services.callers.reached_by(conversation.address, program.clock())
            return reached[0].patient if len(reached) == 1 else None
    except (NoSuchPatient, Unavailable):
        pass
    return None


def name_of(patient: Patient | None, conversation: Conversation) -> str:
    """Until they are known, the end of their number: enough to tell two apart."""
    if patient is not None:
        return patient.name
    if conversation.channel == SMS:
        return f"Number ending {conversation.address[-3:]}"
    return "Somebody in the web chat"


def number_of(patient: Patient | None, conversation: Conversation) -> str | None:
    """Where they can be called."""
    number = conversation.address if conversation.channel == SMS else patient and patient.mobile
    return spoken(number) if number else None


def say_nhs_number(number: str | None) -> str | None:
    """999 123 4567, as the NHS writes it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else None


def say_ago(since: datetime | None, now: datetime) -> str:
    """How long something has lasted: "under a minute", "12 min", "3 h 5 min", "2 days"."""
    if since is None:
        return ""
    minutes = int((now - since).total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "under a minute"
    if hours < 1:
        return f"{minutes} min"
    if days < 2:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} days"
