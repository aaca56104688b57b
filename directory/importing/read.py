"""The catalogue read out for export: published records only, all from one moment, in the order of their ids."""

import csv
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import msgspec

from directory.catalogue import hsds, read
from directory.db import Database
from directory.errors import SourceError
from directory.importing.tabular import TABLES, columns, datapackage, rows

BATCH = 500
Told = Callable[[int, int], None]


async def bodies(
    database: Database, feed: str | None = None, told: Told = lambda done, total: None
) -> AsyncIterator[bytes]:
    """Every service's published record as JSON, of one source or of all."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        total = await connection.fetchval(
            "select count(*) from service where $1::text is null or feed_id = $1", feed
        )
        if feed is not None and not await connection.fetchval("select true from feed where id = $1", feed):
            raise SourceError(f"there is no source {feed}")
        after, done = UUID(int=0), 0
        while True:
            found = await connection.fetch(
                "select id from service where id > $1 and ($2::text is null or feed_id = $2) order by id limit $3",
                after,
                feed,
                BATCH,
            )
            if not found:
                return
            ids = [row[0] for row in found]
            built = await read.built(connection, ids)
            for id_ in ids:
                yield built[id_].body
            after, done = ids[-1], done + len(ids)
            told(done, total)


async def write_oruk(
    database: Database,
    out: Any,
    *,
    lines: bool,
    feed: str | None = None,
    told: Told = lambda done, total: None,
) -> int:
    """To the binary stream `out`: a record a line, or one page of all. Returns how many."""
    count = 0
    if not lines:
        out.write(b'{"contents":[\n')
    async for body in bodies(database, feed, told):
        out.write((b",\n" if count and not lines else b"") + body + (b"\n" if lines else b""))
        count += 1
    if not lines:
        page = {
            "total_items": count, "total_pages": 1, "page_number": 1, "size": count,
            "first_page": True, "last_page": True, "empty": count == 0,
        }  # fmt: skip
        out.write(b"\n]," + msgspec.json.encode(page)[1:] + b"\n")
    return count


async def write_package(
    database: Database, folder: Path, *, feed: str | None = None, told: Told = lambda done, total: None
) -> int:
    """The HSDS data package into `folder`, whole or not at all. Returns how many services."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240
    done: set[str] = set()
    count = 0
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        writers: dict[str, csv.DictWriter[str]] = {}
        for name, table in TABLES.items():
            files[name] = stack.enter_context(
                (folder / f".{table.file}.part").open("w", encoding="utf-8", newline="")
            )
            writers[name] = csv.DictWriter(
                files[name], columns(name), extrasaction="ignore", lineterminator="\n"
            )
            writers[name].writeheader()
        async for body in bodies(database, feed, told):
            count += 1
            for name, row in rows(msgspec.json.decode(body, type=hsds.Service), done):
                writers[name].writerow(row)
    for table in TABLES.values():
        os.replace(folder / f".{table.file}.part", folder / table.file)
    (folder / "datapackage.json").write_bytes(datapackage("Flourish Directory", TABLES))
    return count
