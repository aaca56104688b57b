"""The rank, once for both engines: text x need x place x freshness x capacity, and the reasons in words. Pure.

Each factor lies between a floor and 1 (`weights.toml`), so that no factor can throw another away.
"""

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.places.distance import words as distance_words
from directory.search.shapes import Ranked
from directory.search.weights import weights

Floats = NDArray[np.floating[Any]]
CAPACITIES: tuple[str, ...] = tuple(weights().capacity)
_CAPACITY = np.array([weights().capacity[name] for name in CAPACITIES])
METRES_PER_MILE = 1609.344
FAR = 5e6  # metres: nothing real is as far


def near(metres: Floats) -> Floats:
    """Nearness of a venue, 1 at the door, one half at `reach`; 0 where there is no venue (inf)."""
    given = weights().place
    away = metres * np.float32(1.0 / (given.reach * METRES_PER_MILE))
    # Half as steep again as a straight line is a product with the root, and that is quick.
    power = away * np.sqrt(away) if given.steep == 1.5 else away**given.steep
    return np.asarray(1.0 / (1.0 + power))


def place(nearness: Floats, coverage: Floats) -> Floats:
    """The better of a venue's nearness and of what its coverage says, above the floor."""
    floor = weights().place.floor
    return np.asarray(floor + (1.0 - floor) * np.maximum(nearness, coverage))


def freshness(assured: NDArray[np.int64], today: int) -> Floats:
    """By days since `assured` (ordinal of the day, 0 for never)."""
    given = weights().freshness
    days = np.where(assured > 0, today - assured, 10 * given.stale)
    knots = [given.fresh, given.stale, 2 * given.stale]
    return np.asarray(np.interp(days, knots, [1.0, given.aging, given.floor]))


def capacity(codes: NDArray[np.int8]) -> Floats:
    return np.asarray(_CAPACITY[codes])


def reasons(hit: Ranked, place: str, today: int) -> list[str]:
    """Why this one, in the order that people care: what it matched, how near, can they take you, is it current."""
    said = []
    if matched := [label.lower() for label in hit.needs[:2]] or [f"“{word}”" for word in hit.matched[:4]]:
        # The needs whose names hold a matched word, else the words themselves.
        said.append(f"Matches {_listed(matched)}")
    if hit.suggested:
        perhaps = _listed([each.lower() for each in hit.suggested])
        said.append(f"Perhaps for {perhaps}: suggested, not confirmed")
    if hit.metres is not None:
        said.append(f"{_capital(distance_words(hit.metres))} from {place}")
    elif hit.covers and (kind := hit.covers.partition(":")[0]) in _COVERAGE:
        said.append(_COVERAGE[kind])
    if hit.capacity in _CAPACITY_WORDS:
        said.append(_CAPACITY_WORDS[hit.capacity])
    said.append(checked(hit.assured, today))
    return said


@lru_cache(maxsize=10_000)
def checked(assured: int, today: int) -> str:
    """ "Checked in October", "Checked in March 2025", "Not checked for over a year"; ordinals of days, 0 for never."""
    if not assured:
        return "Not checked yet"
    age = today - assured
    if age > weights().freshness.stale:
        return "Not checked for over a year"
    day = dt.date.fromordinal(assured)
    return f"Checked in {day:%B}" if age < 330 else f"Checked in {day:%B %Y}"


_COVERAGE = {
    "zone": "For families in this School and Community Zone",
    "district": "For families all over this district",
    "county": "For families all over the county",
}
_CAPACITY_WORDS = {
    "limited": "A few places left",
    "waiting_list": "Has a waiting list",
    "full": "Full at the moment",
    "paused": "Paused: not taking new people now",
    "closed": "Closed for now",
}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
