"""The command line: `python -m bot VERB`. Heavy modules are imported by the verb that needs them."""

from __future__ import annotations

import json
import os
import sys
from datetime import time
from typing import Any, Optional

import typer
from rich.console import Console
from rich.table import Column, Table

from bot import cli_audit, cli_examples, cli_staff
from bot.settings import Settings, SettingsError, load_settings

app = typer.Typer(help="A conversational assistant for GP practices.", no_args_is_help=True, add_completion=False)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_staff.app, name="staff")
app.add_typer(cli_examples.app, name="examples")

_out, _err = Console(), Console(stderr=True)


def main() -> None:
    """Run the command line; a wrong setting ends it with one line."""
    try:
        app()
    except SettingsError as error:
        _err.print(str(error), style="bold red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


@app.command()
def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8080, help="Port to listen on."),
    demo: bool = typer.Option(False, "--demo", help="Add the demo practice and the pretend pages."),
) -> None:
    """Answer patients: text messages, web chat, delivery."""
    import uvicorn

    settings = _settings(host, port)
    from bot.app import web_app
    from bot.program import assemble

    program = assemble(settings)
    if demo:
        _ensure_demo(program)
    _open_demo_staff(program, demo)
    if demo and not settings.has_twilio:  # what they are answered goes to the pretend phone, and nowhere else
        from connectors.demo.waiting import let_some_wait

        let_some_wait(program)
        _text_at_any_hour(program)
    _say_where(program, demo)
    config = uvicorn.Config(
        web_app(program, demo), host=host, port=port, ws="none", access_log=False, log_level="warning",
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    uvicorn.Server(config).run()


@app.command()
def train(quiet: bool = typer.Option(False, help="Print only the model's path.")) -> None:
    """Train the dialogue model from data/, domain.yml and config.yml."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    settings = load_settings()
    from bot.training import train_model

    _out.print(str(train_model(settings.models, quiet)), markup=False, highlight=False, soft_wrap=True)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database's tables to the newest revision."""
    settings = load_settings()
    from bot.store.database import open_database

    database = open_database(settings)
    database.upgrade()
    database.close()
    _err.print("The database is up to date.")


@app.command("demo")
def show_demo(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Who is who in the demo practice."""
    from bot.backend.demo_people import CLINICIANS, PATIENTS, PROXIES
    from bot.backend.demo_staff import STAFF

    staff = [_demo_member(each) for each in STAFF]
    if as_json:
        patients = [_demo_patient(each) for each in PATIENTS]
        clinicians = [each.__dict__ for each in CLINICIANS]
        proxies = [_demo_proxy(each) for each in PROXIES]
        _print_json({"patients": patients, "clinicians": clinicians, "proxies": proxies, "staff": staff})
        return
    table = Table("Patient", "Mobile", Column("Passcode", no_wrap=True), "Shows")
    for each in PATIENTS:
        table.add_row(each.patient.name, each.patient.mobile or "none", each.passcode or "none", each.shows)
    _out.print(table)
    trusted = Table("Trusted person", "Mobile", Column("Passcode", no_wrap=True), "For", "Sees at most")
    for proxy in map(_demo_proxy, PROXIES):
        trusted.add_row(*(proxy[name] or "none" for name in ("name", "mobile", "passcode", "patient", "level")))
    _out.print(trusted)
    members = Table("Member of staff", "Role", "Login", Column("Passcode", no_wrap=True), "Authenticator secret")
    for member in staff:
        members.add_row(*(member[name] for name in ("name", "role", "login", "passcode", "authenticator")))
    _out.print(members)


@app.command()
def chat(
    number: Optional[str] = typer.Option(None, "--from", help="Text from this number; without it, web chat."),
    as_json: bool = typer.Option(False, "--json", help="Print a JSON object a turn."),
) -> None:
    """Talk to the assistant here: one line in, one turn."""
    settings = load_settings()
    from bot.console_chat import ConsoleChat
    from bot.program import assemble

    program = assemble(settings)
    _ensure_demo_if_empty(program)
    talk = ConsoleChat(program, number)
    for line in sys.stdin:
        answer = talk.say(line.rstrip("\n"))
        _print_answer(answer, as_json)
    program.stop()


@app.command()
def parse() -> None:
    """Read JSON lines {id, text, reference, repeats} and print what each means, a JSON line each."""
    settings = load_settings()
    from bot.console_chat import Reader

    reader = Reader(settings)
    for line in sys.stdin:
        if line.strip():
            _print_json(reader.read(json.loads(line)))
    reader.close()


def _settings(host: str, port: int) -> Settings:
    """Unless it is set, the public address is where we listen."""
    if "BOT_PUBLIC_URL" in os.environ:
        return load_settings()
    return load_settings(public_url=f"http://{host}:{port}")


def _ensure_demo(program: Any) -> None:
    from bot.backend.demo import ensure_demo

    ensure_demo(program.database, program.practice, program.clock)


def _text_at_any_hour(program: Any) -> None:
    """A demonstration is given in the evening, too, and nobody is woken: news of an order comes at once."""
    texts = program.practice.texts
    texts.start, texts.end = time.min, time.max


def _open_demo_staff(program: Any, demo: bool) -> None:
    """Accounts with passcodes that everybody may know: open while the demonstration is shown, and shut otherwise."""
    from bot.backend.demo_staff import end_demo_staff, ensure_demo_staff

    (ensure_demo_staff if demo else end_demo_staff)(program.database, program.clock)


def _ensure_demo_if_empty(program: Any) -> None:
    """A console with nobody to talk as is no use: the demo practice comes where there is no practice yet."""
    from bot.backend.demo import is_empty

    if not program.settings.has_twilio and is_empty(program.database):
        _err.print("No patients yet: using the demo practice.")
        _ensure_demo(program)


def _say_where(program: Any, demo: bool) -> None:
    url = program.settings.public_url
    lines = [
        ("Web chat", f"{url}/chat"),
        ("Staff console", f"{url}/console"),
        ("Twilio webhook", f"{url}/sms/inbound"),
    ]
    if demo:
        lines.insert(0, ("Pretend practice and phone", f"{url}/"))
    for what, where in lines:
        _out.print(f"{what:<28}{where}", markup=False, highlight=False, soft_wrap=True)
    if demo:
        _say_demo_staff()
    if not program.settings.has_twilio:
        _out.print("No Twilio account is set: texts go to the pretend phone and nowhere else.", soft_wrap=True)


def _say_demo_staff() -> None:
    """How to sign in to the console of the demonstration; there is a button for it, too."""
    import pyotp

    from bot.backend.demo_staff import STAFF

    for each in STAFF:
        said = f"{each.account.login}, passcode {each.passcode}, code now {pyotp.TOTP(each.authenticator).now()}"
        _out.print(f"{f'Staff login ({each.account.role})':<28}{said}", markup=False, highlight=False, soft_wrap=True)


def _print_answer(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(answer)
        return
    for text in answer["texts"]:
        _out.print(f"[text to {text['to']}] {text['body']}", style="dim", markup=False)
    for reply in answer["replies"]:
        _out.print(reply["text"], style="cyan", markup=False)
        if reply["quick_replies"]:
            _out.print("  ".join(f"({label})" for label in reply["quick_replies"]), style="dim", markup=False)


def _print_json(value: Any) -> None:
    """One line, as other programs like it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _demo_patient(each: Any) -> dict[str, Any]:
    patient = each.patient
    return {
        "name": patient.name,
        "mobile": patient.mobile,
        "date_of_birth": patient.date_of_birth.isoformat(),
        "nhs_number": patient.nhs_number,
        "passcode": each.passcode,
        "shows": each.shows,
    }


def _demo_member(each: Any) -> dict[str, Any]:
    return {**vars(each.account), "passcode": each.passcode, "authenticator": each.authenticator}


def _demo_proxy(each: Any) -> dict[str, Any]:
    """With the passcode they prove themselves with, be they registered here or not."""
    from bot.backend.demo_people import find_patient, passcodes

    return {
        "name": each.name,
        "mobile": each.mobile,
        "passcode": passcodes().get(each.person_id),
        "patient": find_patient(each.patient_id).patient.name,
        "level": each.level,
        "basis": each.basis,
    }
