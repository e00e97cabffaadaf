"""The running assistant without its doors: store, agent, gateway, delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot import rasa_compat

rasa_compat.prepare()  # before anything imports Rasa

from bot.actions.registry import all_actions  # noqa: E402
from bot.actions.turn import Services  # noqa: E402
from bot.backend.base import PracticeBackend  # noqa: E402
from bot.backend.local import LocalBackend  # noqa: E402
from bot.clock import Clock, system_clock  # noqa: E402
from bot.delivery import Delivery, TextSender  # noqa: E402
from bot.dialogue import Dialogue  # noqa: E402
from bot.earlier.keeping import FREED, keeping_offered  # noqa: E402
from bot.earlier.offering import Offering  # noqa: E402
from bot.earlier.telling import OfferTeller  # noqa: E402
from bot.escalation.access_reviews import AccessReviews  # noqa: E402
from bot.escalation.handover import QUEUE, Handover  # noqa: E402
from bot.escalation.results import UntoldResults  # noqa: E402
from bot.escalation.timers import Timers  # noqa: E402
from bot.gateway import Gateway  # noqa: E402
from bot.notifying.ages import AgeNotices  # noqa: E402
from bot.notifying.broadcasts import BroadcastTeller  # noqa: E402
from bot.notifying.notifier import Notifier, Teller  # noqa: E402
from bot.notifying.reminders import Reminders  # noqa: E402
from bot.notifying.results import ResultNews  # noqa: E402
from bot.notifying.schedule import Planner, Schedule  # noqa: E402
from bot.practice import Practice, load_practice  # noqa: E402
from bot.prescribing.news import ORDERS, OrderNews  # noqa: E402
from bot.prescribing.waiting import OrdersUntold, OrdersWaiting  # noqa: E402
from bot.responses import Responses  # noqa: E402
from bot.settings import Settings, SettingsError  # noqa: E402
from bot.staff.accounts import Accounts  # noqa: E402
from bot.store.audit_anchor import ANCHOR_FILE, AnchorKeeper  # noqa: E402
from bot.store.database import Database, open_database  # noqa: E402
from bot.store.notices import INBOX, OUTBOX, SCHEDULE, Notices  # noqa: E402
from bot.workers import Workers  # noqa: E402
from bot.writing.copies import Copies  # noqa: E402
from bot.writing.news import AnswerNews, DetailsNews  # noqa: E402

TURN_WORKERS = 4
SENDERS = 2
_LOOK_EVERY = timedelta(seconds=30)  # for what there is to tell


@dataclass
class Program:
    """The running assistant, without its doors."""

    settings: Settings
    practice: Practice
    clock: Clock
    database: Database
    notices: Notices
    backend: PracticeBackend
    services: Services
    responses: Responses
    dialogue: Dialogue
    gateway: Gateway
    handover: Handover
    accounts: Accounts

    def start(self, sender: TextSender) -> Delivery:
        """Begin to run turns and to send texts."""
        self.delivery = Delivery(self.database, self.notices, sender, self.clock)
        schedule = self.schedule()
        self.notices.listen(FREED, schedule.look_soon)
        self.notices.listen(ORDERS, schedule.look_soon)
        self._workers: list[Workers | AnchorKeeper] = [
            Workers(self.gateway.work_once, self.notices, INBOX, TURN_WORKERS),
            Workers(self.delivery.work_once, self.notices, OUTBOX, SENDERS),
            Workers(self.timers().work_once, self.notices, QUEUE, 1),
            Workers(schedule.work_once, self.notices, SCHEDULE, 1),
            Workers(self.copies().work_once, self.notices, QUEUE, 1),
            # Stopped last: it anchors what the others wrote.
            AnchorKeeper(self.database, self.settings.home / ANCHOR_FILE, self.clock),
        ]
        self.notices.start()
        for workers in self._workers:
            workers.start()
        return self.delivery

    def timers(self) -> Timers:
        """What happens by itself to escalations."""
        untold = UntoldResults(self.database, self.backend, self.clock)
        waiting = OrdersWaiting(self.database, self.backend, self.practice, self.clock)
        reviews = AccessReviews(self.database, self.practice, self.clock)
        looking = [untold, waiting, OrdersUntold(self.database, self.clock), reviews]
        return Timers(self.database, self.practice, looking, self.notices, self.clock)

    def copies(self) -> Copies:
        """What brings messages into the record."""
        return Copies(self.database, self.backend, self.clock)

    def schedule(self) -> Schedule:
        """What is told by text without being asked: who finds it, and who has the words for it."""
        reminders = Reminders(self.database, self.backend, self.practice, self.responses)
        offering = Offering(self.database, self.backend, self.practice, self.services.callers)
        offers = OfferTeller(self.database, self.backend, self.practice, self.responses)
        orders = OrderNews(self.database, self.backend, self.practice, self.responses)
        many = BroadcastTeller(self.database, self.backend, self.practice)
        results = ResultNews(self.database, self.backend, self.practice, self.responses)
        ages = AgeNotices(self.database, self.backend, self.practice, self.responses)
        planners: list[Planner] = [reminders, offering, many, orders, results, ages]
        tellers: list[Teller] = [reminders, offers, many, orders, results, ages, *self._news()]
        by_kind = {each.kind: each for each in tellers}
        notifier = Notifier(self.database, self.backend, self.practice, self.notices, self.clock, by_kind)
        return Schedule(planners, notifier, self.clock, _LOOK_EVERY)

    def _news(self) -> list[Teller]:
        answers = AnswerNews(self.database, self.backend, self.services.callers, self.responses)
        return [answers, DetailsNews(self.database, self.responses)]

    def stop(self) -> None:
        """Finish what is running; what waits is kept."""
        for workers in getattr(self, "_workers", ()):
            workers.stop()
        self.notices.stop()
        self.dialogue.close()
        self.database.close()


def assemble(settings: Settings, clock: Clock = system_clock, dialogue: Dialogue | None = None) -> Program:
    """Put the program together.

    Raises:
        SettingsError: with one line that names what is wrong.
    """
    practice = load_practice(settings.practice_file)
    database = open_database(settings)
    database.upgrade()
    notices = Notices(database)
    backend = keeping_offered(LocalBackend(database, practice, clock), database, notices)
    responses = Responses(practice)
    services = Services.over(practice, database, backend, responses, notices, clock, settings.public_url)
    dialogue = dialogue or Dialogue(newest_model(settings.models), all_actions())
    dialogue.use_wording(practice.wording)
    gateway = Gateway(database, notices, dialogue, services, responses, clock)
    handover = Handover(database, practice, responses, notices, clock)
    accounts = Accounts(database, practice, clock)
    assembled = (database, notices, backend, services, responses, dialogue, gateway, handover, accounts)
    return Program(settings, practice, clock, *assembled)


def newest_model(folder: Path) -> Path:
    """The model to serve: the one trained last."""
    trained = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not trained:
        raise SettingsError(f"BOT_MODELS {folder} holds no trained model: run `python -m bot train`")
    return trained[-1]
