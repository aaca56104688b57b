"""How far services are from a place, and how they cover it, for some rows at once. Pure."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search.columns import NEAR_VENUES, Columns, Floats, Ints, point_at
from directory.search.shapes import Ask
from directory.search.weights import weights

_AWAY, _UNKNOWN, _ELSEWHERE, _HERE, _AREAS = range(
    5
)  # codes of coverage; from _AREAS on, the areas asked for
_MOST_PLACES = 64  # tuples of areas whose coverage is kept: a county has some sixty


class Where(NamedTuple):
    """Distances of some rows, and how they cover the place: one entry for each of the rows."""

    metres: Floats  # inf for none
    venue: Ints  # the nearest venue's place in the venue table
    coverage: Floats
    code: NDArray[np.uint8]


def where(columns: Columns, ask: Ask, rows: Ints) -> Where:
    """`rows` seen from the place that was asked for."""
    table, codes = _coverage(columns, ask)
    code = codes[rows]
    venue = columns.venue_start[rows]
    if ask.point is None:
        return Where(np.full(len(rows), np.inf, dtype=np.float32), venue, table[code], code)
    here = (point_at(*ask.point) - columns.origin).astype(np.float32)
    apart = columns.near_venues[rows]
    apart -= here
    squares = np.einsum("ijk,ijk->ij", apart, apart)
    if NEAR_VENUES > 1:
        best = squares.argmin(axis=1)
        venue = venue + best
        squares = squares[np.arange(len(rows)), best]
    metres = np.sqrt(squares)
    metres[~columns.placed[rows]] = np.inf
    for at in np.flatnonzero(columns.many[rows]).tolist():
        start, end = columns.venue_start[rows[at] : rows[at] + 2].tolist()
        each = np.linalg.norm(columns.venue_at[start:end] - columns.origin - here, axis=1)
        venue[at], metres[at] = start + int(each.argmin()), each.min()
    return Where(metres, venue, table[code], code)


def covered(found: Where) -> NDArray[np.bool_]:
    """Which of the rows come to the place, or are for all who live there."""
    return np.asarray(found.coverage > weights().place.elsewhere)


def areas_of(ask: Ask, codes: list[int]) -> list[str]:
    """For each of some codes the narrowest area of the place that it says its row is for, "" for none."""
    areas = _by_width(ask)
    return [areas[code - _AREAS] if code >= _AREAS else "" for code in codes]


def _by_width(ask: Ask) -> list[str]:
    return sorted(ask.areas, key=_worth)


@lru_cache(maxsize=1_000)
def _worth(ref: str) -> float:
    given = weights().place
    return float(getattr(given, ref.partition(":")[0], given.district))


def _coverage(columns: Columns, ask: Ask) -> tuple[Floats, NDArray[np.uint8]]:
    """(code -> nearness, code of each row) for the areas of a place; kept, since many live in the same."""
    given = weights().place
    areas = _by_width(ask)
    values = [0.0, given.unknown, given.elsewhere, given.zone, *map(_worth, areas)]
    key = (tuple(areas), ask.point is None)
    if (codes := columns.covering.get(key)) is None:
        says = np.where(columns.says_where, _ELSEWHERE, _UNKNOWN)
        codes = np.where(columns.comes, says, _AWAY).astype(np.uint8)
        for at, ref in enumerate(areas):
            codes[columns.comes & columns.mask(f"covers:{ref}")] = _AREAS + at
        if ask.point is None:
            for ref in areas:
                codes[columns.mask(f"in:{ref}") & (codes < _AREAS)] = _HERE
        if len(columns.covering) >= _MOST_PLACES:
            columns.covering.clear()
        columns.covering[key] = codes
    return np.array(values, dtype=np.float32), codes
