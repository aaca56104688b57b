"""What could not be offered is counted by need, area and reason, without a word of the text."""

import datetime as dt
from typing import Any

from directory.db import Database
from directory.routing.eligibility import Facts
from directory.routing.gaps import Gaps
from directory.routing.ranking import Ranked

ZONE, DISTRICT = "zone:zone-03", "district:E07000148"


def ranked(*needs: str) -> Ranked:
    facts = Facts(
        id="1", name="A group", organization="B", kind=None, level=None, status="active", capacity="open", wait=None,
        referral=None, minimum_age=None, maximum_age=None, needs=frozenset(needs), suggested=frozenset(),
        areas=frozenset(), remote=(), venues=(), checked_days=None, free=True, phone=None,
    )  # fmt: skip
    return Ranked(facts=facts, score=1.0, distance=None)


def counted(gaps: Gaps) -> dict[tuple[Any, ...], int]:
    return {key[1:]: count for key, count in gaps.counts.items()}


def test_a_need_that_nothing_meets_is_a_gap_in_each_kind_of_area() -> None:
    gaps = Gaps()
    gaps.count(["bullying"], [ZONE, DISTRICT, "county:E10000020"], [ranked("child_health")], [])
    assert counted(gaps) == {("bullying", ZONE, "nothing"): 1, ("bullying", DISTRICT, "nothing"): 1}


def test_services_that_failed_one_rule_count_once_a_rule_and_need() -> None:
    gaps = Gaps()
    full = [(ranked("bullying", "young_carer"), "capacity")] * 3
    gaps.count(["bullying"], [], [ranked("bullying")], full)
    assert counted(gaps) == {("bullying", "", "capacity"): 1}


def test_a_programme_that_must_not_be_offered_is_no_gap() -> None:
    gaps = Gaps()
    gaps.count(["domestic_abuse"], [], [ranked("domestic_abuse")], [(ranked("domestic_abuse"), "people")])
    assert not gaps.counts


async def test_counts_add_up_in_the_database(database: Database) -> None:
    gaps = Gaps()
    for _ in range(2):
        gaps.count(["bullying"], [DISTRICT], [], [])
        await gaps.write(database)
    rows = await database.pool.fetch("select day, need, area, reason, count from route_gap")
    assert [tuple(row)[1:] for row in rows] == [("bullying", DISTRICT, "nothing", 2)]
    assert abs((rows[0]["day"] - dt.datetime.now(dt.UTC).date()).days) <= 1
    assert not gaps.counts


async def test_what_was_counted_waits_while_the_database_is_away(database: Database) -> None:
    gaps = Gaps()
    gaps.count(["bullying"], [DISTRICT], [], [])
    away = await Database("postgresql://127.0.0.1:1/none").open()
    async with gaps.written(away):
        pass
    await away.close()
    assert counted(gaps) == {("bullying", DISTRICT, "nothing"): 1}
    await gaps.write(database)
    assert not gaps.counts
