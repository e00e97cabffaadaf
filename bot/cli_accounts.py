"""`python -m bot staff add|list|role|disable|reset …`: accounts for the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import system_clock
from bot.settings import load_settings

app = typer.Typer()

_out, _err = Console(), Console(stderr=True)


def _is_a_name(value: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,40}", value, re.ASCII):
        raise typer.BadParameter("must be one word of letters, digits, dots or hyphens")
    return value


BY = typer.Option(
    ..., "--by", help="Who at the surgery does this: a name without spaces, for the audit trail.", callback=_is_a_name
)
_LOGIN = typer.Argument(..., help="The login of a member of staff.")
_SUBJECT = typer.Option(None, help="Their id at the sign-in service (for NHS CIS2: the UUID).")


@app.command()
def add(
    login: str = _LOGIN,
    name: str = typer.Option(..., help="Their name, as colleagues and patients see it."),
    role: str = typer.Option(..., help="reception, clinician, supervisor, admin or auditor."),
    by: str = BY,
    subject: Optional[str] = _SUBJECT,
) -> None:
    """A new account for the console. Prints a link to set it up with: once, within 24 hours."""
    with _accounts() as (accounts, url):
        token = accounts.add(login, name, role, by, subject)
    _say_setup(url, token)


@app.command()
def reset(login: str = _LOGIN, by: str = BY) -> None:
    """The way back in: who lost a passcode or a phone, was locked out or disabled, sets the account up anew."""
    with _accounts() as (accounts, url):
        token = accounts.reset(login, by)
    _say_setup(url, token)


@app.command()
def disable(login: str = _LOGIN, by: str = BY) -> None:
    """Somebody may no longer sign in, from now on. What they did stays."""
    with _accounts() as (accounts, _):
        accounts.disable(login, by)
    _out.print(f"{login}: disabled", markup=False, highlight=False)


@app.command()
def role(login: str = _LOGIN, new: str = typer.Argument(..., help="The new role."), by: str = BY) -> None:
    """Somebody has another role from now on."""
    with _accounts() as (accounts, _):
        accounts.change_role(login, new, by)
    _out.print(f"{login}: {new}", markup=False, highlight=False)


@app.command("list")
def list_accounts() -> None:
    """Who has an account."""
    table = Table("Login", "Name", "Role", "State")
    with _accounts() as (accounts, _):
        for each in accounts.all():
            table.add_row(each.account.login, each.account.name, each.account.role, each.state)
    _out.print(table)


def _say_setup(url: str, token: str) -> None:
    _out.print(f"{url}/console/set-up/{token}", markup=False, highlight=False, soft_wrap=True)
    _err.print("Give it to them alone. It works once, for 24 hours.")


@contextmanager
def _accounts() -> Iterator[tuple[Any, str]]:
    """The accounts, and the address of this deployment; what is not possible ends the command with one line."""
    from bot.practice import load_practice
    from bot.staff.accounts import Accounts, NotPossible
    from bot.store.database import open_database

    settings = load_settings()
    database = open_database(settings)
    database.upgrade()
    try:
        yield Accounts(database, load_practice(settings.practice_file), system_clock), settings.public_url
    except NotPossible as error:
        raise not_possible(error.code) from None
    finally:
        database.close()


def not_possible(code: str) -> typer.Exit:
    """Ends the command with one line."""
    _err.print(f"Not possible: {code.replace('_', ' ')}.", style="bold red")
    return typer.Exit(2)
