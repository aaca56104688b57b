"""A front door of its own for the browser: the county, accounts of every role, and requests in every state."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from msgspec import Struct

from directory.access import accounts
from directory.db import Database
from directory.importing.shapes import Finding, Quarantined, Report
from directory.postgres import Server
from seed.load import load
from tests.browser.conftest import OpenTab, Tab, served
from tests.conftest import clone, numbers
from tests.referrals.conftest import PASSWORD, World, peopled, populate, soon

NAMES = {"front_door": "Sam Reed", "second": "Ola Marsh"}
ROLES = ("front_door", "provider", "editor", "manager", "admin")


class DeskSite(Struct, kw_only=True):
    """`known` are ids that pages are tried with."""

    address: str
    world: World
    people: dict[str, UUID]
    known: dict[str, str]

    @property
    def database(self) -> Database:
        return self.world.database

    async def seat(self, open_tab: OpenTab, who: str = "front_door", **over: Any) -> Tab:
        """A tab of somebody who has signed in."""
        tab = await open_tab(at=self.address, **over)
        tab.cookies = {"staff"}
        token = await accounts.start(self.database, self.people[who])
        await tab.page.context.add_cookies([{"name": "staff", "value": token, "url": self.address}])
        return tab

    async def version(self, request: str) -> int:
        found: int = await self.database.pool.fetchval(
            "select version from request where id = $1", UUID(request)
        )
        return found


@pytest.fixture(scope="session")
async def front_door(
    postgres: Server, template: str, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskSite]:
    database = await Database(await clone(postgres, template, f"front_door_{next(numbers)}"), size=6).open()
    await load(database)
    organizations, services = await populate(database)
    people = {}
    for role in (*ROLES, "second"):
        people[role], _ = await accounts.add(
            database, f"{role}@desk.example.org", NAMES.get(role, role.title()),
            "front_door" if role == "second" else role, password=PASSWORD, must_change=False,
            organization_id=organizations["hub"] if role == "provider" else None,
        )  # fmt: skip
    with served(database, tmp_path_factory.mktemp("front_door")) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            world = await peopled(database, client, organizations, services)
            site = DeskSite(address=address, world=world, people=people, known={})
            await _fill(site)
            yield site
    await database.close()


async def _fill(site: DeskSite) -> None:
    """One request in each state that pages differ for."""
    world, known = site.world, site.known
    known["new"] = (await world.send(near="Cromer"))["id"]
    known["danger"] = (await world.send(text="he had me by the throat last night", concern="bruises"))["id"]
    known["sent"] = await _sent(world, "hub")
    known["referral"] = await _referral(world, known["sent"])
    declined = await _sent(world, "hub")
    await world.act("hub", "referrals", await _referral(world, declined), "decline", reason="no_capacity")
    known["declined"] = declined
    known["handed"] = await _sent(world, "council")
    asked = (await world.send(contact={"channel": "phone", "phone": "07700 900444", "shared": ["phone"]}))[
        "id"
    ]
    await world.act("desk", "requests", asked, "ask_info", note="Which school?")
    known["asked"] = asked
    closed = (await world.send())["id"]
    await world.act("desk", "requests", closed, "close", outcome="info_only")
    known["closed"] = closed
    accepted = await _sent(world, "hub")
    known["accepted"] = await _referral(world, accepted)
    await world.act("hub", "referrals", known["accepted"], "accept", date=soon())
    await site.database.pool.execute(
        "insert into import_run (feed_id, complete, report) values ('local', true, $1)",
        msgspec.json.encode(
            Report(
                source="x", feed="local", read=2, quarantined_count=1,
                quarantined=[Quarantined("page 1", "7", "Half a Club", ["no organisation"])],
                findings=[Finding("/url", "not an address", 2, "page 1", "htp")],
            )
        ).decode(),
    )  # fmt: skip


async def _sent(world: World, to: str) -> str:
    made = await world.send()
    await world.call(
        "desk", "POST", f"/api/requests/{made['id']}/referrals", {"service_id": str(world.services[to])},
        If_Match=f'"{made["version"]}"',
    )  # fmt: skip
    return str(made["id"])


async def _referral(world: World, request: str) -> str:
    found = await world.database.pool.fetchval("select id from referral where request_id = $1", UUID(request))
    return str(found)
