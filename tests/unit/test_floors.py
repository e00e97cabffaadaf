"""The house has floors, and an import only ever goes down (docs: the design)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.settings import ROOT

FLOORS = (
    ("bot.__main__", "bot.cli", "bot.cli_accounts", "bot.cli_audit", "bot.cli_examples", "bot.cli_staff"),
    ("bot.app",),
    ("connectors", "bot.console_chat", "bot.training"),
    ("bot.program", "bot.gateway", "bot.steps", "bot.alarm", "bot.delivery", "bot.workers"),
    ("bot.dialogue", "bot.actions"),
    (
        "bot.responses",
        "bot.wording",
        "bot.glossary",
        "bot.identity",
        "bot.insight",
        "bot.safety",
        "bot.escalation",
        "bot.notifying",
        "bot.prescribing",
        "bot.writing",
        "bot.earlier",
        "bot.staff",
        "bot.backend",
        "bot.nlu",
    ),
    (
        "bot.store",
        "bot.practice",
        "bot.practice_sections",
        "bot.settings",
        "bot.clock",
        "bot.sms_text",
        "bot.rasa_compat",
    ),
)
MAY_USE_CONNECTORS = {"bot.app", "bot.cli"}

Imports = dict[str, set[str]]


def read_imports(root: Path) -> Imports:
    """For each module of ours, the modules of ours that it imports anywhere in its text."""
    # Migrations know every table; nothing imports them.
    files = {
        _module_name(path.relative_to(root)): path
        for folder in ("bot", "connectors")
        for path in (root / folder).rglob("*.py")
        if "migrations" not in path.parts
    }
    return {name: _imported(ast.parse(path.read_text(encoding="utf-8")), set(files)) for name, path in files.items()}


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST, ours: set[str]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(inside & ours or {node.module})
    return found & ours


def floor_of(module: str) -> int | None:
    for floor, names in enumerate(FLOORS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return floor
    return None


def upward(imports: Imports) -> list[str]:
    return [
        f"{module} imports {other}, which is on a higher floor"
        for module, others in imports.items()
        for other in others
        if (floor_of(module) or 0) > (floor_of(other) or 0)
    ]


def circles(imports: Imports) -> list[str]:
    found, done = [], set()

    def follow(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            found.append(" -> ".join((*path[path.index(module) :], module)))
        elif module not in done:
            for other in sorted(imports.get(module, ())):
                follow(other, (*path, module))
            done.add(module)

    for module in imports:
        follow(module, ())
    return found


@pytest.fixture(scope="module")
def imports() -> Imports:
    return read_imports(ROOT)


def test_every_module_has_a_floor(imports: Imports) -> None:
    assert [name for name in imports if name != "bot" and floor_of(name) is None] == []


def test_no_import_goes_up(imports: Imports) -> None:
    assert upward(imports) == []


def test_no_import_goes_in_a_circle(imports: Imports) -> None:
    assert circles(imports) == []


def test_the_assistant_knows_nothing_of_its_doors(imports: Imports) -> None:
    users = {name for name, used in imports.items() if any(other.split(".")[0] == "connectors" for other in used)}
    assert {name for name in users if name.startswith("bot")} <= MAY_USE_CONNECTORS


def test_an_import_that_goes_up_is_found() -> None:
    assert upward({"bot.store.messages": {"bot.gateway"}}) != []
    assert upward({"bot.gateway": {"bot.store.messages", "bot.delivery"}}) == []


def test_an_import_in_a_circle_is_found() -> None:
    made_up = {"bot.store.a": {"bot.store.b"}, "bot.store.b": {"bot.store.c"}, "bot.store.c": {"bot.store.a"}}
    assert circles(made_up) == ["bot.store.a -> bot.store.b -> bot.store.c -> bot.store.a"]


def test_an_import_inside_a_function_counts_too() -> None:
    tree = ast.parse("def serve():\n    from bot.store import grants\n")
    assert _imported(tree, {"bot.store", "bot.store.grants"}) == {"bot.store.grants"}


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("twilio", ("connectors/",)),
        ("rasa", ("bot/rasa_compat.py", "bot/nlu/", "bot/dialogue.py")),
        ("starlette", ("connectors/", "bot/app.py")),
        ("holidays", ("bot/practice.py", "bot/nlu/")),
    ],
)
def test_an_outside_package_is_used_in_its_own_corner_only(package: str, homes: tuple[str, ...]) -> None:
    users = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "connectors")
        for path in (ROOT / folder).rglob("*.py")
        if package in _packages(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [user for user in users if not user.startswith(homes)] == []


def _packages(tree: ast.AST) -> set[str]:
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}
