"""The rows of the import: files of 10,000 and 100,000 services through the command, as a person would."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec

from bench import services
from bench.house import House, towns
from bench.rows import Bench, Figure, row
from directory.catalogue import hsds
from directory.catalogue.publish import published
from directory.catalogue.read import ids, records
from directory.db import Database
from directory.importing.tabular import TABLES, columns, rows
from directory.migrations import migrate

COUNT = 10_000
NAME = "bench_import"
# A process's peak counts that of whoever started it, up to then: one that holds nothing must start the import.
_SMALL = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@row("import", house="seed")
def imported(bench: Bench) -> list[Figure]:
    """Ends when the last service is in the index: the command says how many changes still wait for it."""
    feed = bench.house.folder / "feed.json"
    made(feed, COUNT, asyncio.run(_real(bench.house)))
    took, _ = _run(bench.house, "oruk", feed)
    waiting, documents = asyncio.run(_waiting(bench.house)), _documents(bench.house)
    return [
        Figure(
            name="import of 10,000 services with index, start of the command included",
            value=COUNT / took,
            unit="/s",
            target=">= 1,500",
            met=COUNT / took >= 1500 and not waiting,
            detail={
                "seconds": took,
                "waiting": waiting,
                "documents": documents,
                "megabytes": feed.stat().st_size / 1e6,
                "load": os.getloadavg()[0],
            },
        )
    ]


@row("import_memory", house="seed")
def memory(bench: Bench) -> list[Figure]:
    """Peak resident memory of the importing process (or of its helper, where that is larger), ten times the file."""
    counts = (COUNT // 10, COUNT) if bench.quick else (COUNT, 10 * COUNT)
    real = asyncio.run(_real(bench.house))
    figures = []
    for kind in ("oruk", "csv"):
        peaks, seconds = [], []
        for count in counts:
            source = bench.house.folder / f"memory-{kind}-{count}"
            (made if kind == "oruk" else packaged)(source, count, real)
            took, peak = _run(bench.house, kind, source)
            peaks.append(peak)
            seconds.append(took)
            shutil.rmtree(source) if source.is_dir() else source.unlink()
        figures.append(
            Figure(
                name=f"memory of an import ({'one JSON file' if kind == 'oruk' else 'CSV package'}),"
                f" {counts[1]:,} / {counts[0]:,} services",
                value=peaks[1] / peaks[0],
                unit="x",
                target="<= 1.5",
                met=peaks[1] / peaks[0] <= 1.5,
                detail={
                    "mb_small": peaks[0],
                    "mb_large": peaks[1],
                    "s_small": seconds[0],
                    "s_large": seconds[1],
                    "load": os.getloadavg()[0],
                },
            )
        )
    return figures


def _run(house: House, kind: str, source: Path) -> tuple[float, float]:
    """(seconds, peak MB) of one import into an empty directory."""
    asyncio.run(_emptied(house))
    environment = {
        **os.environ,
        "DIRECTORY_DATABASE_URL": _url(house),
        "DIRECTORY_DATA_DIR": str(_data(house)),
    }
    started = time.perf_counter()
    command = [sys.executable, "-m", "directory", "import", kind, str(source), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", _SMALL, *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the import failed with {done.returncode}")
    return time.perf_counter() - started, int(done.stdout) / 1024


def _url(house: House) -> str:
    return house.url.replace("/bench_seed?", f"/{NAME}?", 1)


def _data(house: House) -> Path:
    return house.folder / "import"


async def _emptied(house: House) -> None:
    """An empty, migrated database beside the house's own, and no index."""
    shutil.rmtree(_data(house), ignore_errors=True)
    admin = await asyncpg.connect(house.url)
    try:
        await admin.execute(f"drop database if exists {NAME}")
        await admin.execute(f"create database {NAME}")
    finally:
        await admin.close()
    await migrate(_url(house))


async def _waiting(house: House) -> int:
    connection = await asyncpg.connect(_url(house))
    try:
        return int(await connection.fetchval("select count(*) from search_change"))
    finally:
        await connection.close()


def _documents(house: House) -> int:
    from directory.search.store import Generation, Store

    store = Store(_data(house) / "search")
    return len(Generation(store.folder / store.current).snapshot.columns)


async def _real(house: House) -> list[hsds.Service]:
    database = await Database(house.url, size=2).open()
    try:
        return [
            each
            async for batch in ids(database.pool)
            for each in (await records(database.pool, batch)).values()
        ]
    finally:
        await database.close()


def made(file: Path, count: int, real: list[hsds.Service]) -> None:
    """One page of `count` services as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        out.write(b'{"contents":[')
        for number, each in enumerate(services.made(count, real, towns())):
            out.write((b"," if number else b"") + msgspec.json.encode(published(each)))
        out.write(b'],"total_items":%d}' % count)


def packaged(folder: Path, count: int, real: list[hsds.Service]) -> None:
    """`count` services as an HSDS CSV package."""
    import csv

    folder.mkdir(parents=True, exist_ok=True)
    done: set[str] = set()
    files = {
        name: (folder / table.file).open("w", encoding="utf-8", newline="") for name, table in TABLES.items()
    }
    try:
        writers = {
            name: csv.DictWriter(file, columns(name), extrasaction="ignore") for name, file in files.items()
        }
        for writer in writers.values():
            writer.writeheader()
        for each in _published(count, real):
            for name, cells in rows(each, done):
                writers[name].writerow(cells)
    finally:
        for file in files.values():
            file.close()


def _published(count: int, real: list[hsds.Service]) -> Iterator[hsds.Service]:
    return (published(each) for each in services.made(count, real, towns()))
