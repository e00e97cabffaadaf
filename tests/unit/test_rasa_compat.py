"""What is changed in Rasa, and that each change does what it says."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import structlog
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from bot import rasa_compat
from bot.dialogue import Dialogue
from bot.settings import ROOT
from bot.store.conversations import SMS, open_conversation
from bot.store.database import Database
from bot.store.private import CannotOpen
from bot.store.tracker import LONG, LoadedTracker, load_tracker, save_events
from tests.support import AMIRA, MONDAY


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_another_version_of_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "3.7.0")
    with pytest.raises(RuntimeError, match=r"written for rasa 3\.6\.21; this is 3\.7\.0"):
        rasa_compat._check_version()


def test_the_version_that_is_installed_is_accepted() -> None:
    rasa_compat._check_version()


def test_serving_never_imports_tensorflow() -> None:
    done = run_python(
        "import sys; import bot.program; from bot.actions.registry import all_actions;"
        "from bot.dialogue import Dialogue; from bot.program import newest_model; from bot.settings import ROOT;"
        "dialogue = Dialogue(newest_model(ROOT / 'models'), all_actions());"
        "dialogue.parse('book an appointment', '2026-11-23T10:00:00+00:00');"
        "dialogue.close();"
        "print([name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras')])"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_telemetry_is_off() -> None:
    done = run_python("import bot.program; from rasa import telemetry; print(telemetry.is_telemetry_enabled())")
    assert done.stdout.strip().splitlines()[-1] == "False"


def _rasas_own_answer(type_name: str) -> Any:
    for cls in all_subclasses(Event):
        if cls.type_name == type_name:
            return cls
    raise ValueError(type_name)


@pytest.mark.parametrize(
    "cls", sorted(set(all_subclasses(Event)), key=lambda cls: cls.__name__), ids=lambda cls: cls.__name__
)
def test_an_event_is_resolved_to_the_class_that_rasa_would_give(cls: type[Event]) -> None:
    assert Event.resolve_by_type(cls.type_name) is _rasas_own_answer(cls.type_name)


def test_an_unknown_event_is_refused_as_rasa_refuses_it() -> None:
    with pytest.raises(ValueError, match="no_such_event"):
        Event.resolve_by_type("no_such_event")
    assert Event.resolve_by_type("no_such_event", ActionExecuted) is ActionExecuted


class _Answers(Action):
    def name(self) -> str:
        return "action_answers"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="done")
        return []


class _Fails(Action):
    def name(self) -> str:
        return "action_fails"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise KeyError("knee pain since Tuesday")


class _Rejects(Action):
    def name(self) -> str:
        return "action_rejects"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ActionExecutionRejection("action_rejects")


def _call(name: str) -> tuple[Any, list[tuple[str, Exception]]]:
    noted: list[tuple[str, Exception]] = []
    actions = rasa_compat.InProcessActions(
        [_Answers(), _Fails(), _Rejects()], lambda action, error: noted.append((action, error))
    )
    tracker = {"sender_id": "c", "slots": {}, "latest_message": {}, "events": [], "active_loop": {}, "paused": False}
    request = {"next_action": name, "sender_id": "c", "tracker": tracker, "domain": {}}
    try:
        return asyncio.run(actions.request(request)), noted
    except ClientResponseError as error:
        return error, noted


def test_an_action_runs_in_this_process() -> None:
    answer, noted = _call("action_answers")
    assert [each["text"] for each in answer["responses"]] == ["done"]
    assert noted == []


def test_an_action_that_fails_becomes_an_error_without_a_text() -> None:
    error, noted = _call("action_fails")
    assert isinstance(error, ClientResponseError)
    assert error.status == 500
    assert "knee" not in str(error) and "knee" not in repr(error.text)
    assert error.__suppress_context__
    assert [(action, type(cause)) for action, cause in noted] == [("action_fails", KeyError)]


def test_an_action_nobody_registered_is_reported() -> None:
    error, noted = _call("action_of_nobody")
    assert isinstance(error, ClientResponseError)
    assert [action for action, _ in noted] == ["action_of_nobody"]


def test_a_rejection_is_told_to_rasa_and_is_no_failure() -> None:
    error, noted = _call("action_rejects")
    assert (error.status, json.loads(error.text)["action_name"]) == (400, "action_rejects")
    assert noted == []


def test_logs_carry_known_keys_only() -> None:
    done = run_python(
        "from bot import rasa_compat; rasa_compat.configure_logging(); import structlog;"
        "log = structlog.get_logger('rasa.core');"
        "log.error('processor.message', text='knee pain', slots={'a': 1}, error='KeyError')"
    )
    line = json.loads(done.stderr.strip().splitlines()[-1])
    assert set(line) == {"event", "level", "timestamp", "error"}
    assert "knee" not in done.stderr


def test_rasas_debug_events_are_not_printed() -> None:
    done = run_python(
        "from bot import rasa_compat; rasa_compat.configure_logging(); import structlog, logging;"
        "structlog.get_logger('rasa.core').debug('processor.message', event_info='knee pain');"
        "logging.getLogger('rasa.core.processor').error('knee pain')"
    )
    assert "knee" not in done.stderr + done.stdout


def test_a_whole_turn_prints_nothing_that_was_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--from", AMIRA, "--json"],
        input="my zebra has a sore knee\nbook an appointment tomorrow\n",
        cwd=ROOT,
        env={"BOT_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.strip().splitlines()) == 2
    assert "zebra" not in done.stderr and "tomorrow" not in done.stderr


def test_the_logging_of_this_process_is_that_of_the_program() -> None:
    assert rasa_compat._keep_known_keys in structlog.get_config()["processors"]
    assert logging.getLogger("rasa").level == logging.CRITICAL


def _store(events: list[dict[str, Any]], written: list[Any]) -> Any:
    store = rasa_compat.turn_tracker_store(read=lambda _: events, write=lambda _, new: written.append(new))
    return store


def test_the_tracker_store_gives_none_for_a_new_conversation() -> None:
    assert asyncio.run(_store([], []).retrieve("c")) is None


def test_the_tracker_store_hands_over_only_what_is_new() -> None:
    written: list[Any] = []
    store = _store([ActionExecuted("action_listen").as_dict()], written)
    tracker = asyncio.run(store.retrieve("c"))
    tracker.update(UserUttered("hello"))
    tracker.update(SlotSet("misses", 1))
    asyncio.run(store.save(tracker))
    assert [[event["event"] for event in events] for events in written] == [["user", "slot"]]


def test_the_tracker_store_raises_on_a_damaged_row_instead_of_starting_afresh() -> None:
    with pytest.raises(Exception, match="event"):
        asyncio.run(_store([{"event": "no_such_event"}], []).retrieve("c"))


def test_a_damaged_row_of_the_table_is_not_skipped(database: Database) -> None:
    with database.write() as connection:
        conversation = open_conversation(connection, SMS, AMIRA, MONDAY, MONDAY - MONDAY)
        save_events(connection, LoadedTracker(conversation.id, []), [{"event": "slot", "name": "a", "value": 1}])
        assert len(load_tracker(connection, conversation).events) == 1
        sealed = connection.exec_driver_sql("SELECT data FROM rasa_event").scalar_one()
        connection.exec_driver_sql("UPDATE rasa_event SET data = ?", (sealed[:-1] + bytes([sealed[-1] ^ 1]),))
        with pytest.raises(CannotOpen):
            load_tracker(connection, conversation)


@pytest.mark.parametrize(("loop", "kept"), [("book_form", LONG + 1), (None, 2)])
def test_a_long_tracker_is_left_behind_only_between_journeys_but_for_its_last_turn(
    database: Database, loop: str | None, kept: int
) -> None:
    before = [{"event": "active_loop", "name": loop}] + [{"event": "slot", "name": "a", "value": 1}] * (LONG - 2)
    last = [{"event": "slot", "name": "b", "value": 1}] * 2
    with database.write() as connection:
        conversation = open_conversation(connection, SMS, AMIRA, MONDAY, MONDAY - MONDAY)
        save_events(connection, LoadedTracker(conversation.id, []), before)
        save_events(connection, LoadedTracker(conversation.id, before), last)
        again = open_conversation(connection, SMS, AMIRA, MONDAY, 2 * (MONDAY - MONDAY.replace(hour=1)))
        assert again.id == conversation.id
        events = load_tracker(connection, again).events
        assert len(events) == kept
        assert events[-2:] == last


def test_graphs_run_directly_give_what_dask_gives(dialogue: Dialogue) -> None:
    import dask
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

    processor = dialogue._agent.processor
    runner, target = processor.graph_runner, processor.model_metadata.nlu_target
    for text in ("can i see dr patel tues pm", "2", "are you open on good friday", "", "\U0001f600"):
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(text, metadata={"now": MONDAY.isoformat()})],
            PLACEHOLDER_TRACKER: None,
        }
        schema = runner._graph_schema.minimal_graph_schema([target])
        graph = runner._build_dask_graph(schema) | {name: (name, value) for name, value in inputs.items()}
        by_dask = dict(dask.get(graph, [target]))[target][0].as_dict(only_output_properties=True)
        direct = runner.run(inputs=inputs, targets=[target])[target][0].as_dict(only_output_properties=True)
        assert direct == by_dask


def test_no_rule_names_a_text_so_that_its_look_up_can_be_left_out(dialogue: Dialogue) -> None:
    nodes = dialogue._agent.processor.graph_runner._instantiated_nodes.values()
    policy = next(node._component for node in nodes if type(node._component).__name__ == "RulePolicy")
    assert not any('"text"' in key for key in policy.lookup["rules"])
    assert policy._find_action_from_rules.__name__ == "find_from_intent"


def test_rasas_own_action_server_finds_exactly_our_actions() -> None:
    found = run_python(
        "from rasa_sdk.executor import ActionExecutor; e = ActionExecutor();"
        "e.register_package('bot.actions.standalone');"
        "from bot.actions.registry import all_actions;"
        "print(sorted(e.actions) == sorted(a.name() for a in all_actions()))"
    )
    assert found.stdout.strip() == "True", found.stderr
