"""Suggested tags for what came without any: who gets some, and where they are put (suggest.py makes them)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from directory.catalogue.ids import derived
from directory.db import Database

SUGGESTED = "suggested here"


class Suggests(Protocol):
    """What suggests: (taxonomy, code, how sure from 0 to 1) from a name, a description and an organization's name."""

    def suggest(
        self, name: str, description: str, organization: str, /
    ) -> Sequence[tuple[str, str, float]]: ...


_UNTAGGED = """
    select s.id, s.name, coalesce(s.description, '') as description, o.name as organization, s.kind is null as kindless
    from service s join organization o on o.id = s.organization_id
    where s.feed_id = $1 and s.id > $2 and not exists (
        select from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id
        join taxonomy x on x.id = t.taxonomy_id where a.service_id = s.id and x.name in ('needs', 'flourish'))
    order by s.id limit 200"""


async def untagged(database: Database, feed: str) -> bool:
    """Whether any service of the feed has no need and no outcome, not even a suggested one."""
    return bool(await database.pool.fetch(_UNTAGGED, feed, UUID(int=0)))


async def tag_untagged(
    database: Database, rules_dir: str, feed: str, told: Callable[[int], None] = lambda done: None
) -> int:
    """After an import: suggest tags for what came without any. The classifier is only built where there is something
    to suggest; returns how many services got some."""
    if not await untagged(database, feed):
        return 0
    from directory.importing.suggest import Suggester  # late: the router is large
    from directory.routing.rulebook import load_rulebook

    folder = Path(rules_dir) if rules_dir else None
    suggester = await asyncio.to_thread(lambda: Suggester(load_rulebook(folder)))
    return await suggest_tags(database, feed, suggester, told)


async def suggest_tags(
    database: Database, feed: str, suggester: Suggests, told: Callable[[int], None] = lambda done: None
) -> int:
    """Suggest tags for the feed's services that have no need and no outcome; returns how many got some.

    What a person confirmed or the feed says is never touched.
    """
    after, tagged, done = UUID(int=0), 0, 0
    while True:
        rows = await database.pool.fetch(_UNTAGGED, feed, after)
        if not rows:
            return tagged
        found = await asyncio.to_thread(_suggested, suggester, rows)
        async with database.transaction() as connection:
            await connection.executemany(
                "insert into attribute (id, service_id, taxonomy_term_id, link_type, confidence)"
                " select $1, s.id, t.id, $6, $5 from service s, taxonomy_term t join taxonomy x on x.id = t.taxonomy_id"
                " where s.id = $2 and x.name = $3 and t.code = $4 on conflict do nothing",
                [
                    (derived(str(id_), SUGGESTED, taxonomy, code), id_, taxonomy, code, sure, SUGGESTED)
                    for id_, (taxonomy, code, sure) in found
                ],
            )
        after, tagged, done = rows[-1]["id"], tagged + len({id_ for id_, _ in found}), done + len(rows)
        told(done)


def _suggested(
    suggester: Suggests, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[UUID, tuple[str, str, float]]]:
    return [
        (row["id"], each)
        for row in rows
        for each in suggester.suggest(row["name"], row["description"], row["organization"])
        if each[0] != "kind" or row["kindless"]
    ]
