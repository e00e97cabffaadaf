"""Every reminder exactly once, and none that should not be, however often the program is killed on the way."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from bot.practice import Practice
from bot.responses import Responses
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.notification_tables import notification
from bot.store.tables import outbox
from tests.faults.sixty_days import Story, expected, wall
from tests.faults.sixty_days_lived import World, furnish, rows_of, tally

KILLS = 100
_BETWEEN = 500  # steps of the program, on average, from one to the next


def test_sixty_days_and_a_hundred_kills(tmp_path: Path, practice: Practice) -> None:
    seed = int(os.environ.get("REMINDERS_SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"REMINDERS_SEED={seed}\n")
    story = Story(seed)
    world = World(tmp_path, story, practice, Responses(practice))
    database = open_database(Settings(home=tmp_path, _env_file=None))
    database.upgrade()
    furnish(database, story)
    database.close()

    kills, chance = 0, random.Random(seed)
    while True:
        before = world.tick
        if world.live(chance.randrange(1, 2 * _BETWEEN) if kills < KILLS else None):
            break
        kills += 1
        world.restarts = world.restarts + 1 if world.tick == before else 1
    assert kills == KILLS, "it came to the end before it was killed so often"

    sent, left_at = tally(world)
    ought = expected(story)
    assert sent == ought, f"seed {seed}: missing {ought - sent}, too many {sent - ought}"
    assert sum(ought.values()) > 1000 and all(8 <= wall(each).hour < 20 for each in left_at)
    planned = rows_of(database, notification)
    assert len([each for each in planned if each.state == "sent"]) == len(rows_of(database, outbox)) == len(left_at)
    why = {each.dropped_why for each in planned if each.state == "dropped"}
    assert why >= {"cancelled", "moved", "flagged", "opted_out", "not_registered", "no_number"}, "the story has it all"
