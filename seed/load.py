"""The demonstration county, loaded as any import is: postcodes, places and areas, words, organizations.

A second load changes nothing: dates count from the day of the first one, which the feed's row remembers.
"""

import datetime as dt
from collections.abc import Callable

from msgspec import Struct

from directory.catalogue import hsds
from directory.catalogue.write import Stored, ensure_feed, prune, store, withdraw
from directory.db import Connection, Database
from directory.importing.vocabulary import load_vocabulary, needs
from directory.places.load import load_county
from seed import shapes
from seed.build import FEED, Facts, Point, services, sources

BATCH = 600
Progress = Callable[[str, int, int], None]
"""Told the step, how much is done and how much there is."""


# A directory that has postcodes and areas keeps them: they may be the council's own by now.
_UNPLACED = "select not exists (select from postcode) or not exists (select from area)"


class Loaded(Struct, frozen=True):
    """What a load found and did."""

    organizations: int
    services: int
    stored: Stored
    withdrawn: int


async def load(database: Database, progress: Progress = lambda step, done, total: None) -> Loaded:
    """Bring the demonstration county into the database, in one transaction."""
    async with database.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(hashtext('seed'))")
        if await connection.fetchval(_UNPLACED):
            await load_county(
                connection, lambda step, share: progress(step.capitalize(), round(100 * share), 100)
            )
        progress("Words", 0, 1)
        await load_vocabulary(connection)
        return await _organizations(connection, progress)


async def _organizations(connection: Connection, progress: Progress) -> Loaded:
    found = [organization for _, organization in shapes.read()]
    facts = Facts(
        needs={need.code: (need.label, need.definition) for need in needs()},
        points=await _points(connection, sorted({venue.postcode for each in found for venue in each.venues})),
        today=await _first_day(connection),
    )
    records: list[hsds.Service] = []
    keys: dict[str, str] = {}
    for organization in found:
        made = services(organization, facts)
        records += made
        keys |= sources(made, organization)
    stored = Stored()
    for start in range(0, len(records), BATCH):
        progress("Services", start, len(records))
        stored += await store(connection, FEED, records[start : start + BATCH], sources=keys)
    progress("Services", len(records), len(records))
    gone = await connection.fetch(
        "select id from service where feed_id = $1 and source_id <> id::text and id <> all($2::uuid[])",
        FEED,
        [record.id for record in records],
    )
    withdrawn = await withdraw(connection, [str(row[0]) for row in gone]) if gone else 0
    await prune(connection, FEED)
    return Loaded(len(found), len(records), stored, withdrawn)


async def _first_day(connection: Connection) -> dt.date:
    await ensure_feed(connection, FEED, "This directory")
    text = await connection.fetchval(
        "update feed set state = jsonb_build_object('seeded_on', current_date::text) || state, last_run = now(),"
        " last_complete = now() where id = $1 returning state ->> 'seeded_on'",
        FEED,
    )
    return dt.date.fromisoformat(text)


async def _points(connection: Connection, postcodes: list[str]) -> dict[str, Point]:
    rows = await connection.fetch(
        "select postcode, latitude, longitude, coalesce(district, '') from postcode where postcode = any($1)",
        postcodes,
    )
    return {row[0]: Point(row[1], row[2], row[3]) for row in rows}
