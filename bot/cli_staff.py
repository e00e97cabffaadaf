"""`python -m bot staff …`: what staff switch on, give and take away, after checking who somebody is; and accounts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Optional

import typer
from rich.console import Console
from rich.table import Table

from bot import cli_accounts
from bot.cli_accounts import BY, not_possible
from bot.clock import system_clock
from bot.settings import load_settings

app = typer.Typer(help="Patients' access, as the surgery grants it, and staff accounts.", no_args_is_help=True)
app.add_typer(cli_accounts.app)  # without a name of their own: `staff add`, `staff list`

_out = Console()

_PATIENT = typer.Argument(..., help="The patient's id.")
_WHO = typer.Argument(..., help="A patient's id, or that of a trusted person.")

_CHECKED = typer.Option(None, help="How identity was checked: documents, vouching, …")
_FROM = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="Show the record from then on.")
_REVIEW = typer.Option(None, formats=["%Y-%m-%d"], help="When to look at this again.")
_PERSON = typer.Option(None, help="Their own patient id, if they are registered here.")
_UNTIL = typer.Option(None, formats=["%Y-%m-%d"], help="The last day.")


@app.command()
def access(
    patient: str = _PATIENT,
    level: str = typer.Argument(..., help="none, appointments, prescriptions, summary, coded or full."),
    by: str = BY,
    checked: Optional[str] = _CHECKED,
    since: Optional[datetime] = _FROM,
    whole: bool = typer.Option(False, "--whole-history", help="Show the record from its beginning."),
    review: Optional[datetime] = _REVIEW,
) -> None:
    """Switch on so much for a patient, and nothing else. Flags stay as they are."""
    with _at_the_desk(patient) as (desk, connection, now):
        held = desk.access_of(connection, patient)
        wanted = replace(
            held,
            level=level,
            verified_by=checked or held.verified_by,
            record_from=since.date() if since else held.record_from or now.date(),
            full_history=whole,
            review_on=review.date() if review else held.review_on,
        )
        desk.set_access(connection, patient, wanted, by, now)
    _out.print(f"{patient}: {level}")


@app.command()
def flag(
    patient: str = _PATIENT,
    name: str = typer.Argument(..., help="no_texts, no_record_by_chat, under_pressure, under_review or declined."),
    by: str = BY,
    off: bool = typer.Option(False, "--off", help="Take it off again."),
) -> None:
    """Put a flag on a patient, or take it off."""
    with _at_the_desk(patient) as (desk, connection, now):
        desk.flag(connection, patient, name, not off, by, now)
    _out.print(f"{patient}: {name} {'off' if off else 'on'}")


@app.command()
def key(person: str = _WHO, by: str = BY) -> None:
    """A registration key, to be handed over after checking identity. It is shown this once."""
    with _at_the_desk(person=person) as (desk, connection, now):
        given = desk.give_key(connection, person, by, now)
    _out.print(given, highlight=False)


@app.command()
def trust(
    patient: str = _PATIENT,
    name: str = typer.Option(..., help="Their name."),
    mobile: str = typer.Option(..., help="Their own mobile number."),
    level: str = typer.Option(..., help="The most they may see or do."),
    basis: str = typer.Option(..., help="parental_responsibility, consent, power_of_attorney, deputy, best_interests."),
    by: str = BY,
    person: Optional[str] = _PERSON,
    until: Optional[datetime] = _UNTIL,
) -> None:
    """Let somebody act for a patient."""
    from bot.identity.phone_numbers import as_e164
    from bot.store.proxies import Proxy

    number = as_e164(mobile)
    if number is None:
        raise typer.BadParameter("must be a mobile number", param_hint="--mobile")
    identifier = f"proxy-{secrets.token_hex(6)}"
    with _at_the_desk(patient) as (desk, connection, now):
        until_day: date | None = until.date() if until else None
        given = Proxy(
            identifier, patient, person or identifier, name, number, level, basis, by, now.date(), ends_on=until_day
        )
        desk.trust(connection, given, now)
    _out.print(identifier, highlight=False)


@app.command("review-trust")
def review_trust(patient: str = _PATIENT, proxy: str = typer.Argument(...), by: str = BY) -> None:
    """Staff have looked again at what somebody may do for a patient, and it stays."""
    with _at_the_desk(patient) as (desk, connection, now):
        desk.review(connection, _find(desk, connection, patient, proxy), by, now)
    _out.print(f"{proxy}: reviewed")


@app.command("end-trust")
def end_trust(patient: str = _PATIENT, proxy: str = typer.Argument(...), by: str = BY) -> None:
    """Somebody may no longer act for a patient, from now on."""
    with _at_the_desk(patient) as (desk, connection, now):
        desk.end_trust(connection, _find(desk, connection, patient, proxy), by, now)
    _out.print(f"{proxy}: ended")


@app.command()
def lock(person: str = _WHO, by: str = BY) -> None:
    """No proof by this person counts any more."""
    with _at_the_desk(person=person) as (desk, connection, now):
        desk.lock(connection, person, by, now)
    _out.print(f"{person}: locked")


@app.command()
def unlock(person: str = _WHO, by: str = BY) -> None:
    """What was locked counts again."""
    with _at_the_desk(person=person) as (desk, connection, now):
        desk.unlock(connection, person, by, now)
    _out.print(f"{person}: unlocked")


@app.command()
def show(patient: str = _PATIENT) -> None:
    """What is switched on for a patient, and who may act for them."""
    with _at_the_desk(patient) as (desk, connection, _):
        held, trusted = desk.access_of(connection, patient), desk.trusted(connection, patient)
    table = Table("What", "Is")
    for what, is_so in vars(held).items():
        if what != "is_proxy":
            table.add_row(what.replace("_", " "), ", ".join(sorted(is_so)) if what == "flags" else str(is_so or "-"))
    for each in trusted:
        table.add_row(
            f"trusted: {each.id}",
            f"{each.level}, {each.basis}, {f'until {each.ends_on}' if each.ends_on else 'no last day'}",
        )
    _out.print(table)


@contextmanager
def _at_the_desk(patient: str | None = None, person: str | None = None) -> Iterator[tuple[Any, Any, datetime]]:
    """The desk, a transaction, and now; what contradicts the rules ends the command with one line."""
    from bot.backend.base import NoSuchPatient
    from bot.backend.local import LocalBackend
    from bot.identity.desk import Desk, NotPossible
    from bot.practice import load_practice
    from bot.store import proxies
    from bot.store.database import open_database

    settings = load_settings()
    database = open_database(settings)
    database.upgrade()
    try:
        practice = load_practice(settings.practice_file)
        backend = LocalBackend(database, practice, system_clock)
        if patient is not None:
            backend.patient(patient)
        with database.write() as connection:
            if person is not None and not proxies.is_person(connection, person):
                backend.patient(person)
            yield Desk(practice), connection, system_clock()
    except NoSuchPatient:
        raise typer.BadParameter("there is nobody of this id") from None
    except NotPossible as error:
        raise not_possible(error.code) from None
    finally:
        database.close()


def _find(desk: Any, connection: Any, patient: str, proxy: str) -> Any:
    found = next((each for each in desk.trusted(connection, patient) if each.id == proxy), None)
    if found is None:
        raise typer.BadParameter("there is no such trusted person for this patient")
    return found
