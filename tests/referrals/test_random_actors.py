"""Random actors over the API: no illegal state, no lost or doubled request, a log that replays to the same state."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from directory.referrals import chores, clocks
from directory.referrals.codes import OUTCOMES, REASONS
from directory.referrals.transitions import MOVES, REFERRAL_ENDED, REQUEST_ENDED, edges
from tests.referrals.conftest import World, soon

EDGES = set(edges())
ACTORS = ("desk", "school", "hub", "group", "other_school")
ACTIONS = {
    entity: sorted({m.action for m in MOVES if m.entity == entity}) for entity in ("request", "referral")
}


class Actors(RuleBasedStateMachine):
    """One request with its referrals, and everybody pulling at it. `run` carries calls over to the loop of the app."""

    world: World
    loop: asyncio.AbstractEventLoop

    def run(self, call: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(call, self.loop).result(60)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(self.world.call(*args, **kwargs))

    @initialize(
        concern=st.sampled_from(["", "a bruise"]),
        chosen=st.lists(st.sampled_from(["hub", "group"]), unique=True),
    )
    def send(self, concern: str, chosen: list[str]) -> None:
        made = self.run(
            self.world.send(
                "school", asker="professional", sender={"name": "A", "phone": "1"}, concern=concern,
                services=[str(self.world.services[name]) for name in chosen],
            )
        )  # fmt: skip
        self.request = made["id"]
        self.calls = 0
        self.now = dt.datetime.now(dt.UTC)

    def fresh_key(self) -> str:
        self.calls += 1
        return f"{self.request}:{self.calls}"

    def rows(self) -> list[Any]:
        return list(self.run(self.world.database.pool.fetch(
            "select * from referral where request_id = $1 order by created_at, service_name", UUID(self.request)
        )))  # fmt: skip

    def row(self) -> Any:
        return self.run(
            self.world.database.pool.fetchrow("select * from request where id = $1", UUID(self.request))
        )

    @rule(
        who=st.sampled_from(ACTORS), action=st.sampled_from(ACTIONS["request"]),
        outcome=st.sampled_from(sorted(OUTCOMES)), stale=st.booleans(), twice=st.booleans(),
    )  # fmt: skip
    def act_on_request(self, who: str, action: str, outcome: str, stale: bool, twice: bool) -> None:
        before = self.row()
        body = {"action": action, "note": "x", "outcome": outcome if action == "close" else "", "score": 5,
                "correction": {"name": "Other"}}  # fmt: skip
        self.post(who, f"/api/requests/{self.request}/actions", body, before["version"], stale, twice)

    @precondition(lambda self: self.rows())
    @rule(data=st.data(), who=st.sampled_from(ACTORS), action=st.sampled_from(ACTIONS["referral"]),
          reason=st.sampled_from(sorted(REASONS)), stale=st.booleans(), twice=st.booleans())  # fmt: skip
    def act_on_referral(
        self, data: st.DataObject, who: str, action: str, reason: str, stale: bool, twice: bool
    ) -> None:
        row = data.draw(st.sampled_from(self.rows()))
        wants = {m.action: m.needs for m in MOVES if m.entity == "referral"}[action]
        body: dict[str, Any] = {
            "action": action,
            "note": "x",
            "channel": "phone",
            "result": "no_answer",
            "date": soon(),
        }
        body |= {"reason": reason} if "reason" in wants else {}
        body |= {"outcome": "need_met"} if "outcome" in wants else {}
        self.post(who, f"/api/referrals/{row['id']}/actions", body, row["version"], stale, twice)

    def post(self, who: str, path: str, body: Any, version: int, stale: bool, twice: bool) -> None:
        key = self.fresh_key()
        match = f'"{version - 1 if stale else version}"'
        answer = self.call(who, "POST", path, body, If_Match=match, Idempotency_Key=key)
        assert answer.status_code in ({400, 403, 404, 412} if stale else {200, 400, 403, 404, 409}), (
            answer.text
        )
        if twice and answer.status_code == 200:
            assert (
                self.call(who, "POST", path, body, If_Match=match, Idempotency_Key=key).json()
                == answer.json()
            )

    @rule(
        who=st.sampled_from(["desk", "school", "hub"]),
        service=st.sampled_from(["hub", "group", "council"]),
    )
    def add(self, who: str, service: str) -> None:
        body = {"service_id": str(self.world.services[service])}
        path = f"/api/requests/{self.request}/referrals"
        key = self.fresh_key()
        match = f'"{self.row()["version"]}"'
        answer = self.call(who, "POST", path, body, If_Match=match, Idempotency_Key=key)
        assert answer.status_code in {201, 400, 403, 404, 409}, answer.text
        if answer.status_code == 201:
            assert (
                self.call(who, "POST", path, body, If_Match=match, Idempotency_Key=key).json()
                == answer.json()
            )

    @rule(days=st.integers(0, 12))
    def time_passes(self, days: int) -> None:
        self.now += dt.timedelta(days=days)
        self.run(chores.remind(self.world.database, self.world.vault, self.now))

    @invariant()
    def the_log_replays_to_what_is_stored(self) -> None:
        if not hasattr(self, "request"):
            return
        events = self.run(self.world.database.pool.fetch(
            "select * from referral_event where request_id = $1 order by id", UUID(self.request)
        ))  # fmt: skip
        state: dict[Any, str] = {}
        versions: dict[Any, int] = {}
        for event in events:
            thing = event["referral_id"]
            assert event["from_state"] == state.get(thing, "")
            entity = "referral" if thing else "request"
            assert (entity, event["from_state"], event["action"], event["to_state"]) in EDGES
            assert event["version"] == versions.get(thing, 0) + 1
            state[thing], versions[thing] = event["to_state"], event["version"]
        row, rows = self.row(), self.rows()
        assert (row["state"], row["version"]) == (state[None], versions[None])
        assert {r["id"]: (r["status"], r["version"]) for r in rows} == {
            thing: (state[thing], versions[thing]) for thing in state if thing is not None
        }

    @invariant()
    def nothing_ends_unsaid_or_unread(self) -> None:
        if not hasattr(self, "request"):
            return
        row, rows = self.row(), self.rows()
        if row["state"] in REQUEST_ENDED:
            assert all(r["status"] in REFERRAL_ENDED and r["alert"] != "unread" for r in rows)
            assert row["safeguarding_read_at"] or not row["safeguarding"]
        for r in rows:
            if r["status"] in REFERRAL_ENDED:
                assert r["outcome"] or r["reason"]
                assert r["due_at"] is None
            elif r["due_at"]:
                local = r["due_at"].astimezone(clocks.LONDON)
                assert (local.hour, local.minute) == (17, 0)
        services = [r["service_id"] for r in rows if r["status"] not in REFERRAL_ENDED]
        assert len(services) == len(set(services))


async def test_random_actors_leave_every_request_in_order(world: World) -> None:
    loop = asyncio.get_running_loop()
    machine = type("Machine", (Actors,), {"world": world, "loop": loop})
    before = await world.database.pool.fetchval("select count(*) from request")
    test = machine.TestCase
    test.settings = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a failing walk is printed as it was: shrinking one takes minutes
    )
    await asyncio.to_thread(test("runTest").debug)
    assert await world.database.pool.fetchval("select count(*) from request") > before
