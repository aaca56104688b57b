"""What families and services do by themselves: track, hand over, answer by link. And what guessing gets one."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from directory.access import limits
from directory.access.roles import FAMILY
from directory.errors import NotFound, TooMany
from directory.referrals import track
from directory.referrals.judged import Judged
from directory.referrals.shapes import NewRequest
from directory.referrals.submit import submit
from tests.referrals.conftest import World, ask, soon

FACT = "04/03/2021"


@pytest.fixture(autouse=True)
async def _no_counted_tries(world: World) -> None:
    await world.database.pool.execute("delete from attempt")


async def enter(world: World, code: str, fact: str = FACT) -> Any:
    return await world.call("", "POST", "/api/track", {"code": code, "fact": fact})


async def link_of(world: World, referral: str) -> str:
    """The token in the newest mail to the service."""
    page = (await world.call("desk", "GET", "/api/messages?per_page=100")).json()
    body = next(
        each["body"]
        for each in page["items"]
        if each["referral_id"] == referral and each["audience"] == "receiver"
    )
    return str(body.split("/answer/")[1].split()[0])


async def test_a_family_sends_by_itself_and_is_told_what_happens_next(world: World) -> None:
    new = msgspec.convert(ask(), NewRequest)
    receipt = await submit(world.database, world.vault, new, Judged(), FAMILY, key="form-1")
    assert await submit(world.database, world.vault, new, Judged(), FAMILY, key="form-1") == receipt
    assert receipt.reference in receipt.next[0]
    assert any("999" in line for line in receipt.next)


@pytest.mark.parametrize(
    "fact", [FACT, "2021-03-04", "4.3.2021", "nr3 1fh", "+447700900123", " ANN@example.org "]
)
async def test_a_family_sees_its_progress_in_plain_words(world: World, fact: str) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    seen = (await enter(world, made["reference"].lower(), fact)).json()["request"]
    assert seen["words"] == "We have asked a service to help you."
    assert seen["progress"] == ["We have asked The hub. They have not answered yet."]
    await world.act(
        "hub", "referrals", made["referrals"][0], "decline", reason="need_too_high", note="far too much"
    )
    seen = (await enter(world, made["reference"], fact)).json()["request"]
    assert seen["progress"] == ["The hub: This service could not help this time. We are looking for another."]
    assert "too much" not in str(seen)


async def test_a_family_adds_answers_corrects_withdraws_and_says_how_it_went(world: World) -> None:
    made = await world.send()
    token = (await enter(world, made["reference"])).json()["token"]

    async def do(action: str, **fields: Any) -> Any:
        return await world.call(token, "POST", "/api/track/actions", {"action": action, **fields})

    assert (await do("add", note="he wakes at two")).status_code == 200
    await world.act("desk", "requests", made["id"], "ask_info", note="Is he at nursery?")
    mine = (await world.call(token, "GET", "/api/track/mine")).json()
    assert mine["question"] == "Is he at nursery?"
    assert (await do("give_info", note="yes, mornings")).json()["state"] == "in_triage"
    contact = {"channel": "text", "phone": "07700 900999"}
    assert (await do("correct", correction={"contact": contact, "near": "NR30 2AA"})).status_code == 200
    shown = (await world.call("desk", "GET", f"/api/requests/{made['id']}")).json()["details"]
    assert shown["added"] == ["he wakes at two", "yes, mornings"]
    assert (shown["contact"]["phone"], shown["near"]) == ("07700 900999", "NR30 2AA")
    assert (await do("score", score=9, got_help="yes")).status_code == 200
    assert (await do("score", score=11)).status_code == 400
    for action in ("close", "triage", "read_safeguarding", "mark_error", "note"):
        assert (await do(action, note="x", outcome="need_met")).status_code == 403
    assert (await do("withdraw")).status_code == 200
    assert (await world.call(token, "GET", "/api/track/mine")).json()["state"] == "closed"


async def test_guessing_a_fact_or_a_reference_is_stopped_and_tells_nothing(world: World) -> None:
    made = await world.send()
    wrong = [await enter(world, made["reference"], f"{day}/01/2020") for day in range(1, 7)]
    assert [each.status_code for each in wrong] == [404] * 5 + [429]
    assert (await enter(world, made["reference"])).status_code == 429  # now even the right one waits
    stranger = await enter(world, "CDFG-HJKM")
    assert stranger.json()["detail"] == wrong[0].json()["detail"]
    await world.database.pool.execute("delete from attempt")
    many = [await enter(world, f"nonsense {n}") for n in range(21)]
    assert {each.status_code for each in many[:10]} == {404}
    assert many[-1].status_code == 429


async def _from(world: World, address: str, code: str, fact: str = FACT) -> bool | None:
    """Whether the fact opened it from there; None where it was not looked at."""
    try:
        await track.enter(world.database, world.vault, track.Enter(code=code, fact=fact), address)
    except NotFound:
        return False
    except TooMany:
        return None
    return True


async def test_a_stranger_with_the_reference_locks_out_himself_and_not_the_family(world: World) -> None:
    code = (await world.send())["reference"]
    tried = [await _from(world, "203.0.113.9", code, f"{day}/01/2020") for day in range(1, 9)]
    assert tried == [False] * 5 + [None] * 3
    assert await _from(world, "203.0.113.9", code) is None
    assert await _from(world, "198.51.100.1", code) is True
    # Hours later he has a few tries more, and then none for the day.
    await _hours_pass(world)
    tried = [await _from(world, "203.0.113.9", code, f"{day}/02/2020") for day in range(1, 9)]
    assert tried.count(False) <= track.TRIES_A_DAY - 5
    await _hours_pass(world)
    assert await _from(world, "203.0.113.9", code, "1/03/2020") is None
    assert await _from(world, "198.51.100.77", code) is True


async def test_guessing_from_many_places_is_held_to_a_few_tries_a_day(world: World) -> None:
    code = (await world.send())["reference"]
    assert await _from(world, "2001:db8:1::1", code) is True
    looked_at = 0
    for place in range(14):
        for day in range(1, 6):
            looked_at += await _from(world, f"2001:db8:2:{place:x}::{day}", code, f"{day}/01/2020") is False
    assert looked_at == track.TRIES_OF_ALL - 1
    assert await _from(world, "192.0.2.5", code) is None, "a new place waits, even with the right fact"
    assert await _from(world, "2001:db8:1::2", code) is True, "where the family was before, it comes in"
    assert await _from(world, "2001:db8:1::2", code, "1/01/2020") is False, "and is counted there too"
    await world.database.pool.execute("update attempt set until = now() where tries > 0")
    assert await _from(world, "192.0.2.5", code) is True


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::ffff:1%eth0", "2001:db8:0:1::1"),
        ("", "", "unix"),
    ],
)
def test_a_household_is_one_place_whatever_address_of_its_network_it_has(
    one: str, same: str, other: str
) -> None:
    assert limits.place(one) == limits.place(same) != limits.place(other)


async def _hours_pass(world: World) -> None:
    """What is counted for a quarter of an hour is over, what is counted for a day is not."""
    await world.database.pool.execute("delete from attempt where until < now() + interval '1 hour'")


async def test_a_tracking_token_cannot_be_made_up_or_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await world.send(), await world.send()
    token = (await enter(world, one["reference"])).json()["token"]
    for forged in ("", "x", token[:-1], token.replace(one["id"], two["id"]), f"{two['id']}.99999999999.00"):
        assert (await world.call(forged, "GET", "/api/track/mine")).status_code == 401, forged
    later = track.time.time() + 31 * 60
    monkeypatch.setattr(track.time, "time", lambda: later)
    assert (await world.call(token, "GET", "/api/track/mine")).status_code == 401


async def test_with_a_code_and_a_fact_any_front_door_knows_the_story(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    path = f"/api/requests/{made['id']}/code"
    assert (await world.call("desk", "POST", path, {"fact": "birth_date"})).status_code == 400
    code = (await world.call("desk", "POST", path, {"fact": "birth_date", "agreed": True})).json()["code"]
    assert not set("AEIOU") & set(code)
    story = (await world.call("other_school", "POST", "/api/handover", {"code": code, "fact": FACT})).json()
    assert story["details"]["text"].startswith("my little boy")
    assert story["progress"][1].startswith("We have asked The hub")
    looked = await world.database.pool.fetch(
        "select what from record_read where request_id = $1 and actor like 'key:%'", UUID(made["id"])
    )
    assert "hand-over code" in {row["what"] for row in looked}
    assert code.replace("-", "") not in str(await world.database.pool.fetch("select * from handover_code"))
    assert (await enter(world, code)).status_code == 200  # the family itself comes in by it too
    assert (await world.call("desk", "DELETE", path)).status_code == 204
    assert (
        await world.call("other_school", "POST", "/api/handover", {"code": code, "fact": FACT})
    ).status_code == 404


async def test_a_code_without_its_fact_is_useless_and_ends_when_guessed_at(world: World) -> None:
    made = await world.send()
    path = f"/api/requests/{made['id']}/code"
    code = (
        await world.call("desk", "POST", path, {"fact": "word", "word": "Bramble", "agreed": True})
    ).json()["code"]
    for number in range(5):
        answer = await world.call(
            "other_school", "POST", "/api/handover", {"code": code, "fact": f"guess{number}"}
        )
        assert answer.status_code == 404
    right = {"code": code, "fact": "bramble"}
    assert (await world.call("other_school", "POST", "/api/handover", right)).status_code == 404
    for _ in range(10):
        last = await world.call("other_school", "POST", "/api/handover", {"code": "CDF-GHJ-KMN", "fact": "x"})
    assert last.status_code == 429


async def test_an_expired_code_opens_nothing(world: World) -> None:
    made = await world.send()
    path = f"/api/requests/{made['id']}/code"
    code = (await world.call("desk", "POST", path, {"fact": "postcode", "agreed": True})).json()["code"]
    right = {"code": code, "fact": "NR31FH"}
    assert (await world.call("other_school", "POST", "/api/handover", right)).status_code == 200
    await world.database.pool.execute(
        "update handover_code set expires_at = now() where request_id = $1", UUID(made["id"])
    )
    assert (await world.call("other_school", "POST", "/api/handover", right)).status_code == 404


async def test_a_service_without_an_account_answers_by_links_each_once(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    first = await link_of(world, referral)
    for _ in range(2):  # a mail scanner may look as often as it likes
        seen = (await world.call(first, "GET", "/api/answer")).json()
    assert "name" not in seen["details"]
    refused = await world.call(first, "POST", "/api/answer", {"action": "decline"})
    assert refused.status_code == 400  # nothing was used up
    said = await world.call(first, "POST", "/api/answer", {"action": "accept", "date": soon()})
    assert said.json()["state"] == "accepted", said.text
    for replay in (first, first):
        again = await world.call(
            replay, "POST", "/api/answer", {"action": "decline", "reason": "no_capacity"}
        )
        assert again.status_code == 410
    assert (await world.call(first, "GET", "/api/answer")).status_code == 410
    second = await link_of(world, referral)
    assert second != first
    assert (await world.call(second, "GET", "/api/answer")).json()["details"]["name"] == "Ann Example"
    assert first not in str(await world.database.pool.fetch("select * from action_link"))
    forbidden = await world.call(second, "POST", "/api/answer", {"action": "read_alert"})
    assert forbidden.status_code == 403
    assert (await world.call("made-up", "GET", "/api/answer")).status_code == 404


async def test_a_link_says_how_full_the_service_is_and_that_its_entry_is_right(world: World) -> None:
    made = await world.send(services=[str(world.services["group"])])
    token = await link_of(world, made["referrals"][0])
    body = {"capacity": "waiting_list", "still_correct": True}
    assert (await world.call(token, "POST", "/api/answer/service", body)).status_code == 204
    row = await world.database.pool.fetchrow(
        "select capacity, capacity_until > now() + interval '13 days' as kept, assured_date = current_date as today"
        " from service where id = $1",
        world.services["group"],
    )
    assert tuple(row) == ("waiting_list", True, True)


async def test_an_old_link_ends(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    token = await link_of(world, made["referrals"][0])
    await world.database.pool.execute(
        "update action_link set expires_at = now() where referral_id = $1", UUID(made["referrals"][0])
    )
    assert (await world.call(token, "POST", "/api/answer", {"action": "open"})).status_code == 410


async def test_a_referral_goes_out_as_fhir_without_a_family_before_the_yes(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    path = f"/api/referrals/{made['referrals'][0]}"
    bundle = (await world.call("hub", "GET", f"{path}/fhir")).json()
    request, task = (each["resource"] for each in bundle["entry"])
    assert (request["resourceType"], request["status"], request["intent"]) == (
        "ServiceRequest",
        "active",
        "order",
    )
    assert (task["resourceType"], task["status"]) == ("Task", "requested")
    assert task["focus"]["reference"] == bundle["entry"][0]["fullUrl"]
    assert "Ann" not in str(bundle)
    await world.act("hub", "referrals", made["referrals"][0], "accept", date=soon())
    assert "Bob Example" in (await world.call("hub", "GET", f"{path}/fhir")).text
    await world.act("hub", "referrals", made["referrals"][0], "outcome", outcome="need_met")
    task = (await world.call("hub", "GET", f"{path}/fhir")).json()["entry"][1]["resource"]
    assert (task["status"], task["output"][0]["valueCodeableConcept"]["coding"][0]["code"]) == (
        "completed",
        "need_met",
    )
