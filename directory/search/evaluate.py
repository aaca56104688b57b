"""A question over columns: filters, facets, rank and the page asked for, all in whole arrays. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search import rank
from directory.search.columns import CAPACITIES, FACETS, Bits, Columns, Floats, Ints, metres_at, pack, unpack
from directory.search.shapes import Answer, Ask, Ranked
from directory.search.weights import weights

OPEN_NOW = "open_now"


class Text(NamedTuple):
    """How well each row matches the words, 0 for not at all; `matched` says which words a row holds."""

    scores: Floats
    matched: Callable[[int], list[str]]
    spelled: dict[str, str]


class Where(NamedTuple):
    """Distances of every row, and how it covers the place."""

    metres: Floats
    venue: Ints  # its nearest venue's place in the venue table, -1 for none
    coverage: Floats
    comes: NDArray[np.bool_]  # reached without travelling


def evaluate(columns: Columns, ask: Ask, text: Text | None) -> Answer:
    count, width = len(columns), columns.width
    where = _where(columns, ask)
    words = columns.everyone if text is None else pack(text.scores > 0, width)
    base = words & _plain(columns, ask, where)
    chosen = {name: columns.any_of(f"{name}:{code}" for code in codes) for name, codes in ask.filters.items()}
    open_rows = _open(columns, ask.minute)
    openness = pack(open_rows, width)
    if ask.open_now:
        chosen[OPEN_NOW] = openness
    found = base
    for bitmap in chosen.values():
        found = found & bitmap
    rows = np.flatnonzero(unpack(found, count))
    order, scores = _ordered(columns, ask, rows, text, where)
    return Answer(
        total=len(rows),
        hits=[
            _hit(columns, ask, int(row), float(score), text, where, open_rows)
            for row, score in zip(order.tolist(), scores.tolist(), strict=True)
        ],
        facets=_facets(columns, base, chosen, openness),
        labels=columns.labels,
        spelled=text.spelled if text else {},
    )


def _plain(columns: Columns, ask: Ask, where: Where) -> Bits:
    """What has no facet: age and distance."""
    found = columns.everyone
    if ask.age is not None:
        with np.errstate(invalid="ignore"):
            # Somebody aged 4 and a half is 4 until the next birthday.
            fits = (columns.low <= ask.age) & (np.floor(ask.age) <= columns.high)
        found = found & pack(fits, columns.width)
    if ask.within is not None and (ask.point or ask.areas):
        reached = (where.metres <= ask.within) | (where.comes & (where.coverage > weights().place.elsewhere))
        found = found & pack(reached, columns.width)
    return found


def _where(columns: Columns, ask: Ask) -> Where:
    count = len(columns)
    metres = np.full(count, np.inf)
    venue = np.full(count, -1, dtype=np.int64)
    given = weights().place
    coverage = np.zeros(count)
    if not (ask.point or ask.areas):
        return Where(metres, venue, coverage, np.zeros(count, dtype=np.bool_))
    if ask.point and len(columns.venue_row):
        apart = columns.venue_at - metres_at(*ask.point)
        each = np.sqrt(np.einsum("ij,ij->i", apart, apart))
        start = columns.venue_start
        least = np.minimum.reduceat(each, start)
        holders = columns.venue_row[start]
        metres[holders] = least
        # Venue by venue only where there are several: the first whose distance is the least.
        venue[holders] = start
        if len(start) != len(each):
            first = np.flatnonzero(each == metres[columns.venue_row])[::-1]
            venue[columns.venue_row[first]] = first
    comes = columns.mask("comes:true") | ~columns.with_venue
    coverage[comes] = np.where(columns.says_where[comes], given.elsewhere, given.unknown)
    for ref in ask.areas:
        value = getattr(given, ref.partition(":")[0], given.district)
        covered = comes & columns.mask(f"covers:{ref}")
        coverage[covered] = np.maximum(coverage[covered], value)
        if ask.point is None:
            coverage[columns.mask(f"in:{ref}")] = given.zone
    return Where(metres, venue, coverage, comes)


def _open(columns: Columns, minute: int) -> NDArray[np.bool_]:
    found = np.zeros(len(columns), dtype=np.bool_)
    now = (columns.hours[:, 0] <= minute) & (minute < columns.hours[:, 1])
    found[columns.hour_row[now]] = True
    return found


def _ordered(columns: Columns, ask: Ask, rows: Ints, text: Text | None, where: Where) -> tuple[Ints, Floats]:
    """The rows of the page asked for, in order, with their scores."""
    score = rank.freshness(columns.assured[rows], ask.today) * rank.capacity(columns.capacity[rows])
    if text is not None:
        score *= text.scores[rows]
    if ask.point or ask.areas:
        score *= rank.place(rank.near(where.metres[rows]), where.coverage[rows])
    if ask.needs:
        score *= _need_factor(columns, ask, rows)
    tie = columns.tie[rows]
    keys: list[Any]
    if ask.sort == "name":
        keys = [columns.names[rows]]
    elif ask.sort == "fresh":
        keys = [tie, -score, -columns.assured[rows]]
    elif ask.sort == "nearest" and (ask.point or ask.areas):
        reach = weights().place.reach * rank.METRES_PER_MILE
        with np.errstate(divide="ignore"):
            as_if = reach * (1.0 / where.coverage[rows] - 1.0)
        metres = np.where(np.isfinite(where.metres[rows]), where.metres[rows], as_if)
        keys = [tie, -score, metres]
    else:
        keys = [tie, -score]
    end = ask.offset + ask.limit
    if len(keys) == 2 and len(rows) > 4 * end:
        # Only those that can be on the page: all that score as high as its last.
        least = np.partition(keys[1], end - 1)[end - 1]
        near = np.flatnonzero(keys[1] <= least)
        keys = [key[near] for key in keys]
        rows, score = rows[near], score[near]
    order = np.lexsort(keys)[ask.offset : end]
    return rows[order], score[order]


def _need_factor(columns: Columns, ask: Ask, rows: Ints) -> Floats:
    most = max(ask.needs.values())
    heard = np.zeros(len(columns))
    for code, sure in ask.needs.items():
        mask = columns.mask(f"need:{code}")
        heard[mask] = np.maximum(heard[mask], sure / most)
    floor = weights().need.floor
    return np.asarray(floor + (1.0 - floor) * heard[rows])


def _facets(
    columns: Columns, base: Bits, chosen: dict[str, Bits], openness: Bits
) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    everything = base
    for bitmap in chosen.values():
        everything = everything & bitmap
    for name in FACETS:
        codes, stacked = columns.facets[name]
        within = everything
        if name in chosen:
            within = base
            for other, bitmap in chosen.items():
                if other != name:
                    within = within & bitmap
        counts = np.bitwise_count(stacked & within).sum(axis=1, dtype=np.int64).tolist()
        found[name] = [(code, n) for code, n in zip(codes, counts, strict=True) if n]
    now = int(np.bitwise_count(everything & openness).sum())
    found[OPEN_NOW] = [("true", now)] if now else []
    return found


def _hit(
    columns: Columns,
    ask: Ask,
    row: int,
    score: float,
    text: Text | None,
    where: Where,
    open_rows: NDArray[np.bool_],
) -> Ranked:
    metres = float(where.metres[row])
    far = not np.isfinite(metres)
    timed = bool(columns.timed[row])
    venue = int(where.venue[row])
    return Ranked(
        id=columns.ids[row],
        card=columns.card(row),
        score=score,
        metres=None if far else metres,
        venue=columns.venue_name[venue] if venue >= 0 else columns.first_venue(row),
        covers=_covers(columns, ask, row) if where.comes[row] else "",
        matched=text.matched(row) if text else [],
        capacity=CAPACITIES[columns.capacity[row]],
        open=bool(open_rows[row]) if timed else None,
        next_open=columns.next_open(row, ask.minute) if timed else None,
    )


def _covers(columns: Columns, ask: Ask, row: int) -> str:
    for ref in ask.areas:
        if columns.has(f"covers:{ref}", row):
            return ref
    return ""
