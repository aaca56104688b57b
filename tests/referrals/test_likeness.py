"""Who may be the same family: by a phone or an e-mail, or by two lesser things, however many share one of them."""

import datetime as dt
import hashlib
import importlib
import itertools
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from directory.referrals import likeness
from directory.referrals.shapes import Contact, Details
from tests.referrals.conftest import World

NAMES = st.sampled_from(["", "Ann Reed", "Ann Marsh", "Bob Reed", "Reed", "Ann Bob Marsh"])
DETAILS = st.builds(
    Details,
    name=NAMES,
    child_name=NAMES,
    near=st.sampled_from(["", "NR3 1FH", "NR30 1AA", "by the sea"]),
    birth_date=st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2020, 1, 2)]),
    contact=st.builds(
        Contact,
        phone=st.sampled_from(["", "07700 900123", "07700 900456"]),
        email=st.sampled_from(["", "ann@example.org", "bob@example.org"]),
    ),
)


def digest(kind: str, what: str) -> bytes:
    return hashlib.blake2b(what.encode(), key=kind.encode(), digest_size=16).digest()


@given(DETAILS, DETAILS)
def test_two_are_alike_by_one_strong_mark_or_two_lesser_ones_and_by_nothing_less(
    a: Details, b: Details
) -> None:
    shared = set(likeness.marks(a)) & set(likeness.marks(b))
    lesser = [kind for kind, _ in shared if kind in likeness.LESSER]
    alike = len(lesser) < len(shared) or len(lesser) >= 2
    found = likeness.fingerprints(a, digest) & likeness.fingerprints(b, digest)
    assert alike == any(kind in likeness.ENOUGH for kind, _ in found)


async def test_the_migration_finds_the_pairs_that_the_code_writes(world: World) -> None:
    for number in range(3):
        await world.send(name=f"Sedge {number}", child_name="Ann Bob Sedge", birth_date="2020-02-03")
    pool = world.database.pool
    pairs = "select request_id, digest from request_index where kind = 'pair' order by 1, 2"
    migration = importlib.import_module("directory.migrations.versions.0035_alike")
    async with world.database.pool.acquire() as connection:
        ours = await connection.fetch(pairs)
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("delete from request_index where kind = 'pair'")
            await connection.execute(migration.PAIRS)
            assert await connection.fetch(pairs) == ours
        finally:
            await transaction.rollback()
    assert len(ours) >= 3 * 10
    assert await pool.fetch(pairs) == ours


async def test_a_family_is_found_again_by_two_things_that_hundreds_share_one_by_one(world: World) -> None:
    family = {"child_name": "", "birth_date": None, "contact": {"channel": "none"}}
    one = await world.send(name="Oliver Teasel", near="", **family)
    name, place = (world.vault.digest(kind, what) for kind, what in (("name", "oliver"), ("name", "teasel")))
    crowd = [uuid4() for _ in range(600)]  # ids before and after any other
    async with world.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.executemany(
            "insert into request_index (request_id, kind, digest) values ($1, 'name', $2)",
            [(each, mark) for each, mark in zip(crowd, itertools.cycle((name, place)), strict=False)],
        )
    try:
        other = await world.send(name="Oliver Teasel", near="", **family)
        shown = (await world.call("desk", "GET", f"/api/requests/{other['id']}")).json()
        assert [(each["id"], each["shares"]) for each in shown["likely"]] == [(one["id"], ["name"])]
    finally:
        await world.database.pool.execute(
            "delete from request_index where request_id = any($1::uuid[])", crowd
        )
