"""The carried county into the database."""

import asyncio
from pathlib import Path

from directory.db import Connection, Database
from directory.places import onspd
from directory.places.carried import PLACES, SEED, carried
from directory.places.write import (
    Progress,
    put_outcodes,
    put_postcodes,
    replace_areas,
    replace_places,
)


async def load_county(
    database: Database | Connection, progress: Progress | None = None, folder: Path = SEED
) -> int:
    """Postcodes, places, districts and demonstration zones, in one transaction. Returns how many postcodes.

    Safe to run again: what is carried comes anew, postcodes of elsewhere stay. Raises SourceError when a carried
    file is damaged or the postcode package is missing.
    """
    if isinstance(database, Database):
        async with database.transaction() as connection:
            return await _load(connection, progress or _silent, folder)
    return await _load(database, progress or _silent, folder)


async def _load(connection: Connection, progress: Progress, folder: Path) -> int:
    progress("postcodes", 0.0)
    county = await asyncio.to_thread(carried, folder)
    progress("postcodes", 0.6)
    count = await put_postcodes(connection, county.batches, onspd.vintage())
    await put_outcodes(connection, county.outcodes)
    progress("places", 0.8)
    await replace_places(connection, county.named, PLACES)
    progress("areas", 0.9)
    for layer in county.layers:
        await replace_areas(
            connection, layer.kind, layer.areas, layer.source, demonstration=layer.demonstration
        )
    progress("areas", 1.0)
    return count


def _silent(what: str, done: float) -> None:
    """No progress is shown."""
