"""Counting tries at what can be guessed: passwords, hand-over codes, links. Kept in the database, for all processes."""

import datetime as dt
import ipaddress

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


async def keep(database: Database, vault: Vault, what: str, who: str, within: dt.timedelta) -> None:
    """Note that `who` was right about `what`, for so long."""
    await database.pool.execute(
        """insert into attempt (bucket, tries, until) values ($1, 0, now() + $2)
           on conflict (bucket) do update set until = excluded.until""",
        vault.digest(f"kept:{what}", who),
        within,
    )


async def kept(database: Database, vault: Vault, what: str, who: str) -> bool:
    """Whether `keep` was said of it and still holds."""
    return bool(
        await database.pool.fetchval(
            "select true from attempt where bucket = any($1::bytea[]) and until > now()",
            vault.digests(f"kept:{what}", who),
        )
    )


def place(address: str) -> str:
    """Whom an address stands for: an IPv6 one for all of its /64, which one household or attacker has to itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)
