"""The work queues: what is in each, what is counted, kept and found, and that nothing personal is in an address."""

import asyncio
import re
from typing import Any
from uuid import UUID

import pytest

from directory.access import accounts
from tests.referrals.conftest import PASSWORD
from tests.web.staff.conftest import Desk, Enter, said


def references(html: str) -> list[str]:
    return re.findall(r'href="/staff/requests/[0-9a-f-]{36}">([^<]+)</a>', html)


async def test_a_new_request_is_in_the_open_and_new_queues_and_counted(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    before = await seat.look("/staff?queue=new")
    taken = await desk.world.send()
    page = await seat.look("/staff?queue=new&sort=new")
    assert references(page)[0] == taken["reference"]
    count = re.compile(r'data-count="new">(\d+)<')
    assert int(count.findall(page)[0]) == int(count.findall(before)[0]) + 1


async def test_safety_stands_first_and_says_so(desk: Desk, enter: Enter) -> None:
    await desk.world.send()
    flagged = await desk.world.send(concern="she said he hits her")
    seat = await enter("front_door")
    page = await seat.look("/staff")
    first = page.partition('<ol class="rows"')[2].partition("</li>")[0]
    assert "Safety, unread" in first
    assert flagged["reference"] in await seat.look("/staff?queue=safety")


async def test_a_row_tells_nothing_of_who_the_family_is(desk: Desk, enter: Enter) -> None:
    await desk.world.send(
        name="Wilhelmina Featherstone", contact={"channel": "phone", "phone": "07700 900555"}
    )
    page = await (await enter("front_door")).look("/staff?sort=new")
    assert "Wilhelmina" not in page
    assert "900555" not in page


@pytest.mark.parametrize("words", ["Peregrine", "07700 900 777", "+44 7700 900777"])
async def test_a_search_opens_the_one_request_that_fits_and_leaves_no_words_in_an_address(
    desk: Desk, enter: Enter, words: str
) -> None:
    seat = await enter("front_door")
    found = await desk.world.search("desk", "Peregrine")
    if found.json()["total"] == 0:
        await desk.world.send(name="Peregrine Quill", contact={"channel": "phone", "phone": "07700 900777"})
    answer = await seat.send("/staff/search", q=words)
    assert re.fullmatch(r"/staff/requests/[0-9a-f-]{36}", answer.headers["location"])


async def test_a_search_without_luck_says_what_is_surer(enter: Enter) -> None:
    page = await (await enter("front_door")).send("/staff/search", 200, q="Zzyzx")
    assert "0 requests found" in said(page.text)
    assert "the reference is surer" in said(page.text)


async def test_a_view_is_kept_shown_and_taken_away_by_its_owner_alone(desk: Desk, enter: Enter) -> None:
    seat, other = await enter("front_door"), await enter("manager")
    kept = await seat.send("/staff/views", name="Norwich, new", query="queue=new&area=district:E07000148")
    assert kept.headers["location"] == "/staff?queue=new&area=district%3AE07000148"
    page = await seat.look("/staff")
    assert "Norwich, new" in page
    assert "Norwich, new" not in await other.look("/staff")
    view = re.findall(r"/staff/views/([0-9a-f-]{36})/remove", page)[0]
    await other.send(f"/staff/views/{view}/remove", 404)
    await seat.send(f"/staff/views/{view}/remove")
    assert "Norwich, new" not in await seat.look("/staff")


async def test_a_view_that_is_no_view_is_refused(enter: Enter) -> None:
    seat = await enter("front_door")
    await seat.send("/staff/views", 400, name="", query="queue=new")
    await seat.send("/staff/views", 400, name="x", query="queue=new&q=Smith")


async def test_two_people_who_take_the_next_one_get_two(desk: Desk, enter: Enter) -> None:
    for _ in range(2):
        await desk.world.send()
    one, two = await enter("front_door"), await enter("manager")
    first, second = await asyncio.gather(one.send("/staff/next"), two.send("/staff/next"))
    places = {first.headers["location"], second.headers["location"]}
    assert len(places) == 2
    assert all(place.startswith("/staff/requests/") for place in places)
    assert "Yours" in await one.look(first.headers["location"])


async def test_filters_narrow_and_pages_turn(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    taken = await desk.world.send()
    need = await desk.world.database.pool.fetchval(
        "select needs[1] from request where id = $1", UUID(taken["id"])
    )
    narrow = await seat.look(f"/staff?need={need}&sort=new")
    assert references(narrow)[0] == taken["reference"]
    assert f'value="{need}" selected' in narrow
    assert references(await seat.look("/staff?need=no_such_need")) == []
    await seat.look("/staff?queue=nowhere", 400)
    await seat.look("/staff?sort=colour", 400)
    assert "Nothing here" in await seat.look("/staff?page=900")


@pytest.mark.parametrize(
    ("role", "what"), [("provider", "Referrals to your service"), ("front_door", "Take the next one")]
)
async def test_each_role_finds_its_own_work_on_the_first_page(enter: Enter, role: str, what: str) -> None:
    assert what in await (await enter(role)).look("/staff")


@pytest.mark.parametrize("role", ["editor", "admin"])
async def test_who_reads_no_requests_is_led_to_the_services(enter: Enter, role: str) -> None:
    seat = await enter(role)
    answer = await seat.client.get("/staff")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/services")
    await seat.send("/staff/search", 403, q="Smith")


async def test_a_person_of_one_area_sees_that_area_alone(desk: Desk, enter: Enter) -> None:
    norwich = await desk.world.send()
    made, _ = await accounts.add(
        desk.world.database, "yarmouth@desk.example.org", "Yar Mouth", "front_door", password=PASSWORD,
        must_change=False, areas=["district:E07000145"],
    )  # fmt: skip
    seat = await enter("front_door", made)
    known: Any = await desk.world.database.pool.fetchval(
        "select areas from request where reference = $1", norwich["reference"].replace("-", "")
    )
    if known:  # the place is known: it is another district's
        assert norwich["reference"] not in await seat.look("/staff?sort=new")
        await seat.look(f"/staff/requests/{norwich['id']}", 404)


async def test_single_keys_can_be_turned_off_and_on(enter: Enter) -> None:
    seat = await enter("front_door")
    assert " data-keys" in await seat.look("/staff")
    await seat.send("/staff/shortcuts", single_keys="off")
    assert " data-keys" not in await seat.look("/staff")
    await seat.send("/staff/shortcuts", single_keys="on")
    assert " data-keys" in await seat.look("/staff/shortcuts")
