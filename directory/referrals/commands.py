"""`directory privacy ...`: what is held about a family, erasing it, what is due, and new keys."""

from pathlib import Path

import msgspec
import rich_click as click

from directory.access.roles import Caller
from directory.access.startup import check
from directory.access.vault import open_vault
from directory.console import as_json, asynchronous, database, out, print_json
from directory.errors import BadRequest
from directory.referrals import privacy as held

OPERATOR = Caller(kind="system", id="operator", name="the operator")


@click.group()
def privacy() -> None:
    """Export, erase and re-key what is held about families."""


@privacy.command()
@click.argument("reference")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, for its owner alone."
)
@asynchronous
async def export(reference: str, to: Path | None) -> None:
    """Everything that is held about the request REFERENCE, as JSON. The export is logged."""
    async with database() as (settings, db):
        vault = open_vault(settings.secret_key, settings.data_dir)
        found = await held.export(db, vault, reference, OPERATOR)
    if to is None:
        print_json(found)
        return
    _keep(to, msgspec.json.format(msgspec.json.encode(found)))
    out.print(f"Written to {to}.")


def _keep(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


@privacy.command()
@click.argument("reference")
@click.option("--force", is_flag=True, help="Also where a safeguarding concern holds it.")
@asynchronous
async def erase(reference: str, force: bool) -> None:
    """Erase the personal data of the closed request REFERENCE. It cannot be undone."""
    async with database() as (_, db):
        await held.erase(db, reference, OPERATOR, force=force)
    out.print("Erased.")


@privacy.command()
@as_json
@asynchronous
async def due(json_: bool) -> None:
    """Erase what its retention rule says is over; the worker does so every hour."""
    async with database() as (_, db):
        number = await held.erase_due(db)
    if json_:
        print_json({"erased": number})
    else:
        out.print(f"{number} requests erased.")


@privacy.command()
@asynchronous
async def rotate() -> None:
    """Seal everything under the first key of DIRECTORY_SECRET_KEY; afterwards the others can go."""
    async with database() as (settings, db):
        if not settings.secret_key:
            raise BadRequest("set DIRECTORY_SECRET_KEY to the new key, a comma, and the old one")
        vault = open_vault(settings.secret_key, settings.data_dir)
        await check(db, vault)
        number = await held.rotate(db, vault)
    out.print(f"{number} requests are under the key {vault.ids[0]} now.")
