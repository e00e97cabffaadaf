"""Stock Rasa in a process of its own: `python -m benchmarks.evaluation.stock_reader FOLDER` trains and answers."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import structlog


async def main(folder: Path) -> None:
    """Train on FOLDER's config.yml and nlu.yml; write answers.json to the questions of asked.json."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.model_training import train_nlu

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="stock")
    agent = Agent.load(model)
    answers = [await _answer(agent, UserMessage(text)) for text in json.loads((folder / "asked.json").read_text())]
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")


async def _answer(agent: Any, message: Any) -> list[tuple[str, float]]:
    read = await agent.processor.parse_message(message)
    return [(each["name"], float(each["confidence"])) for each in read["intent_ranking"][:2]]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
