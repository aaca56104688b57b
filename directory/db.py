"""The database: an asyncpg pool to read with, an SQLAlchemy engine to write with, advisory locks.

Reads are plain SQL on asyncpg (`Reader`): a third of the cost of the same SELECT through an ORM session.
Writes go through one SQLModel `AsyncSession`, one transaction a request, committed before the response starts.
"""

import contextlib
import zlib
from collections.abc import AsyncIterator
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from directory.errors import Unavailable

if TYPE_CHECKING:  # half a second to import: only for those who ask for a session
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlmodel.ext.asyncio.session import AsyncSession

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Reader: TypeAlias = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy

# What the driver raises when the server is away, restarting, or going down.
AWAY: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


# The connection that a request's guard has asked on already, for the reads of the same request; at most one.
_kept: ContextVar[list[tuple[asyncpg.Pool, PoolConnectionProxy]] | None] = ContextVar("kept", default=None)

_plain: set[int] = set()  # server processes of connections that come back from plain statements


async def _cleared(connection: asyncpg.Connection) -> None:
    """What a pool does to a connection that comes back: the driver's own four statements, where they are needed."""
    pid = connection.get_server_pid()
    if pid not in _plain:
        await connection.execute(connection.get_reset_query())


class Database:
    """Opened once by the application; opening does not connect, so that an app can start before its database."""

    def __init__(self, url: str, *, size: int = 10) -> None:
        self.url = url
        self.size = size
        self._pool: asyncpg.Pool | None = None

    @cached_property
    def engine(self) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        return create_async_engine(
            self.url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=max(2, self.size // 2),
            max_overflow=self.size,
            pool_pre_ping=True,
            connect_args={"timeout": 5},
        )

    async def open(self) -> "Database":
        self._pool = await asyncpg.create_pool(
            self.url, min_size=0, max_size=self.size, timeout=5, command_timeout=60, reset=_cleared,
            max_cached_statement_lifetime=0,  # planning takes longer than most reads: not anew every five minutes
        )  # fmt: skip
        return self

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
        if "engine" in self.__dict__:
            await self.engine.dispose()

    @property
    def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise Unavailable("the database is not open")
        return self._pool

    async def ping(self) -> None:
        """Raises one of `AWAY` when the database does not answer within two seconds."""
        async with self.pool.acquire(timeout=2) as connection:
            await connection.fetchval("select 1", timeout=2)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[PoolConnectionProxy]:
        """A connection for a few reads in a row: the one that `keep` left for this request, or another.

        For plain statements alone. What sets up anything in the session (a lock, a setting, a cursor, a temporary
        table) takes its connection from the pool, which clears that away; here nothing is cleared after a good end.
        """
        kept = _kept.get()
        connection = kept.pop()[1] if kept and kept[-1][0] is self.pool else await self.pool.acquire()
        pid = connection.get_server_pid()
        try:
            yield connection
            _plain.add(pid)
        finally:
            try:
                await self.pool.release(connection)
            finally:
                _plain.discard(pid)

    async def keep(self) -> PoolConnectionProxy:
        """A connection that the next `reading` of this request goes on with: a turn of the pool costs more than most
        reads. Only for what comes to `reading` before it asks the database for anything else."""
        connection = await self.pool.acquire()
        _kept.set([(self.pool, connection)])
        return connection

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator["AsyncSession"]:
        """One transaction: committed when the block ends well, rolled back when it raises. One of `AWAY` is raised as
        it is, not as SQLAlchemy wraps it."""
        from sqlalchemy.exc import DBAPIError
        from sqlmodel.ext.asyncio.session import AsyncSession

        try:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            if isinstance(cause := _cause(error), AWAY):
                raise cause from error
            raise

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction on a plain connection, for bulk work."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection


async def give_back() -> None:
    """Return to its pool what was kept for this request and not taken up."""
    kept = _kept.get()
    while kept:
        pool, connection = kept.pop()
        with contextlib.suppress(*AWAY):  # a broken one is ended by its pool
            await pool.release(connection)


def lock_key(name: str) -> int:
    """The number of the advisory lock `name`: a signed 32-bit hash, the same in every process and release."""
    return zlib.crc32(name.encode()) - 2**31


@contextlib.asynccontextmanager
async def advisory_lock(database: Database, name: str) -> AsyncIterator[bool]:
    """Hold the lock `name` on a connection of its own; yields False at once where another process has it."""
    async with database.pool.acquire() as connection:
        held = bool(await connection.fetchval("select pg_try_advisory_lock($1)", lock_key(name)))
        try:
            yield held
        finally:
            if held:
                with contextlib.suppress(*AWAY):
                    await connection.execute("select pg_advisory_unlock($1)", lock_key(name))


def away(error: BaseException) -> bool:
    """Whether the error means "no database", not "bad SQL"; also one that SQLAlchemy wrapped."""
    invalidated = bool(getattr(error, "connection_invalidated", False))
    return isinstance(error, AWAY) or isinstance(_cause(error), AWAY) or invalidated


def _cause(error: BaseException) -> BaseException | None:
    """What the driver raised, under its two wrappers of SQLAlchemy."""
    wrapped = getattr(error, "orig", None)
    return wrapped.__cause__ if isinstance(wrapped, BaseException) else None
