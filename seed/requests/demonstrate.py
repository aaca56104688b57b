"""The demonstration's people and requests, where there is nothing but the demonstration county: `demonstrate`."""

import datetime as dt
import random
from collections import Counter
from uuid import UUID

import msgspec
from msgspec import Struct

from directory.access import passwords
from directory.access.demonstration import ACCOUNTS, DESK, PASSWORD
from directory.access.vault import Vault
from directory.db import Connection, Database
from seed.build import FEED
from seed.requests.bulk import store
from seed.requests.plots import NEEDS, ZONES, year
from seed.requests.queue import queue
from seed.requests.story import Story
from seed.requests.world import World, look

CLOSED = 640
OUTBOX = dt.timedelta(days=30)
_SEED = 2026
# The county is the demonstration's, and nobody has begun to work here: no account, key, request or other source.
_OURS = """
    select exists (select from feed where id = $1 and state ? 'seeded_on' and not state ? 'demonstrated_on')
        and not exists (select from request) and not exists (select from staff)
        and not exists (select from api_key) and not exists (select from service where feed_id <> $1)
"""


class Demonstrated(Struct, frozen=True):
    requests: int
    referrals: int
    accounts: int


async def demonstrate(
    database: Database, vault: Vault, *, now: dt.datetime | None = None, closed: int = CLOSED
) -> Demonstrated | None:
    """Make accounts, a year of closed requests and a queue of open ones; None, and nothing made, in any database that
    is not a fresh demonstration. The same day makes the same requests."""
    now = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    async with database.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(hashtext('seed'))")
        if not await connection.fetchval(_OURS, FEED):
            return None
        rng = random.Random(_SEED)  # stories, not secrets
        world = await look(connection, DESK)
        stories = [*year(world, rng, closed, now), *queue(world, rng, now)]
        for story in stories:  # an outbox of what staff may still ask about
            story.posts = [each for each in story.posts if now - OUTBOX <= each.at <= now]
        organization = _busiest(stories)
        provider = next(each for each in ACCOUNTS if each.role == "provider")
        await _accounts(connection, organization)
        await store(
            connection, vault, [_answered_by(each, organization, provider.caller) for each in stories]
        )
        await _misses(connection, world, rng, now.date())
        await connection.execute(
            "update feed set state = state || jsonb_build_object('demonstrated_on', $2::text) where id = $1",
            FEED,
            now.date().isoformat(),
        )
    return Demonstrated(len(stories), sum(len(each.referrals) for each in stories), len(ACCOUNTS))


async def _accounts(connection: Connection, organization: UUID) -> None:
    hashed = await passwords.hashed(PASSWORD)
    await connection.executemany(
        """insert into staff (id, email, name, role, organization_id, areas, password_hash, must_change)
           values ($1, $2, $3, $4, $5, $6, $7, false)""",
        [
            (each.id, each.email, each.name, each.role, organization if each.role == "provider" else None,
             list(each.areas), hashed)
            for each in ACCOUNTS
        ],
    )  # fmt: skip


def _busiest(stories: list[Story]) -> UUID:
    """The organization with the most referrals that run: the demonstration's provider works there."""
    counts: Counter[UUID] = Counter(
        row["organization_id"]
        for story in stories
        for row in story.referrals.values()
        if row["ended_at"] is None and row["kind"] == "referral"
    )
    return min(counts, key=lambda id_: (-counts[id_], str(id_)))


def _answered_by(story: Story, organization: UUID, actor: str) -> Story:
    """The same story, with the moves of one organization made by a person's account instead of by links."""
    own = {id_ for id_, row in story.referrals.items() if row["organization_id"] == organization}
    story.log = [
        msgspec.structs.replace(told, actor=actor)
        if told.referral_id in own and told.party == "receiver"
        else told
        for told in story.log
    ]
    return story


async def _misses(connection: Connection, world: World, rng: random.Random, today: dt.date) -> None:
    """A year of searches that found nothing and routes that lacked a service, more of them where rooms are scarce."""
    misses: Counter[tuple[dt.date, str, str]] = Counter()
    gaps: Counter[tuple[dt.date, str, str, str]] = Counter()
    for home in world.homes:
        weight = ZONES.get(home.zone.partition(":")[2], (1.0, 1.0))[1] - 0.6
        for need, (asked, full) in NEEDS.items():
            day = today - dt.timedelta(days=rng.randint(1, 364))
            if rng.random() < 0.05 * asked * full * weight:
                misses[(day, need, home.zone)] += rng.randint(1, 3)
            if rng.random() < 0.08 * asked * full * weight:
                reason = rng.choices(("capacity", "age", "place", "nothing"), (5, 2, 2, 1))[0]
                many = rng.randint(1, 4)
                for area in home.areas[1:]:  # once for its district, once for its zone
                    gaps[(day, need, area, reason)] += many
    for table, columns, counts in (
        ("search_miss", ["day", "need", "area", "count"], misses),
        ("route_gap", ["day", "need", "area", "reason", "count"], gaps),
    ):
        await connection.execute(f"delete from {table}")  # noqa: S608  # nobody has searched here yet
        await connection.copy_records_to_table(
            table, columns=columns, records=sorted((*key, count) for key, count in counts.items())
        )
