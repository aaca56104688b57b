"""The page of partner sites: a key made, its line shown, its use counted, its end."""

import html
import re

from directory.access import partners
from tests.web.staff.conftest import Desk


async def test_a_site_gets_its_key_and_its_line(desk: Desk) -> None:
    seat = await desk.sit("admin")
    assert "Partner sites" in await seat.look("/staff/partners")
    answer = await seat.send(
        "/staff/partners", label="Marsh Lane Primary", origins="https://www.marshlane.example\nhttps://test.marshlane.example/",
        per_minute="120", theme="accent=#1d3c6e\n--fd-radius = 2px",
    )  # fmt: skip
    path = answer.headers["location"].partition("?")[0]
    page = html.unescape(await seat.look(path))
    key = path.rpartition("/")[2]
    assert partners.snippet("http://127.0.0.1:8000", key) in page
    assert re.search(
        rf'/embed/1\.\d+\.\d+/widget\.js" integrity="sha384-[^"]+" crossorigin="anonymous" data-key="{key}"',
        page,
    )
    assert f'<flourish-directory key="{key}.preview"' in page
    made = await partners.one(desk.world.database, key)
    assert made.origins == ["https://www.marshlane.example", "https://test.marshlane.example"]
    assert (made.per_minute, made.theme) == (120, {"accent": "#1d3c6e", "radius": "2px"})
    assert "Marsh Lane Primary" in await seat.look("/staff/partners")


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    seat = await desk.sit("admin")
    sent = {"label": "A school", "origins": "www.school.example", "per_minute": "60", "theme": "accent=#fff"}
    answer = await seat.send("/staff/partners", 400, **sent)
    assert "There is a problem" in answer.text
    assert 'href="#origins"' in answer.text
    assert "www.school.example" in answer.text
    sent |= {"origins": "https://www.school.example", "theme": "accent=red;}"}
    assert 'href="#theme"' in (await seat.send("/staff/partners", 400, **sent)).text
    assert (
        'href="#per_minute"'
        in (await seat.send("/staff/partners", 400, **(sent | {"theme": "", "per_minute": "lots"}))).text
    )


async def test_counts_are_shown_by_day_and_the_preview_counts_nothing(desk: Desk) -> None:
    database, seat = desk.world.database, await desk.sit("admin")
    made = await partners.add(database, "A counted school", ["https://www.school.example"])
    uses = desk.app.state.uses
    own = {"Sec-Fetch-Site": "same-origin"}
    assert (await seat.client.get(f"/embed/v1/partner?key={made.id}.preview", headers=own)).status_code == 200
    other = {"Origin": "https://www.school.example"}
    assert (
        await seat.client.get(f"/embed/v1/partner?key={made.id}.preview", headers=other)
    ).status_code == 403
    assert not uses.counts
    for _ in range(3):
        uses.count(made.id, "searched")
    await uses.write(database)
    page = await seat.look(f"/staff/partners/{made.id}")
    assert "<td>3</td>" in page


async def test_a_change_and_an_end(desk: Desk) -> None:
    database, seat = desk.world.database, await desk.sit("admin")
    made = await partners.add(database, "A school", ["https://www.school.example"])
    path = f"/staff/partners/{made.id}"
    await seat.send(path, label="A new name", origins="https://new.example", per_minute="", theme="")
    assert (await partners.one(database, made.id)).origins == ["https://new.example"]
    await seat.send(f"{path}/revoke")
    assert await partners.live(database, made.id) is None
    page = await seat.look(path)
    assert "This key was revoked" in page
    assert "The line to paste" not in page
    await seat.send(f"{path}/revoke", 404)
    await seat.look("/staff/partners/fdw_nothing", 404)


async def test_only_those_who_run_the_place_may(desk: Desk) -> None:
    for role in ("front_door", "provider", "editor"):
        seat = await desk.sit(role)
        await seat.look("/staff/partners", 403)
        await seat.send("/staff/partners", 403, label="x", origins="https://x.example")
