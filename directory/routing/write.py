"""Which versions of the rule book answered here, kept so that people can see what changed."""

from typing import Any

import msgspec

from directory.db import Database, Reader
from directory.routing.history import Sections, VersionInWords, changes, sections
from directory.routing.rulebook import RuleBook
from directory.routing.safety_rules import Book

MOST = 10  # versions that are told
_decode = msgspec.json.Decoder(Sections).decode


async def remember(database: Database, book: RuleBook, danger: Book) -> None:
    """Keep this version's fingerprints, where it is new here. Raises one of `db.AWAY` while there is no database."""
    await database.pool.execute(
        "insert into rule_version (version, sections) values ($1, $2::jsonb) on conflict do nothing",
        book.version,
        msgspec.json.encode(sections(book, danger)).decode(),
    )


async def versions(reader: Reader) -> list[VersionInWords]:
    """The last versions that answered here, the newest first, each with what it changed."""
    rows: list[Any] = await reader.fetch(
        "select version, since, sections::text as sections from rule_version order by since desc, version limit $1",
        MOST + 1,
    )
    read = [
        (row["version"], row["since"].isoformat(timespec="seconds"), _decode(row["sections"])) for row in rows
    ]
    return [
        VersionInWords(version, since, changes(before[2], parts) if before else [])
        for (version, since, parts), before in zip(read, [*read[1:], None], strict=True)
    ][:MOST]
