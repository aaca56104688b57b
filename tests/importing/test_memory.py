"""An import takes no more memory for a great feed than for a small one."""

import gc
import tracemalloc
from pathlib import Path
from typing import Any, NoReturn

import pytest

from directory.catalogue import hsds
from directory.catalogue.rows import Flattener
from directory.catalogue.shared import Shared
from directory.catalogue.write import sharing, store, withdraw
from directory.db import Database
from directory.importing import apply, files
from directory.search.ahead import ahead
from directory.search.embedded import Unread
from directory.search.store import Generation
from directory.search.sync import drain, pending, rebuild
from tests.catalogue import made
from tests.conftest import settings_for
from tests.importing.conftest import page, service, uid
from tests.importing.test_ahead import same_as_rebuilt


async def test_memory_does_not_grow_with_the_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BATCH", 100)
    monkeypatch.setattr(files, "CHUNK", 1 << 16)

    async def peak(first: int, count: int) -> int:
        path = tmp_path / "feed.json"
        text = page(*(own_hall(number) for number in range(first, first + count)))
        path.write_text(text.replace("{", "{\n", 1))  # a first line is looked at whole
        del text
        gc.collect()
        tracemalloc.start()
        try:
            options = apply.Options(complete=False)
            report = await apply.run(database, "feed", "a feed", files.read_files(path), options)
            assert report.added == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await peak(0, 250)  # fills what is kept of any run
    # Whether two batches are in memory at once is a matter of luck in a short run.
    small = max(await peak(1_000, 250), await peak(2_000, 250))
    large = await peak(3_000, 1_000)
    # What kept its services would take four times as much; how batches fall together moves a tenth.
    assert large < 1.25 * small, f"{small / 1e6:.2f} MB for 250 services, {large / 1e6:.2f} MB for 1,000"


def own_hall(number: int) -> Any:
    record = service(number)
    place = record["service_at_locations"][0]["location"]
    place["id"] = place["addresses"][0]["id"] = uid(f"hall {number}")
    return record


def test_what_batches_share_does_not_grow_with_their_number() -> None:
    shared = Shared()

    def batch() -> None:
        some = [made.service(made.location()) for _ in range(20)]
        assert shared.seen(some, shared.marks(some)[:0]) == set()
        flat = Flattener("feed", (), {}, sources={})
        for each in some:
            flat.service(each)
        assert len(shared.keep(some, flat, ())) == 40
        assert len(shared.settled) == 20

    def held(batches: int) -> int:
        for _ in range(batches):
            batch()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held(5)
        assert held(50) - before < 50 * 20 * 20, "more than 20 bytes a service are kept"
    finally:
        tracemalloc.stop()


async def test_what_was_stored_long_ago_is_not_compared_again(database: Database) -> None:
    owner, hall = made.organization(), made.location()
    renamed = hsds.Organization(id=owner.id, name="Another name", description="The same team.")
    async with database.transaction() as connection:
        shared = await sharing(connection)
        for _ in range(3):
            await store(connection, "feed", [made.service(hall, organization=owner)], shared=shared)
            assert len(shared.settled) == 1
            assert shared.compared == set()
        await store(connection, "feed", [made.service(hall, organization=renamed)], shared=shared)
        assert shared.compared == {owner.id}
        assert await connection.fetchval("select name from organization") == "Another name"


async def test_a_batch_that_is_taken_back_is_not_taken_for_stored(database: Database) -> None:
    owner = made.organization()
    async with database.transaction() as connection:
        shared = await sharing(connection)
        taken_back = connection.transaction()
        await taken_back.start()
        await store(connection, "feed", [made.service(organization=owner)], shared=shared)
        await taken_back.rollback()
        shared.forget()
        await store(connection, "feed", [made.service(organization=owner)], shared=shared)
        assert await connection.fetchval("select count(*) from service join organization o on true") == 1


async def test_all_batches_are_made_beforehand_where_organizations_come_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BATCH", 2)
    path = tmp_path / "feed.json"
    path.write_text(page(*(service(number) for number in (1, 2, 4, 6, 3, 5, 7))))
    async with ahead(settings_for(database, tmp_path)) as process:
        await apply.run(database, "feed", "a feed", files.read_files(path), apply.Options(), ahead=process)
        reply = await process.finish()
    assert (reply.made, reply.done, reply.waiting) == (7, 7, 0)


async def test_an_index_that_is_only_written_to_is_never_read_into_memory(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: Any) -> NoReturn:
        raise AssertionError("the index is read")

    index = Unread(tmp_path / "search")
    with monkeypatch.context() as patched:
        patched.setattr(Generation, "_look", read)
        first = [made.service(made.location()) for _ in range(5)]
        async with database.transaction() as connection:
            await store(connection, "feed", first)
        assert (await index.status()).empty
        assert await rebuild(database, index) == 5
        assert not (await index.status()).empty
        async with database.transaction() as connection:
            await store(connection, "feed", [made.service(made.location()) for _ in range(3)])
            await withdraw(connection, [first[0].id])
        assert await drain(database, index) == 4
    assert await pending(database) == 0
    assert len(await same_as_rebuilt(database, tmp_path)) == 7
