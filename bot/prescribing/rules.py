"""Whether and when a repeat medicine may be ordered, and when it is ready. Pure.

The rules are those of Prescription Ordering (GP IT Futures) and of the practice, see `prescriptions` in practice.yml.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.backend.prescribing import ACUTE, REPEAT_DISPENSING, PrescriptionRequest, RepeatMedication
from bot.practice import Practice

OK, EARLY = "ok", "early"
# Why something cannot be ordered.
STOPPED, NOT_REPEAT, DISPENSED, ASK_SURGERY = "stopped", "not_repeat", "repeat_dispensing", "ask_surgery"
ALREADY_ORDERED, NO_ISSUES_LEFT, REVIEW_DUE = "already_ordered", "no_issues_left", "review_due"
TOO_SOON, CONTROLLED = "too_soon", "controlled_too_soon"
REFUSALS = (
    STOPPED,
    NOT_REPEAT,
    DISPENSED,
    ASK_SURGERY,
    ALREADY_ORDERED,
    NO_ISSUES_LEFT,
    REVIEW_DUE,
    TOO_SOON,
    CONTROLLED,
)


@dataclass(frozen=True)
class Verdict:
    """Attributes:
    code: OK; EARLY: it needs a reason; or one of REFUSALS.
    on: a day that goes with it. EARLY, TOO_SOON, CONTROLLED: from when it may be ordered without a reason.
        ALREADY_ORDERED: when that order is to be ready. REVIEW_DUE: when the review was due. STOPPED: since when.
    """

    code: str
    on: date | None = None

    @property
    def is_orderable(self) -> bool:
        """Perhaps with a reason."""
        return self.code in (OK, EARLY)


def judge(
    repeat: RepeatMedication, requests: Iterable[PrescriptionRequest], practice: Practice, today: date
) -> Verdict:
    """Whether this medicine may be ordered today, given the orders there have been of any medicine."""
    if repeat.stopped_on is not None and repeat.stopped_on <= today:
        return Verdict(STOPPED, repeat.stopped_on)
    if repeat.prescribed_as in (ACUTE, REPEAT_DISPENSING):
        return Verdict(NOT_REPEAT if repeat.prescribed_as == ACUTE else DISPENSED)
    if repeat.ask_surgery:
        return Verdict(ASK_SURGERY)
    for request in requests:
        if request.repeat_id == repeat.id and request.is_outstanding(today):
            return Verdict(ALREADY_ORDERED, request.ready_on)
    if repeat.issues_left is not None and repeat.issues_left <= 0:
        return Verdict(NO_ISSUES_LEFT)
    grace = timedelta(days=practice.prescriptions.review_grace_days)
    if repeat.review_on is not None and today > repeat.review_on + grace:
        return Verdict(REVIEW_DUE, repeat.review_on)
    return _judge_day(repeat, practice, today)


def ready_on(practice: Practice, now: datetime) -> date:
    """The day on which what is ordered now will be at the pharmacy.

    An order counts from the working day on which it is read: today, unless it is late or the surgery has closed.
    """
    local = now.astimezone(practice.zone)
    spans = practice.open_spans(local.date())
    is_in_time = bool(spans) and local.time() < min(practice.prescriptions.late_from, spans[-1].end)
    day = local.date() if is_in_time else practice.after_working_days(local.date(), 1)
    return practice.after_working_days(day, practice.prescriptions.turnaround_working_days)


def runs_out_on(repeat: RepeatMedication, practice: Practice) -> date | None:
    """The first day for which the last issue has nothing any more; None before there was one."""
    if repeat.last_issued_on is None:
        return None
    return repeat.last_issued_on + timedelta(days=repeat.issue_days or practice.prescriptions.usual_days)


def _judge_day(repeat: RepeatMedication, practice: Practice, today: date) -> Verdict:
    rules, runs_out = practice.prescriptions, runs_out_on(repeat, practice)
    if runs_out is None:
        return Verdict(OK)
    days = rules.controlled_early_days if repeat.is_controlled else rules.early_days
    # Never so late that it is not there in time: before Christmas few days are working days.
    due = min(runs_out - timedelta(days=days), _last_day_in_time(runs_out, practice))
    if today >= due:
        return Verdict(OK)
    if repeat.is_controlled:
        return Verdict(CONTROLLED, due)
    if today >= runs_out - timedelta(days=rules.early_with_reason_days):
        return Verdict(EARLY, due)
    return Verdict(TOO_SOON, due)


def _last_day_in_time(needed_on: date, practice: Practice) -> date:
    """The last working day on which an order is still ready by then."""
    day = needed_on
    while not (
        practice.is_working_day(day)
        and practice.after_working_days(day, practice.prescriptions.turnaround_working_days) <= needed_on
    ):
        day -= timedelta(days=1)
    return day
