"""The engine in the process: tantivy on disk, columns in memory. One process writes at a time, all of them read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from importlib.metadata import version
from pathlib import Path

from directory import memory
from directory.errors import Unavailable
from directory.search.evaluate import evaluate
from directory.search.misses import Misses
from directory.search.prepared import Put, prepared
from directory.search.shapes import Answer, Ask, Status
from directory.search.store import Generation, Store, Writing
from directory.telemetry import log

LOOK = 0.25  # seconds between looks for what another process wrote


class Embedded:
    """Safe for one event loop; threads do what takes long, and a search sees one state from start to end."""

    def __init__(self, folder: Path) -> None:
        self.misses = Misses()
        self._store = Store(folder)
        self._writing = asyncio.Lock()
        self._name = ""
        self._generation: Generation | None = None

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Embedded"]:
        await asyncio.to_thread(self._open)
        task = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def ping(self) -> None:
        if self._generation is None:
            raise Unavailable("the search index is being built")

    async def status(self) -> Status:
        snapshot = self._generation.snapshot if self._generation else None
        return Status(
            engine="embedded",
            version=f"tantivy {version('tantivy')}",
            generation=self._name,
            documents=len(snapshot.columns) if snapshot else 0,
            empty=snapshot is None,
        )

    async def search(self, ask: Ask) -> Answer:
        if self._generation is None:
            raise Unavailable("the search index is being built")
        snapshot = self._generation.snapshot
        text = snapshot.text(ask) if ask.words else None
        return evaluate(snapshot.columns, ask, text)

    async def spelt(self, listed: Sequence[str]) -> dict[str, str]:
        return self._generation.snapshot.lexicon.spelt(listed) if self._generation else {}

    async def suggest(self, text: str, most: int) -> list[str]:
        if self._generation is None:
            return []
        return self._generation.snapshot.suggest(text, most)

    async def running_out(self, minute: int, most: int) -> list[str]:
        return self._generation.snapshot.columns.running_out(minute, most) if self._generation else []

    async def change(self, put: Put, delete: Sequence[str]) -> None:
        async with self._writing:
            await asyncio.to_thread(self._change, put, delete)

    @contextlib.asynccontextmanager
    async def rebuild(self) -> AsyncIterator["Beside"]:
        async with self._writing:
            name = self._store.name()
            written = Generation(self._store.folder / name, look=False).writing()
            beside = Beside(await asyncio.to_thread(written.__enter__))
            try:
                yield beside
            except BaseException as error:
                await asyncio.to_thread(written.__exit__, type(error), error, error.__traceback__)
                raise
            await asyncio.to_thread(written.__exit__, None, None, None)
            self._store.point_to(name)
            await asyncio.to_thread(self._open)
            await asyncio.to_thread(self._store.tidy, name)

    def _change(self, put: Put, delete: Sequence[str]) -> None:
        self._open()
        if self._generation is None:
            name = self._store.name()
            Generation(self._store.folder / name).change([], [])
            self._store.point_to(name)
            self._open()
        assert self._generation is not None
        self._generation.change(put, delete)
        self._generation.reload()

    def _open(self) -> None:
        """Be where the pointer points, and at its last commit."""
        name = self._store.current
        if not self._store.fits(name):
            self._generation, self._name = None, ""
        elif name != self._name or self._generation is None:
            generation = Generation(self._store.folder / name)
            generation.snapshot.warm()  # before anybody asks it
            self._generation, self._name = generation, name
            memory.settle()
        elif self._generation.stale():
            self._generation.reload()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if self._writing.locked():
                continue
            if self._store.current != self._name or (self._generation and self._generation.stale()):
                try:
                    await asyncio.to_thread(self._open)
                except (OSError, ValueError):
                    log.warning("the search index could not be read; trying again")


class Unread(Embedded):
    """The same index for a process that only brings changes in: it holds nothing of it in memory, whatever its size,
    and answers no search."""

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Embedded"]:
        yield self

    async def status(self) -> Status:
        return Status(
            engine="embedded",
            version=f"tantivy {version('tantivy')}",
            generation=self._store.current,
            documents=0,
            empty=not self._store.fits(self._store.current),
        )

    def _change(self, put: Put, delete: Sequence[str]) -> None:
        self._store.change(prepared(put), delete)

    def _open(self) -> None:
        self._name = self._store.current


class Beside:
    """A generation in the making, one commit in all."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    async def add(self, documents: Put) -> None:
        await asyncio.to_thread(self._writing.add, documents)
