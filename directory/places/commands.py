"""`directory import postcodes`, `import places`, `import areas`."""

import asyncio
import datetime as dt
import time
from pathlib import Path

import rich_click as click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from directory.console import as_json, asynchronous, database, err, fail, out, print_json, print_table
from directory.places import onspd, postcode_files, read
from directory.places.apply import Applied, apply_areas, apply_figures
from directory.places.area_files import Columns, read_areas
from directory.places.carried import SEED
from directory.places.names_file import merged, read_names
from directory.places.write import ALWAYS, replace_places, replace_postcodes

_NEAR = 0.25
"""Degrees round the postcodes in memory within which named places are kept."""

a_day = click.DateTime(["%Y-%m-%d"])
a_path = click.Path(exists=True, path_type=Path)


def bar() -> Progress:
    """A progress bar on stderr, so that what a command prints stays clean."""
    return Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


@click.command()
@click.argument("file", required=False, type=a_path)
@click.option("--northern-ireland", is_flag=True, help="BT postcodes too: see their licence first.")
@as_json
@asynchronous
async def postcodes(file: Path | None, northern_ireland: bool, json_: bool) -> None:
    """Load every postcode of Great Britain: from the package that came with this, or from FILE.

    FILE is the ONS Postcode Directory or Code-Point Open, as CSV, zip or folder.
    """
    started = time.perf_counter()
    async with database() as (_, opened):
        if file:
            batches = postcode_files.read_file(file, northern_ireland=northern_ireland)
            edition = f"{file.name}, loaded {dt.datetime.now(dt.UTC).date():%B %Y}"
        else:
            regions = await opened.pool.fetch(
                "select member from area_member m join area a on a.id = m.area_id"
                " where a.kind = 'county' and m.kind = 'district'"
            )
            home = [row["member"] for row in regions]
            ended = onspd.read_terminated(SEED / "terminated.csv")
            batches = (
                onspd.mark(batch, home, ended)
                for batch in onspd.read_package(northern_ireland=northern_ireland)
            )
            edition = onspd.vintage()
        with bar() as shown:
            task = shown.add_task("Postcodes", total=None)
            count = await replace_postcodes(
                opened, batches, edition, lambda what, done: shown.update(task, description=what)
            )
        total = await opened.pool.fetchval("select count(*) from postcode")
    seconds = round(time.perf_counter() - started, 1)
    if json_:
        print_json({"read": count, "held": total, "edition": edition, "seconds": seconds})
    else:
        out.print(f"{count:,} postcodes read, {total:,} held, in {seconds} s: {edition}.")


@click.command()
@click.argument("file", type=a_path)
@click.option("--edition", default="", help='Which one it is, such as "October 2026".')
@click.option("--dry-run", is_flag=True, help="Read and say what would come of it; change nothing.")
@as_json
@asynchronous
async def places(file: Path, edition: str, dry_run: bool, json_: bool) -> None:
    """Load towns, villages and suburbs from OS Open Names (zip, folder or CSV)."""
    async with database() as (_, opened):
        held = await read.held(opened.pool)
        units = held.units
        if not len(units):
            fail(
                "load postcodes and the county first: directory seed, or directory import postcodes and areas"
            )
        south, north = float(units.lat.min()) - _NEAR, float(units.lat.max()) + _NEAR
        west, east = float(units.lon.min()) - _NEAR, float(units.lon.max()) + _NEAR
        new = await asyncio.to_thread(
            read_names,
            file,
            lambda lat, lon: south <= lat <= north and west <= lon <= east,
            {name: code for code, name in held.districts.items()},
            edition,
        )
        rows = merged(held.gazetteer.table.places, new)
        if not dry_run:
            async with opened.transaction() as connection:
                await replace_places(connection, rows, f"OS Open Names {edition}".strip())
    if json_:
        print_json({"read": len(new), "held": len(rows), "dry_run": dry_run})
    else:
        told = "would be held" if dry_run else "held"
        out.print(f"{len(new):,} places read from {file.name}, {len(rows):,} {told}.")


@click.command()
@click.argument("file", type=a_path)
@click.option("--kind", required=True, help="What they are: zone, district, ward, lsoa, ...")
@click.option("--figures", is_flag=True, help="The CSV holds figures for areas that are there already.")
@click.option("--source", default="", help="Where they are from, in words. Else the file's name.")
@click.option(
    "--from", "valid_from", type=a_day, help="First day (YYYY-MM-DD) of these; else they always were."
)
@click.option("--to", "valid_to", type=a_day, help="Last day of these.")
@click.option("--demonstration", is_flag=True, help="Invented: every page that shows them says so.")
@click.option("--code", default="", help="Column or property with an area's code.")
@click.option("--name", default="", help="Column or property with its name.")
@click.option("--member", default="", help="Column with the postcode, sector, outcode, LSOA or URN.")
@click.option("--dry-run", is_flag=True, help="Read and say what would come of it; change nothing.")
@as_json
@asynchronous
async def areas(
    file: Path,
    kind: str,
    figures: bool,
    source: str,
    valid_from: dt.datetime | None,
    valid_to: dt.datetime | None,
    demonstration: bool,
    code: str,
    name: str,
    member: str,
    dry_run: bool,
    json_: bool,
) -> None:
    """Load areas from GeoJSON polygons, a CSV of their members, or a CSV of figures for them."""
    kind = kind.strip().lower()
    if not kind.replace("_", "").isalnum():
        fail("--kind is one word, such as zone or ward", code=2)
    first, last = valid_from.date() if valid_from else ALWAYS, valid_to.date() if valid_to else None
    if last and last < first:
        fail("--to is before --from", code=2)
    found = await asyncio.to_thread(
        read_areas, file, kind, Columns(code=code, name=name, member=member), figures=figures
    )
    told = source.strip() or file.name
    async with database() as (_, opened):
        if figures:
            done = await apply_figures(opened, kind, found, told, dry_run=dry_run)
        else:
            done = await apply_areas(
                opened,
                kind,
                found,
                told,
                valid_from=first,
                valid_to=last,
                demonstration=demonstration,
                dry_run=dry_run,
            )
    if json_:
        print_json(done)
    else:
        _show(done, file.name)
    if not done.areas:
        fail(f"no {kind} of {file.name} is known here; import their outlines first")


def _show(done: Applied, name: str) -> None:
    told = "would be loaded" if done.dry_run else "loaded"
    out.print(f"{done.areas:,} areas of kind {done.kind} {told} from {name}.")
    if done.without_outline:
        out.print(f"Without an outline: {', '.join(done.without_outline[:10])}")
    if done.unknown:
        out.print(f"Not known here, left out: {len(done.unknown)}, such as {', '.join(done.unknown[:5])}")
    if done.problems:
        print_table("Left out", ["Why"], [[problem] for problem in done.problems[:50]])
