"""The embedded server survives what a laptop does to it."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from directory.db import Database
from directory.migrations import migrate_now
from directory.postgres import Server, running


async def answer(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval("select 42")
        return found
    finally:
        await connection.close()


def pid(folder: Path) -> int:
    return int((folder / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_last_user_stops_the_server_and_not_the_first(tmp_path: Path) -> None:
    with running(tmp_path, durable=False) as first:
        number = pid(tmp_path)
        with running(tmp_path, durable=False) as second:
            assert second == first
        assert alive(number)
        assert await answer(first) == 42
    assert not alive(number)


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        connection = await asyncpg.connect(url)
        await connection.execute("create table kept (n int); insert into kept values (7)")
        await connection.close()
        os.kill(pid(tmp_path), signal.SIGKILL)
    with running(tmp_path) as url:
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select n from kept") == 7
        await connection.close()


HOLDER = """
import sys, time
from pathlib import Path
from directory.postgres import running
with running(Path(sys.argv[1]), durable=False) as url:
    print("ready", flush=True)
    time.sleep(60)
"""


async def test_a_killed_user_leaves_a_server_that_the_next_one_takes_over_and_stops(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    number = pid(tmp_path)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert alive(number)
    with running(tmp_path, durable=False) as url:
        assert await answer(url) == 42
    deadline = time.monotonic() + 10
    while alive(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(number)


def test_the_socket_of_a_deep_folder_is_kept_short(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    assert len(str(Server(deep).sockets)) < 90


@pytest.mark.skipif(os.geteuid() == 0, reason="as root the server gets a user of its own")
def test_a_socket_folder_of_somebody_else_is_refused() -> None:
    from directory.errors import Unavailable
    from directory.postgres import _private

    with pytest.raises((Unavailable, PermissionError)):
        _private(Path("/"), None)


async def test_a_server_that_starts_before_its_database_waits_for_it(
    database: Database,
) -> None:
    there = Path(parse_qs(urlsplit(database.url).query)["host"][0])
    with tempfile.TemporaryDirectory(prefix="late-") as late:  # short: the path of a socket is
        url = database.url.replace(str(there), late)
        with pytest.raises(FileNotFoundError):
            await asyncio.to_thread(migrate_now, url)
        waiting = asyncio.create_task(asyncio.to_thread(migrate_now, url, 30))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        for socket in there.glob(".s.PGSQL.*[0-9]"):
            (Path(late) / socket.name).symlink_to(socket)
        await asyncio.wait_for(waiting, 20)
