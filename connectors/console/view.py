"""A conversation's page, as it is shown to staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.backend.base import Patient
from bot.escalation.summary import Summary
from bot.store.attachments import Attachment
from bot.store.conversations import Conversation
from bot.store.escalations import Escalation
from bot.store.held_replies import HeldReply
from bot.store.messages import StoredMessage
from bot.store.proxies import Proxy
from connectors.console import words


@dataclass(frozen=True)
class Line:
    """One message as staff read it. `media`: how many pictures came along that are not kept; `files` are."""

    said: StoredMessage
    author: str
    fate: str
    is_lost: bool
    media: int
    files: tuple[Attachment, ...]


@dataclass(frozen=True)
class Step:
    """One thing in the story of an escalation; `words` only of a note."""

    what: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Banner:
    """What the record says of the patient, for whoever answers them."""

    born: date
    age: int
    nhs_number: str | None
    number: str | None
    level: str
    flags: tuple[words.FlagWords, ...]
    trusted: tuple[Proxy, ...]
    needs: tuple[str, ...]
    proof: str


@dataclass(frozen=True)
class View:
    """Attributes:
    held: the live escalation, or the last; None if there never was one.
    is_live, is_mine: whether it is live, and with whoever looks.
    on_hold: replies that can still be taken back.
    unreachable: why what is written here would not be read; "".
    """

    conversation: Conversation
    held: Escalation | None
    is_live: bool
    is_mine: bool
    assignee: str
    patient: Patient | None
    who: str
    why: str
    channel: str
    waits: str
    number: str | None
    banner: Banner | None
    summary: Summary | None
    earlier: tuple[str, ...]
    lines: tuple[Line, ...]
    on_hold: tuple[HeldReply, ...]
    story: tuple[Step, ...]
    seen: int
    unreachable: str
    closed_why: str
