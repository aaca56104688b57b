"""The index follows the database."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from directory.catalogue.write import store
from directory.db import Database, advisory_lock
from directory.places.resolve import Places
from directory.search.embedded import Embedded
from directory.search.shapes import Ask
from directory.search.sync import LOCK, drain, pending, rebuild, refresh
from directory.telemetry import Metrics
from directory.worker import run
from tests.search.made import at, identity, service


async def put(database: Database, *names: str, **fields: object) -> None:
    async with database.transaction() as connection:
        await store(connection, "local", [service(name, **fields) for name in names])


async def found(index: Embedded) -> list[str]:
    answer = await index.search(Ask(limit=100, sort="name"))
    return [hit.card.name for hit in answer.hits]


@pytest.fixture
async def index(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with Embedded(tmp_path).opened() as opened:
        yield opened


async def test_a_drain_brings_in_what_changed_and_forgets_it(database: Database, index: Embedded) -> None:
    await put(database, "Baby group", "Choir", service_at_locations=[at(52.6, 1.3)])
    assert await drain(database, index) == 2
    assert await found(index) == ["Baby group", "Choir"]
    assert await pending(database) == 0
    assert await drain(database, index) == 0


async def test_what_is_deleted_or_closed_for_good_is_gone_after_a_drain(
    database: Database, index: Embedded
) -> None:
    await put(database, "Baby group", "Choir", "Debt advice")
    await drain(database, index)
    await database.pool.execute("delete from service where name = 'Choir'")
    await database.pool.execute("update service set status = 'inactive' where name = 'Baby group'")
    await drain(database, index)
    assert await found(index) == ["Debt advice"]


async def test_a_change_during_a_drain_is_not_forgotten(database: Database, index: Embedded) -> None:
    await put(database, "Baby group")
    change = index.change

    async def slow(*arguments: object) -> None:
        await database.pool.execute("update service set name = 'Toddler group'")
        await change(*arguments)  # type: ignore[arg-type]

    index.change = slow  # type: ignore[method-assign,assignment]
    await drain(database, index)
    assert await pending(database) == 1
    index.change = change  # type: ignore[method-assign]
    await drain(database, index)
    assert await found(index) == ["Toddler group"]


async def test_a_crash_before_the_end_of_a_drain_loses_nothing(database: Database, index: Embedded) -> None:
    await put(database, "Baby group")

    async def crash(*_: object) -> None:
        raise OSError("the disk is full")

    change, index.change = index.change, crash  # type: ignore[method-assign,assignment]
    with pytest.raises(OSError, match="disk"):
        await drain(database, index)
    assert await pending(database) == 1
    index.change = change  # type: ignore[method-assign]
    assert await drain(database, index) == 1
    assert await found(index) == ["Baby group"]


async def test_only_one_process_drains(database: Database, index: Embedded) -> None:
    await put(database, "Baby group")
    async with advisory_lock(database, LOCK) as held:
        assert held
        assert await drain(database, index) == 0
    assert await drain(database, index) == 1


async def test_a_rebuild_holds_everything_and_leaves_nothing_waiting(
    database: Database, index: Embedded
) -> None:
    await put(database, "Baby group", "Choir")
    await put(database, "Old club", status="inactive")
    seen: list[tuple[int, int]] = []
    assert await rebuild(database, index, progress=lambda done, total: seen.append((done, total))) == 3
    assert seen[-1] == (3, 3)
    assert await found(index) == ["Baby group", "Choir"]
    assert await pending(database) == 0


async def test_another_process_sees_a_drain_and_a_rebuild(
    database: Database, index: Embedded, tmp_path: Path
) -> None:
    await put(database, "Baby group")
    async with Embedded(tmp_path).opened() as reader:
        await drain(database, index)
        await asyncio.sleep(0.8)
        assert await found(reader) == ["Baby group"]
        await put(database, "Choir")
        await rebuild(database, index)
        await asyncio.sleep(0.8)
        assert await found(reader) == ["Baby group", "Choir"]


async def test_the_worker_makes_a_change_findable_within_a_second(
    database: Database, index: Embedded
) -> None:
    metrics = Metrics()
    task = asyncio.create_task(run(database, index, metrics, Places(database)))
    try:
        async with asyncio.timeout(10):
            while (await index.status()).empty:
                await asyncio.sleep(0.05)
        await put(database, "Baby group")
        async with asyncio.timeout(1):
            while await found(index) != ["Baby group"]:
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
    assert metrics.gauges["leader"] == 1.0
    assert identity("Baby group")


async def test_opening_hours_are_renewed_before_they_run_out(database: Database, index: Embedded) -> None:
    await put(database, "Baby group")
    await drain(database, index)
    places = Places(database)
    assert await refresh(database, index, places) == 0
    before = (await index.status()).documents
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=25)
    assert await refresh(database, index, places, later) == 1
    assert (await index.status()).documents == before
