"""Services out of the database: whole for inside use, published and prebuilt for everybody.

A service's published forms are built once for each `version` and kept in `service_record`; whatever changes any part
of it raises that version (triggers do), and the next reader builds them again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace

from directory.catalogue import hsds
from directory.catalogue.built import FORM, Built, build, card_of, detail, now_card
from directory.catalogue.hours import local_minute
from directory.catalogue.publish import plain, say_tags
from directory.catalogue.record_sql import LOCATIONS, ORGANIZATIONS, SERVICES, TERMS
from directory.catalogue.shapes import Card
from directory.catalogue.validity import mended
from directory.db import Connection, Reader
from directory.errors import Gone, NotFound
from directory.telemetry import log

BATCH = 500
TAGS = ("kind", "level")


KNOWN = 5000  # cards that a process keeps
_known: dict[Any, tuple[Card, bytes]] = {}  # (id, version, changed_at): what changes has another key
_service = msgspec.json.Decoder(hsds.Service)
_organization = msgspec.json.Decoder(hsds.Organization)
_location = msgspec.json.Decoder(hsds.Location)
_term = msgspec.json.Decoder(hsds.TaxonomyTerm)
R = TypeVar("R", bound=hsds.Record)


class Whole(NamedTuple):
    service: hsds.Service
    version: int


async def records(reader: Reader, ids: Collection[UUID | str]) -> dict[UUID, hsds.Service]:
    """Whole services, confidential parts included: for indexing and routing, never for the wire. Unknown ids are
    left out. One statement for every 500."""
    return {id_: whole.service for id_, whole in (await wholes(reader, ids)).items()}


async def wholes(reader: Reader, ids: Collection[UUID | str]) -> dict[UUID, Whole]:
    """As `records`, each with the version that it was read at."""
    found: dict[UUID, Whole] = {}
    if not ids:
        return found
    async with _connection(reader) as connection, _snapshot(connection):
        tags = []
        async for rows in _batches(connection, SERVICES, ids):
            for id_, version, kind, level, text in rows:
                found[id_] = Whole(_service.decode(text), version)
                tags.append((found[id_].service, kind, level))
        services = [whole.service for whole in found.values()]
        owners = {each.organization_id for each in services if each.organization_id}
        organizations = await _all(connection, ORGANIZATIONS, owners, _organization)
        spots = {each.location_id for service in services for each in service.service_at_locations}
        locations = await _all(connection, LOCATIONS, [each for each in spots if each], _location)
        parts: list[hsds.Service | hsds.Organization | hsds.Location] = [*services, *organizations.values()]
        parts += locations.values()
        terms = await _terms(connection, [tag for each in parts for tag in each.attributes])
    for service, kind, level in tags:
        say_tags(service, kind, level, terms)
    for service in services:
        service.organization = organizations[service.organization_id or ""]
        for place in service.service_at_locations:
            place.location = locations[place.location_id or ""]
    return found


async def _all(
    connection: Connection, statement: str, ids: Collection[str], decoder: msgspec.json.Decoder[R]
) -> dict[str, R]:
    found: dict[str, R] = {}
    async for rows in _batches(connection, statement, ids):
        for (text,) in rows:
            made = decoder.decode(text)
            found[made.id] = made
    return found


async def _batches(
    connection: Connection, statement: str, ids: Collection[UUID | str]
) -> AsyncIterator[list[asyncpg.Record]]:
    wanted = list(ids)
    batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    coming = asyncio.ensure_future(connection.fetch(statement, batches[0])) if batches else None
    try:
        for after in [*batches[1:], None]:
            if coming is None:
                return
            rows, coming = await coming, None
            if after is not None:  # PostgreSQL writes the next lot while this one is read
                coming = asyncio.ensure_future(connection.fetch(statement, after))
                await asyncio.sleep(0)
            yield rows
    finally:
        if coming is not None:
            coming.cancel()


@contextlib.asynccontextmanager
async def _snapshot(connection: Connection) -> AsyncIterator[None]:
    """One moment for all statements: a version is never kept with parts of another."""
    if connection.is_in_transaction():
        yield
    else:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield


@contextlib.asynccontextmanager
async def _connection(reader: Reader) -> AsyncIterator[Connection]:
    if isinstance(reader, asyncpg.Pool):
        async with reader.acquire() as connection:
            yield connection
    else:
        yield reader


async def ids(reader: Reader, *, batch: int = 1000) -> AsyncIterator[list[UUID]]:
    """The ids of all services in the order of the ids, in lists of `batch`; memory does not grow with the catalogue."""
    after = UUID(int=0)
    while True:
        found = await reader.fetch("select id from service where id > $1 order by id limit $2", after, batch)
        if not found:
            return
        yield [row[0] for row in found]
        after = found[-1][0]


async def record(reader: Reader, service_id: UUID) -> bytes:
    """The service's Open Referral UK record. Raises NotFound, or Gone where it was removed."""
    return (await one(reader, service_id)).body


async def service_detail(reader: Reader, service_id: UUID, moment: datetime | None = None) -> bytes:
    """The body of `GET /api/services/{id}`: the record, our extras, and its hours at `moment` (now)."""
    return detail(await one(reader, service_id), moment)


async def one(reader: Reader, service_id: UUID) -> Built:
    """The service's prebuilt forms, built now where they are out of date. Raises NotFound or Gone."""
    row = await reader.fetchrow(_CACHED, service_id, FORM)
    if row is not None:
        return Built(*row)
    found = await _build(reader, [service_id])
    if service_id in found:
        return found[service_id]
    if await reader.fetchval("select true from removed where id = $1", service_id):
        raise Gone("this was listed here once and has been removed")
    raise NotFound("no service has this id")


async def built(reader: Reader, wanted: Sequence[UUID]) -> dict[UUID, Built]:
    """The prebuilt forms of many services; unknown ids are left out."""
    found = {row[0]: Built(*row[1:]) for row in await reader.fetch(_MANY_CACHED, wanted, FORM)}
    missing = [each for each in wanted if each not in found]
    return found | await _build(reader, missing) if missing else found


async def organizations(reader: Reader, wanted: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Published organizations as JSON values, whatever services they have; unknown ids are left out."""
    if not wanted:
        return {}
    async with _connection(reader) as connection, _snapshot(connection):
        found = await _all(connection, ORGANIZATIONS, [str(each) for each in wanted], _organization)
        await _terms(connection, [tag for each in found.values() for tag in each.attributes])
    return {
        UUID(each.id): mended(plain(replace(each, extra={})), hsds.Organization) for each in found.values()
    }


async def cards(reader: Reader, wanted: Sequence[UUID], moment: datetime | None = None) -> list[Card]:
    """Cards in the order of `wanted`, one SELECT; unknown ids are left out. Hours are for `moment` (now)."""
    known = await _cards(reader, wanted)
    today, minute = local_minute(moment)
    return [now_card(*known[each][0], today, minute) for each in wanted if each in known]


async def versioned_cards(reader: Reader, wanted: Sequence[UUID]) -> list[tuple[Card, int, datetime]]:
    """Cards without their hours, each with the version and the time of change that it was read at."""
    return [
        (card, version, changed) for (card, _), version, changed in (await _cards(reader, wanted)).values()
    ]


async def _cards(
    reader: Reader, wanted: Sequence[UUID], *, keep: bool = True
) -> dict[UUID, tuple[tuple[Card, bytes], int, datetime]]:
    keys = {row[0]: row for row in await reader.fetch(_KEYS, wanted)}
    known = {id_: kept for id_, key in keys.items() if (kept := _known.get(tuple(key)))}
    if missing := [each for each in keys if each not in known]:
        if len(_known) > KNOWN:
            _known.clear()
        for row in await reader.fetch(_CARDS, missing, FORM):
            known[row[0]] = (card_of(row[3]), row[4])
            if keep:
                _known[row[0], row[1], row[2]] = known[row[0]]
        unbuilt = [each for each in missing if each not in known]
        for id_, made in (await _build(reader, unbuilt) if unbuilt else {}).items():
            known[id_] = (card_of(made.card), made.rules)
    return {id_: (card, keys[id_][1], keys[id_][2]) for id_, card in known.items()}


async def points(reader: Reader, wanted: Sequence[UUID]) -> dict[str, list[tuple[str, float, float]]]:
    """(name, latitude, longitude) of each venue of each service by its id; a confidential one is never among them."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for id_, name, lat, lon in await reader.fetch(_POINTS, wanted):
        found.setdefault(str(id_), []).append((name or "", lat, lon))
    return found


async def _build(reader: Reader, wanted: Collection[UUID]) -> dict[UUID, Built]:
    made: dict[UUID, Built] = {}
    rows = []
    for id_, whole in (await wholes(reader, wanted)).items():
        if len(made) % 20 == 19:
            await asyncio.sleep(0)  # a third of a millisecond each: let others be served meanwhile
        try:
            made[id_] = build(whole.service)
        except ValueError:  # one that lacks what must be said is not published; the others are
            log.error("service %s lacks what must be published", id_)
            continue
        rows.append((id_, whole.version, FORM, *made[id_]))
    # Inside a transaction the version may stay while parts still change: then nothing is kept.
    if rows and (isinstance(reader, asyncpg.Pool) or not reader.is_in_transaction()):
        rows.sort(key=lambda row: row[0])  # everybody in one order: nobody waits for anybody in a ring
        with contextlib.suppress(
            asyncpg.ForeignKeyViolationError, asyncpg.DeadlockDetectedError
        ):  # removed meanwhile
            await reader.executemany(_KEEP, rows)
    return made


async def _terms(
    connection: Connection, attributes: Sequence[hsds.Attribute]
) -> dict[tuple[str, str], hsds.TaxonomyTerm]:
    """Puts its term into each attribute; returns the terms of kind and level by taxonomy and code."""
    wanted = {each.taxonomy_term_id for each in attributes}
    found = {row[0]: _term.decode(row[1]) for row in await connection.fetch(TERMS, TAGS, wanted)}
    for each in attributes:
        each.taxonomy_term = found[each.taxonomy_term_id or ""]
    return {(term.taxonomy or "", term.code or ""): term for term in found.values()}


_FRESH = "service s join service_record r on r.service_id = s.id and r.version = s.version and r.form = $2"
_CACHED = f"select r.body, r.extras, r.card, r.rules from {_FRESH} where s.id = $1"  # noqa: S608
_MANY_CACHED = f"select s.id, r.body, r.extras, r.card, r.rules from {_FRESH} where s.id = any($1::uuid[])"  # noqa: S608
_POINTS = """
    select s.service_id, l.name, l.latitude, l.longitude
    from service_at_location s join location l on l.id = s.location_id
    where s.service_id = any($1::uuid[]) and not l.confidential and l.latitude is not null and l.longitude is not null
    order by s.service_id, l.name, l.id
"""
_KEYS = "select id, version, changed_at from service where id = any($1::uuid[])"
_CARDS = f"select s.id, s.version, s.changed_at, r.card, r.rules from {_FRESH} where s.id = any($1::uuid[])"  # noqa: S608
_KEEP = """
    insert into service_record (service_id, version, form, body, extras, card, rules)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (service_id) do update set version = excluded.version, form = excluded.form, body = excluded.body,
        extras = excluded.extras, card = excluded.card, rules = excluded.rules
    where service_record.version <= excluded.version
"""
