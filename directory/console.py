"""What every command shares: settings, the database (started if it is ours), one-line errors, tables or JSON."""

import asyncio
import contextlib
import functools
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from typing import Any, NoReturn, ParamSpec, TypeVar

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table

from directory.db import Database, away
from directory.errors import DirectoryError
from directory.migrations import migrate
from directory.postgres import running
from directory.settings import Settings, load

P = ParamSpec("P")
T = TypeVar("T")

out = Console()
err = Console(stderr=True)
as_json = click.option("--json", "json_", is_flag=True, help="Print JSON instead of a table.")


def asynchronous(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """A click command written as a coroutine."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(function(*args, **kwargs))

    return run


def settings() -> Settings:
    try:
        return load()
    except ValueError as error:
        fail(str(error), code=2)


@contextlib.contextmanager
def located(found: Settings) -> Any:
    """Settings whose `database_url` points at a running server; ours is started and stopped around the block."""
    if found.embedded_database:
        with running(found.data_dir) as url:
            yield msgspec.structs.replace(found, database_url=url)
    else:
        yield found


@contextlib.asynccontextmanager
async def database(found: Settings | None = None) -> AsyncIterator[tuple[Settings, Database]]:
    """A migrated, open database and the settings that lead to it."""
    with located(found or settings()) as ready:
        await migrate(ready.database_url)
        opened = await Database(ready.database_url, size=ready.pool_size).open()
        try:
            yield ready, opened
        finally:
            await opened.close()


def fail(message: str, code: int = 1) -> NoReturn:
    """One line on stderr and the exit code: 1 refused or failed, 2 wrong usage."""
    sys.stderr.write(f"directory: {' '.join(message.split())}\n")
    sys.exit(code)


def told(error: BaseException) -> str:
    """The one line that a person is told about an error."""
    if isinstance(error, DirectoryError):
        return error.detail or error.title
    if isinstance(error, ValueError) and str(error).startswith("DIRECTORY_"):
        return str(error)
    if isinstance(error, Exception) and away(error):
        return f"the database cannot be reached: {error}"
    return f"{type(error).__name__}: {error}"


def print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if each is None else str(each) for each in row))
    out.print(table)
