"""`directory seed`, `directory import oruk` and `csv`."""

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rich_click as click
from msgspec import Struct
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from directory.console import as_json, asynchronous, database, err, fail, out, print_json, print_table
from directory.db import Database
from directory.importing import apply, files, report, sources
from directory.importing.mirror import mirror
from directory.importing.package import read_package
from directory.importing.plain_csv import read_mapping, read_plain
from directory.importing.plan import CRAWLS
from directory.importing.shapes import Item, Report
from directory.importing.tagging import tag_untagged
from directory.search.ahead import Ahead, ahead
from directory.settings import Settings


def bar() -> Progress:
    """A progress bar on stderr, so that what a command prints stays clean."""
    return Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every import has."""
    for option in reversed(
        (
            click.option(
                "--source", "name", metavar="NAME", help="Mirror it under this name.  [default: from SOURCE]"
            ),
            click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing."),
            click.option(
                "--crawls",
                default=CRAWLS,
                show_default=True,
                type=click.IntRange(1, 100),
                help="Withdraw a service once it is missing from this many complete runs.",
            ),
            click.option(
                "--partial",
                is_flag=True,
                help="This is not the whole source: what is not in it is left alone.",
            ),
            click.option(
                "--allow-withdrawals",
                is_flag=True,
                help="Withdraw even more than 20 % of the source's services.",
            ),
            as_json,
        )
    ):
        command = option(command)
    return command


class Given(Struct, frozen=True, kw_only=True):
    """What the options of an import say."""

    name: str | None
    dry_run: bool
    crawls: int
    partial: bool
    allow_withdrawals: bool
    json_: bool

    def options(self, source: str) -> apply.Options:
        return apply.Options(
            dry_run=self.dry_run,
            complete=not self.partial,
            crawls=self.crawls,
            allow_withdrawals=self.allow_withdrawals,
            label=self.name or source,
            url=source if sources.is_address(source) else "",
        )


@click.command()
@click.argument("source")
@click.option(
    "--changes", is_flag=True, help="From an address: only what changed since the last run, if it can tell."
)
@click.option(
    "--every",
    "every_hours",
    type=click.IntRange(0, 8760),
    help="From an address: mirror it again every so many hours.",
)
@_import_options
@asynchronous
async def oruk(source: str, changes: bool, every_hours: int | None, **given: Any) -> None:
    """Import an Open Referral UK feed: SOURCE is a file, a folder of pages, or the feed's base address.

    Every record ends imported or quarantined with its reason. Running it again changes only what has changed.
    """
    said = Given(**given)
    feed = named(source, said.name)
    if (changes or every_hours is not None) and not sources.is_address(source):
        fail("--changes and --every are for a feed that is read from its address", code=2)
    async with database() as (settings, opened), _indexing(settings, said) as made:
        with bar() as shown:
            task = shown.add_task("Reading", total=None)

            def read(done: int, total: int) -> None:
                shown.update(task, completed=done, total=total)

            if not sources.is_address(source):
                items = files.read_files(Path(source), read)
                done = await _run(opened, feed, source, items, said, shown, made)
            else:
                import_task = shown.add_task("Importing", total=None)
                done = await mirror(
                    opened,
                    settings.data_dir / "imports",
                    feed,
                    source,
                    said.options(source),
                    changes=changes,
                    every_hours=every_hours,
                    fetching=read,
                    importing=lambda count: shown.update(import_task, completed=count),
                    ahead=made,
                )
        await _suggest(settings, opened, done)
        await _index(made, done)
    tell(done, said.json_)


@click.command("csv")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="For a plain CSV: a TOML file that says what its columns mean.",
)
@_import_options
@asynchronous
async def csv_(source: Path, mapping: Path | None, **given: Any) -> None:
    """Import CSV: SOURCE is the folder of an HSDS data package, or one file with --mapping."""
    said = Given(**given)
    feed = named(str(source), said.name)
    if mapping is not None:
        items = read_plain(source, read_mapping(mapping))
    elif source.is_file():  # noqa: ASYNC240
        fail("a plain CSV needs --mapping FILE, which says what its columns mean", code=2)
    else:
        items = read_package(source)
    async with database() as (settings, opened), _indexing(settings, said) as made:
        with bar() as shown:
            done = await _run(opened, feed, str(source), items, said, shown, made)
        await _suggest(settings, opened, done)
        await _index(made, done)
    tell(done, said.json_)


@contextlib.asynccontextmanager
async def _indexing(settings: Settings, said: Given) -> AsyncIterator[Ahead | None]:
    """The process that makes documents while the import goes on; none for a dry run."""
    if said.dry_run:
        yield None
    else:
        async with ahead(settings) as made:
            yield made


async def _index(made: Ahead | None, done: Report) -> None:
    """Bring what was imported into the search index, and whatever else waits for it."""
    if made is None:
        return
    with bar() as shown:
        task = shown.add_task("Indexing", total=None)
        reply = await made.finish(lambda count: shown.update(task, completed=count))
    if reply.waiting:
        done.remarks = [*done.remarks, "the search index follows as soon as it can be written"]


async def _run(
    opened: Database,
    feed: str,
    source: str,
    items: Iterable[Item],
    said: Given,
    shown: Progress,
    made: Ahead | None,
) -> Report:
    task = shown.add_task("Importing", total=None)
    return await apply.run(
        opened,
        feed,
        source,
        items,
        said.options(source),
        told=lambda count: shown.update(task, completed=count),
        ahead=made,
    )


async def _suggest(settings: Settings, opened: Database, done: Report) -> None:
    """Suggest tags for what came without any."""
    if not done.dry_run and (done.added or done.changed):
        with bar() as shown:
            task = shown.add_task("Suggesting tags", total=None)
            done.suggested = await tag_untagged(
                opened, settings.rules_dir, done.feed, lambda count: shown.update(task, completed=count)
            )


def named(source: str, name: str | None) -> str:
    """The feed's id: the name given, else one made of the source. `local` is this directory itself."""
    stem = urlsplit(source).netloc if sources.is_address(source) else Path(source).stem
    feed = re.sub(r"[^a-z0-9._-]+", "-", (name or stem).lower()).strip("-.")[:80]
    if not feed:
        fail("give the source a name with --source", code=2)
    if feed == "local":
        fail("the name local is this directory's own; choose another with --source", code=2)
    return feed


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
