"""A county's past in one go: requests, referrals, logs, agreements and messages by COPY, shaped as the API makes them.

For measuring at volume only. Constraints hold; triggers are off while it is written, so no move is checked against the
table. What is late counts as told already: the worker finds nothing to do. Each request has its own key and sealed
details, so that reading one costs what it costs in use.
"""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from msgspec import Struct

from directory.access.startup import noted
from directory.access.vault import Vault
from directory.db import Database
from directory.referrals import likeness, reference
from directory.referrals.ledger import key_context, seal_details
from directory.referrals.shapes import Contact, Details

TABLES = ("request", "referral", "referral_event", "agreement", "request_index", "outbox_message")
NEEDS = (
    "food_and_essentials",
    "child_behaviour",
    "speech_and_language",
    "parent_mental_health",
    "money_and_debt",
)
DISTRICTS = tuple(f"district:E0700014{n}" for n in range(3, 10))
DAYS = 730
OPEN = 0.3  # of all requests


class Made(Struct, frozen=True, kw_only=True):
    """Ids of what was made, open and closed mixed."""

    requests: list[UUID]
    referrals: list[UUID]


async def make_history(
    database: Database, vault: Vault, *, requests: int = 10_000, each: int = 3, seed: int = 1
) -> Made:
    """`requests` of the last two years with `each` referrals apiece, to the services that are there."""
    services = await database.pool.fetch(
        "select id, name, organization_id, level from service where status = 'active' order by id limit 500"
    )
    maker = _Maker(vault, services, random.Random(seed), dt.datetime.now(dt.UTC))
    made = Made(requests=[], referrals=[])
    async with database.transaction() as connection:
        await noted(connection, vault)
        await connection.execute("set local session_replication_role = replica")
        for start in range(0, requests, 1000):
            rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
            for number in range(start, min(start + 1000, requests)):
                maker.request(rows, number, each)
            made.requests.extend(row["id"] for row in rows["request"])
            made.referrals.extend(row["id"] for row in rows["referral"])
            for name, found in rows.items():
                columns = list(found[0])
                await connection.copy_records_to_table(
                    name, columns=columns, records=[tuple(row[column] for column in columns) for row in found]
                )
    await database.pool.execute(f"analyze {', '.join(TABLES)}")
    return made


class _Maker:
    def __init__(self, vault: Vault, services: list[Any], chance: random.Random, now: dt.datetime) -> None:
        self.vault, self.services, self.chance, self.now = vault, services, chance, now

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def request(self, rows: dict[str, list[dict[str, Any]]], number: int, each: int) -> None:
        """One request with all that hangs on it, into `rows`."""
        chance = self.chance
        is_open = chance.random() < OPEN
        at = self.now - dt.timedelta(days=chance.uniform(0, 20 if is_open else DAYS))
        request_id = self._uuid()
        wrapped, key = self.vault.new_data_key(key_context(request_id))
        details = self._details(number)
        flagged = chance.random() < 0.08
        attempts = list(self._attempts(request_id, at, each, is_open, flagged))
        ended = None if is_open else max(row["ended_at"] for row in attempts) + dt.timedelta(hours=3)
        state = (
            chance.choice(("received", "in_triage", "routed", "routed", "needs_info"))
            if is_open
            else "closed"
        )
        due = at + dt.timedelta(days=chance.uniform(1, 30)) if is_open else None
        outcome = (
            None if is_open else "need_met" if attempts[-1]["status"] == "completed" else "not_met_no_service"
        )
        rows["request"].append({
            "id": request_id, "reference": reference.new_reference(), "version": 3 + (not is_open), "state": state,
            "last_action": "submit" if is_open else "close", "door": chance.choice(("web", "school", "phone")),
            "asker": "self", "priority": "urgent" if flagged else "routine", "created_by": "family",
            "needs": chance.sample(NEEDS, chance.choice((1, 1, 2))), "outcomes": [], "level": "early_help",
            "ages": [chance.randrange(18)], "areas": [chance.choice(DISTRICTS)], "safety_tier": int(flagged),
            "safety_kinds": [], "safeguarding": flagged, "lawful_basis": "agreement", "route": '{"suggestions":[]}',
            "safeguarding_read_at": at if flagged and not is_open else None, "outcome": outcome,
            "got_help": None if is_open else chance.choice((None, "yes", "partly", "no")),
            "score": None if is_open else chance.choice((None, 3, 7, 9)), "rules_version": "bench",
            "due_at": due, "reminded_at": due, "created_at": at,
            "changed_at": ended or at, "closed_at": ended, "data_key": wrapped,
            "details": seal_details(key, request_id, details),
        })  # fmt: skip
        rows["referral"] += attempts
        rows["request_index"] += [
            {"request_id": request_id, "kind": kind, "digest": digest}
            for kind, digest in likeness.fingerprints(details, self.vault.digest)
        ]
        rows["agreement"].append({
            "id": self._uuid(), "request_id": request_id, "kind": "to_share", "given": True, "given_by": "parent",
            "how": "online", "given_at": at, "expires_at": at + dt.timedelta(days=365),
        })  # fmt: skip
        rows["referral_event"] += self._log(request_id, at, attempts, state, ended, outcome)
        rows["outbox_message"].append({
            "id": (message := self._uuid()), "request_id": request_id, "template": "family_received",
            "channel": "email", "audience": "family", "data": "{}", "once": str(message), "state": "sent",
            "next_at": at, "created_at": at, "sent_at": at,
        })  # fmt: skip

    def _details(self, number: int) -> Details:
        return Details(
            text=f"we have no money for food and my son is not sleeping ({number})",
            name=f"{_word(number * 7 % 150)} {_word(number)}", near=f"NR{number % 9 + 1} {number % 9 + 1}AB",
            contact=Contact(
                channel="email", email=f"family{number // 2}@example.org",  # every second asks again
                phone=f"07700 9{number:05d}",
            ),
        )  # fmt: skip

    def _attempts(
        self, request_id: UUID, at: dt.datetime, each: int, is_open: bool, flagged: bool
    ) -> Iterator[dict[str, Any]]:
        """All but the last were turned down; the last runs, or has ended."""
        chance = self.chance
        for number, service in enumerate(chance.sample(self.services, each)):
            started = at + dt.timedelta(hours=2 + 30 * number)
            last = number == each - 1
            runs = last and is_open
            status = (
                chance.choice(("requested", "accepted", "in_progress", "on_hold")) if runs
                else chance.choice(("completed", "completed", "rejected")) if last else "rejected"
            )  # fmt: skip
            held, due = (
                status == "on_hold",
                started + dt.timedelta(days=chance.uniform(1, 30)) if runs else None,
            )
            reason = (
                chance.choice(("no_capacity", "out_of_area", "wrong_age")) if status == "rejected" else None
            )
            yield {
                "id": self._uuid(), "request_id": request_id, "version": 2, "kind": "referral", "status": status,
                "business": "waitlist" if held else "", "resume": "accepted" if held else "",
                "last_action": "send", "service_id": service["id"], "service_name": service["name"],
                "organization_id": service["organization_id"], "level": service["level"], "priority": "routine",
                "flagged": flagged, "reason": reason, "outcome": "need_met" if status == "completed" else None,
                "sender": "family", "due_at": due, "reminded_at": due, "escalated_at": due,
                "answered_at": None if status == "requested" else started + dt.timedelta(hours=20),
                "created_at": started, "changed_at": started,
                "ended_at": None if runs else started + dt.timedelta(hours=26),
            }  # fmt: skip

    def _log(
        self, request_id: UUID, at: dt.datetime, attempts: list[dict[str, Any]], state: str,
        ended: dt.datetime | None, outcome: str | None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        def line(when: dt.datetime, action: str, before: str, after: str, **over: Any) -> dict[str, Any]:
            return {
                "request_id": request_id, "referral_id": None, "at": when, "actor": "family", "party": "front_door",
                "action": action, "from_state": before, "to_state": after, "version": 1, "reason": None,
                "outcome": None, "data": "{}",
            } | over  # fmt: skip

        found = [line(at, "submit", "", "received"), line(at, "route", "received", "routed", version=2)]
        for row in attempts:
            found.append(line(row["created_at"], "send", "", "requested", referral_id=row["id"]))
            if row["status"] != "requested":
                did = {"rejected": "decline", "completed": "outcome", "on_hold": "waitlist"}.get(
                    row["status"], "accept"
                )
                found.append(line(
                    row["answered_at"], did, "requested", row["status"], referral_id=row["id"], version=2,
                    party="receiver", reason=row["reason"], outcome=row["outcome"],
                ))  # fmt: skip
        if ended:
            found.append(line(ended, "close", "routed", "closed", version=4, outcome=outcome))
        return found


def _word(number: int) -> str:
    """A made surname that a few requests share."""
    number, letters = number % 3000, ""
    for _ in range(4):
        number, place = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[place] + "aeiou"[place % 5]
    return letters.title()
