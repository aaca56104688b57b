"""Numbered Alembic migrations with one head, and the one function that runs them."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import asyncpg

from directory.db import away, lock_key
from directory.telemetry import log

_NAMED = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)


def head() -> str:
    """The revision that no other one comes after, from the files themselves: Alembic takes half a second to say it."""
    found = _named()
    (last,) = {str(name) for down, name in found if not down} - {name for down, name in found if down}
    return last


def revisions() -> set[str]:
    """All that this version knows."""
    return {name for down, name in _named() if not down}


def _named() -> list[tuple[str, str]]:
    files = (Path(__file__).parent / "versions").glob("[0-9]*.py")
    return [match for file in files for match in _NAMED.findall(file.read_text("utf-8"))]


async def revision_of(url: str) -> str | None:
    """The revision that the database is at; None where it has no tables yet."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        if not await connection.fetchval("select to_regclass('public.alembic_version') is not null"):
            return None
        found: str | None = await connection.fetchval("select version_num from alembic_version")
        return found
    finally:
        await connection.close()


def config(connection: Any = None) -> Any:
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent))
    found.attributes["connection"] = connection
    return found


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Safe to call from many processes at once: one works, the rest wait."""
    if revision == "head" and await revision_of(url) == head():
        return
    from alembic import command  # late: most processes find the tables up to date
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"select pg_advisory_xact_lock({lock_key('migrate')})"))
            await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))
    finally:
        await engine.dispose()


def migrate_now(url: str, patience: float = 0.0) -> None:
    """As `migrate`, for whoever has no loop. A database that is away is waited for up to `patience` seconds: one that
    comes back after a crash reads its journal first, and nobody starts us a second time."""
    until, told = time.monotonic() + patience, False
    while True:
        try:
            return asyncio.run(migrate(url))
        except Exception as error:
            if not away(error) or time.monotonic() >= until:
                raise
            if not told:
                log.warning("the database is away (%s): waiting for it", error)
            told = True
            time.sleep(0.2)
