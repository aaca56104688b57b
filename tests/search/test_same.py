"""The law of the sync: whatever happened, a drained index answers as a rebuilt one does."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from directory.catalogue.write import store
from directory.db import Database
from directory.search.embedded import Embedded
from directory.search.index import SearchIndex
from directory.search.shapes import Ask
from directory.search.sync import drain, pending, rebuild
from tests.search.made import at, covering, service

WORDS = ["baby", "group", "speech", "debt", "toddler", "help", "club", "food", "talk", "play"]


def some_service(chance: random.Random, number: int) -> object:
    name = f"{' '.join(chance.sample(WORDS, 2))} {number}"
    return service(
        name,
        id=f"00000000-0000-4000-8000-{number:012}",
        description=" ".join(chance.choices(WORDS, k=6)),
        tags={"needs": chance.sample(["bullying", "child_health", "young_carer"], 1)},
        service_at_locations=[at(52.5 + chance.random() / 2, 1.2, f"Hall {number}")],
        service_areas=covering(f"zone:zone-0{chance.randint(1, 3)}"),
        status=chance.choice(["active", "active", "active", "inactive"]),
        capacity_status=chance.choice(["open", "full"]),
    )


async def edit(database: Database, chance: random.Random) -> None:
    """One of the things that happen to a catalogue."""
    kind = chance.randrange(5)
    ids = [row[0] for row in await database.pool.fetch("select id from service order by id")]
    if kind < 2 or not ids:
        async with database.transaction() as connection:
            many = [some_service(chance, chance.randrange(40)) for _ in range(chance.randint(1, 4))]
            await store(connection, "local", list({each.id: each for each in many}.values()))  # type: ignore[attr-defined]
    elif kind == 2:
        await database.pool.execute("delete from service where id = $1", chance.choice(ids))
    elif kind == 3:
        status = chance.choice(["active", "inactive", "temporarily closed"])
        await database.pool.execute(
            "update service set status = $2 where id = $1", chance.choice(ids), status
        )
    else:
        await database.pool.execute("update organization set name = $1", f"Trust {chance.randrange(9)}")


async def answers(index: SearchIndex) -> list[object]:
    found: list[object] = []
    for words in ([], ["baby"], ["grup"], ["debt", "club"], ["trust"]):
        ask = Ask(words=words, point=(52.6, 1.3), areas=["zone:zone-01"], limit=50, today=739_900)
        answer = await index.search(ask)
        hits = [(hit.id, hit.card, round(hit.score, 9), hit.matched, hit.capacity) for hit in answer.hits]
        found.append((answer.total, hits, answer.facets, answer.spelled))
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_a_drained_index_answers_as_a_rebuilt_one(
    database: Database, engine: SearchIndex, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(chance.randint(3, 14)):
        await edit(database, chance)
        if chance.random() < 0.5:
            await drain(database, engine)
    while await pending(database):
        await drain(database, engine)
    async with Embedded(tmp_path / "fresh").opened() as fresh:
        await rebuild(database, fresh)
        assert await answers(engine) == await answers(fresh)


KILLED = """
import asyncio, sys
from pathlib import Path
from directory.db import Database
from directory.search.embedded import Embedded
from directory.search.sync import drain, rebuild
async def main():
    database = await Database(sys.argv[1]).open()
    async with Embedded(Path(sys.argv[2])).opened() as index:
        print("ready", flush=True)
        while True:
            await rebuild(database, index) if sys.argv[3] == "rebuild" else await drain(database, index)
asyncio.run(main())
"""


@pytest.mark.parametrize("doing", ["drain", "rebuild"])
async def test_killed_at_any_moment_it_loses_nothing(database: Database, tmp_path: Path, doing: str) -> None:
    chance = random.Random(doing)
    folder = tmp_path / "search"
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED, database.url, str(folder), doing, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 30)
        for _ in range(chance.randint(1, 4)):
            await edit(database, chance)
        await asyncio.sleep(chance.random() / 5)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    async with Embedded(folder).opened() as index, Embedded(tmp_path / "fresh").opened() as fresh:
        while await pending(database):
            await drain(database, index)
        if (await index.status()).empty:
            await rebuild(database, index)
        await rebuild(database, fresh)
        assert await answers(index) == await answers(fresh)
