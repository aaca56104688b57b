"""Stories into the database, many at once, by the moves that they made: `store`.

Rows come in as they were when they began and go through their moves round by round, so that every trigger sees every
move of every row as it would from the API, and the log holds each. Personal fields are sealed as the API seals them.
10,000 requests with 30,000 referrals take about a minute.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from directory.access.startup import noted
from directory.access.vault import DataKey, Vault
from directory.db import Connection
from directory.referrals import call_sheet, clocks, likeness
from directory.referrals.ledger import key_context, note_context, seal_details
from directory.referrals.shapes import Details
from directory.referrals.submit import agreement_context
from seed.requests import outbox
from seed.requests.story import Story

BATCH = 1000  # requests at a time
# Written once, when the row begins; all other columns of a story's rows are written again with each move.
_FIRST = {
    "request": ("reference", "door", "asker", "created_by", "outcomes", "ages", "areas", "safety_tier",
                "safety_kinds", "lawful_basis", "route", "rules_version", "created_at"),
    "referral": ("request_id", "kind", "service_id", "service_name", "organization_id", "level", "priority",
                 "flagged", "replaces", "reasons", "sender", "created_at"),
}  # fmt: skip
_JSON = frozenset({"route", "reasons"})
_EVENTS = ("request_id", "referral_id", "at", "actor", "party", "action", "from_state", "to_state", "business",
           "version", "reason", "outcome", "data", "note")  # fmt: skip


async def store(connection: Connection, vault: Vault, stories: Iterable[Story]) -> int:
    """How many moves were written. One transaction, the caller's; any move that the database refuses ends it."""
    await noted(connection, vault)
    written = 0
    for batch in _batches(stories):
        written += await _batch(connection, vault, batch)
    return written


def _batches(stories: Iterable[Story]) -> Iterator[list[Story]]:
    left = iter(stories)
    while batch := list(itertools.islice(left, BATCH)):
        yield batch


async def _batch(connection: Connection, vault: Vault, stories: Sequence[Story]) -> int:
    keys = {story.id: vault.new_data_key(key_context(story.id)) for story in stories}
    await _begin(connection, vault, stories, keys)
    moves = _staged(stories)
    await _stage(connection, moves)
    keyed = {story.id: (story, keys[story.id][1]) for story in stories}
    for number in range(1, max(len(story.steps) for story in stories)):
        await _round(connection, keyed, moves, number)
    written = await _log(connection, stories, keys)
    await outbox.fill(connection, vault, stories, keys)
    # With what is known of the log's size, the check that every move is in it looks each up in an index.
    await connection.execute(
        "analyze referral_event; set constraints all immediate; set constraints all deferred"
    )
    await connection.execute("drop table moved_request, moved_referral")
    return written


class Moves(Struct):
    """What is to be done in each round: at most one row of each story changes."""

    begun: dict[int, list[dict[str, Any]]]  # referrals
    moved: dict[str, list[tuple[int, dict[str, Any]]]]  # table -> (round, row)


def _staged(stories: Sequence[Story]) -> Moves:
    made = Moves(defaultdict(list), {"request": [], "referral": []})
    for story in stories:
        seen: set[UUID] = set()
        for number, step in enumerate(story.steps[1:], 1):
            if step.table == "referral" and step.row["id"] not in seen:
                seen.add(step.row["id"])
                made.begun[number].append(step.row)
            else:
                made.moved[step.table].append((number, step.row))
    return made


async def _stage(connection: Connection, moves: Moves) -> None:
    for table, rows in moves.moved.items():
        columns = _moving(table, rows)
        await connection.execute(
            f"create temporary table moved_{table} on commit drop as"  # noqa: S608
            f" select 0 as round, {', '.join(columns)} from {table} with no data"
        )
        await connection.copy_records_to_table(
            f"moved_{table}", columns=["round", *columns],
            records=[(number, *_values(row, columns)) for number, row in rows],
        )  # fmt: skip
        await connection.execute(f"create index on moved_{table} (round)")
        await connection.execute(f"analyze moved_{table}")


def _moving(table: str, rows: list[tuple[int, dict[str, Any]]]) -> list[str]:
    return [name for name in rows[0][1] if name not in _FIRST[table]] if rows else ["id"]


async def _begin(
    connection: Connection, vault: Vault, stories: Sequence[Story], keys: dict[UUID, tuple[bytes, DataKey]]
) -> None:
    first = stories[0].steps[0].row
    columns = [*first, "data_key", "details"]
    await connection.copy_records_to_table(
        "request", columns=columns,
        records=[
            (*_values(story.steps[0].row, list(first)), keys[story.id][0],
             seal_details(keys[story.id][1], story.id, story.details))
            for story in stories
        ],
    )  # fmt: skip
    await connection.copy_records_to_table(
        "request_index", columns=["request_id", "kind", "digest"],
        records=[
            (story.id, kind, digest)
            for story in stories
            for kind, digest in sorted(likeness.fingerprints(story.details, vault.digest))
        ],
    )  # fmt: skip
    await connection.copy_records_to_table(
        "agreement",
        columns=["id", "request_id", "kind", "given", "given_by", "how", "override_reason", "given_at",
                 "expires_at"],
        records=[row for story in stories for row in _agreements(story, keys[story.id][1])],
    )  # fmt: skip


def _agreements(story: Story, key: DataKey) -> Iterator[tuple[Any, ...]]:
    at: dt.datetime = story.request["created_at"]
    until = clocks.closing(clocks.add_months(clocks.local_day(at), 12))
    by = "self" if story.request["asker"] == "self" else "parent"
    for number, kind in enumerate(("to_share", "to_service", "to_contact")):
        given = kind != "to_contact" or story.details.contact.channel != "none"
        why = None if given else key.seal("the family asked for no messages", agreement_context(story.id))
        id_ = UUID(int=(story.id.int + number + 1) % 2**128)
        yield id_, story.id, kind, given, by, "phone", why, at, until if given else None


async def _round(
    connection: Connection, keyed: dict[UUID, tuple[Story, DataKey]], moves: Moves, number: int
) -> None:
    if new := moves.begun.get(number):
        columns = list(new[0])
        await connection.copy_records_to_table(
            "referral", columns=[*columns, "call_sheet"],
            records=[(*_values(row, columns), _sheet(row, *keyed[row["request_id"]])) for row in new],
        )  # fmt: skip
    for table, rows in moves.moved.items():
        sets = ", ".join(f"{name} = m.{name}" for name in _moving(table, rows) if name != "id")
        if sets:
            await connection.execute(
                f"update {table} t set {sets} from moved_{table} m where m.id = t.id and m.round = $1",  # noqa: S608
                number,
            )


async def _log(
    connection: Connection, stories: Sequence[Story], keys: dict[UUID, tuple[bytes, DataKey]]
) -> int:
    lines = []
    for story in stories:
        key = keys[story.id][1]
        for number, told in enumerate(story.log):
            note = key.seal(told.note, note_context(story.id)) if told.note else None
            lines.append((
                told.at, story.id, number,
                (story.id, told.referral_id, told.at, told.actor, told.party, told.action, told.from_state,
                 told.to_state, told.business, told.version, told.reason, told.outcome,
                 msgspec.json.encode(told.data).decode(), note),
            ))  # fmt: skip
    lines.sort(key=lambda line: line[:3])
    await connection.copy_records_to_table(
        "referral_event", columns=list(_EVENTS), records=[line[3] for line in lines]
    )
    return len(lines)


def _sheet(row: dict[str, Any], story: Story, key: DataKey) -> bytes | None:
    if row["kind"] != "phone_handover":
        return None
    details: Details = story.details
    about = story.request
    sheet = call_sheet.made(details, about["safety_kinds"], about["ages"], about["needs"])
    return key.seal(call_sheet.written(sheet), call_sheet.context(row["id"]))


def _values(row: dict[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(msgspec.json.encode(row[name]).decode() if name in _JSON else row[name] for name in columns)
