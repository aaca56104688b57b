"""Documents made while an import goes on are those that a rebuild would make, and nothing of a failed run is found."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from directory.catalogue import read
from directory.catalogue.stored import as_stored
from directory.catalogue.write import store
from directory.db import Database
from directory.errors import SourceError
from directory.importing import apply
from directory.importing.files import read_files
from directory.search.ahead import Ahead, ahead
from directory.search.document import document, listed
from directory.search.embedded import Embedded
from directory.search.store import Store
from directory.search.sync import pending, rebuild
from tests.conftest import settings_for
from tests.importing.conftest import page, service


@pytest.fixture
async def made(database: Database, tmp_path: Path) -> AsyncIterator[Ahead]:
    async with ahead(settings_for(database, tmp_path)) as process:
        yield process


async def bring(database: Database, made: Ahead, path: Path, text: str) -> None:
    path.write_text(text)
    await apply.run(database, "feed", "a feed", read_files(path), apply.Options(crawls=1), ahead=made)


async def documents(folder: Path) -> dict[str, Any]:
    """What the index in a folder holds, by id, without what only says when it was written."""
    async with Embedded(folder / "search").opened() as index:
        assert index._generation is not None
        columns = index._generation.snapshot.columns
        return {
            id_: (columns.cards[row], columns.named[row], columns.lengths[row].tolist(), sorted(
                code for at, code in zip(columns.code_row, columns.code, strict=True) if at == row
            ), [
                (name, *columns.venue_at[at].tolist())
                for at, (of, name) in enumerate(zip(columns.venue_row, columns.venue_name, strict=True)) if of == row
            ], columns.hours[columns.hour_row == row].tolist())
            for row, id_ in enumerate(columns.ids)
        }  # fmt: skip


async def same_as_rebuilt(database: Database, folder: Path) -> dict[str, Any]:
    found = await documents(folder)
    async with Embedded(folder / "anew" / "search").opened() as index:
        await rebuild(database, index)
    assert found == await documents(folder / "anew")
    return found


async def test_what_is_imported_is_in_the_index_at_the_end(
    database: Database, made: Ahead, tmp_path: Path
) -> None:
    await bring(database, made, tmp_path / "feed.json", page(*(service(number) for number in range(1, 20))))
    assert Store(tmp_path / "search").current == ""
    reply = await made.finish()
    assert (reply.made, reply.done, reply.waiting) == (19, 19, 0)
    assert await pending(database) == 0
    assert len(await same_as_rebuilt(database, tmp_path)) == 19


async def test_records_that_disagree_about_a_shared_organization_are_found_as_they_are_stored(
    database: Database, made: Ahead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BATCH", 2)
    records = [service(number) for number in range(1, 8)]
    records[2]["organization"]["name"] = "Another name"  # shared with number 2
    records[5]["service_at_locations"][0]["location"]["name"] = "Another hall"  # shared with everybody
    await bring(database, made, tmp_path / "feed.json", page(*records))
    await made.finish()
    await same_as_rebuilt(database, tmp_path)


async def test_what_changes_or_goes_in_a_later_run_does_so_in_the_index(
    database: Database, made: Ahead, tmp_path: Path
) -> None:
    await bring(database, made, tmp_path / "feed.json", page(*(service(number) for number in range(1, 8))))
    await made.finish()
    async with ahead(settings_for(database, tmp_path)) as second:
        again = [service(1, name="Now called this"), *(service(number) for number in (2, 3, 4, 5, 6, 9))]
        await bring(database, second, tmp_path / "feed.json", page(*again))
        await second.finish()
    found = await same_as_rebuilt(database, tmp_path)
    assert len(found) == 7
    assert any(name == "now called this" for _, name, *_ in found.values())


async def test_nothing_of_a_failed_run_is_ever_found(database: Database, made: Ahead, tmp_path: Path) -> None:
    text = page(*(service(number) for number in range(1, 8)))
    with pytest.raises(SourceError):
        await bring(database, made, tmp_path / "feed.json", text[:-20])
    await made.finish()
    assert Store(tmp_path / "search").current == ""
    assert not any(each.is_dir() for each in (tmp_path / "search").iterdir())


async def test_what_somebody_touches_after_the_commit_is_read_anew(
    database: Database, made: Ahead, tmp_path: Path
) -> None:
    await bring(database, made, tmp_path / "feed.json", page(*(service(number) for number in range(1, 8))))
    await database.pool.execute("update service set name = 'Renamed by hand' where name = 'Service 3'")
    await database.pool.execute("delete from service where name = 'Service 4'")
    await made.finish()
    found = await same_as_rebuilt(database, tmp_path)
    assert sum(name == "renamed by hand" for _, name, *_ in found.values()) == 1
    assert len(found) == 6


async def test_an_index_that_somebody_else_made_meanwhile_is_the_one_that_counts(
    database: Database, made: Ahead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BATCH", 4)
    folder, ready = tmp_path / "search", made.ready

    async def rebuilt_first(*given: Any) -> None:
        while not (folder.exists() and any(each.is_dir() for each in folder.iterdir())):
            await asyncio.sleep(0.02)
        async with Embedded(folder).opened() as index:
            await rebuild(database, index)
        await ready(*given)

    monkeypatch.setattr(made, "ready", rebuilt_first)
    await bring(database, made, tmp_path / "feed.json", page(*(service(number) for number in range(1, 8))))
    theirs = Store(folder).current
    reply = await made.finish()
    assert (reply.made, reply.done, reply.waiting) == (7, 7, 0)
    assert Store(folder).current == theirs
    assert [each.name for each in folder.iterdir() if each.is_dir()] == [theirs]
    assert len(await same_as_rebuilt(database, tmp_path)) == 7


async def test_an_import_goes_well_where_the_process_is_gone(
    database: Database, made: Ahead, tmp_path: Path
) -> None:
    made._process.kill()
    await made._process.wait()
    await bring(database, made, tmp_path / "feed.json", page(service(1), service(2)))
    assert (await made.finish()).waiting == -1
    assert await pending(database) == 2


async def test_a_first_index_is_not_begun_with_a_part_of_what_there_is(
    database: Database, made: Ahead, tmp_path: Path
) -> None:
    path = tmp_path / "feed.json"
    path.write_text(page(service(30)))
    await apply.run(database, "other", "another feed", read_files(path), apply.Options())
    await database.pool.execute("delete from search_change")  # some other index has it
    await bring(database, made, path, page(*(service(number) for number in range(1, 5))))
    await made.finish()
    assert len(await same_as_rebuilt(database, tmp_path)) == 5


async def test_a_county_is_read_back_as_it_was_foreseen(county: Database, database: Database) -> None:
    """Stored as another's feed, every service of the county gives the document that was made beforehand."""
    ids = [row[0] for row in await county.pool.fetch("select id from service")]
    whole = list((await read.records(county.pool, ids)).values())
    for each in whole:
        for attribute in each.attributes:
            attribute.confidence = None
    async with database.transaction() as connection:
        await store(connection, "local", whole)
    stored = await read.records(database.pool, ids)
    checked = 0
    for each in whole:
        if listed(each):
            assert document(as_stored(each)) == document(stored[UUID(each.id)]), each.name
            checked += 1
    assert checked > 200
