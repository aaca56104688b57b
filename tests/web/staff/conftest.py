"""A small directory with accounts of every role, and signed-in browsers without scripts."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec import Struct

from directory.access import accounts
from directory.access.guard import csrf_of
from directory.postgres import Server
from tests.referrals.conftest import PASSWORD, World, small_world

BROWSER = {"accept": "text/html,*/*;q=0.8"}


class Desk(Struct, kw_only=True):
    """`world` has keys and helpers of the API; `accounts` are ids of a person of each role."""

    world: World
    accounts: dict[str, UUID]
    app: Any

    async def sit(self, role: str, staff_id: UUID | None = None) -> "Seat":
        """A browser with a fresh session."""
        token = await accounts.start(self.world.database, staff_id or self.accounts[role])
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url="http://test",
            headers=BROWSER,
            cookies={"staff": token},
        )
        return Seat(client=client, csrf=csrf_of(token))


class Seat(Struct, kw_only=True):
    """What somebody at a browser does: look at pages, send forms."""

    client: Any
    csrf: str

    async def look(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-800:])
        return str(answer.text)

    async def send(self, path: str, status: int | None = 303, **fields: Any) -> httpx.Response:
        answer: httpx.Response = await self.client.post(path, data={"csrf": self.csrf, **fields})
        assert status is None or answer.status_code == status, (path, answer.status_code, said(answer.text))
        return answer


def said(html: str) -> str:
    """The words of a page."""
    main = html.partition("<main")[2] or html
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture(scope="session")
async def desk(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """One application and database for the whole room: a test makes what it needs and looks only at that."""
    async with small_world(postgres, template, "desk", tmp_path_factory) as world:
        people = {}
        for role in ("front_door", "provider", "editor", "manager", "admin"):
            people[role], _ = await accounts.add(
                world.database, f"{role}@desk.example.org", f"Pat {role.title()}", role,
                password=PASSWORD, must_change=False,
                organization_id=world.organizations["hub"] if role == "provider" else None,
            )  # fmt: skip
        yield Desk(world=world, accounts=people, app=world.client.app)


Enter = Callable[..., Awaitable[Seat]]


@pytest.fixture
async def enter(desk: Desk) -> AsyncIterator[Enter]:
    """`seat = await enter("front_door")`; every browser is closed with the test."""
    seats: list[Seat] = []

    async def made(role: str, staff_id: UUID | None = None) -> Seat:
        seats.append(await desk.sit(role, staff_id))
        return seats[-1]

    yield made
    for seat in seats:
        await seat.client.aclose()
