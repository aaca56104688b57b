"""How far services are from a place, and how they cover it, for some rows at once. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search.arrays import Floats, Ints, point_at
from directory.search.columns import Columns
from directory.search.shapes import Ask
from directory.search.weights import weights

_AWAY, _UNKNOWN, _ELSEWHERE, _HERE, _AREAS = range(
    5
)  # codes of coverage; from _AREAS on, the areas asked for
_MOST_PLACES = 64  # tuples of areas whose coverage is kept: a county has some sixty


class Where(NamedTuple):
    """Distances of some rows, and how they cover the place: one entry for each of the rows."""

    metres: Floats  # beyond `rank.FAR` where there is none
    venue: Ints  # the nearest venue's place in the venue table
    coverage: Floats
    code: NDArray[np.uint8]

    def only(self, chosen: Ints) -> "Where":
        return Where(
            self.metres.take(chosen),
            self.venue.take(chosen),
            self.coverage.take(chosen),
            self.code.take(chosen),
        )


def where(columns: Columns, ask: Ask, rows: Ints) -> Where:
    """`rows` seen from the place that was asked for."""
    table, codes = _coverage(columns, ask)
    code = codes.take(rows)
    coverage = table.take(code)
    venue = columns.venue_start.take(rows)
    if ask.point is None:
        return Where(np.full(len(rows), np.inf, dtype=np.float32), venue, coverage, code)
    here = (point_at(*ask.point) - columns.origin).astype(np.float32)
    metres = _apart(columns.first_venue, rows, here)
    several = columns.several.take(rows).nonzero()[0]
    if len(several):
        _nearest_of(columns, here, rows, several, metres, venue)
    return Where(metres, venue, coverage, code)


def _apart(points: Floats, at: Ints, here: Floats) -> Floats:
    """Metres from `here` to some of the points, whose x, y and z are rows of their own: that is quickest."""
    found = np.zeros(len(at), dtype=np.float32)
    for axis, mine in zip(points, here, strict=True):
        one = axis.take(at)
        one -= mine
        one *= one
        found += one
    return np.asarray(np.sqrt(found, out=found))


def _nearest_of(
    columns: Columns, here: Floats, rows: Ints, several: Ints, metres: Floats, venue: Ints
) -> None:
    """Put in the nearest venue of those rows that have several: the second of each, then the third, and so on."""
    start = venue[several]
    count = columns.venue_start[rows[several] + 1] - start
    for number in range(1, int(count.max())):
        have = (count > number).nonzero()[0]
        at, row = start[have] + number, several[have]
        each = _apart(columns.venues_apart, at, here)
        nearer = (each < metres[row]).nonzero()[0]
        metres[row[nearer]], venue[row[nearer]] = each[nearer], at[nearer]


def covered(found: Where) -> NDArray[np.bool_]:
    """Which of the rows come to the place, or are for all who live there."""
    return np.asarray(found.coverage > weights().place.elsewhere)


def areas_of(ask: Ask, codes: list[int]) -> list[str]:
    """For each of some codes the narrowest area of the place that it says its row is for, "" for none."""
    areas = _by_width(ask)
    return [areas[code - _AREAS] if code >= _AREAS else "" for code in codes]


def _by_width(ask: Ask) -> list[str]:
    return sorted(ask.areas, key=_worth)


def _worth(ref: str) -> float:
    given = weights().place
    return float(getattr(given, ref.partition(":")[0], given.district))


def _coverage(columns: Columns, ask: Ask) -> tuple[Floats, NDArray[np.uint8]]:
    """(code -> nearness, code of each row) for the areas of a place; kept, since many live in the same."""
    key = (tuple(ask.areas), ask.point is None)
    if (found := columns.covering.get(key)) is None:
        given = weights().place
        areas = _by_width(ask)
        says = np.where(columns.says_where, _ELSEWHERE, _UNKNOWN)
        codes = np.where(columns.comes, says, _AWAY).astype(np.uint8)
        for at, ref in enumerate(areas):
            codes[columns.comes & columns.mask(f"covers:{ref}")] = _AREAS + at
        if ask.point is None:
            for ref in areas:
                codes[columns.mask(f"in:{ref}") & (codes < _AREAS)] = _HERE
        if len(columns.covering) >= _MOST_PLACES:
            columns.covering.clear()
        values = [0.0, given.unknown, given.elsewhere, given.zone, *map(_worth, areas)]
        found = columns.covering[key] = (np.array(values, dtype=np.float32), codes)
    return found
