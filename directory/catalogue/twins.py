"""Which services stand behind another one that a person said is the same: searches show the preferred one only."""

from collections.abc import Sequence
from uuid import UUID

from directory.db import Reader

_HIDDEN = """
    select case t.preferred_id when t.service_id then t.other_id else t.service_id end as id
    from service_twin t join service p on p.id = t.preferred_id and p.status = 'active'
    where t.decision = 'same' and (t.service_id = any($1::uuid[]) or t.other_id = any($1::uuid[]))"""


async def shown(reader: Reader, wanted: Sequence[UUID]) -> list[UUID]:
    """Those of `wanted` that no preferred record stands in front of, as long as that one is running."""
    hidden = {row[0] for row in await reader.fetch(_HIDDEN, wanted)}
    return [each for each in wanted if each not in hidden] if hidden else list(wanted)


async def with_twins(reader: Reader, wanted: Sequence[UUID]) -> list[UUID]:
    """`wanted` and the services linked to any of them: when one changes, the other may have to come forward."""
    rows = await reader.fetch(
        "select case when service_id = any($1::uuid[]) then other_id else service_id end from service_twin"
        " where decision = 'same' and (service_id = any($1::uuid[]) or other_id = any($1::uuid[]))",
        wanted,
    )
    return list(dict.fromkeys([*wanted, *(row[0] for row in rows)]))
