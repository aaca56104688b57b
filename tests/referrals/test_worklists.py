"""The worklists: a page holds what its queue counts, and looks that come together count once."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bench.history import make_history
from directory.access.roles import Caller
from directory.referrals import worklist
from directory.referrals.tally import counted_once
from tests.referrals.conftest import World

DESK = Caller(kind="staff", id="staff:x", permissions=frozenset({"requests.read"}))
NORWICH = msgspec.structs.replace(DESK, areas=("district:E07000148",))


@pytest.fixture
async def past(world: World) -> World:
    """Eighty requests, one of them erased, one with a missed contact that nobody has read."""
    seed = await world.database.pool.fetchval("select count(*) from request")
    made = await make_history(world.database, world.vault, requests=80, each=2, seed=seed)
    async with world.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update request set data_key = null, details = null where id = (select id from request"
            " where id = any($1) and closed_at is not null limit 1)",
            made.requests,
        )
        await connection.execute(
            "update referral set alert = 'unread' where id = (select a.id from referral a join request r"
            " on r.id = a.request_id where a.ended_at is null and not r.safeguarding limit 1)"
        )
    return world


async def whole(world: World, wanted: Any, caller: Caller) -> tuple[list[UUID], int, dict[str, int]]:
    """(ids of all pages, the total, the counts) of a queue."""
    ids: list[UUID] = []
    while True:
        if isinstance(wanted, worklist.Wanted):
            page = await worklist.requests(world.database, world.vault, wanted, caller)
        else:
            page = await worklist.referrals(world.database, wanted, caller)
        ids += [each.id for each in page.items]
        if len(page.items) < wanted.per_page:
            return ids, page.total, page.counts
        wanted.page += 1


@pytest.mark.parametrize("caller", [DESK, NORWICH], ids=["everywhere", "one district"])
async def test_the_pages_of_every_queue_of_requests_hold_what_it_counts(past: World, caller: Caller) -> None:
    found = {}
    for queue in worklist.QUEUES:
        ids, total, counts = await whole(past, worklist.Wanted(queue=queue, per_page=7), caller)
        assert len(set(ids)) == len(ids) == total == counts.get(queue, total), queue
        by_hand = await past.database.pool.fetch(
            f"select r.id from request r where r.data_key is not null"
            f" and ($2::text[] = '{{}}' or r.areas && $2 or r.areas = '{{}}') and $1 <> '' and"
            f" ({worklist.QUEUES[queue].replace('$me', '$1')})",
            caller.id,
            list(caller.areas),
        )
        assert set(ids) == {row["id"] for row in by_hand}, queue
        found[queue] = set(ids)
    assert found["open"] | found["closed"] == found["all"]
    empty = {queue for queue, ids in found.items() if not ids}
    assert caller.areas or not empty & {"due", "waiting", "safety", "closed"}


async def test_the_pages_of_every_queue_of_referrals_hold_what_it_counts(past: World) -> None:
    for queue, condition in worklist._REFERRAL_QUEUES.items():
        ids, total, counts = await whole(past, worklist.WantedReferrals(queue=queue, per_page=7), DESK)
        assert len(set(ids)) == len(ids) == total == counts.get(queue, total), queue
        by_hand = await past.database.pool.fetch(
            f"select f.id from referral f join request r on r.id = f.request_id"
            f" where r.data_key is not null and ({condition})"
        )
        assert set(ids) == {row["id"] for row in by_hand}, queue


async def test_a_search_counts_all_that_it_finds_on_every_page(past: World) -> None:
    wanted = worklist.Wanted(queue="all", q="family3@example.org", per_page=1)  # two requests of one address
    ids, total, _ = await whole(past, wanted, DESK)
    assert len(set(ids)) == len(ids) == total
    assert total >= 2


class _Slow:
    """A reader that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetchrow(self, sql: str, *values: Any) -> int:
        self.asked += 1
        await asyncio.sleep(0.01)
        return self.asked


async def test_looks_that_come_together_count_once_and_again_when_the_log_has_grown(world: World) -> None:
    reader: Any = _Slow()

    async def look(log: int) -> Any:
        return await counted_once(world.database, reader, log, "of a test", [["a"]])

    assert set(await asyncio.gather(*(look(1) for _ in range(20)))) == {1}
    assert await look(1) == 1
    assert set(await asyncio.gather(*(look(2) for _ in range(20)))) == {2}
    assert reader.asked == 2


async def test_a_count_that_fails_is_counted_again_by_the_next(world: World) -> None:
    class Broken(_Slow):
        async def fetchrow(self, sql: str, *values: Any) -> int:
            if await super().fetchrow(sql) == 1:
                raise OSError
            return self.asked

    reader: Any = Broken()
    looks = (counted_once(world.database, reader, 1, "of a broken test", []) for _ in range(3))
    found = await asyncio.gather(*looks, return_exceptions=True)
    assert isinstance(found[0], OSError)
    assert found[1:] == [2, 2]
