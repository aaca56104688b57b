"""`directory seed`, and what `serve --demo` plants."""

import asyncio

import rich_click as click

from directory.access.demonstration import ACCOUNTS, PASSWORD
from directory.access.vault import open_vault
from directory.console import as_json, asynchronous, database, out, print_json
from directory.db import Database
from directory.importing.commands import bar
from directory.settings import Settings


async def plant(opened: Database) -> object:
    """Load the demonstration county with a progress bar; returns what it did."""
    from seed.load import load

    with bar() as shown:
        task = shown.add_task("Postcodes", total=None)
        return await load(
            opened,
            lambda step, done, total: shown.update(task, description=step, completed=done, total=total),
        )


def plant_if_empty(settings: Settings) -> None:
    """For `serve --demo`: the county where there is no service yet, its accounts and requests where there are none."""
    from seed.requests.demonstrate import demonstrate

    async def run() -> None:
        opened = await Database(settings.database_url, size=2).open()
        try:
            if not await opened.pool.fetchval("select exists (select from service)"):
                await plant(opened)
                out.print("The demonstration county is loaded: its organizations and services are invented.")
            made = await demonstrate(opened, open_vault(settings.secret_key, settings.data_dir))
            if made:
                out.print(
                    f"{made.requests} invented requests with {made.referrals} referrals are there to look at."
                )
            if await opened.pool.fetchval("select exists (select from staff where id = $1)", ACCOUNTS[0].id):
                _print_sign_ins()
        finally:
            await opened.close()

    asyncio.run(run())


def _print_sign_ins() -> None:
    """Everybody's password is the same, and no secret: these accounts open nothing outside a demonstration."""
    out.print(f"Sign in at /staff as one of these, with the password [bold]{PASSWORD}[/bold]:")
    for each in ACCOUNTS:
        out.print(f"  {each.email:24} {each.role:11} {each.does}", highlight=False, soft_wrap=True)


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
