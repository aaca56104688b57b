"""`directory backup` and `directory restore`."""

from pathlib import Path

import rich_click as click

from directory.console import as_json, asynchronous, database, located, out, print_json, settings
from directory.migrations.dump import dump
from directory.migrations.dump import restore as restore_from
from directory.search.index import open_index
from directory.search.sync import rebuild


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@asynchronous
async def backup(file: Path, json_: bool) -> None:
    """Write the whole database to FILE, as of now; the directory may go on running.

    Personal fields are sealed in it as they are in the database. Keep the key (`DIRECTORY_SECRET_KEY`, or `secret.key`
    under the data folder) as well, and in another place.
    """
    with located(settings()) as ready:
        size = await dump(ready.database_url, file)
    if json_:
        print_json({"file": str(file), "bytes": size})
    else:
        out.print(f"{file} holds the whole directory ({size / 1e6:.1f} MB).", soft_wrap=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@asynchronous
async def restore(file: Path, json_: bool) -> None:
    """Fill an empty directory from FILE, bring its tables up to this version, and build the search index anew.

    Refused where there is anything in the directory already.
    """
    found = settings()
    with located(found) as ready:
        revision = await restore_from(ready.database_url, file)
    async with database(found) as (ready, opened), open_index(ready, opened, build=False) as index:
        services = await rebuild(opened, index)
    if json_:
        print_json({"file": str(file), "revision": revision, "services": services})
    else:
        out.print(f"The directory is restored from {file}: {services} services.", soft_wrap=True)
