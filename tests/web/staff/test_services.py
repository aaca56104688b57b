"""Services for staff: one press, what is due, what came in, what is decided, and who may do it."""

import re
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from directory.importing.shapes import Finding, Quarantined, Report
from tests.web.staff.conftest import Desk, Enter, said


async def service(desk: Desk, **over: Any) -> UUID:
    """A service of the hub's, with a name of its own."""
    made: UUID = await desk.world.database.pool.fetchval(
        """insert into service (id, feed_id, source_id, organization_id, name, description, kind, level, referral,
             capacity, status, assured_date) values (gen_random_uuid(), $3, $1, $2, $4, 'x', 'voluntary_group',
             'early_help', 'either', 'open', 'active', $5) returning id""",
        uuid4().hex, desk.world.organizations[over.get("of", "hub")], over.get("feed", "local"),
        over.get("name", f"Club {uuid4().hex[:6]}"), over.get("checked"),
    )  # fmt: skip
    return made


async def row(desk: Desk, id_: UUID) -> Any:
    return await desk.world.database.pool.fetchrow("select * from service where id = $1", id_)


@pytest.mark.parametrize("capacity", ["limited", "waiting_list", "full", "paused", "open"])
async def test_how_full_a_service_is_takes_one_press(desk: Desk, enter: Enter, capacity: str) -> None:
    made = await service(desk)
    seat = await enter("editor")
    answer = await seat.send(f"/staff/services/{made}", capacity=capacity, back="show=all")
    now = await row(desk, made)
    assert now["capacity"] == capacity
    assert (now["capacity_until"] is None) == (capacity in {"open", "paused"})
    assert answer.headers["location"].startswith("/staff/services?show=all&did=")


async def test_waiting_time_and_still_correct_are_one_press_each(desk: Desk, enter: Enter) -> None:
    made = await service(desk, name="The Sleepy Otter")
    seat = await enter("editor")
    assert "The Sleepy Otter" in await seat.look("/staff/services?q=sleepy")
    await seat.send(f"/staff/services/{made}", wait_time="about 3 weeks")
    assert (await row(desk, made))["wait_time"] == "about 3 weeks"
    answer = await seat.send(f"/staff/services/{made}", still="correct", back="show=all&q=Sleepy")
    assert (await row(desk, made))["assured_date"] is not None
    page = await seat.look(answer.headers["location"].partition("#")[0])
    assert "Saved: checked today" in said(page)
    await seat.send(f"/staff/services/{made}", 400, capacity="bursting")
    await seat.send(f"/staff/services/{made}", 400)
    await seat.send(f"/staff/services/{uuid4()}", 404, still="correct")


async def test_what_nobody_checked_for_longest_stands_first_and_leaves_once_checked(
    desk: Desk, enter: Enter
) -> None:
    made = await service(desk, name="Never Looked At")
    seat = await enter("editor")
    page = await seat.look("/staff/services")
    assert "Never Looked At" in page
    assert "Never checked" in page
    await seat.send(f"/staff/services/{made}", still="correct")
    assert "Never Looked At" not in await seat.look("/staff/services")


async def test_a_provider_speaks_for_its_own_services_alone(desk: Desk, enter: Enter) -> None:
    mine, foreign = (
        await service(desk, name="Hub Own Club"),
        await service(desk, of="group", name="Foreign Club"),
    )
    seat = await enter("provider")
    page = await seat.look("/staff/services?show=all")
    assert "Hub Own Club" in page
    assert "Foreign Club" not in page
    await seat.send(f"/staff/services/{mine}", capacity="full")
    await seat.send(f"/staff/services/{foreign}", 404, capacity="full")
    assert (await row(desk, foreign))["capacity"] == "open"
    assert "Reported by the public" not in page


@pytest.mark.parametrize("path", ["/staff/imports", "/staff/duplicates", "/staff/tags"])
@pytest.mark.parametrize("role", ["front_door", "provider"])
async def test_what_editors_decide_others_cannot_open(enter: Enter, path: str, role: str) -> None:
    await (await enter(role)).look(path, 403)


async def test_reports_of_the_public_are_there_until_somebody_looked(desk: Desk, enter: Enter) -> None:
    made = await service(desk, name="Wrong Number Club", checked=None)
    await desk.world.database.pool.execute(
        "insert into service_doubt (service_id, kind, day, count) values ($1, 'contact', current_date, 3)",
        made,
    )
    seat = await enter("editor")
    page = said(await seat.look("/staff/services?show=reported"))
    assert "Wrong Number Club" in page
    assert "3 reports" in page
    await seat.send(f"/staff/services/{made}", still="correct")
    assert "Wrong Number Club" not in await seat.look("/staff/services?show=reported")


async def test_the_rule_book_page_names_overdue_numbers_and_gaps(enter: Enter) -> None:
    page = said(await (await enter("editor")).look("/staff/rules"))
    assert "Norfolk Children" in page
    assert "Check by" in page
    assert "Where it leads to nothing" in page


async def test_an_import_shows_what_was_left_out_and_why(desk: Desk, enter: Enter) -> None:
    report = Report(
        source="https://feed.example.org", feed="local", read=3, added=1, quarantined_count=1,
        quarantined=[Quarantined("page 1, record 2", "77", "Half a Club", ["no name of an organisation"])],
        findings=[Finding("/url", "not an address", 2, "page 1, record 3", "htp://x")],
    )  # fmt: skip
    await desk.world.database.pool.execute(
        "insert into import_run (feed_id, complete, report) values ('local', true, $1)",
        msgspec.json.encode(report).decode(),
    )
    page = said(await (await enter("editor")).look("/staff/imports"))
    for part in ("3 read", "1 left out", "Half a Club", "no name of an organisation", "not an address"):
        assert part in page


async def test_two_that_look_alike_are_linked_or_kept_apart(desk: Desk, enter: Enter) -> None:
    pool = desk.world.database.pool
    await pool.execute(
        """insert into feed (id, label, url, dialect, publisher, licence, state)
           values ('other', 'Other', '', '', '', '', '{}') on conflict do nothing"""
    )
    name = "Marshmallow Mornings Toddler Group"
    one, other = await service(desk, name=name), await service(desk, name=name, feed="other")
    for each in (one, other):
        await pool.execute(
            "insert into phone (id, service_id, number) values (gen_random_uuid(), $1, '01632 960777')", each
        )
    desk.app.litestar.state.twins = None
    seat = await enter("editor")
    page = await seat.look("/staff/duplicates")
    assert page.count(name) >= 3
    assert "01632 960777" in page
    preferred = re.findall(r'name="preferred" value="([0-9a-f-]{36})"', page)
    assert {str(one), str(other)} <= set(preferred)
    await seat.send("/staff/duplicates", one=str(one), other=str(other), preferred=str(other))
    kept = await pool.fetchrow("select * from service_twin where $1 in (service_id, other_id)", one)
    assert (kept["decision"], kept["preferred_id"]) == ("same", other)
    assert kept["decided_by"] == f"staff:{desk.accounts['editor']}"
    assert name not in await seat.look("/staff/duplicates")
    await seat.send("/staff/duplicates", 400, one="x", other="y")


async def test_a_suggested_tag_is_kept_or_dropped(desk: Desk, enter: Enter) -> None:
    pool = desk.world.database.pool
    made = await service(desk, name="Sleep Sanctuary")
    taxonomy = await pool.fetchval("select id from taxonomy where name = 'needs'") or await pool.fetchval(
        "insert into taxonomy (id, name, description) values (gen_random_uuid(), 'needs', 'x') returning id"
    )
    tags = []
    for code in ("sleep_a", "sleep_b"):
        term = await pool.fetchval(
            """insert into taxonomy_term (id, code, name, description, taxonomy_id)
               values (gen_random_uuid(), $1, $1, 'x', $2) returning id""",
            code,
            taxonomy,
        )
        tags.append(
            await pool.fetchval(
                """insert into attribute (id, service_id, taxonomy_term_id, link_type, confidence)
                   values (gen_random_uuid(), $1, $2, 'suggested here', 0.8) returning id""",
                made,
                term,
            )
        )
    seat = await enter("editor")
    page = await seat.look("/staff/tags")
    assert "Sleep Sanctuary" in page
    assert "80 %" in page
    await seat.send("/staff/tags", keep=str(tags[0]))
    await seat.send("/staff/tags", drop=str(tags[1]))
    left = await pool.fetch("select id, confidence from attribute where service_id = $1", made)
    assert [(each["id"], each["confidence"]) for each in left] == [(tags[0], None)]
    await seat.send("/staff/tags", 400, keep="nonsense")


async def test_messages_are_listed_without_addresses_and_tried_again(desk: Desk, enter: Enter) -> None:
    await desk.world.send(contact={"channel": "email", "email": "quiet.family@example.org"})
    seat = await enter("front_door")
    page = await seat.look("/staff/messages")
    assert "We have your request" in page
    assert "quiet.family@" not in page
    assert "q***@example.org" in page
    assert "Thank you. We have your request." in page  # what it says can be read there
    dead = await desk.world.database.pool.fetchval(
        "update outbox_message set state = 'dead' where id = (select id from outbox_message limit 1) returning id"
    )
    assert f"/staff/messages/{dead}/retry" in await seat.look("/staff/messages?state=dead")
    await seat.send(f"/staff/messages/{dead}/retry")
    await seat.send(f"/staff/messages/{dead}/retry", 404)
    await (await enter("editor")).look("/staff/messages", 403)


async def test_a_family_s_code_shows_its_story_and_a_wrong_one_nothing(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    taken = await desk.world.send(text="we told this once already")
    made = (await seat.send(f"/staff/requests/{taken['id']}/code", 200, fact="birth_date", agreed="on")).text
    code = re.findall(r'<p class="code">([^<]+)</p>', made)[0]
    wrong = await seat.send("/staff/code", 404, code=code, fact="1999-01-01")
    assert "do not go together" in said(wrong.text)
    found = await seat.send("/staff/code", 200, code=code, fact="04/03/2021")
    assert "we told this once already" in said(found.text)
    assert f"/staff/requests/{taken['id']}" in found.text
