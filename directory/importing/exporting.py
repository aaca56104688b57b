"""`directory export oruk` and `csv`, `directory source list` and `remove`."""

import os
import sys
from pathlib import Path

import rich_click as click

from directory.console import as_json, asynchronous, database, err, out, print_json, print_table
from directory.importing.commands import bar
from directory.importing.read import write_oruk, write_package
from directory.importing.write import list_feeds, remove_feed


@click.group()
def export() -> None:
    """Write the directory out in open formats."""


@export.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["ndjson", "json"]), default="ndjson", show_default=True)
@click.option("--source", metavar="NAME", help="Only the services of this source.")
@asynchronous
async def oruk(file: Path | None, form: str, source: str | None) -> None:
    """Write every published service as Open Referral UK, to FILE or to standard output."""
    lines = form == "ndjson"
    async with database() as (_, opened):
        with bar() as shown:
            task = shown.add_task("Services", total=None)

            def told(done: int, total: int) -> None:
                shown.update(task, completed=done, total=total)

            if file is None:
                await write_oruk(opened, sys.stdout.buffer, lines=lines, feed=source, told=told)
                return
            part = file.with_name(f".{file.name}.part")
            with part.open("wb") as stream:
                count = await write_oruk(opened, stream, lines=lines, feed=source, told=told)
            os.replace(part, file)
    err.print(f"{count} services in {file}")


@export.command("csv")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--source", metavar="NAME", help="Only the services of this source.")
@asynchronous
async def csv_(folder: Path, source: str | None) -> None:
    """Write the HSDS data package (CSV tables and datapackage.json) into FOLDER."""
    async with database() as (_, opened):
        with bar() as shown:
            task = shown.add_task("Services", total=None)
            count = await write_package(
                opened,
                folder,
                feed=source,
                told=lambda done, total: shown.update(task, completed=done, total=total),
            )
    err.print(f"{count} services in {folder}")


@click.group()
def source() -> None:
    """The sources that this directory mirrors."""


@source.command("list")
@as_json
@asynchronous
async def list_(json_: bool) -> None:
    """Every source: how many services, when it was last read."""
    async with database() as (_, opened):
        found = await list_feeds(opened)
    if json_:
        print_json(found)
        return
    columns = ("name", "services", "missing", "dialect", "last run", "last complete run", "from")
    print_table(
        "Sources",
        columns,
        [
            (f.id, f.services, f.missing, f.dialect, f.last_run, f.last_complete, f.url or f.label)
            for f in found
        ],
    )


@source.command()
@click.argument("name")
@asynchronous
async def remove(name: str) -> None:
    """Remove a source and everything that came from it."""
    async with database() as (_, opened):
        count = await remove_feed(opened, name)
    out.print(f"{name} is removed with its {count} services.", markup=False)
