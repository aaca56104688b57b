"""Two engines as one: the first while it is there, the second while it is not."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from directory.errors import Unavailable
from directory.search.index import Rebuild, SearchIndex
from directory.search.prepared import Put
from directory.search.shapes import Answer, Ask, Status


class Fallback:
    """Both are kept true. A change that the first misses stays waiting until it is back."""

    def __init__(self, first: SearchIndex, second: SearchIndex) -> None:
        self._first, self._second = first, second
        self.misses = first.misses

    async def ping(self) -> None:
        try:
            await self._first.ping()
        except Unavailable:
            await self._second.ping()

    async def status(self) -> Status:
        """Of the first while it answers; it is empty where either is."""
        second = await self._second.status()
        try:
            first = await self._first.status()
        except Unavailable:
            return second
        return first if first.empty or not second.empty else second

    async def search(self, ask: Ask) -> Answer:
        try:
            return await self._first.search(ask)
        except Unavailable:
            return await self._second.search(ask)

    async def spelt(self, listed: Sequence[str]) -> dict[str, str]:
        try:
            return await self._first.spelt(listed)
        except Unavailable:
            return await self._second.spelt(listed)

    async def suggest(self, text: str, most: int) -> list[str]:
        try:
            return await self._first.suggest(text, most)
        except Unavailable:
            return await self._second.suggest(text, most)

    async def running_out(self, minute: int, most: int) -> list[str]:
        return await self._second.running_out(minute, most)

    async def change(self, put: Put, delete: Sequence[str]) -> None:
        await self._second.change(put, delete)
        await self._first.change(put, delete)

    @contextlib.asynccontextmanager
    async def rebuild(self) -> AsyncIterator["Both"]:
        async with self._second.rebuild() as second, contextlib.AsyncExitStack() as stack:
            try:
                first = await stack.enter_async_context(self._first.rebuild())
            except Unavailable:
                first = None
            yield Both([each for each in (first, second) if each is not None])


class Both:
    def __init__(self, each: Sequence[Rebuild]) -> None:
        self._each = each

    async def add(self, documents: Put) -> None:
        for one in self._each:
            await one.add(documents)
