"""The page of a request: what it shows, what it offers, and that two people never undo each other."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from directory.web.staff import acts
from tests.referrals.conftest import soon
from tests.web.staff.conftest import Desk, Enter, Seat, said


def carried(html: str) -> dict[str, str]:
    """What the page's forms about the request itself carry along."""
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', html)[0] for name in ("version", "seen", "key")
    }


async def opened(desk: Desk, seat: Seat, **over: Any) -> tuple[str, str, dict[str, str]]:
    taken = await desk.world.send(**over)
    path = f"/staff/requests/{taken['id']}"
    page = await seat.look(path)
    return path, page, carried(page)


async def test_the_page_shows_words_family_agreement_and_what_may_be_done(desk: Desk, enter: Enter) -> None:
    _, page, _ = await opened(desk, await enter("front_door"))
    words = said(page)
    for part in (
        "my little boy is not sleeping", "Ann Example", "born 4 March 2021", "07700 900123", "NR3 1FH",
        "Rests on the family", "Start looking at it", "Write a note", "Make a code", "What has happened",
    ):  # fmt: skip
        assert part in words, part


async def test_a_look_is_written_down(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, _ = await opened(desk, seat)
    looks = await desk.world.database.pool.fetch(
        "select actor, what from record_read where request_id = $1", UUID(path.rpartition("/")[2])
    )
    assert {(row["actor"], row["what"]) for row in looks} >= {
        (f"staff:{desk.accounts['front_door']}", "request"),
        (f"staff:{desk.accounts['front_door']}", "log"),
    }


async def test_only_allowed_actions_are_offered(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, page, hidden = await opened(desk, seat)
    assert 'value="reopen"' not in page
    assert 'value="close"' in page
    await seat.send(f"{path}/actions", action="close", outcome="info_only", **hidden)
    closed = await seat.look(path)
    assert 'value="reopen"' in closed
    assert 'value="close"' not in closed
    assert "Closed" in said(closed)


async def test_a_missing_word_brings_the_page_back_with_what_was_typed(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    answer = await seat.send(
        f"{path}/actions", 400, action="close", note="they <b>moved</b> & left", **hidden
    )
    assert "Choose an outcome" in said(answer.text)
    assert "they &lt;b&gt;moved&lt;/b&gt; &amp; left</textarea>" in answer.text


async def test_the_second_of_two_people_is_told_what_changed_and_loses_nothing(
    desk: Desk, enter: Enter
) -> None:
    one, two = await enter("front_door"), await enter("manager")
    path, _, first = await opened(desk, one)
    second = carried(await two.look(path))
    await one.send(
        f"{path}/actions", action="call", channel="phone", result="reached", note="rang, all well", **first
    )
    typed = "I spoke with the school: they will\nring on Monday"
    answer = await two.send(f"{path}/actions", 412, action="note", note=typed, **second)
    words = said(answer.text)
    assert "It changed while you were typing" in words
    assert "Record a call" in words
    assert "rang, all well" in words
    assert "Pat Front_Door" in words
    assert f"{typed}</textarea>" in answer.text
    assert "I spoke with the school" not in said(await one.look(path))
    await two.send(f"{path}/actions", action="note", note=typed, **carried(answer.text))
    assert "I spoke with the school" in said(await one.look(path))


async def test_a_form_without_the_version_that_was_read_changes_nothing(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, _ = await opened(desk, seat)
    answer = await seat.send(f"{path}/actions", 400, action="note", note="blind")
    assert "Open the page again" in said(answer.text)


async def test_a_double_press_counts_once(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    for _ in range(2):
        await seat.send(f"{path}/actions", action="note", note="once only please", **hidden)
    assert said(await seat.look(path)).count("once only please") == 1


async def test_a_safety_flag_is_read_with_a_word_on_what_was_done(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, page, hidden = await opened(desk, seat, concern="bruises on both arms")
    assert "Read this first" in page
    assert "bruises on both arms" in page
    assert 'value="close"' not in page
    await seat.send(f"{path}/actions", 400, action="read_safeguarding", note="", **hidden)
    await seat.send(f"{path}/actions", action="read_safeguarding", note="rang the duty line", **hidden)
    after = await seat.look(path)
    assert "Safety, read" in after
    assert "rang the duty line" in after


async def test_danger_in_the_words_is_marked_and_its_numbers_stand_there(desk: Desk, enter: Enter) -> None:
    _, page, _ = await opened(desk, await enter("front_door"), text="he had me by the throat last night")
    assert "<mark>" in page
    assert 'href="tel:999"' in page


async def test_a_service_that_was_not_suggested_needs_a_reason(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    service = str(desk.world.services["group"])
    refused = await seat.send(f"{path}/referrals", 400, service_id=service, **hidden)
    assert "say why this service" in said(refused.text).lower()
    sent = await seat.send(f"{path}/referrals", service_id=service, note="they know the family", **hidden)
    assert "did=sent-" in sent.headers["location"]
    page = said(await seat.look(path))
    assert "Asked, no answer yet" in page
    assert "they know the family" in page


async def test_a_hand_over_by_phone_has_a_call_sheet_and_a_record_of_the_call(
    desk: Desk, enter: Enter
) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    await seat.send(
        f"{path}/referrals", service_id=str(desk.world.services["council"]), note="risk", **hidden
    )
    page = await seat.look(path)
    assert "Call sheet" in page
    assert "Where the child is now" in page
    referral = re.findall(r'id="referral-([0-9a-f-]{36})"', page)[0]
    own = carried(page.partition(f'id="referral-{referral}"')[2])
    done = await seat.send(
        f"/staff/referrals/{referral}/actions",
        action="call_made",
        note="spoke with duty, strategy talk",
        **own,
    )
    assert done.headers["location"].startswith(path)
    assert "spoke with duty" in said(await seat.look(path))


async def test_a_declined_referral_is_tried_elsewhere_and_takes_its_reason_along(
    desk: Desk, enter: Enter
) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    await seat.send(f"{path}/referrals", service_id=str(desk.world.services["hub"]), note="near", **hidden)
    page = await seat.look(path)
    first = re.findall(r'id="referral-([0-9a-f-]{36})"', page)[0]
    declined = await desk.world.act("hub", "referrals", first, "decline", reason="no_capacity")
    assert declined.status_code == 200
    page = await seat.look(path)
    own = carried(page.partition(f'id="referral-{first}"')[2])
    await seat.send(
        f"{path}/referrals",
        service_id=str(desk.world.services["group"]),
        replaces=first,
        note="next best",
        **own,
    )
    assert "Tried before: The hub (no capacity)" in said(await seat.look(path))


async def test_a_hand_over_code_is_shown_once(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, _ = await opened(desk, seat)
    refused = await seat.send(f"{path}/code", 400, fact="birth_date")
    assert "agrees to be shown" in said(refused.text).lower()
    page = (await seat.send(f"{path}/code", 200, fact="birth_date", agreed="on")).text
    code = re.findall(r'<p class="code">([^<]+)</p>', page)[0]
    assert len(code.replace("-", "").replace(" ", "")) == 9
    assert code not in await seat.look(path)
    await seat.send(f"{path}/code/end")


async def test_a_repeat_ask_is_pointed_at(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    contact = {"channel": "phone", "phone": "07700 900321"}
    before = await desk.world.send(name="Mo Tern", contact=contact)
    _, page, _ = await opened(desk, seat, name="Mo Tern", contact=contact)
    box = said(page.partition('aria-labelledby="likely"')[2])
    assert before["reference"] in box
    assert "phone" in box


async def test_facts_are_put_right_and_the_form_shows_them_as_they_are(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, page, hidden = await opened(desk, seat)
    assert 'name="c.phone" value="07700 900123"' in page
    fields = {
        "c.name": "Anna Example", "c.birth_date": "2020-02-29", "c.near": "Cromer", "c.channel": "phone",
        "c.phone": "07700 900124", "c.shared.phone": "on", "c.not_safe": "not after six",
    }  # fmt: skip
    await seat.send(f"{path}/actions", action="correct", **hidden, **fields)
    words = said(await seat.look(path))
    for part in ("Anna Example", "29 February 2020", "07700 900124", "others hear it", "not after six"):
        assert part in words


async def test_another_answer_takes_needs_level_and_a_reason(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    path, _, hidden = await opened(desk, seat)
    await seat.send(
        f"{path}/actions",
        action="override",
        level="targeted",
        note="more than sleep",
        **hidden,
        **{"need.debt": "on"},
    )
    page = await seat.look(path)
    assert "Family support" in page.partition("heard-list")[2].partition("</dl>")[0]
    assert "more than sleep" in page


@pytest.mark.parametrize("role", ["provider", "editor", "admin"])
async def test_who_reads_no_requests_is_refused_before_any_is_looked_for(
    desk: Desk, enter: Enter, role: str
) -> None:
    taken = await desk.world.send()
    seat = await enter(role)
    for path in (f"/staff/requests/{taken['id']}", f"/staff/requests/{uuid4()}"):
        page = await seat.look(path, 403)
        assert "Your account does not allow this" in page
        assert taken["reference"] not in page


async def test_an_id_that_leads_nowhere_is_not_found(enter: Enter) -> None:
    seat = await enter("front_door")
    page = await seat.look(f"/staff/requests/{uuid4()}", 404)
    assert "it is not yours to see" in page
    await seat.send(f"/staff/requests/{uuid4()}/actions", 404, action="note", note="x", version="1")


async def test_a_service_sees_its_own_referral_and_no_other(desk: Desk, enter: Enter) -> None:
    front = await enter("front_door")
    path, _, hidden = await opened(desk, front)
    await front.send(f"{path}/referrals", service_id=str(desk.world.services["hub"]), note="near", **hidden)
    mine = re.findall(r'id="referral-([0-9a-f-]{36})"', await front.look(path))[0]
    other_path, _, other_hidden = await opened(desk, front)
    await front.send(
        f"{other_path}/referrals", service_id=str(desk.world.services["group"]), note="near", **other_hidden
    )
    foreign = re.findall(r'id="referral-([0-9a-f-]{36})"', await front.look(other_path))[0]
    seat = await enter("provider")
    assert f"/staff/referrals/{mine}" in await seat.look("/staff")
    page = await seat.look(f"/staff/referrals/{mine}")
    assert "my little boy is not sleeping" in page
    assert "Ann Example" not in page  # not before it says yes
    await seat.look(f"/staff/referrals/{foreign}", 404)
    await seat.send(f"/staff/referrals/{foreign}/actions", 404, action="note", note="x", version="1")
    await seat.send(f"/staff/referrals/{mine}/actions", action="accept", date=soon(), **carried(page))
    accepted = await seat.look(f"/staff/referrals/{mine}")
    assert "Ann Example" in accepted
    late = await seat.send(
        f"/staff/referrals/{mine}/actions",
        412,
        action="note",
        note="kept words",
        **carried(page) | {"key": "x"},
    )
    assert "kept words</textarea>" in late.text
    led = await front.client.get(f"/staff/referrals/{mine}")
    assert led.headers["location"] == f"{path}#referral-{mine}"


def test_marks_stand_where_the_flags_were_and_lose_no_letter() -> None:
    parts = acts.marked("abcdef", [(1, 3), (2, 4), (5, 6)])
    assert "".join(text for text, _ in parts) == "abcdef"
    assert parts == [("a", False), ("bc", True), ("d", True), ("e", False), ("f", True)]
