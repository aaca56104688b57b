"""`python -m directory.search.built`, where as JSON on the standard input: build the index where there is none, and
end. What building takes is then not left in the process that serves."""

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec

from directory.db import Database
from directory.search.index import open_index
from directory.settings import Settings

LEAST = 3_000  # services from which on another process is worth its start
_PATIENCE = 600  # seconds


def build_apart(database_url: str, settings: Settings) -> None:
    """Blocks until the other process has ended. Raises `OSError` or `subprocess.SubprocessError` where it could not be
    run, or took too long; one that fails is as if nobody had tried."""
    # By its input: arguments are for all to see, and an address may hold a password.
    told = [database_url, str(settings.data_dir.resolve()), settings.rules_dir]
    subprocess.run(
        [sys.executable, "-m", "directory.search.built"],
        input=msgspec.json.encode(told),
        check=False,
        capture_output=True,
        timeout=_PATIENCE,
    )


async def _build(database_url: str, data_dir: str, rules_dir: str) -> None:
    settings = Settings(database_url=database_url, data_dir=Path(data_dir), rules_dir=rules_dir)
    database = await Database(database_url, size=4).open()
    try:
        async with open_index(settings, database):
            pass
    finally:
        await database.close()


def main() -> None:
    asyncio.run(_build(*msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, str, str])))


if __name__ == "__main__":
    main()
