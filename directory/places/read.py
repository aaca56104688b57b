"""What the resolver keeps in memory of the places in the database, and the few SELECTs that it makes besides."""

import json
from collections.abc import Sequence

import numpy as np
import shapely
from asyncpg import Record
from msgspec import convert, structs

from directory.db import Reader
from directory.places import zones as zone_parts
from directory.places.atlas import Region
from directory.places.held import Held, made
from directory.places.named import Named
from directory.places.shapes import Setting, Zone, ZoneService, ZoneSummary
from directory.places.units import Packed, Unit, Wide, packed

AROUND = (0.31, 0.19)
"""Degrees of longitude and latitude round the home county within which postcodes are kept in memory: some 21 km."""

MOST = 200
"""Services that are listed with a zone; a search by the zone gives them all."""

_COLUMNS = "postcode, latitude, longitude, district, live, ended, same_point"
_UNITS = f"select {_COLUMNS} from postcode"  # noqa: S608
_AT_ONCE = 4_000  # postcodes of one reading
_IN_BOX = (
    f"{_UNITS} where latitude between $1 and $2 and longitude between $3 and $4 and postcode > $5"
    " order by postcode limit $6"
)
_BY_CODE = f"{_UNITS} where postcode = any($1)"

_REGIONS = """
select a.kind, a.code, a.name, a.outline, a.demonstration,
       coalesce((select array_agg(array[m.kind, m.member] order by m.kind, m.member)
                 from area_member m where m.area_id = a.id), '{}') as members
from area a
where a.valid_from <= current_date and (a.valid_to is null or a.valid_to >= current_date)
"""


async def version(reader: Reader) -> tuple[tuple[str, int], ...]:
    """Which load of each kind of data the database holds, and the day, on which areas may change."""
    rows = await reader.fetch(
        "select dataset, version from place_data union all select 'day', current_date - date '2020-01-01' order by 1"
    )
    return tuple((row["dataset"], row["version"]) for row in rows)


async def held(reader: Reader) -> Held:
    """Everything, read anew: a second or less for a county."""
    editions = {
        row["dataset"]: row["edition"]
        for row in await reader.fetch("select dataset, edition from place_data")
    }
    regions = [
        Region(
            row["kind"],
            row["code"],
            row["name"],
            row["outline"],
            tuple((kind, member) for kind, member in row["members"]),
            row["demonstration"],
        )
        for row in await reader.fetch(_REGIONS)
    ]
    outcodes = [
        Wide(row["outcode"], row["latitude"], row["longitude"], row["radius"], json.loads(row["districts"]))
        for row in await reader.fetch("select outcode, latitude, longitude, radius, districts from outcode")
    ]
    named = [
        Named(
            name=row["name"],
            kind=row["kind"],
            lat=row["latitude"],
            lon=row["longitude"],
            district=row["district"] or "",
            county=row["county"] or "",
            source=row["source"],
            aliases=tuple(json.loads(row["aliases"])),
        )
        for row in await reader.fetch("select * from place order by id")
    ]
    rows = await _near_home(reader, regions)
    total = await reader.fetchval("select count(*) from postcode")
    return made(rows, len(rows) == total, regions, outcodes, named, editions)


async def _near_home(reader: Reader, regions: Sequence[Region]) -> Packed:
    counties = [region for region in regions if region.kind == "county"]
    home = [member for region in counties for kind, member in region.members if kind == "district"]
    box = await reader.fetchrow(
        """select min(longitude), min(latitude), max(longitude), max(latitude)
           from postcode where district = any($1)""",
        home,
    )
    boxes = [tuple(box)] if box and box[0] is not None else []
    boxes += [shapely.from_wkb(region.outline).bounds for region in counties if region.outline and not boxes]
    if not boxes:
        return packed([])
    west, south = (min(box[at] for box in boxes) - AROUND[at] for at in (0, 1))
    east, north = (max(box[at] for box in boxes) + AROUND[at - 2] for at in (2, 3))
    # A county at once would be rows of some hundreds of bytes each, and a process gives little of that back.
    found = []
    last = ""
    while rows := await reader.fetch(_IN_BOX, south, north, west, east, last, _AT_ONCE):
        found.append(packed(rows))
        last = rows[-1]["postcode"]
    return np.concatenate(found) if found else packed([])


async def units(reader: Reader, codes: Sequence[str]) -> dict[str, Unit]:
    """Those of the canonical postcodes that exist."""
    return {row["postcode"]: Unit(*row) for row in await reader.fetch(_BY_CODE, list(codes))}


_ZONES = """
select code, name, demonstration, source, nullif(valid_from, '0001-01-01') as valid_from, outline, attributes,
       array(select m.member from area_member m where m.area_id = a.id order by m.member) as members
from area a
where kind = 'zone' and valid_from <= current_date and (valid_to is null or valid_to >= current_date)
  and ($1 = '' or code = $1)
order by code
"""
_SERVICE = """
select distinct %s s.id, s.name, s.kind, o.name as organization, s.email, s.url,
       (select number from phone p where p.service_id = s.id and coalesce(p.type, 'voice') in ('voice', 'cell')
        order by p.type is null, p.number limit 1) as phone
from service s join organization o on o.id = s.organization_id
"""
_FOR = (
    f"{_SERVICE % 'a.area,'} join service_area a on a.service_id = s.id"
    " where a.area = any($1) and s.status = 'active' order by s.name, s.id"
)
_BY_ID = f"{_SERVICE % ''} where s.id = any($1) order by s.name, s.id"
_POINTS = """
select sal.service_id, l.latitude, l.longitude
from location l join service_at_location sal on sal.location_id = l.id join service s on s.id = sal.service_id
where not l.confidential and s.status = 'active'
  and l.longitude between $1 and $3 and l.latitude between $2 and $4
"""


async def zones(reader: Reader, held: Held) -> list[ZoneSummary]:
    """The zones of today, in order of their codes."""
    rows = await reader.fetch(_ZONES, "")
    teams = await _services_for(reader, [row["code"] for row in rows])
    towns = zone_parts.towns(held)
    return [_summary(held, row, teams, towns) for row in rows]


async def zone(reader: Reader, held: Held, code: str) -> Zone | None:
    """A zone of today, with its hubs, settings and services."""
    row = await reader.fetchrow(_ZONES, code) if code and "\x00" not in code else None
    if row is None:
        return None
    outline, covering = row["outline"], await _services_for(reader, [code])
    mine = {one.id: one for one in covering.get(code, [])}
    box = zone_parts.box(outline)
    spots = await reader.fetch(_POINTS, *box) if box else []
    inside = zone_parts.inside(
        held, f"zone:{code}", [(spot["latitude"], spot["longitude"]) for spot in spots]
    )
    here = {spot["service_id"] for spot, there in zip(spots, inside, strict=True) if there} - mine.keys()
    mine |= {each["id"]: _service(each) for each in await reader.fetch(_BY_ID, list(here))}
    services = sorted(mine.values(), key=lambda one: (one.name, str(one.id)))
    return Zone(
        **structs.asdict(_summary(held, row, covering, zone_parts.towns(held))),
        members=list(row["members"]),
        outline=zone_parts.geojson(outline),
        hubs=[one for one in services if one.kind in ("help_hub", "family_hub")],
        settings=convert(json.loads(row["attributes"]).get("settings", []), list[Setting]),
        services=services[:MOST],
        services_total=len(services),
    )


async def _services_for(reader: Reader, codes: Sequence[str]) -> dict[str, list[ZoneService]]:
    """Zone code -> the services that say they are for it."""
    found: dict[str, list[ZoneService]] = {}
    for row in await reader.fetch(_FOR, [f"zone:{code}" for code in codes]):
        found.setdefault(row["area"].partition(":")[2], []).append(_service(row))
    return found


def _summary(
    held: Held, row: Record, services: dict[str, list[ZoneService]], towns: dict[str, list[str]]
) -> ZoneSummary:
    ref = f"zone:{row['code']}"
    mine = services.get(row["code"], [])
    return ZoneSummary(
        code=row["code"],
        name=row["name"],
        demonstration=row["demonstration"],
        source=row["source"],
        valid_from=row["valid_from"].isoformat() if row["valid_from"] else None,
        centre=zone_parts.centre(row["outline"]),
        districts=zone_parts.districts(held, ref),
        places=towns.get(ref, []),
        team=[one for one in mine if one.kind == "school_and_community_zone"],
        url=f"/zones/{row['code']}",
    )


def _service(row: Record) -> ZoneService:
    return ZoneService(
        id=row["id"],
        name=row["name"],
        organization=row["organization"],
        kind=row["kind"] or "",
        phone=row["phone"] or "",
        email=row["email"] or "",
        url=f"/services/{row['id']}",
    )
