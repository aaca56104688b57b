"""A question over columns: filters, facets, rank and the page asked for, all in whole arrays. Pure."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search import rank, suggested
from directory.search.arrays import Bits, Floats, Ints, pack, unpack
from directory.search.columns import FACETS, Columns
from directory.search.fits import fit, for_others, own_ages
from directory.search.labels import labelled
from directory.search.own_harm import OWN_HARM, OWN_TEMPER
from directory.search.shapes import Answer, Ask, Names, Ranked, names_of
from directory.search.weights import weights
from directory.search.where import Where, areas_of, covered, where

OPEN_NOW = "open_now"
STAFF = "staff"  # the hint that somebody asks who works with families
_HARMED = frozenset({"domestic_abuse", "abuse_neglect_concern"})
_WORTH_SIFTING = 4_000  # rows from which on it is quicker to look at the likeliest first
_OPEN_NAMES = names_of([("true", labelled(OPEN_NOW, "true", {}))])


class Text(NamedTuple):
    """The rows that match the words, in order, and how well (1 for the best); which words each of some rows holds."""

    rows: Ints
    scores: Floats
    matched: Callable[[Ints], Sequence[list[str]]]
    spelled: dict[str, str]
    unknown: list[str]
    akin: Floats | None = None  # for every row, how much it holds of what goes with the words


class Kept(NamedTuple):
    """The rows still in it, and what is known of each."""

    rows: Ints
    text: Floats | None
    where: Where | None

    def only(self, chosen: Ints) -> "Kept":
        """Those at some places of it, in that order."""
        return Kept(
            self.rows.take(chosen),
            None if self.text is None else self.text.take(chosen),
            None if self.where is None else self.where.only(chosen),
        )


def evaluate(columns: Columns, ask: Ask, text: Text | None) -> Answer:
    """The answer to a question, words already turned into scores."""
    kept = _heard(columns, ask, text)
    if ask.age is not None:
        kept = kept.only(_aged(columns, kept.rows, ask).nonzero()[0])
        if kept.text is not None:
            kept = kept._replace(text=kept.text * own_ages(columns).take(kept.rows))
    placed = bool(ask.point or ask.areas)
    if ask.within is not None and placed:
        there = where(columns, ask, kept.rows)
        kept = kept._replace(where=there).only(((there.metres <= ask.within) | covered(there)).nonzero()[0])
    fits = found = _bitmap(columns, kept.rows)
    openness = columns.hours_at(ask.minute).bitmap
    chosen = {
        name: columns.any_of(suggested.asked(name, codes, ask.suggested))
        for name, codes in ask.filters.items()
    }
    if ask.open_now:
        chosen[OPEN_NOW] = openness
    for bitmap in chosen.values():
        found = found & bitmap
    if chosen:
        kept = kept.only(unpack(found, len(columns)).take(kept.rows).nonzero()[0])
    total = len(kept.rows)
    if placed and kept.where is None:
        if ask.sort == "best":
            kept = _hopeful(columns, ask, kept)
        kept = kept._replace(where=where(columns, ask, kept.rows))
    order, scores = _ordered(columns, ask, kept, _scores(columns, ask, kept))
    return Answer(
        total=total,
        hits=_hits(columns, ask, kept.only(order), scores, text),
        counts=_counts(columns, ask, fits, found, chosen, openness) if ask.facets else {},
        spelled=text.spelled if text else {},
        unknown=text.unknown if text else [],
    )


def _heard(columns: Columns, ask: Ask, text: Text | None) -> Kept:
    """The rows that match the words, and those that match a need that was heard in them or that the best share."""
    if text is None:
        return Kept(np.arange(len(columns)), None, None)
    scores = np.zeros(len(columns), dtype=np.float32)
    scores[text.rows] = text.scores
    for code, sure in ask.needs.items():
        rows = columns.rows_of(f"need:{code}")
        scores[rows] += columns.focus.take(rows) * np.float32(sure * ask.need_worth)
    for code in _echoed(columns, ask, text):
        scores[columns.rows_of(f"need:{code}")] += weights().need.echo
    if text.akin is not None:
        held = scores > 0
        given = weights().need
        scores += text.akin * np.float32(given.akin) * held
        if ask.akin and np.count_nonzero(held) < given.few:
            # A few words that nothing holds are a miss, and are said to be one.
            near = text.akin >= np.float32(given.fill_least) * text.akin.max(initial=0.0)
            scores += text.akin * np.float32(given.fill) * (near & ~held)
    for name in (*ask.ages, *ask.forms):
        scores *= fit(columns, name)
    if OWN_HARM in ask.forms:
        scores[columns.rows_of("audience:people_who_harm")] += weights().hint.own_harm
    elif OWN_TEMPER not in ask.forms and not _HARMED.isdisjoint(ask.needs):
        # Whoever may be the one harmed is not sent to a programme for those who harm.
        scores[columns.rows_of("audience:people_who_harm")] *= weights().hint.for_others
    if ask.whom is not None:
        scores *= for_others(columns, ask.whom, STAFF in ask.forms)
    rows = (scores > 0).nonzero()[0]
    found = scores.take(rows)
    return Kept(rows, found / max(float(found.max(initial=0.0)), 1e-9), None)


def _echoed(columns: Columns, ask: Ask, text: Text) -> list[str]:
    """Needs that most of the best matches share, as far as they were not heard in the words."""
    given = weights().need
    if len(text.rows) < 3:
        return []
    rows, scores = text.rows, text.scores
    if len(rows) > given.echo_rows:
        best = np.argpartition(scores, -given.echo_rows)[-given.echo_rows :]
        rows, scores = rows[best], scores[best]
    worth: dict[int, float] = {}
    whole = 0.0
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        whole += score
        for need in columns.needs_of[row]:
            worth[need] = worth.get(need, 0.0) + score
    shared = [columns.need_codes[need] for need, share in worth.items() if share >= given.echo_least * whole]
    return [code for code in shared if code not in ask.needs]


def _hopeful(columns: Columns, ask: Ask, kept: Kept) -> Kept:
    """Those that can still be on the page, however near they turn out: place and need add nothing to a score, so
    whoever is worth less without them than the page's last is with them has no hope."""
    end = ask.offset + ask.limit
    if len(kept.rows) < max(_WORTH_SIFTING, 4 * end):
        return kept
    best = columns.standing(ask.today).take(kept.rows)
    if kept.text is not None:
        best *= kept.text
    first = kept.only(np.argpartition(best, len(best) - 3 * end)[-3 * end :])
    first = first._replace(where=where(columns, ask, first.rows))
    least = np.partition(_scores(columns, ask, first), 2 * end)[2 * end]
    return kept.only((best >= least * np.float32(0.9999)).nonzero()[0])


def _aged(columns: Columns, rows: Ints, ask: Ask) -> NDArray[np.bool_]:
    low, age = columns.low.take(rows), ask.age or 0.0
    with np.errstate(invalid="ignore"):
        # Somebody aged 4 and a half is 4 until the next birthday.
        fits = np.asarray((low <= age) & (np.floor(age) <= columns.high.take(rows)))
    return fits | np.isnan(low) if ask.any_age else fits


def _bitmap(columns: Columns, rows: Ints) -> Bits:
    mask = np.zeros(len(columns), dtype=np.bool_)
    mask[rows] = True
    return pack(mask, columns.width)


def _scores(columns: Columns, ask: Ask, kept: Kept) -> Floats:
    score = columns.standing(ask.today).take(kept.rows)
    if kept.text is not None:
        score *= kept.text
    if kept.where is not None:
        score *= rank.place(rank.near(kept.where.metres), kept.where.coverage)
    if ask.needs:
        score *= _need_factor(columns, ask, kept.rows)
    return score


def _ordered(columns: Columns, ask: Ask, kept: Kept, score: Floats) -> tuple[Ints, Floats]:
    """The page asked for, in order: places in `kept`, and their scores."""
    rows, there = kept.rows, kept.where
    end = ask.offset + ask.limit
    near = None
    if ask.sort in ("name", "fresh") or there is None or ask.sort == "best":
        first: Any = -score
        if ask.sort == "name":
            first = columns.names[rows]
        elif ask.sort == "fresh":
            first = -columns.assured[rows]
    else:
        given = weights().place
        with np.errstate(divide="ignore"):
            as_if = given.reach * rank.METRES_PER_MILE * (1.0 / there.coverage - 1.0) ** (1.0 / given.steep)
        first = np.where(np.isfinite(there.metres), there.metres, as_if)
    if len(rows) > 4 * end:
        # Only those that can be on the page: all that come as early as its last.
        near = np.flatnonzero(first <= np.partition(first, end - 1)[end - 1])
        rows, first = rows.take(near), first.take(near)
    by_score = -score if near is None else -score.take(near)
    order = np.lexsort([columns.tie.take(rows), by_score, first])[ask.offset : end]
    order = order if near is None else near.take(order)
    return order, score.take(order)


def _need_factor(columns: Columns, ask: Ask, rows: Ints) -> Floats:
    most = max(ask.needs.values())
    heard = np.zeros(len(rows), dtype=np.float32)
    for code, sure in ask.needs.items():
        heard = np.maximum(heard, columns.mask(f"need:{code}").take(rows) * np.float32(sure / most))
    floor = _need_floor(ask)
    return np.asarray(floor + (1.0 - floor) * heard)


def _need_floor(ask: Ask) -> float:
    """What is left to a service without the needs that were heard: the less, the surer they are."""
    return 1.0 - (1.0 - ask.need_floor) * min(1.0, max(ask.needs.values()))


def _counts(
    columns: Columns, ask: Ask, fits: Bits, found: Bits, chosen: dict[str, Bits], openness: Bits
) -> dict[str, tuple[Names, list[int]]]:
    """Each as if nothing of its own kind were chosen."""
    stacked, named = columns.facets
    held = np.bitwise_count(stacked & found).sum(axis=1, dtype=np.int32).tolist()
    counts: dict[str, tuple[Names, list[int]]] = {}
    for name in FACETS:
        here, names = named[name]
        listed = held[here]
        if name in chosen:
            but = _but(name, fits, chosen)
            listed = np.bitwise_count(stacked[here] & but).sum(axis=1, dtype=np.int32).tolist()
        if ask.suggested is not None and name in suggested.FACETS:
            base = _but(name, fits, chosen) if name in chosen else found
            listed = [
                int(
                    np.bitwise_count(
                        columns.any_of(suggested.asked(name, [code], ask.suggested)) & base
                    ).sum()
                )
                for code, _ in names.codes
            ]
        counts[name] = (names, listed)
    now = int(np.bitwise_count((_but(OPEN_NOW, fits, chosen) if chosen else found) & openness).sum())
    counts[OPEN_NOW] = (_OPEN_NAMES, [now])
    return counts


def _but(name: str, fits: Bits, chosen: dict[str, Bits]) -> Bits:
    """What all filters but one let through."""
    for other, bitmap in chosen.items():
        if other != name:
            fits = fits & bitmap
    return fits


def _hits(columns: Columns, ask: Ask, page: Kept, scores: Floats, text: Text | None) -> list[Ranked]:
    rows, there = page.rows, page.where
    listed = rows.tolist()
    if not listed:
        return []
    metres = there.metres.tolist() if there else [float("inf")] * len(listed)
    if not ask.cards:
        return [
            _bare(columns.ids[row], score, away)
            for row, score, away in zip(listed, scores.tolist(), metres, strict=True)
        ]
    hours = columns.hours_at(ask.minute)
    matched = text.matched(rows) if text else [[] for _ in listed]
    venue = (there.venue if there else columns.venue_start[rows]).tolist()
    coverage = areas_of(ask, there.code.tolist()) if there else [""] * len(listed)
    labels = _Labels(columns, ask)
    perhaps: list[list[str]] = [[]] * len(listed)
    if ask.suggested is not None:
        perhaps = suggested.only_suggested(
            columns.bitmaps, ask.filters, ask.suggested, listed, columns.labels
        )
    found = []
    for row, score, away, at, area, held, maybe, assured, capacity, timed, is_open, opens, placed in zip(
        listed,
        scores.tolist(),
        metres,
        venue,
        coverage,
        matched,
        perhaps,
        columns.assured[rows].tolist(),
        columns.capacity[rows].tolist(),
        columns.timed[rows].tolist(),
        hours.open[rows].tolist(),
        hours.opens[rows].tolist(),
        columns.placed[rows].tolist(),
        strict=True,
    ):
        found.append(
            Ranked(
                id=columns.ids[row],
                shown=columns.cards[row],
                assured=assured,
                score=score,
                metres=away if away < rank.FAR else None,
                venue=columns.venue_name[at] if placed else None,
                covers=area,
                matched=held,
                suggested=maybe,
                needs=labels.of(columns.needs_of[row], held),
                capacity=rank.CAPACITIES[capacity],
                open=is_open if timed else None,
                next_open=opens if timed and opens and not is_open else None,
            )
        )
    return found


def _bare(id_: str, score: float, metres: float) -> Ranked:
    return Ranked(
        id=id_, shown=b"", assured=0, score=score, metres=metres if metres < rank.FAR else None, venue=None, covers="",
        matched=[], needs=[], capacity="", open=None, next_open=None,
    )  # fmt: skip


class _Labels:
    """The labels of those needs that were heard, or that hold a matched word."""

    def __init__(self, columns: Columns, ask: Ask) -> None:
        self._known = columns.known_needs
        self._heard = {at for at, code in enumerate(columns.need_codes) if code in ask.needs}

    def of(self, needs: tuple[int, ...], matched: list[str]) -> list[str]:
        found = []
        for at in needs:
            label, words = self._known[at]
            if at in self._heard or not words.isdisjoint(matched):
                found.append(label)
        return found
