"""One invented request from its first word to its end, moved by the same rules as a real one. Pure.

Each move is decided by `referrals.lifecycle` and written by `referrals.effects`; a move that those refuse raises here.
What comes out are the rows after each move and the log's lines, for `bulk.py` to store.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from directory.referrals import clocks, effects, lifecycle
from directory.referrals.lifecycle import Ask, Attempt, Given
from directory.referrals.messages import notices
from directory.referrals.reference import ALPHABET as LETTERS
from directory.referrals.reference import REFERENCE_LENGTH, check_character
from directory.referrals.shapes import Act, Details

DESK = "front_door"


class Offer(Struct, frozen=True):
    """A service that a request may go to; `areas` are those it covers or is in."""

    id: UUID
    name: str
    organization_id: UUID
    kind: str
    level: str | None
    referral: str
    needs: frozenset[str]
    areas: frozenset[str]


class Step(Struct, frozen=True):
    """A row as it stands after one move."""

    table: Literal["request", "referral"]
    row: dict[str, Any]


class Told(Struct, frozen=True):
    """A line of the log, its note still in the clear."""

    referral_id: UUID | None
    at: dt.datetime
    actor: str
    party: str
    action: str
    from_state: str
    to_state: str
    business: str
    version: int
    reason: str | None
    outcome: str | None
    data: dict[str, Any]
    note: str


class Post(Struct, frozen=True):
    """A message that a move causes."""

    at: dt.datetime
    template: str
    audience: str
    referral: UUID | None


class Story:
    """A request, its referrals and its log, built move by move. Times only go forward."""

    def __init__(self, rng: random.Random, at: dt.datetime, details: Details, **columns: Any) -> None:
        """`columns` are those of the request that are not made here: needs, areas, door, ..."""
        self.rng = rng
        self.details = details
        self.steps: list[Step] = []
        self.log: list[Told] = []
        self.posts: list[Post] = []
        self.referrals: dict[UUID, dict[str, Any]] = {}
        self.agreed = True
        safeguarding = bool(columns.get("safeguarding"))
        priority = columns.pop("priority", "urgent" if safeguarding else "routine")
        actor, party = columns.pop("actor"), columns.pop("party")
        self.request: dict[str, Any] = {
            "id": made_id(rng), "reference": made_reference(rng), "version": 1, "state": "received",
            "last_action": "submit", "priority": priority, "created_by": actor, "owner": None,
            "safeguarding": safeguarding, "safeguarding_read_at": None, "safeguarding_read_by": None,
            "outcome": None, "got_help": None, "score": None, "due_at": clocks.due("triage", at, priority),
            "follow_up_at": None, "reminded_at": None, "escalated_at": None, "created_at": at, "changed_at": at,
            "closed_at": None, "erase_on": None,
        } | columns  # fmt: skip
        self.at = at
        data = {"door": self.request["door"], "safety": self.request["safety_tier"]}
        self._told(None, actor, party, "submit", "", "received", 1, data=data)
        self._post("family_received", "family")
        self._post("desk_safety" if safeguarding or self.request["safety_tier"] else "desk_new", "desk")
        self._keep("request", self.request)

    @property
    def id(self) -> UUID:
        found: UUID = self.request["id"]
        return found

    @property
    def state(self) -> str:
        return str(self.request["state"])

    @property
    def open(self) -> list[UUID]:
        return [each for each, row in self.referrals.items() if row["ended_at"] is None]

    def until(self, at: dt.datetime) -> None:
        self.at = max(self.at, at)

    def act(self, action: str, actor: str, party: str = DESK, **given: Any) -> None:
        """A move of the request now."""
        act, row = Act(action=action, **given), self.request
        before = Ask(
            state=row["state"], open_attempts=len(self.open),
            unread_alerts=sum(each["alert"] == "unread" for each in self.referrals.values()),
            safeguarding=row["safeguarding"], safeguarding_read=row["safeguarding_read_at"] is not None,
        )  # fmt: skip
        after = lifecycle.move_request(before, action, {party}, _given(act))
        row |= effects.on_request(row, before, after, act, actor, self.at)
        self._told(
            None, actor, party, action, before.state, after.state, row["version"],
            outcome=act.outcome or None, note=act.note, data=effects.for_log(act),
        )  # fmt: skip
        self._keep("request", row)
        if action == "ask_info":
            self._post("family_question", "family")
        elif action in {"give_info", "add", "correct", "withdraw"} and party != DESK:
            self._post("desk_changed", "desk")
        elif action == "flag_safeguarding":
            self._post("desk_safety", "desk")

    def send(
        self, to: Offer, actor: str, party: str = DESK, *, by_phone: bool = False, instead_of: UUID | None = None,
        reasons: Mapping[str, Any] | None = None,
    ) -> UUID:  # fmt: skip
        """A new attempt at a service, in the place of an ended one where `instead_of` names it."""
        by_phone = by_phone or to.kind == "statutory"
        if instead_of is not None:
            self.answer("re_route", instead_of, actor, party)
        self.act("hand_over" if by_phone else "route", actor, party)
        row, id_ = self.request, made_id(self.rng)
        kind = "phone_handover" if by_phone else "referral"
        data = {"service": str(to.id), "kind": kind}
        data |= {"replaces": str(instead_of)} if instead_of else {}
        self.referrals[id_] = {
            "id": id_, "request_id": self.id, "version": 1, "kind": kind, "status": "requested",
            "business": "", "resume": "", "last_action": "send", "service_id": to.id, "service_name": to.name,
            "organization_id": to.organization_id, "level": to.level, "priority": row["priority"],
            "flagged": row["safeguarding"], "alert": "", "contacted": False, "tries": 0, "replaced": False,
            "replaces": instead_of, "reasons": dict(reasons or {}), "reason": None, "outcome": None,
            "sender": actor, "receiver_ref": "", "promised": None,
            "due_at": clocks.due("statutory" if by_phone else "answer", self.at, row["priority"]),
            "paused_at": None, "reminded_at": None, "escalated_at": None, "answered_at": None,
            "contacted_at": None, "created_at": self.at, "changed_at": self.at, "ended_at": None,
        }  # fmt: skip
        self._told(id_, actor, party, "send", "", "requested", 1, data=data)
        self._keep("referral", self.referrals[id_])
        if kind == "referral":
            self._post("receiver_new", "receiver", id_)
        return id_

    def answer(self, action: str, referral: UUID, actor: str, party: str = "receiver", **given: Any) -> None:
        """A move of one attempt now."""
        act, row = Act(action=action, **given), self.referrals[referral]
        before = Attempt(**{name: row[name] for name in Attempt.__struct_fields__})
        after = lifecycle.move_referral(before, action, {party}, _given(act))
        row |= effects.on_referral(row, before, after, act, self.at)
        self._told(
            referral, actor, party, action, before.status, after.status, row["version"], business=after.business,
            reason=act.reason or None, outcome=act.outcome or None, note=act.note, data=effects.for_log(act),
        )  # fmt: skip
        self._keep("referral", row)
        for template, audience in notices(action, before, after):
            if audience != "receiver" or row["kind"] == "referral":
                self._post(template, audience, referral)
        if quiet := effects.on_request_of(self.request, after, act, self.at):
            self.quietly(**quiet)

    def quietly(self, **columns: Any) -> None:
        """Bookkeeping of the request that is no move."""
        self.request |= columns
        self._keep("request", self.request)

    def remind(self, referral: UUID, *, escalate: bool = False) -> None:
        """What the directory itself does about a late answer."""
        row = self.referrals[referral]
        if not row["reminded_at"] and row["kind"] == "referral":
            self._post("receiver_reminder", "receiver", referral)
        row["reminded_at"] = row["reminded_at"] or self.at
        if escalate:
            self.answer("escalate", referral, "system", "system")
            row["escalated_at"] = self.at
            self._post("desk_overdue", "desk", referral)
        self._keep("referral", row)

    def _told(
        self, referral: UUID | None, actor: str, party: str, action: str, source: str, target: str, version: int,
        *, business: str = "", reason: str | None = None, outcome: str | None = None, note: str = "",
        data: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.log.append(
            Told(referral, self.at, actor, party, action, source, target, business, version, reason, outcome,
                 data or {}, note)
        )  # fmt: skip

    def _post(self, template: str, audience: str, referral: UUID | None = None) -> None:
        self.posts.append(Post(self.at, template, audience, referral))

    def _keep(self, table: Literal["request", "referral"], row: Mapping[str, Any]) -> None:
        self.steps.append(Step(table, dict(row)))


def _given(act: Act) -> Given:
    return Given(**{name: getattr(act, name) for name in Given.__struct_fields__})


def made_id(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def made_reference(rng: random.Random) -> str:
    body = "".join(rng.choices(LETTERS, k=REFERENCE_LENGTH - 1))
    return body + check_character(body)


def in_hours(rng: random.Random, at: dt.datetime, days: float) -> dt.datetime:
    """Some minute of the working day that is about `days` working days after `at`."""
    local = at.astimezone(clocks.LONDON)
    whole = int(days + rng.random())
    day = clocks.add_days(local.date(), whole)
    if not clocks.working(day):
        day = clocks.add_days(day, 1)
    start = dt.time(9, 0)
    if whole == 0 and day == local.date():
        later = local + dt.timedelta(minutes=rng.randint(8, 150))
        if later.date() == day and dt.time(9) <= later.time() <= dt.time(16, 50):
            return later.astimezone(dt.UTC)
        if later.time() > start:
            day = clocks.add_days(day, 1)
    minutes = rng.randint(0, 7 * 60 + 45)
    return (dt.datetime.combine(day, start, clocks.LONDON) + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)


def chosen(rng: random.Random, weights: Sequence[tuple[Any, float]]) -> Any:
    return rng.choices([one for one, _ in weights], [weight for _, weight in weights])[0]
