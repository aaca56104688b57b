"""`directory seed`, `directory import oruk`."""

import asyncio

import rich_click as click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from directory.console import as_json, asynchronous, database, err, out, print_json
from directory.db import Database


def bar() -> Progress:
    """A progress bar on stderr, so that what a command prints stays clean."""
    return Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )


async def plant(opened: Database) -> object:
    """Load the demonstration county with a progress bar; returns what it did."""
    from seed.load import load

    with bar() as shown:
        task = shown.add_task("Postcodes", total=None)
        return await load(
            opened,
            lambda step, done, total: shown.update(task, description=step, completed=done, total=total),
        )


def plant_if_empty(url: str) -> None:
    """For `serve --demo`: the county where there is no service yet, nothing otherwise."""

    async def run() -> None:
        opened = await Database(url, size=2).open()
        try:
            if not await opened.pool.fetchval("select exists (select from service)"):
                await plant(opened)
                out.print("The demonstration county is loaded: its organizations and services are invented.")
        finally:
            await opened.close()

    asyncio.run(run())


@click.command()
@as_json
@asynchronous
async def seed(json_: bool) -> None:
    """Load the demonstration county: invented services in real places. Running it again changes nothing."""
    async with database() as (_, opened):
        done = await plant(opened)
    if json_:
        print_json(done)
    else:
        out.print(f"The demonstration county is loaded: {_said(done)}.")


def _said(done: object) -> str:
    from seed.load import Loaded

    assert isinstance(done, Loaded)
    stored = done.stored
    return (
        f"{done.services} services of {done.organizations} organizations"
        f" ({stored.added} new, {stored.changed} changed, {stored.same} as they were)"
    )
