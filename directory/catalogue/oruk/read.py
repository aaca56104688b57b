"""The open lists: which records, in what order, on which page, and how much of each.

Everything that is sent is cut from the published records of read.py, so that no list knows more than they do.
"""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from directory.catalogue import read
from directory.catalogue.oruk import sql
from directory.catalogue.oruk.query import Paged, cursor, key_of
from directory.catalogue.oruk.sql import Where
from directory.catalogue.publish import moment_text
from directory.db import Reader
from directory.errors import Gone, NotFound

Json = dict[str, Any]
Row = Any  # a record of asyncpg
Bodies = Callable[[Reader, Sequence[Row]], Awaitable[list[bytes]]]
STREAMED = 500  # records that are in memory while everything is sent
GAPS = "1 hour"  # for which a removed service keeps its place empty
MOST_GAPS = 20  # one place in so many; where more were removed at once, the line closes up

_encode = msgspec.json.Encoder().encode


class Listing(NamedTuple):
    """A list: `select` starts with the sort key, whose values have the types `kinds`."""

    select: str
    source: str
    key: tuple[str, ...]
    kinds: tuple[type, ...]


SERVICES = Listing("s.slot, s.id, s.last_modified", sql.SERVICES, ("s.slot",), (int,))
PLACES = Listing("s.slot, p.id, p.service_id, s.last_modified", sql.PLACES, ("s.slot", "p.id"), (int, UUID))
ORGANIZATIONS = Listing("o.first_seen, o.id", "organization o", ("o.first_seen", "o.id"), (dt.datetime, UUID))
TAXONOMIES = Listing("x.name, x.id", "taxonomy x", ("x.name",), (str,))
TERMS = Listing("x.name, t.code, t.id", sql.TERMS, ("x.name", "t.code"), (str, str))


class Page(NamedTuple):
    rows: list[Row]
    total_items: int
    total_pages: int
    more: str | None
    """The cursor of what comes next, if anything does."""


async def page(pool: Reader, listing: Listing, where: Where, wanted: Paged) -> Page:
    total, places = await _totals(pool, listing, where)
    pages = -(-places // wanted.per_page)
    if wanted.after:
        rows = await _after(pool, listing, where, key_of(wanted.after, listing.kinds), wanted.per_page)
    elif places > total:
        rows = await _of_slots(pool, wanted)
    else:
        offset = (wanted.page - 1) * wanted.per_page
        rows = await pool.fetch(
            _sql(listing, where, f"limit {wanted.per_page} offset {offset}"), *where.values
        )
    last = len(rows) < wanted.per_page if wanted.after else wanted.page >= pages
    return Page(rows, total, pages, None if last or not rows else _cursor(listing, rows[-1]))


async def everything(pool: Reader, listing: Listing, where: Where, bodies: Bodies) -> AsyncIterator[bytes]:
    """Every record of the list, a line each, in constant memory; what changes meanwhile is neither lost nor doubled."""
    rows = await pool.fetch(_sql(listing, where, f"limit {STREAMED}"), *where.values)
    while rows:
        yield b"".join(body + b"\n" for body in await bodies(pool, rows))
        rows = await _after(pool, listing, where, list(rows[-1][: len(listing.key)]), STREAMED)


def _sql(listing: Listing, where: Where, end: str, condition: str = "true") -> str:
    order = ", ".join(listing.key)
    return (
        f"select {listing.select} from {listing.source}"  # noqa: S608
        f" where {where.text} and {condition} order by {order} {end}"
    )


async def _after(pool: Reader, listing: Listing, where: Where, key: list[Any], limit: int) -> list[Row]:
    first = len(where.values) + 1
    marks = ", ".join(f"${number}" for number in range(first, first + len(key)))
    condition = f"({', '.join(listing.key)}) > ({marks})"
    found: list[Row] = await pool.fetch(
        _sql(listing, where, f"limit {limit}", condition), *where.values, *key
    )
    return found


async def _totals(pool: Reader, listing: Listing, where: Where) -> tuple[int, int]:
    """How many records there are, and how many places in line: a service just removed leaves its place empty, so
    that nobody moves to a page that a crawler has read already."""
    gaps = "0"
    if listing is SERVICES and not where.conditions:
        gaps = f"(select count(*) from removed where slot is not null and removed_at > now() - interval '{GAPS}')"  # noqa: S608
    row = await pool.fetchrow(
        f"select count(*), {gaps} from {listing.source} where {where.text}",  # noqa: S608
        *where.values,
    )
    total, empty = row[0], row[1]
    return total, total + (empty if empty * MOST_GAPS <= total else 0)


async def _of_slots(pool: Reader, wanted: Paged) -> list[Row]:
    found: list[Row] = await pool.fetch(
        f"""select s.slot, s.id, s.last_modified from (
                select slot from service union all select slot from removed
                where slot is not null and removed_at > now() - interval '{GAPS}'
                order by slot limit $1 offset $2) line
            join service s using (slot) order by slot""",  # noqa: S608
        wanted.per_page,
        (wanted.page - 1) * wanted.per_page,
    )
    return found


def _cursor(listing: Listing, row: Row) -> str:
    return cursor(list(row[: len(listing.key)]))


# How much of each record


SERVICE_SUMMARY = (
    "id", "organization_id", "name", "alternate_name", "description", "url", "email", "status", "accreditations",
    "minimum_age", "maximum_age", "assured_date", "assurer_email", "alert", "last_modified", "fees_description",
    "wait_time", "application_process", "eligibility_description", "interpretation_services", "licenses",
)  # fmt: skip
ORGANIZATION_SUMMARY = (
    "id", "name", "alternate_name", "description", "email", "website", "logo", "uri", "parent_organization_id",
)  # fmt: skip
LOCATION_SUMMARY = (
    "id", "location_type", "name", "alternate_name", "description", "latitude", "longitude", "external_identifier",
    "external_identifier_type", "url", "transportation",
)  # fmt: skip


def picked(record: Json, names: Sequence[str]) -> Json:
    return {name: record[name] for name in names if name in record}


def service_summary(record: Json) -> Json:
    found = picked(record, SERVICE_SUMMARY)
    if "organization" in record:
        found["organization"] = picked(record["organization"], ORGANIZATION_SUMMARY)
    return found


def place_summary(place: Json, record: Json) -> Json:
    found = picked(place, ("id", "service_id", "location_id", "description"))
    if "location" in place:
        found["location"] = picked(place["location"], LOCATION_SUMMARY)
    return {**found, "service": service_summary(record)}


def place_full(place: Json, record: Json) -> Json:
    return {
        **place,
        "service": {name: part for name, part in record.items() if name != "service_at_locations"},
    }


async def services_full(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    built = await read.built(pool, [row["id"] for row in rows])
    return [built[row["id"]].body for row in rows if row["id"] in built]


async def services_short(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    return [_encode(service_summary(msgspec.json.decode(body))) for body in await services_full(pool, rows)]


async def minimal(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    """Id and moment of change; the standard calls it `modified_date` here and `last_modified` everywhere else."""
    return [
        _encode({"id": row["id"], "modified_date": moment, "last_modified": moment})
        for row in rows
        if (moment := moment_text(row["last_modified"]))
    ]


async def places_full(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    return await _places(pool, rows, place_full)


async def places_short(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    return await _places(pool, rows, place_summary)


async def _places(pool: Reader, rows: Sequence[Row], shape: Callable[[Json, Json], Json]) -> list[bytes]:
    built = await read.built(pool, list({row["service_id"]: None for row in rows}))
    records = {id_: msgspec.json.decode(each.body) for id_, each in built.items()}
    found = []
    for row in rows:
        record = records.get(row["service_id"], {})
        place = next((p for p in record.get("service_at_locations", []) if p["id"] == str(row["id"])), None)
        if place is not None:
            found.append(_encode(shape(place, record)))
    return found


async def place(pool: Reader, place_id: UUID) -> bytes:
    rows = await pool.fetch("select id, service_id from service_at_location where id = $1", place_id)
    found = await places_full(pool, rows)
    if not found:
        raise NotFound("no service at a location has this id")
    return found[0]


def organizations(*, full: bool, services: bool) -> Bodies:
    """Bodies of organizations: scalars; `full` with parts and the names of their services; `services` whole ones."""

    async def bodies(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
        wanted = [row["id"] for row in rows]
        found = await read.organizations(pool, wanted)
        if not full and not services:
            return [_encode(picked(found[id_], ORGANIZATION_SUMMARY)) for id_ in wanted if id_ in found]
        owned = await pool.fetch(
            "select id, organization_id, name, status from service where organization_id = any($1::uuid[])"
            " order by slot",
            wanted,
        )
        records = await read.built(pool, [row["id"] for row in owned]) if services else {}
        for row in owned:
            service: Any = {name: row[name] for name in ("id", "organization_id", "name", "status")}
            if row["id"] in records:
                service = msgspec.Raw(records[row["id"]].body)
            if row["organization_id"] in found:
                found[row["organization_id"]].setdefault("services", []).append(service)
        return [_encode(found[id_]) for id_ in wanted if id_ in found]

    return bodies


async def organization(pool: Reader, organization_id: UUID, *, services: bool) -> bytes:
    rows = await pool.fetch("select id from organization where id = $1", organization_id)
    found = await organizations(full=True, services=services)(pool, rows)
    if not found:
        raise NotFound("no organization has this id")
    return found[0]


async def taxonomies(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    found = {row["id"]: row for row in await pool.fetch(_TAXONOMIES, [row["id"] for row in rows])}
    return [_encode(_filled(found[row["id"]])) for row in rows if row["id"] in found]


async def taxonomy(pool: Reader, taxonomy_id: UUID) -> bytes:
    row = await pool.fetchrow(_TAXONOMIES, [taxonomy_id])
    if row is None:
        raise NotFound("no taxonomy has this id")
    terms = await pool.fetch(f"select t.id from {TERMS.source} where x.id = $1 order by t.code", taxonomy_id)  # noqa: S608
    inside = [msgspec.Raw(body) for body in await taxonomy_terms(pool, terms)]
    return _encode(_filled(row) | ({"taxonomy_terms": inside} if inside else {}))


async def taxonomy_terms(pool: Reader, rows: Sequence[Row]) -> list[bytes]:
    found = {row["id"]: row for row in await pool.fetch(_TERMS, [row["id"] for row in rows])}
    return [_encode(_filled(found[row["id"]])) for row in rows if row["id"] in found]


async def taxonomy_term(pool: Reader, term_id: UUID) -> bytes:
    rows = await pool.fetch("select id from taxonomy_term where id = $1", term_id)
    found = await taxonomy_terms(pool, rows)
    if not found:
        raise NotFound("no taxonomy term has this id")
    return found[0]


async def service(pool: Reader, service_id: UUID) -> bytes:
    """Raises NotFound, or Gone where it was removed; inactive and defunct ones stay readable."""
    try:
        return await read.record(pool, service_id)
    except Gone:
        raise Gone("this service was removed; /oruk/v3/changes says when") from None


def _filled(row: Row) -> Json:
    return {name: value for name, value in row.items() if value not in (None, "")}


_TAXONOMIES = "select id, name, description, uri, version from taxonomy where id = any($1::uuid[])"
_TERMS = """
    select t.id, t.code, t.name, t.description, t.parent_id, x.name as taxonomy, t.taxonomy_id, t.language, t.term_uri
    from taxonomy_term t join taxonomy x on x.id = t.taxonomy_id where t.id = any($1::uuid[])"""
