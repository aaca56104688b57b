"""What is said of a service between two checks of its record: how full it is, how long the wait, still right."""

import datetime as dt
from uuid import UUID

from directory.db import Database
from directory.errors import BadRequest, FieldError
from directory.words import CAPACITIES

CAPACITY_DAYS = 14  # how long "full" is believed without being said again


async def say_capacity(
    database: Database, service_id: UUID, capacity: str, now: dt.datetime | None = None
) -> None:
    """Anything but "open" counts for two weeks, then the service is taken to be open again; paused stays paused."""
    if capacity not in CAPACITIES:
        raise BadRequest(errors=[FieldError("capacity", f"one of {', '.join(CAPACITIES)}")])
    now = now or dt.datetime.now(dt.UTC)
    until = None if capacity in {"open", "paused"} else now + dt.timedelta(days=CAPACITY_DAYS)
    await database.pool.execute(
        "update service set capacity = $2, capacity_until = $3 where id = $1", service_id, capacity, until
    )


async def say_wait(database: Database, service_id: UUID, words: str) -> None:
    """How long people wait, in words; empty where nobody says."""
    if len(words) > 200:
        raise BadRequest(errors=[FieldError("wait_time", "at most 200 characters")])
    await database.pool.execute(
        "update service set wait_time = $2 where id = $1", service_id, words.strip() or None
    )


async def say_correct(database: Database, service_id: UUID) -> None:
    """The entry was looked at today and is right."""
    await database.pool.execute("update service set assured_date = current_date where id = $1", service_id)
