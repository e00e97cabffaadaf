"""What every program does anew on its start, and always comes to the same: done once for all tests of a process."""

from __future__ import annotations

import pickle
from functools import lru_cache
from types import CodeType
from typing import Any

import jinja2
import pytest
import yaml
from alembic.script import ScriptDirectory


def do_once(patch: pytest.MonkeyPatch) -> None:
    """Parse practice.yml and domain.yml, read the revisions of the store, and compile the templates of pages once."""
    patch.setattr(yaml, "load", _parsing_once(yaml.load))
    patch.setattr(ScriptDirectory, "from_config", _reading_revisions_once(ScriptDirectory.from_config))
    patch.setattr(jinja2.Environment, "compile", _compiling_once(jinja2.Environment.compile))


def _parsing_once(parse: Any) -> Any:
    """Whoever reads the same text again is given a copy."""

    @lru_cache(maxsize=16)
    def pickled(text: str, loader: Any) -> bytes:
        return pickle.dumps(parse(text, loader))

    def load(stream: Any, Loader: Any) -> Any:
        return pickle.loads(pickled(stream, Loader)) if isinstance(stream, str) else parse(stream, Loader)

    return load


def _reading_revisions_once(read: Any) -> Any:
    found: dict[str, ScriptDirectory] = {}

    def from_config(config: Any) -> ScriptDirectory:
        folder = config.get_main_option("script_location")
        return found.get(folder) or found.setdefault(folder, read(config))

    return from_config


def _compiling_once(compile_anew: Any) -> Any:
    compiled: dict[Any, CodeType] = {}

    def compile_template(environment: Any, source: Any, name: Any = None, filename: Any = None, *how: Any) -> CodeType:
        key = (source, name, filename, how)
        return compiled.get(key) or compiled.setdefault(key, compile_anew(environment, *key[:3], *how))

    return compile_template
