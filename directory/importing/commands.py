"""`directory seed`, `directory import oruk`."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import rich_click as click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from directory.console import as_json, asynchronous, database, err, fail, out, print_json, print_table
from directory.db import Database
from directory.importing import apply, files, report, sources
from directory.importing.plan import CRAWLS
from directory.importing.shapes import Item, Report


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


@click.command()
@click.argument("source")
@click.option(
    "--source", "name", metavar="NAME", help="Mirror the source under this name.  [default: from SOURCE]"
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option(
    "--crawls",
    default=CRAWLS,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Withdraw a service once it is missing from this many complete runs.",
)
@click.option(
    "--partial", is_flag=True, help="SOURCE is not the whole feed: what is not in it is left alone."
)
@click.option(
    "--allow-withdrawals", is_flag=True, help="Withdraw even more than 20 % of the source's services."
)
@as_json
@asynchronous
async def oruk(
    source: str,
    name: str | None,
    dry_run: bool,
    crawls: int,
    partial: bool,
    allow_withdrawals: bool,
    json_: bool,
) -> None:
    """Import an Open Referral UK feed: SOURCE is a file, a folder of pages, or the feed's base address.

    Every record ends imported or quarantined with its reason. Running it again changes only what has changed.
    """
    feed = named(source, name)
    options = apply.Options(
        dry_run=dry_run,
        complete=not partial,
        crawls=crawls,
        allow_withdrawals=allow_withdrawals,
        label=name or source,
        url=source if sources.is_address(source) else "",
    )
    async with database() as (settings, opened):
        with bar() as shown:
            async with _records(source, settings.data_dir / "imports" / f"{feed}.ndjson", shown) as items:
                task = shown.add_task("Importing", total=None)
                done = await apply.run(
                    opened,
                    feed,
                    source,
                    items,
                    options,
                    told=lambda count: shown.update(task, completed=count),
                )
    tell(done, json_)


def named(source: str, name: str | None) -> str:
    """The feed's id: the name given, else one made of the source. `local` is this directory itself."""
    stem = urlsplit(source).netloc if sources.is_address(source) else Path(source).stem
    feed = re.sub(r"[^a-z0-9._-]+", "-", (name or stem).lower()).strip("-.")[:80]
    if not feed:
        fail("give the source a name with --source", code=2)
    if feed == "local":
        fail("the name local is this directory's own; choose another with --source", code=2)
    return feed


@contextlib.asynccontextmanager
async def _records(source: str, spool: Path, shown: Progress) -> AsyncIterator[Iterator[Item]]:
    if not sources.is_address(source):
        task = shown.add_task("Reading (bytes)", total=None)
        yield files.read_files(
            Path(source), lambda done, total: shown.update(task, completed=done, total=total)
        )
        return
    task = shown.add_task("Fetching", total=None)
    await sources.fetch(source, spool, lambda done, total: shown.update(task, completed=done, total=total))
    yield sources.read_spool(spool, urlsplit(source).netloc)
    spool.unlink(missing_ok=True)  # noqa: ASYNC240


def tell(done: Report, json_: bool, printed: Callable[[object], None] = print_json) -> None:
    """The report as tables for people, or as JSON."""
    if json_:
        printed(done)
        return
    if done.quarantined:
        columns = ("where", "id", "name", "why it is not imported")
        print_table("Quarantined", columns, report.rows_quarantined(done))
    if done.findings:
        columns = ("times", "field", "what was wrong", "for example")
        print_table("Mended or left out", columns, report.rows_findings(done))
    for remark in done.remarks:
        out.print(remark, markup=False)
    out.print(report.summary(done), markup=False, soft_wrap=True)
