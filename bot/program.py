"""The running assistant without its doors: store, agent, gateway, delivery."""

from __future__ import annotations

from dataclasses import dataclass
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
from bot.escalation.handover import QUEUE, Handover  # noqa: E402
from bot.escalation.results import UntoldResults  # noqa: E402
from bot.escalation.timers import Timers  # noqa: E402
from bot.gateway import Gateway  # noqa: E402
from bot.practice import Practice, load_practice  # noqa: E402
from bot.responses import Responses  # noqa: E402
from bot.settings import Settings, SettingsError  # noqa: E402
from bot.staff.accounts import Accounts  # noqa: E402
from bot.store.audit_anchor import ANCHOR_FILE, AnchorKeeper  # noqa: E402
from bot.store.database import Database, open_database  # noqa: E402
from bot.store.notices import INBOX, OUTBOX, Notices  # noqa: E402
from bot.workers import Workers  # noqa: E402

TURN_WORKERS = 4
SENDERS = 2


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
        self._workers: list[Workers | AnchorKeeper] = [
            Workers(self.gateway.work_once, self.notices, INBOX, TURN_WORKERS),
            Workers(self.delivery.work_once, self.notices, OUTBOX, SENDERS),
            Workers(self.timers().work_once, self.notices, QUEUE, 1),
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
        return Timers(self.database, self.practice, untold, self.notices, self.clock)

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
    backend = LocalBackend(database, practice, clock)
    notices = Notices(database)
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
