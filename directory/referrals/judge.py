"""The route of a request's own words, for what is stored with it. Judged again here, never believed from a browser."""

from typing import Any

import msgspec

from directory.errors import Unavailable
from directory.referrals.judged import Judged, from_route
from directory.referrals.shapes import NewRequest
from directory.routing import shapes
from directory.routing.route import route
from directory.routing.safety import Safety, check
from directory.telemetry import log


async def judge(state: Any, new: NewRequest) -> Judged:
    """With the search engine away a request is taken all the same: with its safety check, for a person to route."""
    ask = shapes.Ask(
        text=new.text,
        near=new.near or None,
        ages=[float(age) for age in new.ages],
        door=new.door,
        answers=new.answers,
    )
    found = await judged(state, ask)
    beside = "\n".join(
        filter(None, (new.contact.not_safe, new.contact.when, new.adjustments, new.sender.role))
    )
    return _heard(found, check(beside, state.router.danger)) if beside else found


def _heard(found: Judged, beside: Safety) -> Judged:
    """What was told beside the story can be danger too: how to reach somebody safely often is."""
    if not beside.tier:
        return found
    return msgspec.structs.replace(
        found,
        safety_tier=min(filter(None, (found.safety_tier, beside.tier))),
        safety_kinds=sorted({*found.safety_kinds, *beside.kinds}),
        urgent=found.urgent or beside.urgent,
    )


async def judged(state: Any, ask: shapes.Ask) -> Judged:
    try:
        return from_route(await route(state.database.pool, state.index, state.places, state.router, ask))
    except Unavailable:
        log.warning("a request was taken without a route: the search engine is away")
        safety = check(ask.text, state.router.danger)
        return Judged(safety_tier=safety.tier, safety_kinds=list(safety.kinds), urgent=safety.urgent)
