"""The loop over the API: a request goes out, is answered, and comes back to whoever asked."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from directory.access.roles import SYSTEM
from directory.referrals import privacy
from tests.referrals.conftest import World, ask, soon
from tests.referrals.test_access import as_staff, member


async def test_a_request_is_taken_once_and_kept_sealed(world: World) -> None:
    first = await world.call("desk", "POST", "/api/requests", ask(), Idempotency_Key="k1")
    again = await world.call("desk", "POST", "/api/requests", ask(), Idempotency_Key="k1")
    other = await world.call("desk", "POST", "/api/requests", ask(text="else"), Idempotency_Key="k1")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409), other.text
    assert first.json() == again.json()
    row = await world.database.pool.fetchrow("select * from request where id = $1", UUID(first.json()["id"]))
    for words in ("sleeping", "Ann", "NR3", "ann@example.org", "900123"):
        assert words not in str(dict(row))
    shown = (await world.call("desk", "GET", f"/api/requests/{first.json()['id']}")).json()
    assert shown["details"]["name"] == "Ann Example"
    assert shown["state"] == "received"


async def test_the_whole_way_to_help_and_back(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    request, referral = made["id"], made["referrals"][0]
    before = (await world.call("hub", "GET", f"/api/referrals/{referral}")).json()
    assert before["details"]["text"]
    assert "name" not in before["details"]
    assert {each["action"] for each in before["actions"]} >= {"accept", "decline", "ask_info"}
    for who, action, fields in (
        ("hub", "accept", {"date": soon()}),
        ("hub", "contact_attempt", {"channel": "phone", "result": "no_answer"}),
        ("hub", "first_contact", {}),
        ("hub", "outcome", {"outcome": "need_met"}),
    ):
        done = await world.act(who, "referrals", referral, action, **fields)
        assert done.status_code == 200, done.text
        if action == "accept":
            known = (await world.call("hub", "GET", f"/api/referrals/{referral}")).json()
            assert known["details"]["name"] == "Ann Example"
    after = (await world.call("hub", "GET", f"/api/referrals/{referral}")).json()
    assert (after["status"], after["details"]) == ("completed", None)
    closed = await world.act("desk", "requests", request, "close", outcome="need_met")
    assert closed.json()["state"] == "closed", closed.text
    log = (await world.call("desk", "GET", f"/api/requests/{request}/events")).json()
    assert [each["action"] for each in log] == [
        "submit", "send", "route", "accept", "contact_attempt", "first_contact", "outcome", "close",
    ]  # fmt: skip


async def test_a_declined_attempt_is_tried_elsewhere_with_its_reasons(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    await world.act("hub", "referrals", referral, "decline", reason="no_capacity")
    version = (await world.call("desk", "GET", f"/api/referrals/{referral}")).json()["version"]
    body = {"service_id": str(world.services["group"])}
    done = await world.call(
        "desk", "POST", f"/api/referrals/{referral}/re-route", body, If_Match=f'"{version}"'
    )
    assert done.status_code == 201, done.text
    again = await world.call(
        "desk", "POST", f"/api/referrals/{referral}/re-route", body, If_Match=f'"{version + 1}"'
    )
    assert again.status_code == 409
    new = (await world.call("group", "GET", f"/api/referrals/{done.json()['id']}")).json()
    assert new["replaces"] == referral
    assert new["reasons"]["earlier"] == [{"service": "The hub", "reason": "no_capacity"}]


async def test_a_statutory_door_is_a_call_sheet_and_no_e_referral(world: World) -> None:
    made = await world.send()
    done = await world.call(
        "desk",
        "POST",
        f"/api/requests/{made['id']}/referrals",
        {"service_id": str(world.services["council"])},
        If_Match='"1"',
    )
    shown = (await world.call("desk", "GET", f"/api/referrals/{done.json()['id']}")).json()
    assert shown["kind"] == "phone_handover"
    known = {each["id"]: each["known"] for each in shown["call_sheet"]["questions"]}
    assert "Bob Example" in known["child"]
    assert not await world.database.pool.fetchval(
        "select count(*) from action_link where referral_id = $1", UUID(shown["id"])
    )
    called = await world.act("desk", "referrals", shown["id"], "call_made", note="spoke with duty at 10:04")
    assert called.status_code == 200, called.text


async def test_two_people_on_one_request_do_not_overwrite_each_other(world: World) -> None:
    made = await world.send()
    path = f"/api/requests/{made['id']}/actions"
    assert (await world.call("desk", "POST", path, {"action": "triage"})).status_code == 428
    assert (await world.call("desk", "POST", path, {"action": "triage"}, If_Match='"1"')).status_code == 200
    late = await world.call("desk", "POST", path, {"action": "advise", "note": "x"}, If_Match='"1"')
    assert late.status_code == 412
    assert "version 2" in late.json()["detail"]


async def test_a_repeated_action_under_one_key_happens_once(world: World) -> None:
    made = await world.send()
    path = f"/api/requests/{made['id']}/actions"
    body = {"action": "note", "note": "rang back"}
    answers = [
        (await world.call("desk", "POST", path, body, If_Match='"1"', Idempotency_Key="n1")).json()
        for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()["version"] == 2


async def test_a_concern_is_read_before_its_request_can_close(world: World) -> None:
    made = await world.send(
        "school",
        asker="professional",
        sender={"name": "Miss Day", "phone": "01632 960001"},
        concern="a bruise",
        door="school",
    )
    shut = await world.act("desk", "requests", made["id"], "close", outcome="info_only")
    assert shut.status_code == 409
    shown = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()
    assert "close" not in {each["action"] for each in shown["actions"]}
    for nothing in ({}, {"note": " \n "}):
        silent = await world.act("desk", "requests", made["id"], "read_safeguarding", **nothing)
        assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "note")
    offered = {each["action"]: each["needs"] for each in shown["actions"]}
    assert offered["read_safeguarding"] == ["note"]
    done = await world.act("desk", "requests", made["id"], "read_safeguarding", note="rang the duty line")
    assert done.status_code == 200
    log = (await world.call("desk", "GET", f"/api/requests/{made['id']}/events")).json()
    assert [each["note"] for each in log if each["action"] == "read_safeguarding"] == ["rang the duty line"]
    assert (await world.act("desk", "requests", made["id"], "close", outcome="info_only")).status_code == 200


async def test_without_agreement_nothing_is_sent_on(world: World) -> None:
    def refused(response: Any) -> set[str]:
        assert response.status_code == 400
        return {each["field"] for each in response.json()["errors"]}

    none = ask(agreement={"to_share": False})
    assert "agreement.to_share" in refused(await world.call("desk", "POST", "/api/requests", none))
    basis = ask(
        agreement={"to_share": False},
        lawful_basis="public_task",
        asker="professional",
        sender={"name": "A", "phone": "1"},
    )
    assert "override_reason" in refused(await world.call("desk", "POST", "/api/requests", basis))
    taken = await world.call(
        "desk", "POST", "/api/requests", basis | {"override_reason": "a child is at risk"}
    )
    assert taken.status_code == 201
    made = await world.send()
    assert (await world.act("desk", "requests", made["id"], "withdraw_agreement")).status_code == 200
    body = {"service_id": str(world.services["hub"])}
    path = f"/api/requests/{made['id']}/referrals"
    assert "agreement" in refused(await world.call("desk", "POST", path, body, If_Match='"2"'))


async def test_withdrawing_stops_what_runs_and_closes_when_all_has_ended(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"]), str(world.services["group"])])
    hub = next(r for r in made["referrals"])
    owner = "hub" if (await world.call("hub", "GET", f"/api/referrals/{hub}")).status_code == 200 else "group"
    await world.act(owner, "referrals", hub, "accept", date=soon())
    done = await world.act("desk", "requests", made["id"], "withdraw")
    assert done.json()["state"] == "withdrawal_asked", done.text
    assert (await world.act(owner, "referrals", hub, "confirm_cancel")).status_code == 200
    shown = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()
    assert (shown["state"], shown["outcome"]) == ("closed", "family_declined")


async def test_a_request_is_found_again_by_what_the_family_says(world: World) -> None:
    family = {"name": "Quill Thornby", "child_name": "", "near": "NR30 1AA", "birth_date": None}
    contact = {"channel": "email", "email": "quill@example.org", "phone": "07700 900456"}
    made = await world.send(**family, contact=contact)
    for text in (
        made["reference"],
        "07700900456",
        "+44 7700 900 456",
        "thornby",
        "nr301aa",
        "Quill@example.org",
    ):
        page = (await world.search("desk", text)).json()
        assert [each["id"] for each in page["items"]] == [made["id"]], text
        assert "Quill" not in str(page)
    twin = await world.send(text="again", **family, contact=contact)
    shown = (await world.call("desk", "GET", f"/api/requests/{twin['id']}")).json()
    assert [each["id"] for each in shown["likely"]] == [made["id"]]


async def test_a_concern_is_taken_off_by_a_person_who_says_why_and_by_nothing_else(world: World) -> None:
    made = await world.send("desk", concern="bruises")
    path = f"/api/requests/{made['id']}/actions"
    staff_id, _ = await member(world, "front_door")

    async def clear(**fields: str) -> int:
        version = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()["version"]
        answer = await as_staff(
            world, staff_id, "POST", path, json={"action": "clear_safeguarding", **fields},
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip
        return answer.status_code

    assert await clear(note="a bruise from football") == 409, "nobody has read it yet"
    await world.act("desk", "requests", made["id"], "read_safeguarding", note="rang the duty line")
    key = await world.act("desk", "requests", made["id"], "clear_safeguarding", note="a system says so")
    assert key.status_code == 403
    assert await clear() == 400, "no reason"
    offered = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()["actions"]
    assert "clear_safeguarding" not in {each["action"] for each in offered}
    for change in (
        "safeguarding = false",
        "safeguarding = false, version = version + 1, last_action = 'note'",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.database.pool.execute(f"update request set {change} where id = $1", UUID(made["id"]))
    assert await clear(note="a bruise from football, seen by the nurse") == 200
    shown = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()
    assert shown["safeguarding"] is False
    [line] = [
        each
        for each in (await world.call("desk", "GET", f"/api/requests/{made['id']}/events")).json()
        if each["action"] == "clear_safeguarding"
    ]
    assert (line["actor"], line["note"]) == (f"staff:{staff_id}", "a bruise from football, seen by the nurse")
    assert await clear(note="again") == 409


async def test_a_request_with_a_word_is_erased_whole(world: World) -> None:
    made = await world.send("desk", word="marshmallow")
    await world.act("desk", "requests", made["id"], "close", outcome="info_only")
    await privacy.erase(world.database, made["reference"], SYSTEM)
    row = await world.database.pool.fetchrow(
        "select word_hash, details, data_key from request where id = $1", UUID(made["id"])
    )
    assert tuple(row) == (None, None, None)
