"""Every figure is what a slow and plain computation over the event log says, whatever happened."""

import collections
import datetime as dt
import itertools
import random
from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.access.vault import Vault
from directory.db import Database
from directory.insight import read, unmet
from directory.insight.facts import Facts
from directory.insight.figures import BANDS, FIGURES, Choice, band, cut
from directory.insight.periods import Period, offered
from directory.insight.suppression import Rounding
from seed.requests.bulk import store
from seed.requests.story import Offer
from tests.conftest import SECRET_KEY
from tests.insight.slow import Record, Slow, told
from tests.insight.wandering import DISTRICTS, NEEDS, OUTCOMES, ZONES, wander
from tests.referrals.conftest import populate

START = dt.datetime(2025, 1, 2, 9, 0, tzinfo=dt.UTC)
ROUNDING = Rounding("a secret for tests", 5)


@pytest.fixture
async def offers(database: Database) -> list[Offer]:
    _, services = await populate(database)
    rows = await database.pool.fetch("select id, name, organization_id, kind, level, referral from service")
    assert len(rows) == len(services)
    return [Offer(*row, frozenset(), frozenset()) for row in rows]


def filters(periods: list[Period]) -> list[Choice]:
    """Every choice of one area and one topic, each with some of the periods."""
    areas = ["", *(f"zone:{z}" for z in ZONES), *(f"district:{d}" for d in DISTRICTS), "zone:zone-09"]
    topics = [("", ""), *((o, "") for o in OUTCOMES), *(("", n) for n in NEEDS)]
    spread = itertools.cycle(periods)
    found = [Choice(period=next(spread), area=a, outcome=o, need=n) for a in areas for o, n in topics]
    found += [Choice(period=period) for period in periods]
    return [*found, Choice(period=periods[0], scopes=(f"district:{DISTRICTS[0]}",))]


def fits(choice: Choice) -> Callable[[Record], bool]:
    def chosen(request: Record) -> bool:
        areas = set(request["areas"])
        return (
            (not choice.area or choice.area in areas)
            and (not choice.need or choice.need in request["needs"])
            and (not choice.outcome or choice.outcome in request["outcomes"])
            and (not choice.scopes or bool(areas & set(choice.scopes)))
        )

    return chosen


def compare(facts: Facts, requests: list[Record], choice: Choice) -> None:
    slow = Slow(requests, fits(choice), choice.period.start, choice.period.end, facts.to)
    found = cut(facts, choice)
    counts, waits = slow.counts(), slow.waits()
    assert set(counts) | set(waits) == {each.code for each in FIGURES}
    for figure in FIGURES:
        counted = figure.of(found)
        seen = (int(counted.part.sum()), int(counted.whole.sum()))
        if figure.unit == "days":
            assert counted.waits is not None
            assert sorted(counted.waits[counted.part].tolist()) == waits[figure.code], figure.code
        else:
            assert seen == counts[figure.code], (figure.code, choice)
        assert not (counted.part & ~counted.whole).any()
    down = {row["id"] for row in slow.turned_down()}
    assert int(unmet.turned_down(facts, choice).sum()) == len(down)


@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**9), many=st.integers(1, 60), ahead=st.integers(20, 700))
async def test_every_figure_is_what_the_log_says(
    database: Database, offers: list[Offer], seed: int, many: int, ahead: int
) -> None:
    rng = random.Random(seed)
    stories = [
        wander(
            rng, offers, START + dt.timedelta(days=rng.randint(0, 420), minutes=rng.randint(0, 1440)), number
        )
        for number in range(many)
    ]
    to = START.date() + dt.timedelta(days=ahead)
    async with database.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await store(connection, Vault(SECRET_KEY), stories)
            facts = await read.facts(connection, to, ROUNDING, NEEDS)
            requests = await told(connection, to)
        finally:
            await transaction.rollback()
    assert len(facts.requests.keys) == len(requests)
    for choice in filters(offered(START.date(), to)):
        compare(facts, requests, choice)


def test_the_stories_of_the_test_wander_everywhere() -> None:
    """A test of truth over dull histories would be none: every figure has someone to count."""
    rng = random.Random(5)
    kinds = ("voluntary_group", "statutory", "help_hub")
    offers = [Offer(uuid4(), kind, uuid4(), kind, None, "either", frozenset(), frozenset()) for kind in kinds]
    seen: collections.Counter[str] = collections.Counter()
    for number in range(300):
        for event in wander(rng, offers, START, number).log:
            seen[event.action] += 1
    wanted = {
        "triage", "accept", "decline", "lapse", "first_contact", "score", "close", "reopen", "start_plan", "ask_info",
        "give_info", "waitlist", "outcome", "re_route", "mark_error", "unable", "confirm_cancel",
    }  # fmt: skip
    assert wanted <= set(seen)


def test_waits_in_bands_are_the_waits() -> None:
    waits = np.arange(0, 90, dtype=np.int32)
    found = band(waits)
    for wait, at in zip(waits.tolist(), found.tolist(), strict=True):
        assert at == len(BANDS) if wait > BANDS[-1] else BANDS[at] >= wait
        assert at == 0 or wait > BANDS[at - 1]
