"""The command as a person runs it: a thread from a feed to an answer, and one clear line when something is wrong."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NamedTuple

import asyncpg
import httpx
import pytest

from directory.cli import _here
from directory.db import Database
from directory.postgres import Server


class Said(NamedTuple):
    code: int
    out: str
    err: str


async def directory(database: Database, folder: Path, *words: str) -> Said:
    """`directory ...` in a process of its own, over the test's database."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "directory", *words,
        env={**os.environ, "DIRECTORY_DATABASE_URL": database.url, "DIRECTORY_DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


async def test_a_real_county_feed_is_imported_once_and_then_found(
    database: Database, tmp_path: Path, data: Path
) -> None:
    feed = str(data / "oruk" / "data" / "buckinghamshire-outpost-feed-2023")
    dry = json.loads((await directory(database, tmp_path, "import", "oruk", feed, "--dry-run", "--json")).out)
    assert dry["read"] == 96
    assert await database.pool.fetchval("select count(*) from service") == 0

    first = json.loads((await directory(database, tmp_path, "import", "oruk", feed, "--json")).out)
    assert first["added"] + first["quarantined_count"] == 96
    assert all(each["reasons"] for each in first["quarantined"])
    before = await database.pool.fetch("select id, version from service order by id")

    again = json.loads((await directory(database, tmp_path, "import", "oruk", feed, "--json")).out)
    assert (again["added"], again["changed"], again["same"]) == (0, 0, first["added"])
    assert await database.pool.fetch("select id, version from service order by id") == before

    found = json.loads((await directory(database, tmp_path, "search", "walking group", "--json")).out)
    assert "Weekday Walking Group" in [hit["name"] for hit in found["hits"]]


async def test_bad_sources_get_one_line_and_leave_nothing(database: Database, tmp_path: Path) -> None:
    cut, page, latin = tmp_path / "cut.json", tmp_path / "page.json", tmp_path / "latin.json"
    cut.write_text('{"contents": [{"id": "1", "name": "Half a')
    page.write_text("<!doctype html><title>Sign in</title>")
    latin.write_bytes('{"contents": [{"name": "Café"}]}'.encode("latin-1"))
    for source in (tmp_path / "nowhere.json", cut, page, latin, "http://127.0.0.1:9/"):
        said = await directory(database, tmp_path, "import", "oruk", str(source))
        assert said.code == 1, source
        assert len(said.err.strip().splitlines()) == 1, said.err
        assert said.err.startswith("directory: ")
        assert "Traceback" not in said.err + said.out
    assert await database.pool.fetchval("select count(*) from service") == 0
    assert await database.pool.fetchval("select count(*) from organization") == 0


async def test_wrong_usage_is_2_and_a_database_that_is_away_is_1(database: Database, tmp_path: Path) -> None:
    assert (await directory(database, tmp_path, "serch", "x")).code == 2
    gone = await Database("postgresql://nobody@127.0.0.1:9/nothing").open()
    said = await directory(gone, tmp_path, "search", "food")
    await gone.close()
    assert said.code == 1
    assert "database" in said.err
    assert "Traceback" not in said.err


async def test_a_port_that_is_taken_is_named(database: Database, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = await directory(database, tmp_path, "serve", "--port", port)
    assert said.code == 1
    assert port in said.err


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:81"), ("0.0.0.0", "http://127.0.0.1:81"), ("::1", "http://[::1]:81")],
)
def test_links_lead_to_where_the_server_listens(host: str, address: str) -> None:
    assert _here(host, 81) == address


@pytest.mark.slow
async def test_the_server_stops_cleanly_and_a_killed_one_comes_back_with_its_data(tmp_path: Path) -> None:
    """Embedded PostgreSQL and all: serve, change something, kill -9, serve again, Ctrl-C."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIRECTORY_")}
    environment["DIRECTORY_DATA_DIR"] = str(tmp_path)
    server = Server(tmp_path)

    async def serve() -> tuple[asyncio.subprocess.Process, str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "directory", "serve", "--port", str(port),
            env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            for _ in range(600):
                try:
                    if (await client.get(f"{base}/health/ready")).status_code == 200:
                        return process, base
                except httpx.TransportError:
                    pass
                assert process.returncode is None
                await asyncio.sleep(0.1)
        raise AssertionError("the server was never ready")

    first, _ = await serve()
    connection = await asyncpg.connect(server.url())
    await connection.execute(
        "insert into feed (id, label, url, dialect, publisher, licence) values ('kept', 'Kept', '', '', '', '')"
    )
    await connection.close()
    first.kill()
    await first.wait()

    second, base = await serve()
    connection = await asyncpg.connect(server.url())
    assert await connection.fetchval("select label from feed where id = 'kept'") == "Kept"
    await connection.close()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{base}/api/search?q=food")).status_code == 200
        assert base in (await client.get(f"{base}/robots.txt")).text  # addresses lead here, whatever the port
    second.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(second.wait(), 20) == 0
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
