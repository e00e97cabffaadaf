"""`python -m bot examples …`: what the assistant did not understand, for the person who trains it."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from bot.clock import system_clock
from bot.settings import ROOT, load_settings

app = typer.Typer(help="Examples that staff have approved.", no_args_is_help=True)

_err = Console(stderr=True)
_FILE = typer.Argument(..., dir_okay=False, help="A new file, to be read before anything of it goes into data/nlu/.")


@app.callback()
def main() -> None:
    """Examples that staff have approved."""


@app.command()
def export(file: Path = _FILE) -> None:
    """Write the approved examples to a file, as Rasa NLU training data, and delete them here."""
    if (ROOT / "data") in file.resolve().parents:
        raise typer.BadParameter("not into data/: somebody has to read them first")
    if file.exists():
        raise typer.BadParameter("there is a file of this name already")
    settings = load_settings()
    from bot.backend.local import LocalBackend
    from bot.identity.callers import Callers
    from bot.insight.examples import Examples, as_training_data
    from bot.practice import load_practice
    from bot.store.database import open_database

    database = open_database(settings)
    database.upgrade()
    practice = load_practice(settings.practice_file)
    backend = LocalBackend(database, practice, system_clock)
    held = Examples(database, backend, Callers(database, backend, practice), system_clock)
    approved = held.approved()
    if approved:
        file.write_text(as_training_data(approved), encoding="utf-8")
        held.exported(approved)
    database.close()
    _err.print(
        f"{len(approved)} examples" + (f" written to {file}. Read them before you use them." if approved else ".")
    )
