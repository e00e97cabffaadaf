"""A process that brings a database's tables up, as every process does at its start: `… <home> <url>`."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.settings import Settings
from bot.store.database import open_database

if __name__ == "__main__":
    open_database(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2], _env_file=None)).upgrade()
