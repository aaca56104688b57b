"""Counting tries at what can be guessed: passwords, hand-over codes, links. Kept in the database, for all processes."""

import datetime as dt

from directory.access.vault import Vault
from directory.db import Database
from directory.errors import TooMany


async def spend(
    database: Database, vault: Vault, what: str, who: str, most: int, within: dt.timedelta
) -> None:
    """Count one try of `who` at `what`; TooMany once there were `most` within the window, right or wrong.

    It commits by itself, before the guess is looked at: a try that fails later, or is cut off, has still been counted.
    """
    row = await database.pool.fetchrow(
        """insert into attempt as a (bucket, tries, until) values ($1, 1, now() + $2)
           on conflict (bucket) do update set
             tries = case when a.until < now() then 1 else a.tries + 1 end,
             until = case when a.until < now() then now() + $2 else a.until end
           returning tries, ceil(extract(epoch from until - now()))::int as wait""",
        vault.digest(f"attempt:{what}", who),
        within,
    )
    if row["tries"] > most:
        raise TooMany("too many tries; wait a little", retry_after=max(1, row["wait"]))


async def forgive(database: Database, vault: Vault, what: str, who: str) -> None:
    """Start counting anew after a right answer."""
    await database.pool.execute("delete from attempt where bucket = $1", vault.digest(f"attempt:{what}", who))
