"""Who was reminded of an appointment, what they answered, who did not, and who could not be told."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Unavailable
from bot.notifying.standing import NO_REPLY, NONE, NOT_DELIVERED, TO_COME, UNTOLD, Standing, Standings
from bot.staff.roles import Task
from bot.wording import say_expected_time
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import Visitor

HERE = f"{HOME}/reminders"
# Name, the first day from today, and how many there are.
_DAYS = {"today": ("Today", 0, 1), "tomorrow": ("Tomorrow", 1, 1), "week": ("Next 7 days", 0, 8)}
_CHANGED = timedelta(days=7)
# What each group is shown as, those first that somebody may want to call.
GROUPS = {
    "not_coming": "Say they cannot come",
    "move": "Asked for another time",
    "unsure": "Not sure",
    "late": "Running late",
    UNTOLD: "Could not be told",
    NOT_DELIVERED: "The reminder did not arrive",
    NO_REPLY: "No reply",
    TO_COME: "Not reminded yet",
    NONE: "Booked too late for a reminder",
    "coming": "Coming",
}


class ReminderPages:
    """Looks only: what there is to do is done in the patient's conversation, or by phone."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program
        self._standings = Standings(site.program.database, site.program.backend, site.program.practice)

    def routes(self) -> list[BaseRoute]:
        return [self._site.page(HERE, self.show, Task.SEE_REMINDERS)]

    def show(self, visitor: Visitor) -> Response:
        asked = visitor.request.query_params
        days = asked.get("days") if asked.get("days") in _DAYS else "today"
        group = asked.get("group") if asked.get("group") in GROUPS else ""
        self._site.note(visitor, "reminders.view", subject=days)
        try:
            found, changed = self._found(days or "today")
        except Unavailable:
            return self._site.render(visitor, "reminders.html", days=days, tabs=_DAYS, found=None)
        counts = Counter(each.stage for each in found)
        return self._site.render(
            visitor,
            "reminders.html",
            days=days,
            tabs=_DAYS,
            group=group,
            groups={key: (name, counts[key]) for key, name in GROUPS.items() if counts[key]},
            found=[each for each in found if group in ("", each.stage)],
            changed=changed,
            say_time=self._say_time,
        )

    def _found(self, days: str) -> tuple[list[Standing], list[Standing]]:
        now, (_, first, count) = self._program.clock(), _DAYS[days]
        today = now.astimezone(self._program.practice.zone).date()
        start, end = (self._midnight(today + timedelta(days=ahead)) for ahead in (first, first + count))
        return self._standings.between(start, end, now), self._standings.changed_since(now - _CHANGED)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), self._program.practice.zone)

    def _say_time(self, standing: Standing) -> str:
        practice = self._program.practice
        return say_expected_time(standing.appointment.slot, practice.zone, practice.reminders.phone_window_minutes)
