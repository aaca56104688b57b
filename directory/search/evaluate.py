"""A question over columns: filters, facets, rank and the page asked for, all in whole arrays. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search import rank
from directory.search.columns import FACETS, Bits, Columns, Floats, Ints, pack, point_at, unpack
from directory.search.labels import labelled
from directory.search.request import Facet
from directory.search.shapes import Answer, Ask, Ranked
from directory.search.weights import weights

OPEN_NOW = "open_now"


class Text(NamedTuple):
    """The rows that match the words, in order, and how well (1 for the best); which words each of some rows holds."""

    rows: Ints
    scores: Floats
    matched: Callable[[Ints], list[list[str]]]
    spelled: dict[str, str]
    unknown: list[str]


class Where(NamedTuple):
    """Distances of some rows, and how they cover the place: one entry for each of the rows."""

    metres: Floats
    venue: Ints  # the nearest venue's place in the venue table, -1 for none
    coverage: Floats
    comes: NDArray[np.bool_]  # reached without travelling


class Kept(NamedTuple):
    """The rows still in it, and what is known of each."""

    rows: Ints
    text: Floats | None
    where: Where | None

    def only(self, chosen: Any) -> "Kept":
        return Kept(
            self.rows[chosen],
            None if self.text is None else self.text[chosen],
            None if self.where is None else Where(*(each[chosen] for each in self.where)),
        )


def evaluate(columns: Columns, ask: Ask, text: Text | None) -> Answer:
    """The answer to a question, words already turned into scores."""
    kept = _heard(columns, ask, text)
    if ask.age is not None:
        kept = kept.only(_aged(columns, kept.rows, ask.age))
        if kept.text is not None:
            kept = kept._replace(text=kept.text * columns.own_ages[kept.rows])
    placed = bool(ask.point or ask.areas)
    if ask.within is not None and placed:
        kept = kept._replace(where=_where(columns, ask, kept.rows))
        kept = kept.only(_within(kept.where, ask.within))
    fits = found = _bitmap(columns, kept.rows)
    openness = columns.hours_at(ask.minute).bitmap
    chosen = {name: columns.any_of(f"{name}:{code}" for code in codes) for name, codes in ask.filters.items()}
    if ask.open_now:
        chosen[OPEN_NOW] = openness
    for bitmap in chosen.values():
        found = found & bitmap
    if chosen:
        kept = kept.only(unpack(found, len(columns))[kept.rows])
    total = len(kept.rows)
    if placed and kept.where is None:
        if ask.sort == "best":
            kept = kept.only(_hopeful(columns, ask, kept))
        kept = kept._replace(where=_where(columns, ask, kept.rows))
    order, scores = _ordered(columns, ask, kept)
    return Answer(
        total=total,
        hits=_hits(columns, ask, kept.only(order), scores, text),
        facets=_facets(columns, fits, found, chosen, openness),
        spelled=text.spelled if text else {},
        unknown=text.unknown if text else [],
    )


def _heard(columns: Columns, ask: Ask, text: Text | None) -> Kept:
    """The rows that match the words, and those that match a need that was heard in them or that the best share."""
    if text is None:
        return Kept(np.arange(len(columns)), None, None)
    scores = np.zeros(len(columns))
    scores[text.rows] = text.scores
    for code, sure in ask.needs.items():
        scores[columns.mask(f"need:{code}")] += sure * ask.need_worth
    for code in _echoed(columns, ask, text):
        scores[columns.mask(f"need:{code}")] += weights().need.echo
    for name in (*ask.ages, *ask.forms):
        scores *= columns.fit(name)
    rows = np.flatnonzero(scores)
    return Kept(rows, scores[rows] / max(scores.max(initial=0.0), 1e-9), None)


def _echoed(columns: Columns, ask: Ask, text: Text) -> list[str]:
    """Needs that most of the best matches share, as far as they were not heard in the words."""
    given = weights().need
    if len(text.rows) < 3:
        return []
    best = np.arange(len(text.rows))
    if len(best) > given.echo_rows:
        best = np.argpartition(text.scores, -given.echo_rows)[-given.echo_rows :]
    held, codes = columns.needs_held
    share = text.scores[best] @ held[text.rows[best]] / text.scores[best].sum()
    return [codes[at] for at in np.flatnonzero(share >= given.echo_least) if codes[at] not in ask.needs]


def _hopeful(columns: Columns, ask: Ask, kept: Kept) -> NDArray[np.bool_]:
    """Those that can still be on the page, however near or far they turn out: place and need take no score below
    their floors, so whoever is worth less than those floors leave to the page's last has no hope."""
    best = columns.standing(ask.today)[kept.rows]
    if kept.text is not None:
        best *= kept.text
    end = ask.offset + ask.limit
    if len(best) <= end:
        return np.ones(len(best), dtype=np.bool_)
    least = np.partition(best, len(best) - end)[len(best) - end]
    floor = weights().place.floor * (ask.need_floor if ask.needs else 1.0)
    return np.asarray(best >= least * floor * 0.999_999)


def _within(where: Where | None, metres: float) -> Any:
    assert where is not None
    covered = where.comes & (where.coverage > weights().place.elsewhere)
    return (where.metres <= metres) | covered


def _aged(columns: Columns, rows: Ints, age: float) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        # Somebody aged 4 and a half is 4 until the next birthday.
        return np.asarray((columns.low[rows] <= age) & (np.floor(age) <= columns.high[rows]))


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
        here = point_at(*ask.point)
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


def _ordered(columns: Columns, ask: Ask, kept: Kept) -> tuple[Ints, Floats]:
    """The page asked for, in order: places in `kept`, and their scores."""
    rows, where = kept.rows, kept.where
    score = columns.standing(ask.today)[rows]
    if kept.text is not None:
        score *= kept.text
    if where is not None:
        score *= rank.place(rank.near(where.metres), where.coverage)
    if ask.needs:
        score *= _need_factor(columns, ask, rows)
    tie = columns.tie[rows]
    keys: list[Any] = [tie, -score]
    if ask.sort == "name":
        keys = [columns.names[rows]]
    elif ask.sort == "fresh":
        keys.append(-columns.assured[rows])
    elif ask.sort == "nearest" and where is not None:
        given = weights().place
        with np.errstate(divide="ignore"):
            as_if = given.reach * rank.METRES_PER_MILE * (1.0 / where.coverage - 1.0) ** (1.0 / given.steep)
        keys.append(np.where(np.isfinite(where.metres), where.metres, as_if))
    end = ask.offset + ask.limit
    near = None
    if len(keys) == 2 and len(rows) > 4 * end:
        # Only those that can be on the page: all that score as high as its last.
        near = np.flatnonzero(keys[1] <= np.partition(keys[1], end - 1)[end - 1])
        keys = [key[near] for key in keys]
    order = np.lexsort(keys)[ask.offset : end]
    order = order if near is None else near[order]
    return order, score[order]


def _need_factor(columns: Columns, ask: Ask, rows: Ints) -> Floats:
    most = max(ask.needs.values())
    heard = np.zeros(len(rows))
    for code, sure in ask.needs.items():
        heard = np.maximum(heard, columns.mask(f"need:{code}")[rows] * (sure / most))
    return np.asarray(ask.need_floor + (1.0 - ask.need_floor) * heard)


def _facets(
    columns: Columns, fits: Bits, found: Bits, chosen: dict[str, Bits], openness: Bits
) -> dict[str, list[Facet]]:
    """Each as if nothing of its own kind were chosen."""
    stacked, named = columns.facets
    held = np.bitwise_count(stacked & found).sum(axis=1, dtype=np.int32)
    facets: dict[str, list[Facet]] = {}
    for name in FACETS:
        here, codes = named[name]
        counts = held[here]
        if name in chosen:
            counts = np.bitwise_count(stacked[here] & _but(name, fits, chosen)).sum(axis=1, dtype=np.int32)
        facets[name] = [
            Facet(code, label, count)
            for (code, label), count in zip(codes, counts.tolist(), strict=True)
            if count
        ]
    now = int(np.bitwise_count((_but(OPEN_NOW, fits, chosen) if chosen else found) & openness).sum())
    facets[OPEN_NOW] = [Facet("true", labelled(OPEN_NOW, "true", {}), now)] if now else []
    return facets


def _but(name: str, fits: Bits, chosen: dict[str, Bits]) -> Bits:
    """What all filters but one let through."""
    for other, bitmap in chosen.items():
        if other != name:
            fits = fits & bitmap
    return fits


def _hits(columns: Columns, ask: Ask, page: Kept, scores: Floats, text: Text | None) -> list[Ranked]:
    rows = page.rows
    hours = columns.hours_at(ask.minute)
    listed = rows.tolist()
    matched = text.matched(rows) if text else [[] for _ in listed]
    timed, is_open, opens = (
        columns.timed[rows].tolist(),
        hours.open[rows].tolist(),
        hours.opens[rows].tolist(),
    )
    capacity, worth = columns.capacity[rows].tolist(), scores.tolist()
    placed = page.where is not None
    metres, venue, _, comes = (each.tolist() for each in page.where) if page.where else ([], [], [], [])
    covers = _covers(columns, ask, rows)
    found = []
    for at, row in enumerate(listed):
        card = columns.card(row)
        here = venue[at] if placed else -1
        found.append(
            Ranked(
                id=columns.ids[row],
                card=card,
                score=worth[at],
                metres=metres[at] if here >= 0 else None,
                venue=columns.venue_name[here] if here >= 0 else columns.first_venue(row),
                covers=covers[at] if placed and comes[at] else "",
                matched=matched[at],
                needs=_needs(columns, ask, card.needs, matched[at]),
                capacity=rank.CAPACITIES[capacity[at]],
                open=is_open[at] if timed[at] else None,
                next_open=opens[at] if timed[at] and opens[at] and not is_open[at] else None,
            )
        )
    return found


def _needs(columns: Columns, ask: Ask, codes: list[str], matched: list[str]) -> list[str]:
    """The labels of those needs that were heard, or that hold a matched word."""
    found = []
    for code in codes:
        label, words = columns.needs.get(code, (code, frozenset()))
        if code in ask.needs or not words.isdisjoint(matched):
            found.append(label)
    return found


def _covers(columns: Columns, ask: Ask, rows: Ints) -> list[str]:
    """For each row, the narrowest area of the place that it says it is for."""
    found = [""] * len(rows)
    for ref in reversed(ask.areas):
        for at in np.flatnonzero(columns.mask(f"covers:{ref}")[rows]).tolist():
            found[at] = ref
    return found
