"""A thread works one step in front, never two, and is at rest when the block ends."""

import threading

import pytest

from directory.importing.forward import Forward


async def test_what_is_taken_was_made_in_order_and_one_at_a_time() -> None:
    made = iter(range(10))
    busy = threading.Lock()

    def make() -> int:
        assert busy.acquire(blocking=False)
        try:
            return next(made)
        finally:
            busy.release()

    async with Forward(make) as forward:
        found = []
        for _ in range(3):
            found.append(await forward.take())
            forward.begin()
            forward.begin()
    assert found == [0, 1, 2]
    assert next(made) == 4  # the fourth was begun, and has ended


async def test_an_error_is_met_by_who_takes_and_by_nobody_else() -> None:
    def fail() -> int:
        raise ValueError("broken")

    async with Forward(fail) as forward:
        with pytest.raises(ValueError, match="broken"):
            await forward.take()
    async with Forward(fail) as forward:
        forward.begin()
