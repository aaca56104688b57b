"""One statement shows a record and writes down who looked: both or neither, whoever asks for whatever."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from directory.access.roles import SYSTEM, Caller
from directory.errors import NotFound
from directory.referrals import party, privacy, read
from tests.referrals.conftest import World

HERE, THERE = "district:E1", "district:E2"
RIGHTS = ("requests.read", "requests.write", "requests.submit", "referrals.answer")


async def placed(world: World, request: str, areas: list[str]) -> None:
    async with world.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update request set areas = $2 where id = $1", UUID(request), areas)


def callers(world: World, school: str, request: str, referral: str) -> list[Caller]:
    """Every set of rights in every area, for the sender's key and another, with and without the organization."""
    found = [
        Caller(
            kind=kind, id=who, permissions=frozenset(rights), areas=areas, organization_id=organization,
        )
        for size in range(len(RIGHTS) + 1)
        for rights in itertools.combinations(RIGHTS, size)
        for areas in ((), (HERE,), (THERE,), (HERE, THERE))
        for kind, who in (("key", school), ("staff", "staff:x"))
        for organization in (None, world.organizations["hub"], world.organizations["group"])
    ]  # fmt: skip
    return [
        *found,
        SYSTEM,
        Caller(kind="family", id=f"family:{request}"),
        Caller(kind="link", id=f"link:{referral}"),
        Caller(kind="link", id=f"link:{request}"),
        Caller(kind="key", id=f"link:{referral}"),
    ]


async def test_what_is_shown_is_written_down_and_nothing_else_is(world: World) -> None:
    school = f"key:{world.tokens['school'].split('_')[1]}"
    for areas in ([], [HERE], [HERE, THERE]):
        made = await world.send("school", services=[str(world.services["hub"])])
        await placed(world, made["id"], areas)
        request, referral = UUID(made["id"]), UUID(made["referrals"][0])
        seen = 0
        for caller in callers(world, school, made["id"], made["referrals"][0]):
            to_request = party.to_request(caller, request, school, areas)
            to_referral = party.to_referral(
                caller, referral, request=to_request, organization_id=world.organizations["hub"],
                kind="referral", status="requested",
            )  # fmt: skip
            ways: tuple[tuple[Callable[..., Awaitable[Any]], UUID, frozenset[str]], ...] = (
                (read.request_view, request, to_request & {"reader", "front_door", "sender"}),
                (read.referral_view, referral, to_referral - {"family", "system"}),
                (read.referral_events, referral, to_referral - {"family", "system"}),
            )
            for way, thing, theirs in ways:
                try:
                    await way(world.database, world.vault, thing, caller)
                    shown = True
                except NotFound:
                    shown = False
                assert shown == bool(theirs), (way, caller)
                seen += shown
        written = await world.database.pool.fetchval(
            "select count(*) from record_read where request_id = $1", request
        )
        assert written == seen
        assert seen > 20


async def test_what_was_erased_is_gone_for_those_who_could_read_it_and_was_never_there_for_others(
    world: World,
) -> None:
    made = await world.send("school", services=[str(world.services["hub"])])
    request, referral = made["id"], made["referrals"][0]
    await world.act("hub", "referrals", referral, "decline", reason="no_capacity")
    await world.act("desk", "requests", request, "close", outcome="info_only")
    await privacy.erase(world.database, made["reference"], SYSTEM)
    before = await world.database.pool.fetchval("select count(*) from record_read")
    for path in (
        f"/api/requests/{request}",
        f"/api/referrals/{referral}",
        f"/api/referrals/{referral}/events",
    ):
        for who, status in (("desk", 410), ("school", 410), ("other_school", 404)):
            assert (await world.call(who, "GET", path)).status_code == status, (who, path)
    for path in (f"/api/referrals/{referral}", f"/api/referrals/{referral}/events"):
        assert (await world.call("hub", "GET", path)).status_code == 410
        assert (await world.call("group", "GET", path)).status_code == 404
    assert await world.database.pool.fetchval("select count(*) from record_read") == before
    for who in ("desk", "school", "hub"):
        for queue in ("ended", "all"):
            page = (await world.call(who, "GET", f"/api/referrals?queue={queue}&per_page=100")).json()
            assert referral not in {each["id"] for each in page["items"]}, (who, queue)


async def test_a_request_that_may_be_of_the_same_family_is_named_within_ones_areas_alone(
    world: World,
) -> None:
    family = {"name": "Wilf Marram", "child_name": "", "near": "NR29 4AA", "birth_date": None}
    contact = {"channel": "email", "email": "marram@example.org"}
    one, other = [(await world.send(**family, contact=contact))["id"] for _ in range(2)]
    await placed(world, one, [HERE])
    await placed(world, other, [THERE])

    async def named(*areas: str) -> list[str]:
        caller = Caller(kind="staff", id="staff:x", permissions=frozenset({"requests.read"}), areas=areas)
        shown = await read.request_view(world.database, world.vault, UUID(one), caller)
        return [str(each.id) for each in shown.likely]

    assert await named() == [other]
    assert await named(HERE, THERE) == [other]
    assert await named(HERE) == []
    await placed(world, other, [])
    assert await named(HERE) == [other], "a request of unknown place is everybody's"
