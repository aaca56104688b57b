"""Memory that was needed for a while."""

import asyncio

import pytest

from directory import memory


async def test_it_is_given_back_every_now_and_then_and_no_more_after_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[int] = []
    monkeypatch.setattr(memory, "_EVERY", 0.001)
    monkeypatch.setattr(memory, "_trim", lambda: given.append(1))
    async with memory.trimmed():
        async with asyncio.timeout(5):
            while len(given) < 3:
                await asyncio.sleep(0.001)
    before = len(given)
    await asyncio.sleep(0.01)
    assert len(given) == before
