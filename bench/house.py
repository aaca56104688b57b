"""What a run is measured in: an embedded PostgreSQL in a temporary folder, a catalogue of some size, a server."""

import contextlib
import csv
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
from msgspec import Struct

import seed.load
from bench import services
from directory.catalogue.read import ids, records
from directory.catalogue.write import ensure_feed, store
from directory.db import Database
from directory.migrations import migrate

SEED = Path(seed.load.__file__).parent


class House(Struct, frozen=True, kw_only=True):
    """`words` and `postcodes` are for making queries of."""

    url: str
    folder: Path
    count: int
    words: list[str]
    postcodes: list[str]
    service: str


@contextlib.asynccontextmanager
async def filled(server_url: str, name: str, folder: Path, count: int) -> AsyncIterator[House]:
    """A database of the demonstration county and as many made services as make `count` (0: none)."""
    admin = await asyncpg.connect(server_url)
    try:
        await admin.execute(f"create database {name}")
    finally:
        await admin.close()
    url = server_url.replace("/directory?", f"/{name}?", 1).replace("/postgres?", f"/{name}?", 1)
    await migrate(url)
    database = await Database(url, size=4).open()
    try:
        await seed.load.load(database)
        real = [
            each
            async for batch in ids(database.pool)
            for each in (await records(database.pool, batch)).values()
        ]
        if count > len(real):
            async with database.transaction() as connection:
                await ensure_feed(connection, services.FEED, "Made to measure with")
                batch = []
                for each in services.made(count - len(real), real, towns()):
                    batch.append(each)
                    if len(batch) == 1000:
                        await store(connection, services.FEED, batch)
                        batch = []
                await store(connection, services.FEED, batch)
            await database.pool.execute("analyze")
        common = Counter(
            word
            for each in real
            for word in re.findall(r"[a-z]{5,12}", f"{each.name} {each.description}".lower())
        )
        yield House(
            url=url,
            folder=folder / name,
            count=max(count, len(real)),
            words=[word for word, times in common.most_common(700)[60:] if times > 2],
            postcodes=[
                row[0]
                for row in await database.pool.fetch(
                    "select postcode from postcode where live and district like 'E070001%' order by postcode"
                )
            ],
            service=real[0].id,
        )
    finally:
        await database.close()


def towns() -> list[tuple[str, float, float]]:
    with (SEED / "places.csv").open(encoding="utf-8") as file:
        return [
            (row["name"], float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(file)
            if row["kind"] in ("town", "city", "village")
        ]


@contextlib.contextmanager
def serving(house: House) -> Iterator[tuple[int, int]]:
    """(port, process id) of the product's server over a house, ready to answer."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.server", house.url, str(house.folder), str(port)],
        env=os.environ | {"BENCH_SERVICE": house.service},
    )
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    with Path(f"/proc/{pid}/status").open() as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with {process.returncode}")
        address = f"http://127.0.0.1:{port}/health/ready"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the server was not ready in fifteen minutes")
