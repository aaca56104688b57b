"""Postcodes, places and areas into the database, in bulk. Every function works inside the caller's transaction,
unless it says otherwise, so that readers see all of a load or nothing."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import json

from directory.db import Connection, Database
from directory.places.area_files import NewArea
from directory.places.named import Named
from directory.places.onspd import Batch

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of it is done, 0 to 1."""

ALWAYS = dt.date.min
"""The first day of an area that has been there as long as anyone asks."""

_COLUMNS = ("postcode", "latitude", "longitude", "district", "live", "ended", "same_point")

_OUTCODES = """
with unit as (
    select split_part(postcode, ' ', 1) as outcode, latitude, longitude, district
    from {table} where live is not false),
middle as (select outcode, avg(latitude) as lat, avg(longitude) as lon from unit group by outcode),
wide as (
    select outcode, percentile_cont(0.95) within group (
        order by 111195 * sqrt((latitude - lat) ^ 2 + ((longitude - lon) * cos(radians(lat))) ^ 2)) as radius
    from unit join middle using (outcode) group by outcode),
counted as (select outcode, district, count(*) as n from unit group by outcode, district),
shared as (select outcode, jsonb_object_agg(district, n) as districts from counted group by outcode)
insert into outcode (outcode, latitude, longitude, radius, districts)
select outcode, round(lat::numeric, 5), round(lon::numeric, 5), round(radius::numeric), districts
from middle join wide using (outcode) join shared using (outcode)
"""


async def put_postcodes(connection: Connection, batches: Iterable[Batch], edition: str) -> int:
    """Add postcodes, or put them right where they are there already. Returns how many came."""
    empty = not await connection.fetchval("select exists (select from postcode)")
    table = "postcode" if empty else "postcode_in"
    if not empty:
        await connection.execute(
            "create temp table postcode_in (like postcode including defaults) on commit drop"
        )
    count = 0
    for batch in batches:
        await _copy(connection, table, batch)
        count += len(batch)
    if not empty:
        await connection.execute(
            """insert into postcode select * from postcode_in on conflict (postcode) do update set
                   latitude = excluded.latitude, longitude = excluded.longitude, district = excluded.district,
                   live = excluded.live, ended = excluded.ended, same_point = excluded.same_point"""
        )
    await loaded(connection, "postcodes", edition)
    return count


async def put_outcodes(connection: Connection, rows: Sequence[tuple[str, float, float, float, str]]) -> None:
    """(outcode, lat, lon, radius, districts as JSON) in the place of all that were there."""
    await connection.execute("delete from outcode")
    await connection.copy_records_to_table(
        "outcode", records=rows, columns=["outcode", "latitude", "longitude", "radius", "districts"]
    )


async def replace_postcodes(
    database: Database, batches: Iterable[Batch], edition: str, progress: Progress | None = None
) -> int:
    """Every postcode anew, in transactions of its own: filled beside the table and swapped in at the end.

    What the new ones do not hold stays: as no longer in use, where they tell live from dead and hold others of its
    area ("NR"), else as it was. Returns how many came.
    """
    async with database.pool.acquire() as connection:
        await connection.execute("drop table if exists postcode_new")
        await connection.execute("create unlogged table postcode_new (like postcode including defaults)")
        count = 0
        try:
            for batch in batches:
                await _copy(connection, "postcode_new", batch)
                count += len(batch)
                if progress:
                    progress(batch.part, 0.0)
            if progress:
                progress("sorting", 0.8)
            await connection.execute("alter table postcode_new add primary key (postcode)", timeout=600)
            await _keep_the_rest(connection)
            if progress:
                progress("swapping", 0.9)
            await connection.execute("alter table postcode_new set logged", timeout=600)
            async with connection.transaction():
                await connection.execute("delete from outcode")
                await connection.execute(_OUTCODES.format(table="postcode_new"), timeout=600)
                await connection.execute("drop table postcode")
                await connection.execute("alter table postcode_new rename to postcode")
                await connection.execute("alter index postcode_new_pkey rename to postcode_pkey")
                await loaded(connection, "postcodes", edition)
        except BaseException:
            if not connection.is_closed():
                await connection.execute("drop table if exists postcode_new")
            raise
        await connection.execute("analyze postcode")
    return count


async def _keep_the_rest(connection: Connection) -> None:
    await connection.execute(
        """
        with known as (
            select distinct substring(postcode from '^[A-Z]+') as area from postcode_new where live is not null)
        insert into postcode_new (postcode, latitude, longitude, district, live, ended, same_point)
        select old.postcode, latitude, longitude, district,
               case when known.area is null then live else false end, ended, same_point
        from postcode old left join known on known.area = substring(old.postcode from '^[A-Z]+')
        where not exists (select from postcode_new n where n.postcode = old.postcode)
        """,
        timeout=600,
    )


async def _copy(connection: Connection, table: str, batch: Batch) -> None:
    records = (
        (code, lat, lon, district, live, ended, same)
        for code, lat, lon, _, _, district, live, ended, same in batch.rows()
    )
    await connection.copy_records_to_table(table, records=records, columns=_COLUMNS, timeout=600)


async def replace_places(connection: Connection, named: Iterable[Named], edition: str) -> int:
    """Every named place anew."""
    records = [
        (p.name, p.kind, p.lat, p.lon, p.district or None, p.county or None, json.encode(p.aliases).decode(), p.source)
        for p in named
    ]  # fmt: skip
    await connection.execute("delete from place")
    await connection.copy_records_to_table(
        "place",
        records=records,
        columns=["name", "kind", "latitude", "longitude", "district", "county", "aliases", "source"],
    )
    await loaded(connection, "places", edition)
    return len(records)


async def replace_areas(
    connection: Connection,
    kind: str,
    areas: Sequence[NewArea],
    source: str,
    *,
    valid_from: dt.date = ALWAYS,
    valid_to: dt.date | None = None,
    demonstration: bool = False,
) -> int:
    """The areas of a kind from one date on, in the place of those of that kind and date and of any demonstration ones;
    earlier ones that are still open then end the day before."""
    await connection.execute(
        "delete from area where kind = $1 and (valid_from = $2 or demonstration)", kind, valid_from
    )
    await connection.execute(
        """update area set valid_to = $2::date - 1
           where kind = $1 and valid_from < $2 and (valid_to is null or valid_to >= $2)""",
        kind,
        valid_from,
    )
    rows = [
        (kind, a.code, a.name, valid_to, source, demonstration, a.outline, json.encode(a.attributes).decode())
        for a in areas
    ]
    for area, row in zip(areas, rows, strict=True):
        number = await connection.fetchval(
            """insert into area (kind, code, name, valid_from, valid_to, source, demonstration, outline, attributes)
               values ($1, $2, $3, $9, $4, $5, $6, $7, $8) returning id""",
            *row,
            valid_from,
        )
        if area.members:
            await connection.copy_records_to_table(
                "area_member",
                records=[(number, *member) for member in dict.fromkeys(area.members)],
                columns=["area_id", "kind", "member"],
            )
    await loaded(connection, "areas", source)
    return len(areas)


async def add_figures(
    connection: Connection, kind: str, figures: Mapping[str, dict[str, Any]], edition: str
) -> int:
    """Add attributes to the areas of a kind that are of today, by their codes. Returns how many areas got some."""
    done = await connection.fetch(
        """update area set attributes = area.attributes || f.attributes
           from unnest($2::text[], $3::jsonb[]) as f (code, attributes)
           where area.kind = $1 and area.code = f.code and (valid_to is null or valid_to >= current_date)
           returning area.code""",
        kind,
        list(figures),
        [json.encode(each).decode() for each in figures.values()],
    )
    await loaded(connection, "areas", edition)
    return len({row["code"] for row in done})


async def areas_changed(connection: Connection) -> None:
    """Every service's search document may name other areas now: have the drain make them anew."""
    await connection.execute(
        """insert into search_change (service_id, seq) select id, nextval('search_seq') from service order by id
           on conflict (service_id) do update set seq = excluded.seq"""
    )


async def loaded(connection: Connection, dataset: str, edition: str) -> None:
    """Note that the data has changed, for every process that keeps some of it in memory."""
    await connection.execute(
        """insert into place_data (dataset, edition) values ($1, $2)
           on conflict (dataset) do update set edition = excluded.edition, loaded_at = now(),
               version = place_data.version + 1""",
        dataset,
        edition,
    )
