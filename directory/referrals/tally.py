"""Counting a queue once for many looks: the answer is kept until the log grows, and for some seconds at most.

Every move writes a line of the log, so the log's own number says whether anything can have changed; what changes by
time alone (something falls due), and a move that was being written while we counted, are seen a few seconds later.
"""

import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from directory.db import Database, Reader

SECONDS = 5.0
MOST = 500  # counts kept for one database
_kept: WeakKeyDictionary[Database, dict[Any, tuple[int, float, Any]]] = WeakKeyDictionary()


async def counted_once(database: Database, reader: Reader, sql: str, values: Sequence[Any]) -> Any:
    """The one row of a counting query, asked for on `reader`."""
    kept = _kept.setdefault(database, {})
    key = (sql, *(tuple(each) if isinstance(each, list) else each for each in values))
    log = await reader.fetchval("select last_value from referral_event_id_seq")
    now = time.monotonic()
    if (found := kept.get(key)) and found[0] == log and now - found[1] < SECONDS:
        return found[2]
    row = await reader.fetchrow(sql, *values)
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = (log, now, row)
    return row
