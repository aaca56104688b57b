"""Real PostgreSQL for every test: one embedded server a run, a fresh database a test, one seeded county to read."""

import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import hypothesis
import pytest
from asgi_lifespan import LifespanManager

from directory.app import create_app
from directory.db import Database
from directory.migrations import migrate
from directory.postgres import Server
from directory.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SECRET_KEY = "a-key-for-tests-alone-0123456789-abcdef"
numbers = itertools.count(1)

# The judge runs the same examples each time; a developer's machine looks for new ones. No example is late: a busy
# machine is no fault of the code.
hypothesis.settings.register_profile("judge", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile("judge" if os.environ.get("CI") else "search")


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared reference data; tests that need it skip where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the reference data of ../shared/data is not here")
    return DATA


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("postgres"), durable=False)
    with server.shared():
        yield server


@pytest.fixture(scope="session")
async def template(postgres: Server) -> str:
    """The name of a migrated, empty database that others are cloned from."""
    await migrate(postgres.url())
    return "directory"


async def clone(postgres: Server, source: str, name: str) -> str:
    """A copy of the database `source`; nobody may be connected to it meanwhile."""
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute(f'create database "{name}" template "{source}" strategy file_copy')
    finally:
        await connection.close()
    return postgres.url(name)


async def drop(postgres: Server, name: str) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute(f'drop database "{name}" with (force)')
    finally:
        await connection.close()


@pytest.fixture
async def database(postgres: Server, template: str) -> AsyncIterator[Database]:
    """An empty, migrated database of the test's own."""
    name = f"test_{next(numbers)}"
    url = await clone(postgres, template, name)
    opened = await Database(url, size=5).open()
    try:
        yield opened
    finally:
        await opened.close()
        await drop(postgres, name)


@pytest.fixture(scope="session")
async def seeded(postgres: Server, template: str) -> str:
    """The name of a database with the demonstration county, seeded once a run. Nobody connects to it: clone it."""
    from seed.load import load

    opened = await Database(await clone(postgres, template, "seeded"), size=8).open()
    try:
        await load(opened)
    finally:
        await opened.close()
    return "seeded"


@pytest.fixture(scope="session")
async def county(postgres: Server, seeded: str) -> AsyncIterator[Database]:
    """The demonstration county, to read; `county_copy` is one to change."""
    opened = await Database(await clone(postgres, seeded, "county"), size=8).open()
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def county_copy(postgres: Server, seeded: str) -> AsyncIterator[Database]:
    """A demonstration county of the test's own."""
    name = f"county_{next(numbers)}"
    opened = await Database(await clone(postgres, seeded, name), size=5).open()
    try:
        yield opened
    finally:
        await opened.close()
        await drop(postgres, name)


def settings_for(database: Database, folder: Path, **over: Any) -> Settings:
    return Settings(
        **(
            {
                "database_url": database.url,
                "data_dir": folder,
                "worker": False,
                "log_level": "error",
                "secret_key": SECRET_KEY,
            }
            | over
        )
    )


@contextlib.asynccontextmanager
async def entered(database: Database, folder: Path, **over: Any) -> AsyncIterator[httpx.AsyncClient]:
    """An application over `database`, started, and a client of it. `client.app` is the application."""
    app = create_app(settings_for(database, folder, **over))
    async with (
        LifespanManager(app, startup_timeout=240, shutdown_timeout=30),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client,
    ):
        client.app = app  # type: ignore[attr-defined]
        yield client


MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def make_client(tmp_path: Path) -> AsyncIterator[MakeClient]:
    """An application over any database, entered and left with the test: `await make_client(database, **settings)`."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(database: Database, **over: Any) -> httpx.AsyncClient:
            return await stack.enter_async_context(entered(database, tmp_path, **over))

        yield make


@pytest.fixture(scope="session")
async def client(
    county: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """The application over the seeded county, shared by all tests that only read."""
    async with entered(county, tmp_path_factory.mktemp("app")) as made:
        yield made


def pytest_report_header() -> str:
    return f"reference data: {'here' if DATA.is_dir() else 'absent'}; CI: {os.environ.get('CI', 'no')}"
