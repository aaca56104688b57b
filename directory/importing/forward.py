"""Work that a thread does beforehand, one step in front of whoever takes it."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Forward(Generic[T]):
    """Calls `make` in a thread for each `take`; earlier where `begin` says that it is a good time. Never two at once.

    The block ends when the thread has come to rest.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._coming: asyncio.Future[T] | None = None

    def begin(self) -> None:
        if self._coming is None:
            self._coming = asyncio.ensure_future(asyncio.to_thread(self._make))

    async def take(self) -> T:
        self.begin()
        assert self._coming is not None
        made = await self._coming
        self._coming = None
        return made

    async def __aenter__(self) -> "Forward[T]":
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._coming is not None:
            await asyncio.wait([self._coming])
            if not self._coming.cancelled():
                self._coming.exception()
