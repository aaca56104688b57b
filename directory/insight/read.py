"""The event log, added up to facts: one pass over the log for requests, one for referrals."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from directory.db import Reader
from directory.insight import facts as columns
from directory.insight.coverage import Offer
from directory.insight.facts import NEVER, Facts, Referrals, Requests, bits, working_days
from directory.insight.suppression import Mask, Rounding
from directory.insight.unmet import Signals
from directory.places.resolve import Places
from directory.places.zones import districts
from directory.referrals import codes
from directory.referrals.clocks import local_day
from directory.words import OUTCOMES

# The end of a day in London, as a moment: what happened later is not counted.
_TO = "($1::date)::timestamp at time zone 'Europe/London'"
_REQUESTS = f"""
    with log as (
        select request_id,
            min(at) filter (where action = 'submit') as received,
            min(at) filter (where referral_id is null and party = 'front_door' and action <> 'submit'
                and from_state <> to_state) as triaged,
            min(at) filter (where action = 'first_contact') as reached,
            max(id) filter (where referral_id is null and from_state <> to_state) as last_move,
            max(id) filter (where action = 'score' and data ? 'score') as last_score,
            max(id) filter (where action = 'score' and data ? 'got_help') as last_help,
            count(*) filter (where action = 'send' and data ->> 'kind' = 'referral') as attempts,
            count(*) filter (where action = 'send' and data ? 'replaces' and data ->> 'kind' = 'referral') as rerouted,
            min(id) filter (where action = 'send' and data ->> 'kind' = 'referral') as first_sent,
            bool_or(referral_id is not null and action <> 'lapse' and to_state <> from_state
                and to_state in ('rejected', 'failed', 'completed', 'cancelled')) as finished,
            bool_or(action = 'accept' and referral_id is not null) as accepted,
            bool_or(action = 'start_plan') as planned
        from referral_event where at < {_TO} group by request_id
    )
    select r.id, log.received, log.triaged, log.reached, log.attempts, log.rerouted, log.finished, log.accepted,
        log.planned, m.to_state as state, m.at as moved, m.outcome, (s.data ->> 'score')::int as score,
        h.data ->> 'got_help' as got_help, f.referral_id as first_referral, r.needs, r.outcomes, r.areas
    from log join request r on r.id = log.request_id
    join referral_event m on m.id = log.last_move
    left join referral_event s on s.id = log.last_score
    left join referral_event h on h.id = log.last_help
    left join referral_event f on f.id = log.first_sent
    where log.received is not null
    order by r.id
"""  # noqa: S608
_REFERRALS = f"""
    with log as (
        select referral_id, min(request_id::text)::uuid as request_id,
            min(at) filter (where action = 'send') as sent,
            min(at) filter (where action = 'accept') as accepted,
            min(id) filter (where action in ('accept', 'decline', 'lapse')) as first_word,
            max(id) filter (where from_state <> to_state) as last_move,
            bool_or(action = 'send' and data ->> 'kind' = 'phone_handover') as by_phone,
            array_agg(at order by id) filter (where action in ('ask_info', 'give_info')) as paused
        from referral_event where referral_id is not null and at < {_TO} group by referral_id
    )
    select log.referral_id as id, log.request_id, log.sent, log.accepted, w.action as first_word, w.reason,
        m.to_state as state, m.action as last_action, log.paused
    from log join referral_event m on m.id = log.last_move
    left join referral_event w on w.id = log.first_word
    where log.sent is not null and not log.by_phone and m.to_state <> 'entered_in_error'
    order by log.referral_id
"""  # noqa: S608
_FAMILIES = "select request_id, digest from request_index where kind in ('phone', 'email')"
_WORDS = {"accept": columns.ACCEPTED, "decline": columns.DECLINED, "lapse": columns.LAPSED}
_LEFT_OUT = frozenset({"entered_in_error"})


_SIGNALS = """
    select day, need, area, count, '' as reason, false as gap from search_miss where day < $1 and need <> ''
    union all select day, need, area, count, reason, true from route_gap where day < $1
"""
_OFFERS = """
    select s.id, s.kind, s.minimum_age as low, s.maximum_age as high, s.assured_date as checked,
        coalesce((select array_agg(x.name || ':' || t.code) from attribute a
            join taxonomy_term t on t.id = a.taxonomy_term_id join taxonomy x on x.id = t.taxonomy_id
            where a.service_id = s.id and a.confidence is null and x.name in ('flourish', 'needs')), '{}') as tags,
        coalesce((select array_agg(distinct c.area) from service_area c where c.service_id = s.id
            and c.area is not null), '{}') as covers,
        coalesce((select array_agg(array[l.latitude, l.longitude]) from service_at_location v
            join location l on l.id = v.location_id
            where v.service_id = s.id and l.latitude is not null), '{}') as venues
    from service s where s.status = 'active' order by s.id
"""


async def signals(
    reader: Reader, to: dt.date, rounding: Rounding, needs: tuple[str, ...], areas: Sequence[str]
) -> Signals:
    """Gaps and misses of the days before `to`."""
    rows = await reader.fetch(_SIGNALS, to)
    at = {ref: index for index, ref in enumerate(areas)}
    numbers = {code: index for index, code in enumerate(needs)}
    return Signals(
        keys=rounding.keys(
            "|".join(map(str, (row["day"], row["need"], row["area"], row["reason"], row["gap"]))).encode()
            for row in rows
        ),
        day=_ints(row["day"].toordinal() for row in rows),
        need=_ints(numbers.get(row["need"], NEVER) for row in rows),
        place=_ints(at.get(row["area"], NEVER) for row in rows),
        many=np.fromiter((row["count"] for row in rows), dtype=np.int64),
        gap=_flags(row["gap"] for row in rows),
        areas=tuple(areas),
    )


async def offers(reader: Reader, places: Places) -> list[Offer]:
    """The running services, each with the zones that it is local to."""
    rows = await reader.fetch(_OFFERS)
    held = await places.load()
    main = {
        ref: found[0].code
        for ref in held.atlas.refs
        if ref.startswith("zone:") and (found := districts(held, ref))
    }
    points = [tuple(point) for row in rows for point in row["venues"]]
    inside = iter(await places.areas_of_many([p[0] for p in points], [p[1] for p in points]))
    made = []
    for row in rows:
        zones = {ref for _ in row["venues"] for ref in next(inside) if ref.startswith("zone:")}
        for area in row["covers"]:
            if area.startswith("zone:"):
                zones.add(area)
            elif area.startswith("district:"):
                zones |= {zone for zone, district in main.items() if f"district:{district}" == area}
        tags = [tag.partition(":") for tag in row["tags"]]
        made.append(Offer(
            outcomes=frozenset(code for name, _, code in tags if name == "flourish"),
            needs=frozenset(code for name, _, code in tags if name == "needs"),
            kind=row["kind"] or "", low=row["low"], high=row["high"], zones=frozenset(zones), checked=row["checked"],
        ))  # fmt: skip
    return made


async def area_names(reader: Reader, today: dt.date) -> dict[str, str]:
    """Reference -> name of the zones and districts of the day, each kind in the order of its names' numbers."""
    rows = await reader.fetch(
        "select kind || ':' || code as ref, name from area where kind in ('zone', 'district') and valid_from <= $1"
        " and (valid_to is null or valid_to >= $1) order by kind desc, length(name) * (kind = 'zone')::int, name",
        today,
    )
    return {row["ref"]: row["name"] for row in rows}


async def facts(reader: Reader, to: dt.date, rounding: Rounding, needs: tuple[str, ...]) -> Facts:
    """Everything that happened before the day `to` began. `needs` are the codes that are told apart."""
    rows = [row for row in await reader.fetch(_REQUESTS, to) if not _left_out(row)]
    families = await reader.fetch(_FAMILIES)
    sent = await reader.fetch(_REFERRALS, to)
    zones, wider = _codes(rows, "zone:"), _codes(rows, "district:")
    at = {row["id"]: index for index, row in enumerate(rows)}
    referrals = [row for row in sent if row["request_id"] in at]
    return Facts(
        to=to,
        requests=_requests(rows, referrals, families, rounding, needs, zones, wider),
        referrals=_referrals(referrals, at, rounding),
        zones=zones, districts=wider, needs=needs, outcomes=OUTCOMES,
    )  # fmt: skip


def _codes(rows: list[Any], kind: str) -> tuple[str, ...]:
    return tuple(sorted({a.partition(":")[2] for row in rows for a in row["areas"] if a.startswith(kind)}))


def _left_out(row: Any) -> bool:
    return row["state"] in _LEFT_OUT or (row["state"] == "closed" and row["outcome"] == "duplicate")


def _requests(
    rows: list[Any], referrals: list[Any], families: list[Any], rounding: Rounding, needs: tuple[str, ...],
    zones: tuple[str, ...], wider: tuple[str, ...],
) -> Requests:  # fmt: skip
    first = {row["id"]: _WORDS.get(row["first_word"], columns.NONE) for row in referrals}
    received = days([row["received"] for row in rows])
    closed = days([row["moved"] if row["state"] == "closed" else None for row in rows])
    again, known = _again(rows, families)
    return Requests(
        keys=rounding.keys(row["id"].bytes for row in rows),
        received=received,
        triaged=working_days(received, days([row["triaged"] for row in rows])),
        reached=working_days(received, days([row["reached"] for row in rows])),
        closed=closed,
        asked_again=again,
        known=known,
        attempts=_ints(row["attempts"] for row in rows),
        rerouted=_ints(row["rerouted"] for row in rows),
        first=_ints(first.get(row["first_referral"], columns.NONE) for row in rows),
        finished=_flags(row["finished"] for row in rows),
        accepted=_flags(row["accepted"] for row in rows),
        planned=_flags(row["planned"] for row in rows),
        outcome=_index(
            (row["outcome"] if row["state"] == "closed" else None for row in rows), codes.OUTCOMES
        ),
        got_help=_index((row["got_help"] for row in rows), codes.GOT_HELP),
        score=_ints(NEVER if row["score"] is None else row["score"] for row in rows),
        zone=_place(rows, "zone:", zones),
        district=_place(rows, "district:", wider),
        needs=bits([row["needs"] for row in rows], needs),
        outcomes=bits([row["outcomes"] for row in rows], OUTCOMES),
        scopes=_objects(frozenset(row["areas"]) for row in rows),
    )


def _referrals(rows: list[Any], at: dict[UUID, int], rounding: Rounding) -> Referrals:
    sent = days([row["sent"] for row in rows])
    accepted = working_days(sent, days([row["accepted"] for row in rows]))
    ended = [row["state"] in {"rejected", "failed", "completed", "cancelled"} for row in rows]
    return Referrals(
        keys=rounding.keys(row["id"].bytes for row in rows),
        request=np.array([at[row["request_id"]] for row in rows], dtype=np.intp),
        sent=sent,
        accepted=np.where(accepted >= 0, np.maximum(accepted - _paused(rows), 0), NEVER).astype(np.int32),
        first=_ints(_WORDS.get(row["first_word"], columns.NONE) for row in rows),
        reason=_index(
            ("no_answer" if row["first_word"] == "lapse" else row["reason"] for row in rows), codes.REASONS
        ),
        ended=_flags(ended),
        told=_flags(end and row["last_action"] != "lapse" for end, row in zip(ended, rows, strict=True)),
    )


def _paused(rows: list[Any]) -> columns.Ints:
    """Working days that a service waited for an answer to its question before it said yes. Questions and answers take
    turns: a second question cannot come before the first is answered."""
    found = np.zeros(len(rows), np.int32)
    for number, row in enumerate(rows):
        if not row["paused"] or row["accepted"] is None:
            continue
        turns = [each for each in row["paused"] if each <= row["accepted"]]
        pairs = list(zip(turns[::2], turns[1::2], strict=False))
        found[number] = working_days(days([a for a, _ in pairs]), days([b for _, b in pairs])).sum()
    return found


def _again(rows: list[Any], families: list[Any]) -> tuple[columns.Ints, Mask]:
    """Days from each closing until the same family asked again, and whether the family can be known."""
    here = {row["id"]: index for index, row in enumerate(rows)}
    marks: dict[int, list[bytes]] = defaultdict(list)
    asked: dict[bytes, list[int]] = defaultdict(list)
    for row in families:
        if (index := here.get(row["request_id"])) is not None:
            marks[index].append(bytes(row["digest"]))
            asked[bytes(row["digest"])].append(index)
    found = np.full(len(rows), NEVER, np.int32)
    for index, own in marks.items():
        row = rows[index]
        if row["state"] != "closed":
            continue
        later = [
            rows[other]["received"]
            for mark in own
            for other in asked[mark]
            if other != index and rows[other]["received"] > row["moved"]
        ]
        if later:
            first, end = days([min(later)]), days([row["moved"]])
            found[index] = first[0] - end[0]
    return found, _flags(index in marks for index in range(len(rows)))


def days(moments: list[dt.datetime | None]) -> columns.Ints:
    """The day of each in London, as an ordinal."""
    return _ints(NEVER if each is None else local_day(each).toordinal() for each in moments)


def _place(rows: list[Any], kind: str, names: tuple[str, ...]) -> columns.Ints:
    at = {f"{kind}{name}": index for index, name in enumerate(names)}
    return _ints(next((at[a] for a in row["areas"] if a in at), NEVER) for row in rows)


def _index(values: Any, words: Any) -> columns.Ints:
    at = {word: number for number, word in enumerate(words)}
    return _ints(at.get(each, NEVER) for each in values)


def _ints(values: Any) -> columns.Ints:
    return np.fromiter((int(each) for each in values), dtype=np.int32)


def _flags(values: Any) -> Mask:
    return np.fromiter((bool(each) for each in values), dtype=np.bool_)


def _objects(values: Any) -> Any:
    listed = list(values)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found
