"""What a person brings, into the database: areas from a file, with outlines drawn for those that are only lists."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from msgspec import Struct

from directory.db import Connection, Database
from directory.places import read
from directory.places.area_files import AreaFile, NewArea
from directory.places.atlas import LISTS, Atlas, Region
from directory.places.held import Held
from directory.places.outlines import Ground
from directory.places.write import ALWAYS, add_figures, areas_changed, replace_areas


class Applied(Struct, frozen=True, kw_only=True):
    """What came of an import. `without_outline` are codes of areas that a point cannot be told to be in."""

    kind: str
    areas: int
    problems: list[str]
    without_outline: list[str] = []
    unknown: list[str] = []
    dry_run: bool = False


async def apply_areas(
    database: Database,
    kind: str,
    found: AreaFile,
    source: str,
    *,
    valid_from: dt.date = ALWAYS,
    valid_to: dt.date | None = None,
    demonstration: bool = False,
    dry_run: bool = False,
) -> Applied:
    """The file's areas in the place of those of this kind and date, all at once or not at all."""
    problems = list(found.problems)
    areas = await _drawn(database, kind, found.areas, problems)
    if not dry_run:
        async with database.transaction() as connection:
            await _locked(connection)
            await replace_areas(
                connection,
                kind,
                areas,
                source,
                valid_from=valid_from,
                valid_to=valid_to,
                demonstration=demonstration,
            )
            await areas_changed(connection)
    return Applied(
        kind=kind,
        areas=len(areas),
        problems=problems,
        without_outline=[area.code for area in areas if area.outline is None],
        dry_run=dry_run,
    )


async def apply_figures(
    database: Database, kind: str, found: AreaFile, source: str, *, dry_run: bool = False
) -> Applied:
    """The file's figures added to the areas of this kind that are of today."""
    known = await database.pool.fetch(
        "select distinct code from area where kind = $1 and (valid_to is null or valid_to >= current_date)",
        kind,
    )
    codes = {row["code"] for row in known}
    figures: dict[str, dict[str, Any]] = {
        area.code: area.attributes for area in found.areas if area.code in codes
    }
    if figures and not dry_run:
        async with database.transaction() as connection:
            await _locked(connection)
            await add_figures(connection, kind, figures, source)
    unknown = [area.code for area in found.areas if area.code not in codes]
    return Applied(kind=kind, areas=len(figures), problems=found.problems, unknown=unknown, dry_run=dry_run)


async def _locked(connection: Connection) -> None:
    """One import of areas at a time."""
    await connection.execute("select pg_advisory_xact_lock(hashtext('areas'))")


async def _drawn(
    database: Database, kind: str, areas: Sequence[NewArea], problems: list[str]
) -> list[NewArea]:
    """The areas with an outline for each that has none of its own, drawn of its members where they are known."""
    outlines: dict[str, bytes] = {}
    wanted = [area for area in areas if area.outline is None]
    if any(what in LISTS for area in wanted for what, _ in area.members):
        outlines = _of_lists(await read.held(database.pool), kind, wanted)
    elif any(what == "lsoa" for area in wanted for what, _ in area.members):
        outlines = await _of_lsoas(database, wanted, problems)
    elif wanted:
        outlines = await _of_schools(database, await read.held(database.pool), wanted, problems)
    return [
        NewArea(
            code=area.code,
            name=area.name,
            outline=area.outline or outlines.get(area.code),
            members=area.members,
            attributes=area.attributes,
        )
        for area in areas
    ]


def _of_lists(held: Held, kind: str, areas: Sequence[NewArea]) -> dict[str, bytes]:
    county = [region for region in held.atlas.regions if region.kind == "county"]
    regions = [Region(kind, area.code, area.name, members=area.members) for area in areas]
    atlas = Atlas([*county, *regions] if kind != "county" else regions, held.units)
    labels = np.full(len(held.units), "", dtype="U80")
    for at, region in enumerate(atlas.regions):
        if region.kind == kind:
            labels[atlas.rows(at)] = region.code
    return _ground(held, atlas).outlines(labels[held.units.used].tolist())


def _ground(held: Held, atlas: Atlas) -> Ground:
    units = held.units
    home = [at for at, code in enumerate(units.districts) if code in atlas.home_districts]
    return Ground(units.lat[units.used], units.lon[units.used], np.isin(units.district[units.used], home))


async def _of_lsoas(database: Database, areas: Sequence[NewArea], problems: list[str]) -> dict[str, bytes]:
    rows = await database.pool.fetch(
        """select code, outline from area
           where kind = 'lsoa' and outline is not null and (valid_to is null or valid_to >= current_date)"""
    )
    shapes = {row["code"]: shapely.from_wkb(row["outline"]) for row in rows}
    drawn = {}
    for area in areas:
        mine = [member for _, member in area.members]
        if missing := [member for member in mine if member not in shapes]:
            problems.append(f"{area.code}: the outline of LSOA {', '.join(missing[:5])} is not loaded")
        if parts := [shapes[member] for member in mine if member in shapes]:
            drawn[area.code] = bytes(shapely.to_wkb(shapely.make_valid(shapely.union_all(parts))))
    return drawn


async def _of_schools(
    database: Database, held: Held, areas: Sequence[NewArea], problems: list[str]
) -> dict[str, bytes]:
    """The ground that is nearer to a school of the area than to any other: each postcode follows its nearest school."""
    points: list[tuple[float, float, str]] = []
    urns = [member for area in areas for what, member in area.members if what == "urn"]
    rows = await database.pool.fetch(
        """select external_identifier as urn, latitude, longitude from location
           where external_identifier = any($1) and latitude is not null and not confidential""",
        urns,
    )
    placed = {row["urn"]: (row["latitude"], row["longitude"]) for row in rows}
    for area in areas:
        codes = {one["urn"]: one["postcode"] for one in area.attributes.get("settings", [])}
        unplaced = []
        for _, urn in area.members:
            unit = held.units.find(codes.get(urn, ""))
            spot = placed.get(urn) or ((unit.lat, unit.lon) if unit else None)
            if spot:
                points.append((*spot, area.code))
            else:
                unplaced.append(urn)
        if unplaced:
            problems.append(
                f"{area.code}: no place is known for school {', '.join(unplaced[:5])}; give its postcode"
            )
    if not points:
        return {}
    units = held.units
    tree = shapely.STRtree(shapely.points(units.plane.xy([p[0] for p in points], [p[1] for p in points])))
    nearest = tree.nearest(shapely.points(units.spots))
    return _ground(held, held.atlas).outlines([points[at][2] for at in nearest.tolist()])
