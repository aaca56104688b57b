"""`directory search` and `directory index`."""

from typing import Any

import rich_click as click
from rich.progress import Progress

from directory.console import as_json, asynchronous, database, err, out, print_json, print_table
from directory.places.resolve import Places
from directory.query import parse
from directory.search.find import find
from directory.search.index import open_index
from directory.search.request import SearchPage, SearchRequest
from directory.search.sync import pending
from directory.search.sync import rebuild as rebuild_index

_LISTS = ("outcome", "need", "kind", "day", "language", "accessible", "zone", "district")


def _filters(command: Any) -> Any:
    for name in reversed(_LISTS):
        command = click.option(f"--{name}", multiple=True, help="May be given more than once.")(command)
    return command


@click.command("search")
@click.argument("text", default="")
@click.option("--near", help="Postcode, place or point.")
@click.option("--within", type=float, help="Miles from the place.")
@click.option("--age", type=float, help="Age of the child or young person.")
@_filters
@click.option("--open-now", is_flag=True)
@click.option("--free", is_flag=True)
@click.option("--remote", is_flag=True, help="By phone, online or text.")
@click.option("--suggested", type=float, help="Let suggested tags pass a filter, from this confidence on.")
@click.option("--sort", type=click.Choice(["best", "nearest", "name", "fresh"]), default="best")
@click.option("--page", type=int, default=1)
@click.option("--per-page", type=int, default=10)
@as_json
@asynchronous
async def search(text: str, json_: bool, **given: Any) -> None:
    """Find services. TEXT is what you would say: "speech therapy", "baby group on Tuesday"."""
    from urllib.parse import urlencode

    pairs = [("q", text)]
    for name, value in given.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(each).lower() if each is True else str(each)) for each in values if each]
    request = parse(urlencode(pairs).encode(), SearchRequest)
    async with database() as (settings, opened), open_index(settings, opened) as index:
        places = Places(opened)
        await places.load()
        found = await find(index, places, request)
    if json_:
        print_json(found)
    else:
        _show(found)


def _show(found: SearchPage) -> None:
    if found.place is not None:
        out.print(found.place.sentence or found.place.text)
    for each in found.corrections:
        out.print(f"Searched for “{each.read_as}” instead of “{each.text}”.")
    print_table(
        f"{found.total} services",
        ("Service", "Who", "Miles", "Why"),
        ((each.name, each.organization, each.distance_miles, "; ".join(each.reasons)) for each in found.hits),
    )
    for way in found.help:
        out.print(f"- {way.text}")


@click.group("index")
def index() -> None:
    """The search index."""


@index.command()
@as_json
@asynchronous
async def rebuild(json_: bool) -> None:
    """Build the index anew from the database; searches go on meanwhile."""
    async with database() as (settings, opened), open_index(settings, opened, build=False) as engine:
        with Progress(console=err, transient=True) as bar:
            task = bar.add_task("Indexing", total=None)
            done = await rebuild_index(
                opened, engine, progress=lambda so_far, total: bar.update(task, completed=so_far, total=total)
            )
    print_json({"services": done}) if json_ else out.print(f"The index holds {done} services.")


@index.command()
@as_json
@asynchronous
async def status(json_: bool) -> None:
    """What the index holds and what it has not seen yet."""
    async with database() as (settings, opened), open_index(settings, opened) as engine:
        found = await engine.status()
        waiting = await pending(opened)
    if json_:
        print_json({"index": found, "waiting": waiting})
        return
    out.print(f"{found.engine} ({found.version}): {found.documents} services, {waiting} changes waiting")
