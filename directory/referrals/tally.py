"""Counting a queue once for many looks: the answer is kept until the log grows, and for some seconds at most.

Every move writes a line of the log, so the log's own number says whether anything can have changed; what changes by
time alone (something falls due), and a move that was being written while we counted, are seen a few seconds later.
Looks that come together count once: the rest wait, or have the last count where only its seconds have run out.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from directory.db import Database, Reader

SECONDS = 5.0
MOST = 500  # counts kept for one database
# A sequence says 1 before its first line and after it.
LOG = "(select case when is_called then last_value else 0 end as number from referral_event_id_seq)"


class _Tally(Struct):
    kept: dict[Any, tuple[int, float, Any]] = field(default_factory=dict)
    counting: dict[Any, asyncio.Event] = field(default_factory=dict)


_tallies: WeakKeyDictionary[Database, _Tally] = WeakKeyDictionary()


async def counted_once(database: Database, reader: Reader, log: int, sql: str, values: Sequence[Any]) -> Any:
    """The one row of a counting query, asked for on `reader`. `log` is the number of `LOG`, read before."""
    tally = _tallies.setdefault(database, _Tally())
    key = (sql, *(tuple(each) if isinstance(each, list) else each for each in values))
    while True:
        found, counting = tally.kept.get(key), tally.counting.get((key, log))
        if found and found[0] == log and (counting or time.monotonic() - found[1] < SECONDS):
            return found[2]
        if counting is None:
            break
        await counting.wait()
    tally.counting[key, log] = counted = asyncio.Event()
    try:
        at = time.monotonic()
        row = await reader.fetchrow(sql, *values)
        if len(tally.kept) >= MOST:
            tally.kept.clear()
        tally.kept[key] = (log, at, row)
        return row
    finally:
        del tally.counting[key, log]
        counted.set()
