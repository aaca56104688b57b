"""The whole database into one file, and out of one, with PostgreSQL's own pg_dump and pg_restore.

A dump is of one moment, whatever is written meanwhile. Personal fields are in it as they are in the database: sealed
with a key that is not.
"""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from directory.errors import Conflict, SourceError, Unavailable
from directory.migrations import migrate, revisions
from directory.postgres import binaries

GIVEN = ["alembic_version", "transition"]
"""Tables that migrations fill."""


async def dump(url: str, file: Path) -> int:
    """Write the database to `file`, whole or not at all; returns its bytes. Raises Conflict where `file` is there."""
    if file.exists():  # noqa: ASYNC240
        raise Conflict(f"{file} is there already: backups are not written over")
    if not file.parent.is_dir():
        raise SourceError(f"there is no folder {file.parent}")
    half = file.with_name(f".{file.name}.part")
    try:
        half.touch(mode=0o600)
        await _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={half}")
        half.rename(file)
    except OSError as error:
        raise SourceError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        half.unlink(missing_ok=True)
    return file.stat().st_size  # noqa: ASYNC240


async def restore(url: str, file: Path) -> str:
    """Fill the empty database at `url` from `file` and bring its tables up to this version; the revision it was at.

    Raises Conflict where there is anything in the database already, SourceError for a file that is no backup or one of
    a newer version; then nothing is changed.
    """
    revision = await revision_in(file)
    if revision not in revisions():
        raise SourceError(f"{file} was made by a newer version of this directory (tables of {revision})")
    if held := await _held(url):
        raise Conflict(
            f"there is something in this database already ({', '.join(held[:3])}): a backup is restored into an"
            " empty one"
        )
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute("drop schema if exists public cascade; create schema public")
    finally:
        await connection.close()
    await _run(
        "pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        f"--dbname={_environment(url)['PGDATABASE']}", str(file),
    )  # fmt: skip
    await migrate(url)
    return revision


async def revision_in(file: Path) -> str:
    """The revision of the tables in a backup."""
    if not file.is_file():  # noqa: ASYNC240
        raise SourceError(f"there is no file {file}")
    try:
        said = await _run("pg_restore", None, "--data-only", "--table=alembic_version", "--file=-", str(file))
    except Unavailable:
        raise SourceError(f"{file} is not a backup of this directory") from None
    found = re.search(r"^COPY public\.alembic_version .*\n(\w+)\n", said, re.MULTILINE)
    if found is None:
        raise SourceError(f"{file} is not a backup of this directory")
    return found[1]


async def _held(url: str) -> list[str]:
    """Tables that hold anything but what every new directory has."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        names = await connection.fetch(
            "select table_name from information_schema.tables where table_schema = 'public'"
            " and table_type = 'BASE TABLE' and table_name <> all($1) order by 1",
            GIVEN,
        )
        return [
            name
            for (name,) in names
            if await connection.fetchval(f'select exists (select from "{name}")')  # noqa: S608
        ]
    finally:
        await connection.close()


async def _run(program: str, url: str | None, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        str(binaries() / program),
        *arguments,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **(_environment(url) if url else {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        last = err.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise Unavailable(f"{program} failed: {last[0]}")
    return out.decode(errors="replace")


def _environment(url: str) -> dict[str, str]:
    """The connection as PostgreSQL's variables: in an argument everybody on the machine could read its password."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": query.get("host") or parts.hostname or "localhost",
        "PGPORT": str(query.get("port") or parts.port or ""),
        "PGUSER": unquote(parts.username or query.get("user", "")),
        "PGPASSWORD": unquote(parts.password or query.get("password", "")),
        "PGDATABASE": unquote(parts.path.lstrip("/")) or "postgres",
        "PGSSLMODE": query.get("sslmode", ""),
        "PGSSLROOTCERT": query.get("sslrootcert", ""),
    }
    return {name: value for name, value in found.items() if value}
