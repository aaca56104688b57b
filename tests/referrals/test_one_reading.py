"""A request that asks who calls and reads on one connection: it never waits for a second, and never keeps the first."""

import asyncio
import contextlib
from typing import Any

from directory.db import Database
from tests.conftest import MakeClient
from tests.referrals.conftest import World

PATHS = (
    "/api/requests?queue=all",
    "/api/referrals?queue=all",
    "/api/requests/{request}",
    "/api/referrals/{referral}",
)
NOBODY = "00000000-0000-4000-8000-000000000000"


async def test_reads_end_with_one_connection_for_all_and_give_it_back(
    world: World, make_client: MakeClient
) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    client: Any = await make_client(world.database)
    app = client.app
    marked = [
        handler
        for route in app.litestar.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("one_reading")
    ]
    assert len(marked) == len(PATHS)  # each of them is tried below
    paths = [path.format(request=made["id"], referral=made["referrals"][0]) for path in PATHS]
    asked = [(path, "desk", 200) for path in paths]
    asked += [(path.split("?")[0] + "?stray=1", "desk", 400) for path in paths]
    asked += [(path, "figures", 403) for path in paths] + [(path, "fd_nobody_x", 401) for path in paths]
    asked += [(path, "", 401) for path in paths]
    asked += [(f"/api/requests/{NOBODY}", "desk", 404), (f"/api/referrals/{NOBODY}", "desk", 404)]

    async def ask(path: str, who: str) -> int:
        headers = {"Authorization": f"Bearer {world.tokens.get(who, who)}"} if who else {}
        return int((await client.get(path, headers=headers)).status_code)

    pool = app.state.database.pool

    def taken() -> int:
        return int(pool.get_size() - pool.get_idle_size())

    async with asyncio.timeout(60), contextlib.AsyncExitStack() as stack:
        while taken() < pool.get_max_size() - 1:  # one is left
            await stack.enter_async_context(pool.acquire())
        before = taken()
        for path, who, status in asked:
            assert await ask(path, who) == status, (path, who)
            assert taken() == before, (path, who)
        together = await asyncio.gather(*(ask(path, who) for path, who, _ in asked * 3))
        assert together == [status for _, _, status in asked * 3]
        assert taken() == before


async def test_what_a_connection_was_set_to_is_cleared_unless_it_only_read(world: World) -> None:
    database = await Database(world.database.url, size=1).open()
    try:
        async with database.pool.acquire() as connection:
            await connection.execute("set work_mem = '7MB'; select pg_advisory_lock(77)")
        async with database.reading() as reader:
            assert await reader.fetchval("show work_mem") != "7MB"
            assert (
                await reader.fetchval(
                    "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
                )
                == 0
            )
        with contextlib.suppress(RuntimeError):
            async with database.reading() as reader:
                await reader.execute("set work_mem = '7MB'")
                raise RuntimeError("half way")
        assert await database.pool.fetchval("show work_mem") != "7MB"
        await database.pool.execute("set work_mem = '7MB'")
        assert await database.pool.fetchval("show work_mem") != "7MB", "a reading before it changes nothing"
    finally:
        await database.close()
