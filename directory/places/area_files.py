"""Files of areas that a person brings: polygons as GeoJSON, lists or figures as CSV. Pure.

GeoJSON: a FeatureCollection (or one Feature) of Polygons and MultiPolygons in WGS84, or on the National Grid when its
`crs` says EPSG:27700 or its numbers can be nothing else. Code and name are taken from the properties that look like
them ("code", "LAD25CD", "id"; "name", "WD25NM"); the other plain properties are kept as attributes.

CSV of members: a row for each postcode, sector, outcode, district, LSOA or school, with the code of its area. A school
(`urn`) may come with its name, type and postcode: it is listed as a setting of its area.
CSV of figures: a row for each area, with figures for it; they are added to areas that are there already.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from directory.errors import SourceError
from directory.places.grids import british_to_latlon
from directory.places.postcodes import classify, normalise
from directory.places.shapes import Setting

_CODES = r"code|id|area_?code|area|zone|zone_?(code|id)|[a-z]{2,5}[0-9]{2}cd|ref(erence)?|gss_?code"
_NAMES = r"name|title|label|area_?name|zone_?name|[a-z]{2,5}[0-9]{2}nm"
_MEMBERS = {
    "urn": r"urn|school_?urn|establishment_?urn",
    "postcode": r"postcodes?|pcds?|pcd[278]",
    "sector": r"(postcode_?)?sectors?|pcsect",
    "outcode": r"outcodes?|(postcode_?)?district_?code_?of_?post|outward(_?code)?",
    "lsoa": r"lsoa|lsoa[0-9]{2}(cd)?|lsoa_?code",
    "district": r"district|district_?code|lad[0-9]{2}cd|laua|oslaua",
}
_LARGEST = 400_000_000
_DECIMALS = 6


class NewArea(Struct, frozen=True, kw_only=True):
    """An area to be stored: a polygon (`outline`, WKB in WGS84), or members as (kind, member), or figures alone."""

    code: str
    name: str
    outline: bytes | None = None
    members: tuple[tuple[str, str], ...] = ()
    attributes: dict[str, Any] = {}


class AreaFile(Struct, frozen=True, kw_only=True):
    """What a file holds; `problems` are the records left out, each with its reason."""

    areas: list[NewArea]
    problems: list[str] = []


class Columns(Struct, frozen=True, kw_only=True):
    """Properties or columns that a person names because they do not look like what they are; "" for a guess."""

    code: str = ""
    name: str = ""
    member: str = ""


def read_areas(path: Path, kind: str, columns: Columns | None = None, *, figures: bool = False) -> AreaFile:
    """The areas of a GeoJSON or CSV file. Raises SourceError, in one line that names the file, when it is neither, or
    holds no area."""
    columns = columns or Columns()
    try:
        if path.stat().st_size > _LARGEST:
            raise SourceError(f"{path} is larger than {_LARGEST // 1_000_000} MB.")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    if text.lstrip()[:1] in ("{", "["):
        found = _geojson(path, text, columns)
    else:
        found = _csv(path, text, kind, columns, figures)
    if not found.areas:
        raise SourceError(f"{path} holds no area" + (f": {found.problems[0]}" if found.problems else "."))
    return found


def _geojson(path: Path, text: str, columns: Columns) -> AreaFile:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON, or only part of it: {error}") from error
    if isinstance(whole, dict) and whole.get("type") == "Feature":
        whole = {"type": "FeatureCollection", "features": [whole]}
    if not isinstance(whole, dict) or not isinstance(whole.get("features"), list):
        raise SourceError(f"{path} is not GeoJSON: it has no features.")
    on_grid = "27700" in json.dumps(whole.get("crs", ""))
    areas: dict[str, NewArea] = {}
    problems = []
    for number, feature in enumerate(whole["features"], 1):
        try:
            area = _feature(feature, columns, on_grid)
            if area.code in areas:
                raise ValueError(f"{area.code} is there twice")
            areas[area.code] = area
        except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
            problems.append(f"feature {number}: {error}")
    return AreaFile(areas=list(areas.values()), problems=problems)


def _feature(feature: Any, columns: Columns, on_grid: bool) -> NewArea:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise ValueError("it has no properties")
    properties = feature["properties"]
    code_at = columns.code or _looks_like(properties, _CODES)
    name_at = columns.name or _looks_like(properties, _NAMES)
    code = str(properties.get(code_at) or feature.get("id") or "").strip()
    if not code:
        raise ValueError("it has no code: name the property with --code")
    outline = _outline(feature.get("geometry"), on_grid)
    kept = {
        key: value
        for key, value in properties.items()
        if key not in (code_at, name_at) and isinstance(value, str | int | float | bool)
    }
    name = str(properties.get(name_at) or code).strip()
    return NewArea(code=code[:80], name=name[:200], outline=outline, attributes=kept)


def _outline(geometry: Any, on_grid: bool) -> bytes:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("it is no polygon")
    shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    if shape.is_empty:
        raise ValueError("its polygon is empty")
    west, south, east, north = shape.bounds
    if on_grid or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        shape = shapely.transform(shape, _from_grid)
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            raise ValueError("it lies off the National Grid")
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    if not parts:
        raise ValueError("its polygon has no surface")
    return bytes(shapely.to_wkb(parts[0] if len(parts) == 1 else shapely.union_all(parts)))


def _from_grid(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    lat, lon = british_to_latlon(xy[:, 0], xy[:, 1])
    return np.asarray(np.round(np.stack([lon, lat], axis=1), _DECIMALS))


def _csv(path: Path, text: str, kind: str, columns: Columns, figures: bool) -> AreaFile:
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""))
        heads = [head for head in rows.fieldnames or () if head]
        table = [row for row in rows if any(row.values())]
    except csv.Error as error:
        raise SourceError(f"{path} is not a CSV file: {error}") from error
    for named in (columns.code, columns.name, columns.member):
        if named and named not in heads:
            raise SourceError(f"{path} has no column {named}; it has {', '.join(heads)[:200]}")
    own = _MEMBERS.get(kind, r"(?!)")
    code_at = (
        columns.code or _looks_like(heads, rf"{kind}|{kind}_?(code|id)|{own}") or _looks_like(heads, _CODES)
    )
    name_at = columns.name or _looks_like([head for head in heads if head != code_at], _NAMES)
    if not code_at:
        raise SourceError(f"{path} has no column with the code of an area; name it with --code")
    if figures:
        return _figures(table, code_at, name_at)
    others = [columns.member] if columns.member else [head for head in heads if head != code_at]
    told = ((what, _looks_like(others, looks)) for what, looks in _MEMBERS.items())
    what, member_at = next((each for each in told if each[1]), ("", ""))
    if not member_at:
        raise SourceError(f"{path} has no column of postcodes, sectors, outcodes, LSOAs or URNs")
    return _members(table, code_at, name_at, member_at, what)


def _members(
    table: Sequence[Mapping[str, str]], code_at: str, name_at: str, member_at: str, what: str
) -> AreaFile:
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    names: dict[str, str] = {}
    settings: dict[str, list[dict[str, str]]] = defaultdict(list)
    owner: dict[str, str] = {}
    problems = []
    for line, row in enumerate(table, 2):
        code, typed = (row.get(code_at) or "").strip()[:80], (row.get(member_at) or "").strip()
        member = _member(what, typed)
        if not code or member is None:
            problems.append(f"line {line}: {f'{typed[:20]} is no {what}' if code else 'no code of an area'}")
        elif owner.setdefault(member, code) != code:
            problems.append(f"line {line}: {member} is in {owner[member]} already")
        else:
            members[code].append((what, member))
            # The name of a school stands in the column where that of an area would.
            if what != "urn" and name_at:
                names.setdefault(code, (row.get(name_at) or "").strip()[:200])
            if what == "urn":
                settings[code].append(_setting(row, member))
    areas = [
        NewArea(
            code=code,
            name=names.get(code) or code,
            members=tuple(dict.fromkeys(some)),
            attributes={"settings": settings[code]} if code in settings else {},
        )
        for code, some in members.items()
    ]
    return AreaFile(areas=areas, problems=problems)


def _member(what: str, typed: str) -> str | None:
    if what == "postcode":
        return normalise(typed)
    if what in ("sector", "outcode"):
        # "NR31" is an outcode first, and in a column of sectors the sector NR3 1.
        spaced = typed if what == "outcode" or " " in typed else f"{typed[:-1]} {typed[-1:]}"
        found = classify(spaced)
        return found.text if found and found.kind == what else None
    if what == "urn":
        return typed if re.fullmatch(r"[0-9]{5,7}", typed) else None
    return typed.upper() if re.fullmatch(r"[A-Za-z][0-9]{8}", typed) else None


def _setting(row: Mapping[str, str], urn: str) -> dict[str, str]:
    plain = {head.strip().lower(): (value or "").strip() for head, value in row.items() if head}

    def first(*heads: str) -> str:
        return next((plain[head][:200] for head in heads if plain.get(head)), "")

    found = Setting(
        urn=urn,
        name=first("school", "school_name", "establishmentname", "name") or f"School {urn}",
        kind=first("type", "kind", "phase", "typeofestablishment (name)", "phaseofeducation (name)"),
        postcode=normalise(first("postcode")) or "",
    )
    return {"urn": found.urn, "name": found.name, "kind": found.kind, "postcode": found.postcode}


def _figures(table: Sequence[Mapping[str, str]], code_at: str, name_at: str) -> AreaFile:
    areas: dict[str, NewArea] = {}
    problems = []
    for line, row in enumerate(table, 2):
        code = (row.get(code_at) or "").strip()
        if not code or code in areas:
            problems.append(f"line {line}: {f'{code[:40]} is there twice' if code else 'no code of an area'}")
            continue
        kept = {
            head: _number(value)
            for head, value in row.items()
            if head and head not in (code_at, name_at) and value and value.strip()
        }
        areas[code] = NewArea(code=code, name=(row.get(name_at) or "").strip(), attributes=kept)
    return AreaFile(areas=list(areas.values()), problems=problems)


def _number(text: str) -> str | int | float:
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text.strip()):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,12}", text.strip()) else text.strip()[:500]


def _looks_like(heads: Sequence[str] | Mapping[str, Any], pattern: str) -> str:
    """The first head that fits, in any case; "" when none does."""
    for head in heads:
        if re.fullmatch(pattern, head.strip().lower().replace(" ", "_")):
            return head
    return ""
