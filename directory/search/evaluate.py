"""A question over columns: filters, facets, rank and the page asked for, all in whole arrays. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search import rank
from directory.search.columns import CAPACITIES, FACETS, Bits, Columns, Floats, Ints, metres_at, pack, unpack
from directory.search.labels import labelled
from directory.search.shapes import Answer, Ask, Ranked
from directory.search.weights import weights

OPEN_NOW = "open_now"


class Text(NamedTuple):
    """How well each row matches the words, 0 for not at all; `matched` says which words a row holds."""

    scores: Floats
    matched: Callable[[int], list[str]]
    spelled: dict[str, str]


class Where(NamedTuple):
    """Distances of some rows, and how they cover the place: one entry for each of the rows."""

    metres: Floats
    venue: Ints  # the nearest venue's place in the venue table, -1 for none
    coverage: Floats
    comes: NDArray[np.bool_]  # reached without travelling

    def at(self, chosen: Any) -> "Where":
        return Where(*(each[chosen] for each in self))


def evaluate(columns: Columns, ask: Ask, text: Text | None) -> Answer:
    """The answer to a question, words already turned into scores."""
    fits = columns.everyone if text is None else pack(text.scores > 0, columns.width)
    if ask.age is not None:
        fits = fits & pack(_aged(columns, ask.age), columns.width)
    placed = bool(ask.point or ask.areas)
    rows = np.flatnonzero(unpack(fits, len(columns)))
    where = _where(columns, ask, rows) if placed else None
    if where is not None and ask.within is not None:
        near = (where.metres <= ask.within) | (where.comes & (where.coverage > weights().place.elsewhere))
        rows, where = rows[near], where.at(near)
        fits = _bitmap(columns, rows)
    chosen = {name: columns.any_of(f"{name}:{code}" for code in codes) for name, codes in ask.filters.items()}
    openness = pack(columns.open_at(ask.minute), columns.width)
    if ask.open_now:
        chosen[OPEN_NOW] = openness
    found = fits
    for bitmap in chosen.values():
        found = found & bitmap
    if chosen:
        kept = unpack(found, len(columns))[rows]
        rows, where = rows[kept], where.at(kept) if where is not None else None
    order, scores = _ordered(columns, ask, rows, text, where)
    return Answer(
        total=len(rows),
        hits=[
            _hit(columns, ask, int(rows[at]), score, text, where.at(at) if where is not None else None)
            for at, score in zip(order.tolist(), scores.tolist(), strict=True)
        ],
        facets=_facets(columns, fits, found, chosen, openness),
        spelled=text.spelled if text else {},
    )


def _aged(columns: Columns, age: float) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        # Somebody aged 4 and a half is 4 until the next birthday.
        return np.asarray((columns.low <= age) & (np.floor(age) <= columns.high))


def _bitmap(columns: Columns, rows: Ints) -> Bits:
    mask = np.zeros(len(columns), dtype=np.bool_)
    mask[rows] = True
    return pack(mask, columns.width)


def _where(columns: Columns, ask: Ask, rows: Ints) -> Where:
    given = weights().place
    metres = np.full(len(rows), np.inf)
    venue = np.full(len(rows), -1, dtype=np.int64)
    start = columns.venue_start[rows]
    many = columns.venue_start[rows + 1] - start
    if ask.point:
        here = metres_at(*ask.point)
        # The first venue of all, the second of those that have two, and so on: few have more.
        for number in range(int(many.max(initial=0))):
            have = np.flatnonzero(many > number)
            at = start[have] + number
            apart = columns.venue_at[at] - here
            each = np.sqrt(np.einsum("ij,ij->i", apart, apart))
            nearer = each < metres[have]
            metres[have[nearer]] = each[nearer]
            venue[have[nearer]] = at[nearer]
    comes = columns.mask("comes:true")[rows] | (many == 0)
    coverage = np.where(comes, np.where(columns.says_where[rows], given.elsewhere, given.unknown), 0.0)
    for ref in ask.areas:
        value = getattr(given, ref.partition(":")[0], given.district)
        covered = comes & columns.mask(f"covers:{ref}")[rows]
        coverage[covered] = np.maximum(coverage[covered], value)
        if ask.point is None:
            coverage[columns.mask(f"in:{ref}")[rows]] = given.zone
    return Where(metres, venue, coverage, comes)


def _ordered(
    columns: Columns, ask: Ask, rows: Ints, text: Text | None, where: Where | None
) -> tuple[Ints, Floats]:
    """The page asked for, in order: places in `rows`, and their scores."""
    score = rank.freshness(columns.assured[rows], ask.today) * rank.capacity(columns.capacity[rows])
    if text is not None:
        score *= text.scores[rows]
    if where is not None:
        score *= rank.place(rank.near(where.metres), where.coverage)
    if ask.needs:
        score *= _need_factor(columns, ask, rows)
    tie = columns.tie[rows]
    keys: list[Any]
    if ask.sort == "name":
        keys = [columns.names[rows]]
    elif ask.sort == "fresh":
        keys = [tie, -score, -columns.assured[rows]]
    elif ask.sort == "nearest" and where is not None:
        reach = weights().place.reach * rank.METRES_PER_MILE
        with np.errstate(divide="ignore"):
            as_if = reach * (1.0 / where.coverage - 1.0)
        keys = [tie, -score, np.where(np.isfinite(where.metres), where.metres, as_if)]
    else:
        keys = [tie, -score]
    end = ask.offset + ask.limit
    near = np.arange(len(rows))
    if len(keys) == 2 and len(rows) > 4 * end:
        # Only those that can be on the page: all that score as high as its last.
        near = np.flatnonzero(keys[1] <= np.partition(keys[1], end - 1)[end - 1])
        keys = [key[near] for key in keys]
    order = near[np.lexsort(keys)[ask.offset : end]]
    return order, score[order]


def _need_factor(columns: Columns, ask: Ask, rows: Ints) -> Floats:
    most = max(ask.needs.values())
    heard = np.zeros(len(columns))
    for code, sure in ask.needs.items():
        mask = columns.mask(f"need:{code}")
        heard[mask] = np.maximum(heard[mask], sure / most)
    floor = weights().need.floor
    return np.asarray(floor + (1.0 - floor) * heard[rows])


def _facets(
    columns: Columns, fits: Bits, found: Bits, chosen: dict[str, Bits], openness: Bits
) -> dict[str, list[tuple[str, str, int]]]:
    counts: dict[str, list[tuple[str, str, int]]] = {}
    for name in FACETS:
        named, stacked = columns.facets[name]
        within = _but(name, fits, chosen) if name in chosen else found
        held = np.bitwise_count(stacked & within).sum(axis=1, dtype=np.int64).tolist()
        counts[name] = [(*each, count) for each, count in zip(named, held, strict=True) if count]
    now = int(np.bitwise_count((_but(OPEN_NOW, fits, chosen) if chosen else found) & openness).sum())
    counts[OPEN_NOW] = [("true", labelled(OPEN_NOW, "true", {}), now)] if now else []
    return counts


def _but(name: str, fits: Bits, chosen: dict[str, Bits]) -> Bits:
    """What all filters but one let through."""
    for other, bitmap in chosen.items():
        if other != name:
            fits = fits & bitmap
    return fits


def _hit(
    columns: Columns, ask: Ask, row: int, score: float, text: Text | None, where: Where | None
) -> Ranked:
    timed = bool(columns.timed[row])
    is_open = bool(columns.open_at(ask.minute)[row]) if timed else None
    card = columns.card(row)
    matched = text.matched(row) if text else []
    venue = int(where.venue) if where is not None else -1
    return Ranked(
        id=columns.ids[row],
        card=card,
        score=score,
        metres=float(where.metres) if where is not None and venue >= 0 else None,
        venue=columns.venue_name[venue] if venue >= 0 else columns.first_venue(row),
        covers=_covers(columns, ask, row) if where is not None and where.comes else "",
        matched=matched,
        needs=[
            columns.labels[f"need:{code}"]
            for code in card.needs
            if code in ask.needs or not columns.needs.get(code, frozenset()).isdisjoint(matched)
        ],
        capacity=CAPACITIES[columns.capacity[row]],
        open=is_open,
        next_open=columns.next_open(row, ask.minute) if timed and not is_open else None,
    )


def _covers(columns: Columns, ask: Ask, row: int) -> str:
    """The narrowest area of the place that a service says it is for."""
    return next((ref for ref in ask.areas if columns.has(f"covers:{ref}", row)), "")
