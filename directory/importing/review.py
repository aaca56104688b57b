"""What people decide about records that came in: tags that were suggested, services that may be one and the same."""

import asyncio
from typing import Literal
from uuid import UUID

from msgspec import Struct

from directory.catalogue.read import ids as all_ids
from directory.catalogue.read import records
from directory.db import Database
from directory.errors import BadRequest, NotFound
from directory.importing.twins import Candidate, Facts, candidates, facts

CONFIRMED = "confirmed here"


async def answer_suggestion(database: Database, attribute: UUID, *, keep: bool) -> None:
    """A person says yes or no to a suggested tag. Raises NotFound where there is no such suggestion."""
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            "select a.service_id, x.name, t.code from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
            " join taxonomy x on x.id = t.taxonomy_id where a.id = $1 and a.confidence is not null for update of a",
            attribute,
        )
        if row is None:
            raise NotFound("there is no such suggestion")
        if keep and row["name"] == "kind":
            await connection.execute(
                "update service set kind = $2 where id = $1", row["service_id"], row["code"]
            )
            await connection.execute(
                "update feed_record set kind_here = $2 where service_id = $1", row["service_id"], row["code"]
            )
        elif keep:
            await connection.execute(
                "update attribute set confidence = null, link_type = $2 where id = $1", attribute, CONFIRMED
            )
        if not keep or row["name"] == "kind":
            await connection.execute("delete from attribute where id = $1", attribute)


class SuggestedTag(Struct, frozen=True, kw_only=True):
    """One tag that waits for a person's word."""

    id: UUID
    service_id: UUID
    service: str
    source: str
    taxonomy: str
    code: str
    label: str
    confidence: float


async def list_suggestions(
    database: Database, feed: str | None, least: float, most: int
) -> list[SuggestedTag]:
    rows = await database.pool.fetch(
        "select a.id, s.id as service_id, s.name as service, s.feed_id as source, x.name as taxonomy, t.code,"
        " t.name as label, a.confidence from attribute a join service s on s.id = a.service_id"
        " join taxonomy_term t on t.id = a.taxonomy_term_id join taxonomy x on x.id = t.taxonomy_id"
        " where a.confidence >= $2 and ($1::text is null or s.feed_id = $1)"
        " order by a.confidence desc, a.id limit $3",
        feed,
        least,
        most,
    )
    return [SuggestedTag(**row) for row in rows]


async def find_twins(database: Database, least: float, most: int) -> list[Candidate]:
    """Possible duplicates across sources that nobody has decided on, the likeliest first."""
    pool = database.pool
    if await pool.fetchval("select count(distinct feed_id) from service") < 2:
        return []
    known: list[Facts] = []
    async for batch in all_ids(pool):
        feeds = dict(await pool.fetch("select id, feed_id from service where id = any($1::uuid[])", batch))
        known += [
            facts(each, feeds[id_]) for id_, each in (await records(pool, batch)).items() if id_ in feeds
        ]
    decided = {
        (str(row[0]), str(row[1]))
        for row in await pool.fetch("select service_id, other_id from service_twin")
    }
    found = await asyncio.to_thread(candidates, known, least)
    return [each for each in found if (each.service_id, each.other_id) not in decided][:most]


async def decide_twins(
    database: Database,
    pair: tuple[UUID, UUID],
    decision: Literal["same", "apart", "undecided"],
    preferred: UUID | None,
    *,
    by: str,
) -> None:
    """Keep a person's word on two services. Raises BadRequest where it makes no sense, NotFound for unknown ones."""
    low, high = sorted(pair)
    if low == high:
        raise BadRequest("a service is not a duplicate of itself")
    if (decision == "same") != (preferred is not None) or (preferred is not None and preferred not in pair):
        raise BadRequest("say which of the two is preferred when they are the same, and only then")
    async with database.transaction() as connection:
        if (
            await connection.fetchval("select count(*) from service where id = any($1::uuid[])", [low, high])
            < 2
        ):
            raise NotFound("there is no such service")
        await connection.execute(
            "delete from service_twin where service_id = $1 and other_id = $2", low, high
        )
        if decision == "undecided":
            return
        await connection.execute(
            "insert into service_twin (service_id, other_id, decision, preferred_id, decided_by)"
            " values ($1, $2, $3, $4, $5)",
            low,
            high,
            decision,
            preferred,
            by,
        )
