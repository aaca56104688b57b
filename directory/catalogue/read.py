"""Services out of the database: whole for inside use, published and prebuilt for everybody.

A service's published forms are built once for each `version` and kept in `service_record`; whatever changes any part
of it raises that version (triggers do), and the next reader builds them again.
"""

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from directory.catalogue import hsds
from directory.catalogue.built import FORM, Built, build, detail, now_card
from directory.catalogue.publish import tagged
from directory.catalogue.record_sql import SERVICES, TERMS
from directory.catalogue.shapes import Card
from directory.db import Reader
from directory.errors import Gone, NotFound

BATCH = 500
TAGS = ("kind", "level")


_services = msgspec.json.Decoder(hsds.Service)


class Whole(NamedTuple):
    service: hsds.Service
    version: int


async def records(reader: Reader, ids: Collection[UUID | str]) -> dict[UUID, hsds.Service]:
    """Whole services, confidential parts included: for indexing and routing, never for the wire. Unknown ids are
    left out. One statement for every 500."""
    return {id_: whole.service for id_, whole in (await wholes(reader, ids)).items()}


async def wholes(reader: Reader, ids: Collection[UUID | str]) -> dict[UUID, Whole]:
    """As `records`, each with the version that it was read at."""
    wanted = list(ids)
    terms = await _terms(reader) if wanted else {}
    found: dict[UUID, Whole] = {}
    for start in range(0, len(wanted), BATCH):
        for id_, version, kind, level, text in await reader.fetch(SERVICES, wanted[start : start + BATCH]):
            found[id_] = Whole(tagged(_services.decode(text), kind, level, terms), version)
    return found


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


async def cards(reader: Reader, wanted: Sequence[UUID], moment: datetime | None = None) -> list[Card]:
    """Cards in the order of `wanted`, one SELECT; unknown ids are left out. Hours are for `moment` (now)."""
    found = {row[0]: (row[1], row[2]) for row in await reader.fetch(_CARDS, wanted, FORM)}
    if missing := [each for each in wanted if each not in found]:
        found |= {id_: (each.card, each.rules) for id_, each in (await _build(reader, missing)).items()}
    return [now_card(*found[each], moment) for each in wanted if each in found]


async def _build(reader: Reader, wanted: Collection[UUID]) -> dict[UUID, Built]:
    made: dict[UUID, Built] = {}
    rows = []
    for id_, whole in (await wholes(reader, wanted)).items():
        made[id_] = build(whole.service)
        rows.append((id_, whole.version, FORM, *made[id_]))
    # Inside a transaction the version may stay while parts still change: then nothing is kept.
    if rows and (isinstance(reader, asyncpg.Pool) or not reader.is_in_transaction()):
        with contextlib.suppress(asyncpg.ForeignKeyViolationError):  # removed meanwhile
            await reader.executemany(_KEEP, rows)
    return made


async def _terms(reader: Reader) -> dict[tuple[str, str], hsds.TaxonomyTerm]:
    found = await reader.fetch(TERMS, TAGS)
    return {(row[0], row[1]): msgspec.json.decode(row[2], type=hsds.TaxonomyTerm) for row in found}


_FRESH = "service s join service_record r on r.service_id = s.id and r.version = s.version and r.form = $2"
_CACHED = f"select r.body, r.extras, r.card, r.rules from {_FRESH} where s.id = $1"  # noqa: S608
_MANY_CACHED = f"select s.id, r.body, r.extras, r.card, r.rules from {_FRESH} where s.id = any($1::uuid[])"  # noqa: S608
_CARDS = f"select s.id, r.card, r.rules from {_FRESH} where s.id = any($1::uuid[])"  # noqa: S608
_KEEP = """
    insert into service_record (service_id, version, form, body, extras, card, rules)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (service_id) do update set version = excluded.version, form = excluded.form, body = excluded.body,
        extras = excluded.extras, card = excluded.card, rules = excluded.rules
    where service_record.version <= excluded.version
"""
