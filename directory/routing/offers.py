"""Facts of services as the rules read them, made once and kept for as long as a service does not change."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from directory.catalogue.hours import LONDON
from directory.catalogue.read import versioned_cards
from directory.db import Reader
from directory.routing.eligibility import Facts
from directory.routing.pathway import facts_of

MOST = 8_000  # services that a process keeps


class _Kept(NamedTuple):
    version: int
    changed: dt.datetime
    today: int  # facts say how long ago a service was checked
    facts: Facts


_kept: dict[str, _Kept] = {}


async def offers(reader: Reader, wanted: Sequence[str], now: dt.datetime) -> list[Facts]:
    """The facts of services in the order of their ids; those that are gone are left out."""
    today = now.astimezone(LONDON).date().toordinal()
    known = {id_: kept for id_ in wanted if (kept := _kept.get(id_)) and kept.today == today}
    if known:
        # A version only ever rises: where their sum is the same, each of them is.
        seen = await reader.fetchrow(_SEEN, list(known))
        same = (
            len(known),
            sum(each.version for each in known.values()),
            max(each.changed for each in known.values()),
        )
        known = known if tuple(seen) == same else {}
    found = {id_: kept.facts for id_, kept in known.items()}
    if missing := [id_ for id_ in wanted if id_ not in found]:
        if len(_kept) > MOST:
            _kept.clear()
        for card, version, changed in await versioned_cards(reader, [UUID(id_) for id_ in missing]):
            found[card.id] = facts_of(card, today)
            _kept[card.id] = _Kept(version, changed, today, found[card.id])
    return [found[id_] for id_ in wanted if id_ in found]


_SEEN = "select count(*), sum(version)::bigint, max(changed_at) from service where id = any($1::uuid[])"
