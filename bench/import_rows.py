"""The row of the import: a file of 10,000 services through the command, as a person would, and the index after it."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import msgspec

from bench import services
from bench.house import House, towns
from bench.rows import Bench, Figure, row
from directory.catalogue.publish import published
from directory.catalogue.read import ids, records
from directory.db import Database
from directory.migrations import migrate

COUNT = 10_000


@row("import", house="seed")
def imported(bench: Bench) -> list[Figure]:
    url, feed = asyncio.run(_prepared(bench.house))
    environment = {
        **os.environ,
        "DIRECTORY_DATABASE_URL": url,
        "DIRECTORY_DATA_DIR": str(bench.house.folder / "import"),
    }
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "directory", "import", "oruk", str(feed), "--json"],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    stored = time.perf_counter() - started
    subprocess.run(
        [sys.executable, "-m", "directory", "index", "rebuild"],
        env=environment,
        check=True,
        capture_output=True,
    )
    took = time.perf_counter() - started
    return [
        Figure(
            name="import of 10,000 services with index, start of the commands included",
            value=COUNT / took,
            unit="/s",
            target=">= 1,500",
            met=COUNT / took >= 1500,
            detail={"import_s": stored, "index_s": took - stored, "megabytes": feed.stat().st_size / 1e6},
        )
    ]


async def _prepared(house: House) -> tuple[str, Path]:
    """An empty, migrated database beside the house's own, and the file to import."""
    name = "bench_import"
    admin = await asyncpg.connect(house.url)
    try:
        await admin.execute(f"drop database if exists {name}")
        await admin.execute(f"create database {name}")
    finally:
        await admin.close()
    url = house.url.replace("/bench_seed?", f"/{name}?", 1)
    await migrate(url)
    database = await Database(house.url, size=2).open()
    try:
        real = [
            each
            async for batch in ids(database.pool)
            for each in (await records(database.pool, batch)).values()
        ]
    finally:
        await database.close()
    feed = house.folder / "feed.json"
    feed.parent.mkdir(parents=True, exist_ok=True)
    made = [published(each) for each in services.made(COUNT, real, towns())]
    feed.write_bytes(msgspec.json.encode({"contents": made, "total_items": COUNT}))
    return url, feed
