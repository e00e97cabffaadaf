"""The only file that touches Rasa's internals. Each change names its reason; tests/unit/test_rasa_compat.py holds it.

Written for Rasa 3.6.21; `prepare` refuses any other version.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import types
import warnings
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import structlog

VERSION = "3.6.21"

# Rasa's modules that import TensorFlow, and the names other modules want from them. All are used in training only.
_TRAINING_ONLY = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
}


def prepare() -> None:
    """Make Rasa fit to be served from a library. Call once, before anything imports `rasa.core`."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one message is too little work to share among threads
    warnings.showwarning = lambda *_, **__: None  # Rasa and its pins warn about each other at every start
    _check_version()
    configure_logging()
    _leave_tensorflow_out()
    _resolve_events_by_dictionary()
    _trust_own_actions()
    _run_graphs_directly()


def configure_logging(level: int = logging.WARNING) -> None:
    """Rasa prints every message at DEBUG unless structlog is set up, so this is done first, and without its texts.

    At INFO and above some of Rasa's own events still carry what was written; those of Rasa are cut down to their name.
    """
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    for name in ("rasa", "rasa_sdk", "twilio", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _keep_known_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(max(level, logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


# Names of things, counts and codes. What is not on this list is not written, whoever logs it.
_LOGGABLE = frozenset(
    "event level timestamp conversation message action step error status code sid attempts outcome seconds url version"
    " host port pid reason topic channel entry chain".split()
)


def _keep_known_keys(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: value for key, value in event.items() if key in _LOGGABLE}


def _check_version() -> None:
    from importlib.metadata import version

    held = version("rasa")
    if held != VERSION:
        raise RuntimeError(f"bot/rasa_compat.py is written for rasa {VERSION}; this is {held}")


def _leave_tensorflow_out() -> None:
    """TensorFlow costs 350 MB and 3 s and is only used in training. `load_agent` refuses a model that needs it."""
    if "rasa.core.agent" in sys.modules:
        return  # too late, and harmless: the real modules are in place
    for name, wanted in _TRAINING_ONLY.items():
        stand_in = types.ModuleType(name)
        for each in wanted:
            setattr(stand_in, each, type(each, (), {"__doc__": "Stand-in: training only."}))
        sys.modules[name] = stand_in


def _resolve_events_by_dictionary() -> None:
    """Rasa rebuilds the list of all event classes for every event it reads; a dictionary gives the same answer."""
    from rasa.shared.core.events import Event
    from rasa.shared.utils.common import all_subclasses

    by_name: dict[str, Any] = {}
    for cls in reversed(all_subclasses(Event)):
        by_name[cls.type_name] = cls
    original = Event.resolve_by_type

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        return by_name.get(type_name) or original(type_name, default)

    Event.resolve_by_type = staticmethod(resolve_by_type)


def _trust_own_actions() -> None:
    """Rasa checks its own JSON schema anew on each action's answer, 27 ms a time. Ours come from our own process."""
    from rasa.core.actions.action import RemoteAction

    RemoteAction._validate_action_result = lambda self, result: True


def _run_graphs_directly() -> None:
    """Rasa has dask schedule its few nodes anew for each message, 1.5 ms a turn; their order never changes."""
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    def run(self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        orders = self.__dict__.setdefault("_orders", {})
        if wanted not in orders:
            orders[wanted] = _in_order(self._graph_schema.minimal_graph_schema(list(wanted)).nodes)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in orders[wanted]:
                done[name] = self._instantiated_nodes[name](*[done.get(need, need) for need in needs])
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def _in_order(nodes: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """(node, what it needs), each after all that it needs."""
    needs = {name: set(node.needs.values()) & set(nodes) for name, node in nodes.items()}
    order = TopologicalSorter(needs).static_order()
    return [(name, list(nodes[name].needs.values())) for name in order]


class InProcessActions:
    """Stands where Rasa expects an action server: runs rasa_sdk actions in this process, registered once.

    Whatever goes wrong in an action is reported through `on_error` and becomes a ClientResponseError without a text:
    Rasa's slot extraction lets only that pass.
    """

    url = "in-process"

    def __init__(self, actions: list[Any], on_error: Any) -> None:
        from rasa_sdk.executor import ActionExecutor

        self.kwargs = {"enable_selective_domain": True}  # our actions do not read the domain
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)
        self._on_error = on_error

    async def request(self, json: dict[str, Any], **_: Any) -> Any:
        from rasa_sdk.interfaces import ActionExecutionRejection

        try:
            return await self._executor.run(json)
        except ActionExecutionRejection as rejection:
            raise _client_error(400, rejection.action_name) from None
        except Exception as error:
            self._on_error(str(json.get("next_action")), error)
            raise _client_error(500, "") from None


def _client_error(status: int, action_name: str) -> Exception:
    from rasa.utils.endpoints import ClientResponseError

    error: Exception = ClientResponseError(status, "", json.dumps({"action_name": action_name, "error": ""}))
    return error


def turn_tracker_store(read: Any, write: Any) -> Any:
    """A tracker store that reads its events from `read(sender_id)` and hands the new ones to `write(sender_id, …)`.

    Unlike Rasa's own it raises on failure, does not count rows, and leaves committing to the turn.

    Args:
        read: gives the conversation's stored events as dicts, oldest first.
        write: is given the list of new events as dicts; called again in one turn, it is given them all again.
    """
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    class TurnTrackerStore(TrackerStore):  # type: ignore[misc]
        async def retrieve(self, sender_id: str) -> Any:
            events = read(sender_id)
            if not events:
                return None
            return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

        async def save(self, tracker: Any) -> None:
            known = len(read(tracker.sender_id))
            fresh = list(tracker.events)[known:]
            write(tracker.sender_id, [event.as_dict() for event in fresh])

        async def keys(self) -> list[str]:
            return []

    return TurnTrackerStore(Domain.empty())


def load_agent(model: Path, store: Any, actions: InProcessActions) -> Any:
    """Load a trained model as a library.

    Raises:
        RuntimeError: if the model names a component that needs TensorFlow.
    """
    from rasa.core.agent import Agent

    agent = Agent.load(str(model), action_endpoint=actions)
    # The agent wraps any store in one that swallows failures and goes on with an empty tracker: take it out again.
    store.domain = agent.domain
    agent.tracker_store = agent.processor.tracker_store = store
    _refuse_tensorflow(agent)
    _predict_from_intents_only(agent)
    return agent


def _predict_from_intents_only(agent: Any) -> None:
    """Rules are looked up twice, by the message's text and by its intent, 0.5 ms a turn. Ours name no texts."""
    from rasa.core.policies.rule_policy import RulePolicy

    for node in agent.processor.graph_runner._instantiated_nodes.values():
        policy = node._component
        if isinstance(policy, RulePolicy) and not any('"text"' in key for key in policy.lookup["rules"]):
            policy._find_action_from_rules = _without_text_pass(policy._find_action_from_rules)


def _without_text_pass(find: Any) -> Any:
    def find_from_intent(tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        return (None, None, False) if use_text_for_last_user_input else find(tracker, domain, False)

    return find_from_intent


_NEEDS_TENSORFLOW = {"DIETClassifier", "TEDPolicy", "ResponseSelector", "UnexpecTEDIntentPolicy", "ConveRTFeaturizer"}


def _refuse_tensorflow(agent: Any) -> None:
    for node in agent.processor.model_metadata.predict_schema.nodes.values():
        if any(cls.__name__ in _NEEDS_TENSORFLOW for cls in node.uses.__mro__):
            raise RuntimeError(f"the model uses {node.uses.__name__}, which needs TensorFlow; see config.yml")


def use_wording(agent: Any, wording: dict[str, str]) -> None:
    """Say these texts in place of those the model was trained with; buttons stay."""
    own = {name: {"text": text} for name, text in wording.items()}
    agent.nlg.responses = {
        name: [{**variant, **own.get(name, {})} for variant in variants]
        for name, variants in agent.domain.responses.items()
    }


def output_channel(name: str) -> Any:
    """A channel that keeps what is said; its name picks a response's wording for that channel."""
    from rasa.core.channels.channel import CollectingOutputChannel

    class Collector(CollectingOutputChannel):  # type: ignore[misc]
        @classmethod
        def name(cls) -> str:
            return name

    return Collector()


async def handle(
    agent: Any, conversation_id: str, text: str, channel: Any, metadata: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run one turn and give what was said: dicts with text, buttons, custom, …, as Rasa collects them."""
    from rasa.core.channels.channel import UserMessage

    message = UserMessage(text, channel, sender_id=conversation_id, input_channel=channel.name(), metadata=metadata)
    return await agent.processor.handle_message(message) or []
