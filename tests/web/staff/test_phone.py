"""The phone desk without scripts: an answer while they talk, nothing kept until it is saved, one press to save."""

from typing import Any

import pytest

from tests.web.staff.conftest import Desk, Enter, said


async def count(desk: Desk) -> int:
    number: int = await desk.world.database.pool.fetchval("select count(*) from request")
    return number


async def test_the_answer_grows_and_nothing_is_kept(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    before = await count(desk)
    empty = await seat.look("/staff/phone")
    assert "The two questions worth asking" in empty
    page = (
        await seat.send("/staff/phone", 200, text="my partner hits me", near="NR3 1FH", ages="3", do="look")
    ).text
    words = said(page)
    assert "Danger first" in words
    assert "Heard" in words
    assert "my partner hits me</textarea>" in page
    assert 'value="NR3 1FH"' in page
    assert await count(desk) == before


async def test_one_press_saves_a_routed_request_that_is_theirs_who_took_the_call(
    desk: Desk, enter: Enter
) -> None:
    seat = await enter("front_door")
    service = str(desk.world.services["group"])
    fields: dict[str, Any] = {
        "text": "nobody sleeps in our house", "near": "NR3 1FH", "ages": "2 and 5", "name": "Kim Wherry",
        "phone": "07700 900888", "agreed": "on", "service": service, "do": "save",
        "key": "9" * 32, "shared.phone": "on", "not_safe": "not at night",
    }  # fmt: skip
    saved = await seat.send("/staff/phone", **fields)
    again = await seat.send("/staff/phone", **fields)
    assert saved.headers["location"] == again.headers["location"]  # a double press is one request
    page = said(await seat.look(saved.headers["location"]))
    for part in (
        "Saved, and yours",
        "With a service",
        "Yours",
        "Kim Wherry",
        "others hear it",
        "not at night",
        "2, 5",
    ):
        assert part in page, part


async def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    before = await count(desk)
    answer = await seat.send(
        "/staff/phone", 400, text="we owe rent", name="Kim", do="save", birth_date="yesterday"
    )
    words = said(answer.text)
    assert "Not saved yet" in words
    assert "A date, as" in words
    answer = await seat.send("/staff/phone", 400, text="we owe rent", name="Kim", do="save")
    assert "only pass this on if the family agrees" in said(answer.text)
    assert 'href="#agreed"' in answer.text
    assert "we owe rent</textarea>" in answer.text
    assert await count(desk) == before


async def test_a_hand_over_by_phone_without_a_statutory_service_says_so(desk: Desk, enter: Enter) -> None:
    answer = await (await enter("front_door")).send(
        "/staff/phone", 400, text="we owe rent", agreed="on", do="sheet"
    )
    assert "names no statutory service" in said(answer.text)


async def test_a_concern_goes_on_without_agreement_under_the_name_of_who_took_it(
    desk: Desk, enter: Enter
) -> None:
    seat = await enter("front_door")
    saved = await seat.send(
        "/staff/phone", text="a neighbour hears a child scream each night", basis="vital_interests",
        override_reason="the child may be hurt if we ask first", concern="screams, shouting", do="save",
    )  # fmt: skip
    page = said(await seat.look(saved.headers["location"]))
    assert "Read this first" in page
    assert "Pat Front_Door" in page
    assert "Rests on somebody's life or safety" in page.replace("&#39;", "'")


@pytest.mark.parametrize("role", ["provider", "editor", "admin"])
async def test_only_the_front_door_takes_calls(enter: Enter, role: str) -> None:
    seat = await enter(role)
    await seat.look("/staff/phone", 403)
    await seat.send("/staff/phone", 403, text="x")
