"""Every listed service as numbers: one row each in arrays and bitmaps, so that a query is arithmetic. Pure.

A bitmap has one bit a row; a filter is an OR of bitmaps, a facet count the set bits of an AND. Columns never change:
`filling.py` makes new ones from old ones without the rows that went and with those that came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search import codes, rank
from directory.search.arrays import Bits, Floats, Ints, pack, unpack
from directory.search.labels import labelled
from directory.search.shapes import Names, names_of
from directory.search.text import words
from directory.search.weights import weights

FIELDS: tuple[str, ...] = tuple(weights().fields)
FACETS = ("outcome", "need", "kind", "day", "language", "accessible", "zone", "district", "free", "remote")


class Hours(NamedTuple):
    """`opens`: when each row opens next, in minutes since 1970, 0 where that is not known."""

    minute: int
    open: NDArray[np.bool_]
    opens: Ints
    bitmap: Bits


@dataclass
class Columns:
    """`stamps` are in rising order; tables of pairs (`venue_row`, `code_row`, `hour_row`) are in order of row."""

    stamps: Ints
    ids: list[str]
    cards: list[bytes]  # each a JSON object
    named: list[str]  # its name, folded
    low: Floats  # nan where it has no ages at all; -inf and inf where only one end is given
    high: Floats
    assured: Ints  # ordinal of the day, 0 for never
    capacity: NDArray[np.int8]
    timed: NDArray[np.bool_]
    lengths: NDArray[np.int32]  # words of each field, a row of FIELDS for each service
    venue_row: Ints
    venue_at: Floats  # metres from the middle of the Earth, x y z
    venue_name: list[str]
    code_row: Ints
    code: NDArray[
        np.int32
    ]  # `codes.number` of "outcome:learning", "day:monday", "in:zone:zone-03", "covers:county:E10000020", ...
    hour_row: Ints
    hours: NDArray[np.int32]  # start and end, minutes since 1970
    hours_until: Ints
    matters: NDArray[np.uint32]  # keys of what each is about (matters.py), most first
    matter_worths: NDArray[np.uint8]  # how much of each that is, in parts of `matters.FULL`
    labels: dict[str, str] = field(default_factory=dict)
    _hours: Hours | None = field(default=None, init=False)
    _standing: tuple[int, Floats] | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def width(self) -> int:
        """uint64 words of one bitmap."""
        return (len(self) + 63) // 64

    @cached_property
    def tie(self) -> NDArray[np.uint64]:
        """Decides between equals, the same on every machine: the start of the id."""
        return np.array([int(each.replace("-", "")[:16], 16) for each in self.ids], dtype=np.uint64)

    @cached_property
    def names(self) -> Ints:
        """Each row's place in the order of names."""
        order = sorted(range(len(self)), key=lambda row: (self.named[row], self.ids[row]))
        places = np.empty(len(self), dtype=np.int64)
        places[order] = np.arange(len(self))
        return places

    @cached_property
    def bitmaps(self) -> dict[str, Bits]:
        numbers, at = np.unique(self.code, return_inverse=True)
        matrix = np.zeros((len(numbers), self.width * 64), dtype=np.bool_)
        matrix[at, self.code_row] = True
        packed = np.packbits(matrix, axis=1, bitorder="little").view(np.uint64)
        named = {codes.name(each): index for index, each in enumerate(numbers.tolist())}
        found = {code: packed[named[code]] for code in sorted(named)}
        everywhere = self._any(found, "covers:county:")
        for kind in ("zone", "district"):
            refs = {
                code.split(":", 1)[1] for code in found if code.startswith((f"in:{kind}:", f"covers:{kind}:"))
            }
            for ref in refs:
                empty = np.zeros(self.width, dtype=np.uint64)
                found[ref] = found.get(f"in:{ref}", empty) | found.get(f"covers:{ref}", empty) | everywhere
        return found

    @cached_property
    def facets(self) -> tuple[NDArray[np.uint64], dict[str, tuple[slice, Names]]]:
        """The bitmaps of all facets one under another, and where each facet's are, with codes and labels."""
        stacked: list[Bits] = []
        named = {}
        for group in FACETS:
            codes = sorted(code for code in self.bitmaps if code.startswith(f"{group}:"))
            plain = [code.split(":", 1)[1] for code in codes]
            here = slice(len(stacked), len(stacked) + len(codes))
            named[group] = (here, names_of((code, labelled(group, code, self.labels)) for code in plain))
            stacked += [self.bitmaps[code] for code in codes]
        return (np.stack(stacked) if stacked else np.zeros((0, self.width), dtype=np.uint64)), named

    @cached_property
    def norms(self) -> Floats:
        """What a word is worth, a row for each field: its weight, less where that field is long."""
        weight = np.array([weights().fields[name] for name in FIELDS])
        mean = np.maximum(self.lengths.mean(axis=0), 1.0) if len(self) else 1.0
        return np.asarray(weight / (0.6 + 0.4 * self.lengths / mean), dtype=np.float32).T.copy()

    @cached_property
    def venue_start(self) -> Ints:
        """Where each row begins in the venue table; one more at the end."""
        return np.searchsorted(self.venue_row, np.arange(len(self) + 1))

    @cached_property
    def needs(self) -> dict[str, tuple[str, frozenset[str]]]:
        """Code of a need -> its label, and the words of that."""
        return {
            code.removeprefix("need:"): (label, frozenset(words(label)))
            for code, label in self.labels.items()
            if code.startswith("need:")
        }

    def hours_at(self, minute: int) -> Hours:
        """What is open in a minute. The last minute asked for is kept: nearly every search asks for the same."""
        if self._hours is None or self._hours.minute != minute:
            open_now = np.zeros(len(self), dtype=np.bool_)
            start = self.hours[:, 0]
            open_now[self.hour_row[(start <= minute) & (minute < self.hours[:, 1])]] = True
            opens = np.zeros(len(self), dtype=np.int64)
            later = start > minute
            rows, first = np.unique(self.hour_row[later], return_index=True)
            opens[rows] = start[later][first]
            self._hours = Hours(minute, open_now, opens, pack(open_now, self.width))
        return self._hours

    def running_out(self, minute: int, most: int) -> list[str]:
        """Ids of rows whose hours reach to before a minute."""
        return [self.ids[row] for row in np.flatnonzero(self.hours_until < minute)[:most].tolist()]

    def standing(self, today: int) -> Floats:
        """Freshness x capacity of each row, on a day (kept, as the hours are)."""
        if self._standing is None or self._standing[0] != today:
            worth = rank.freshness(self.assured, today) * rank.capacity(self.capacity)
            self._standing = (today, worth.astype(np.float32))
        return self._standing[1]

    @cached_property
    def _masks(self) -> dict[str, NDArray[np.bool_]]:
        return {}

    def mask(self, code: str) -> NDArray[np.bool_]:
        """A code's bitmap as one bool a row; kept, since the same few are asked for again and again."""
        if (found := self._masks.get(code)) is None:
            if code in self.bitmaps:
                found = unpack(self.bitmaps[code], len(self))
            else:
                found = np.zeros(len(self), dtype=np.bool_)
            self._masks[code] = found
        return found

    @cached_property
    def need_codes(self) -> list[str]:
        return sorted({code.removeprefix("need:") for code in self.bitmaps if code.startswith("need:")})

    @cached_property
    def known_needs(self) -> list[tuple[str, frozenset[str]]]:
        """`needs` in the order of `need_codes`."""
        return [self.needs.get(code, (code, frozenset())) for code in self.need_codes]

    @cached_property
    def needs_of(self) -> list[tuple[int, ...]]:
        """The places in `need_codes` of each row's needs, in its own order; those of one kind are one object."""
        places = {codes.number(f"need:{code}"): place for place, code in enumerate(self.need_codes)}
        chosen = np.isin(self.code, np.array(list(places), dtype=np.int32))
        rows, needs = self.code_row[chosen].tolist(), self.code[chosen].tolist()
        listed: list[list[int]] = [[] for _ in self.ids]
        for row, need in zip(rows, needs, strict=True):
            listed[row].append(places[need])
        known: dict[tuple[int, ...], tuple[int, ...]] = {}
        return [known.setdefault(key, key) for key in map(tuple, listed)]

    @cached_property
    def focus(self) -> Floats:
        """How much each row is for one need: 1 for a single one, less the more it has."""
        counts = np.array([max(len(each), 1) for each in self.needs_of], dtype=np.float32)
        return np.asarray(counts ** np.float32(-weights().need.focus))

    @cached_property
    def fits(self) -> dict[str, Floats]:
        """What `fits.py` keeps."""
        return {}

    @cached_property
    def covering(self) -> dict[Any, tuple[Floats, NDArray[np.uint8]]]:
        """What `where.py` keeps."""
        return {}

    @cached_property
    def comes(self) -> NDArray[np.bool_]:
        """Which rows are reached without travelling to a venue."""
        return self.mask("comes:true") | ~self.placed

    @cached_property
    def placed(self) -> NDArray[np.bool_]:
        return np.diff(self.venue_start) > 0

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Which rows have more than one venue."""
        return np.diff(self.venue_start) > 1

    @cached_property
    def origin(self) -> NDArray[np.float64]:
        """The middle of all venues: seen from there, single precision is true to a foot."""
        return self.venue_at.mean(axis=0) if len(self.venue_at) else np.zeros(3)

    @cached_property
    def venues_apart(self) -> NDArray[np.float32]:
        """Venues as metres from `origin`: x, y and z, a row each."""
        return (self.venue_at - self.origin).astype(np.float32).T.copy()

    @cached_property
    def first_venue(self) -> NDArray[np.float32]:
        """The first venue of each row, as in `venues_apart`; far away where there is none."""
        found = np.full((3, len(self)), 1e7, dtype=np.float32)
        found[:, self.placed] = self.venues_apart[:, self.venue_start[:-1][self.placed]]
        return found

    def rows_of(self, code: str) -> Ints:
        """The rows of a code, in order; kept."""
        if (found := self._rows_of.get(code)) is None:
            found = self._rows_of[code] = self.mask(code).nonzero()[0].astype(np.int32)
        return found

    @cached_property
    def _rows_of(self) -> dict[str, Ints]:
        return {}

    @cached_property
    def _by_matter(self) -> dict[int, tuple[Ints, Floats]]:
        """Key of a matter -> the rows that are about it, and how much."""
        keys, worths = self.matters.ravel(), self.matter_worths.ravel()
        order = np.argsort(keys, kind="stable")
        order = order[worths[order] > 0]
        named, starts = np.unique(keys[order], return_index=True)
        rows, held = (
            (order // max(self.matters.shape[1], 1)).astype(np.int32),
            worths[order].astype(np.float32),
        )
        ends = pairwise([*starts.tolist(), len(order)])
        return {
            key: (rows[start:end], held[start:end])
            for key, (start, end) in zip(named.tolist(), ends, strict=True)
        }

    def about(self, told: Sequence[tuple[int, float]]) -> Floats:
        """How much each row is about what a text tells of, (key, worth) pairs: up to what the first is worth."""
        met = [(*found, np.float32(worth)) for key, worth in told if (found := self._by_matter.get(key))]
        if not met:
            return np.zeros(len(self), dtype=np.float32)
        rows = np.concatenate([rows for rows, _, _ in met])
        held = np.concatenate([held * worth for _, held, worth in met])
        total = np.bincount(rows, weights=held, minlength=len(self))
        most = max(worth for _, worth in told)
        return (total * (most / float(total.max()))).astype(np.float32)

    @cached_property
    def says_where(self) -> NDArray[np.bool_]:
        """Which rows say what area they are for."""
        found = np.zeros(len(self), dtype=np.bool_)
        for code in self.bitmaps:
            if code.startswith("covers:"):
                found |= self.mask(code)
        return found

    def warm(self) -> None:
        """Reckon beforehand what nearly every question needs."""
        for made in (
            self.facets,
            self.needs_of,
            self.first_venue,
            self.several,
            self.comes,
            self.says_where,
            self.tie,
            self._by_matter,
        ):
            assert made is not None
        for code in self.bitmaps:
            if code.startswith("need:"):
                self.rows_of(code)

    def any_of(self, codes: Iterable[str]) -> Bits:
        found = np.zeros(self.width, dtype=np.uint64)
        for code in codes:
            if (bitmap := self.bitmaps.get(code)) is not None:
                found = found | bitmap
        return found

    def _any(self, found: dict[str, Bits], start: str) -> Bits:
        together = np.zeros(self.width, dtype=np.uint64)
        for code, bitmap in found.items():
            if code.startswith(start):
                together = together | bitmap
        return together
