"""Every figure and every table is what a slow and plain computation over the event log says, whatever happened."""

import collections
import datetime as dt
import itertools
import random
from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from asyncpg import Connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.access.vault import Vault
from directory.db import Database
from directory.insight import breakdowns, read, unmet
from directory.insight.breakdowns import BREAKDOWNS, View
from directory.insight.facts import Facts
from directory.insight.figures import BANDS, FIGURES, Choice, band, cut
from directory.insight.periods import Period, offered
from directory.insight.suppression import Count, Rounding
from directory.insight.unmet import Signals
from seed.requests.bulk import store
from seed.requests.story import Offer
from tests.conftest import SECRET_KEY
from tests.insight.slow import Record, Slow, told
from tests.insight.slow_tables import Sign, Tables, signs_of
from tests.insight.wandering import DISTRICTS, NEEDS, OUTCOMES, ZONES, wander
from tests.referrals.conftest import populate

START = dt.datetime(2025, 1, 2, 9, 0, tzinfo=dt.UTC)
AREAS = (*(f"zone:{z}" for z in ZONES), "zone:zone-09", *(f"district:{d}" for d in DISTRICTS))


class Plain(Rounding):
    """Shows what was counted as it is: what is shown of a count is `test_suppression.py`'s."""

    def shown(self, number: int, key: int) -> Count:
        return Count(number, self.base)


ROUNDING = Rounding("a secret for tests", 5)
PLAIN = Plain("a secret for tests", 1)


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


def compare_tables(facts: Facts, requests: list[Record], choice: Choice, periods: list[Period]) -> None:
    """Cell by cell, and the same rows; the rows of equal counts may stand in any order."""

    def slowly(period: Period) -> Slow:
        return Slow(requests, fits(choice), period.start, period.end, facts.to)

    quarters = breakdowns.trend_quarters(periods, choice, facts.first)
    view = View(facts=facts, choice=choice, rounding=PLAIN, quarters=quarters)
    tables = Tables(slowly(choice.period), [(each.label, slowly(each)) for each in quarters])
    for breakdown in BREAKDOWNS:
        made = breakdowns.table(breakdown, view)
        assert sorted(map(repr, made.rows)) == sorted(map(repr, getattr(tables, breakdown.code)())), (
            breakdown.code
        )
        assert [len(row) for row in made.rows] == [len(made.columns)] * len(made.rows)


def compare_signs(
    facts: Facts, signals: Signals, requests: list[Record], signs: list[Sign], choice: Choice, kind: str
) -> None:
    slow = Slow(requests, fits(choice), choice.period.start, choice.period.end, facts.to)
    wanted = signs_of(slow, signs, choice, kind, NEEDS, AREAS)
    found = unmet.signs(facts, signals, choice, kind)
    places = [each for each in AREAS if each.startswith(kind)]

    def many(need: str | None, place: str | None, source: str | None) -> int | None:
        all_ = sum(
            number
            for (n, p, s), number in wanted.items()
            if need in {None, n}
            and (p in places if place == "" else place in {None, p})
            and source in {None, s}
        )
        return all_ or None

    needs = {row[0]: row[1:] for row in unmet.by_need(found, PLAIN, {}).rows}
    by_place = {row[0]: row[1:] for row in unmet.by_place(found, PLAIN, {}).rows}
    both = {row[0]: row[1:] for row in unmet.by_both(found, PLAIN, {}, {}).rows}
    sources = (*unmet.SOURCES, None)
    assert needs == {need: [many(need, None, source) for source in sources] for need in NEEDS}
    assert by_place == {place: [many(None, place, source) for source in sources] for place in places}
    assert both == {
        need: [many(need, place, None) for place in places] for need in NEEDS if many(need, "", None)
    }


async def counted(connection: Connection, rng: random.Random, ahead: int) -> list[Sign]:
    """Gaps and misses of chance days, needs and places, as the router and the search count them."""
    found = {}
    for _ in range(rng.randint(0, 120)):
        day = START.date() + dt.timedelta(days=rng.randint(0, ahead + 30))
        if rng.random() < 0.3:  # the edges of a quarter, where counting goes wrong
            day = day.replace(month=rng.choice((1, 4, 7, 10)), day=1) - dt.timedelta(days=rng.randint(0, 1))
        area = rng.choice((*AREAS, *AREAS, "", "zone:elsewhere"))
        need, reason = rng.choice((*NEEDS, *NEEDS, "other", "")), rng.choice(("", "capacity", "age"))
        found[day, need, area, reason] = Sign(day, need, area, bool(reason), rng.randint(1, 9))
    for (day, need, area, reason), sign in found.items():
        if reason:
            await connection.execute(
                "insert into route_gap (day, need, area, reason, count) values ($1, $2, $3, $4, $5)",
                day, need, area, reason, sign.many,
            )  # fmt: skip
        else:
            await connection.execute(
                "insert into search_miss (day, need, area, count) values ($1, $2, $3, $4)",
                day,
                need,
                area,
                sign.many,
            )
    return list(found.values())


@settings(
    max_examples=16,
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
            signs = await counted(connection, rng, ahead)
            facts = await read.facts(connection, to, ROUNDING, NEEDS)
            signals = await read.signals(connection, to, ROUNDING, NEEDS, AREAS)
            requests = await told(connection, to)
        finally:
            await transaction.rollback()
    assert len(facts.requests.keys) == len(requests)
    periods = offered(START.date(), to)
    for choice in filters(periods):
        compare(facts, requests, choice)
        compare_tables(facts, requests, choice, periods)
        for kind in ("zone", "district"):
            compare_signs(facts, signals, requests, signs, choice, kind)


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
