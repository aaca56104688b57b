"""Every listed service as numbers: one row each in arrays and bitmaps, so that a query is arithmetic. Pure.

A bitmap has one bit a row; a filter is an OR of bitmaps, a facet count the set bits of an AND. Columns never change:
`merged` makes new ones from old ones without the rows that went and with those that came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from directory.search import codes, rank, suggested
from directory.search.arrays import Bits, Floats, Ints, metres_at, pack, unpack
from directory.search.document import Document
from directory.search.hints import named_for
from directory.search.labels import labelled
from directory.search.shapes import Names, names_of
from directory.search.text import words
from directory.search.weights import weights

FIELDS: tuple[str, ...] = tuple(weights().fields)
REMOTE = frozenset({"phone", "online", "text"})
_json = msgspec.json.Encoder().encode


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


FACETS = ("outcome", "need", "kind", "day", "language", "accessible", "zone", "district", "free", "remote")


def columns(documents: Sequence[tuple[int, Document]]) -> Columns:
    """Columns of (stamp, document) pairs; any order."""
    pairs = sorted(documents, key=lambda pair: pair[0])
    each = [document for _, document in pairs]
    venues = [(row, venue) for row, one in enumerate(each) for venue in one.venues]
    coded = [(row, codes.number(code)) for row, one in enumerate(each) for code in _codes(one)]
    hours = [(row, *span) for row, one in enumerate(each) for span in one.hours]
    labels: dict[str, str] = {}
    for one in each:
        labels |= one.labels
    return Columns(
        stamps=_ints([stamp for stamp, _ in pairs]),
        ids=[one.id for one in each],
        cards=[_json(msgspec.structs.asdict(one.card)) for one in each],
        named=[" ".join(words(one.card.name)) for one in each],
        low=np.array([_end(one, one.minimum_age, -np.inf) for one in each], dtype=np.float64),
        high=np.array([_end(one, one.maximum_age, np.inf) for one in each], dtype=np.float64),
        assured=_ints([one.assured or 0 for one in each]),
        capacity=np.array([rank.CAPACITIES.index(one.capacity) for one in each], dtype=np.int8),
        timed=np.array([one.timed for one in each], dtype=np.bool_),
        lengths=np.array(
            [[one.text.get(name, "").count(" ") + 1 for name in FIELDS] for one in each], dtype=np.int32
        ).reshape(-1, len(FIELDS)),
        venue_row=_ints([row for row, _ in venues]),
        venue_at=metres_at(
            np.array([venue.lat for _, venue in venues]), np.array([venue.lon for _, venue in venues])
        ),
        venue_name=[venue.name for _, venue in venues],
        code_row=_ints([row for row, _ in coded]),
        code=np.array([number for _, number in coded], dtype=np.int32),
        hour_row=_ints([row for row, _, _ in hours]),
        hours=np.array([span[1:] for span in hours], dtype=np.int32).reshape(-1, 2),
        hours_until=_ints([one.hours_until for one in each]),
        labels=labels,
    )


def merged(old: Columns, keep: NDArray[np.bool_], new: Columns) -> Columns:
    """The kept rows of `old`, then those of `new`, whose stamps are all higher."""
    place = np.cumsum(keep) - 1
    shift = int(keep.sum())
    kept: dict[str, Any] = {}
    for row_field, columns_of in _TABLES.items():
        rows = getattr(old, row_field)
        mask = keep[rows]
        kept[row_field] = np.concatenate([place[rows[mask]], getattr(new, row_field) + shift])
        for name in columns_of:
            kept[name] = _joined(getattr(old, name), mask, getattr(new, name))
    for name in _ROWS:
        kept[name] = _joined(getattr(old, name), keep, getattr(new, name))
    return Columns(**kept, labels=old.labels | new.labels)


_TABLES = {
    "venue_row": ("venue_at", "venue_name"),
    "code_row": ("code",),
    "hour_row": ("hours",),
}
_ROWS = (
    "stamps", "ids", "cards", "named", "low", "high", "assured", "capacity", "timed", "lengths", "hours_until",
)  # fmt: skip


def _joined(old: Any, mask: NDArray[np.bool_], new: Any) -> Any:
    if isinstance(old, list):
        return [old[index] for index in np.flatnonzero(mask).tolist()] + new
    return np.concatenate([old[mask], new])


def _codes(one: Document) -> Iterable[str]:
    card = one.card
    yield from (f"outcome:{code}" for code in card.outcomes)
    yield from (f"need:{code}" for code in card.needs)
    if card.kind:
        yield f"kind:{card.kind}"
    yield from (f"day:{code}" for code in one.days)
    yield from (f"language:{code}" for code in one.languages)
    yield from (f"accessible:{code}" for code in one.accessible)
    if one.free:
        yield "free:true"
    if card.remote:
        yield "comes:true"  # nobody has to travel
    if not REMOTE.isdisjoint(card.remote):
        yield "remote:true"
    yield from (f"by:{each}" for each in card.remote)
    if one.venues:
        yield "by:venue"
    yield from (f"audience:{each}" for each in one.audience)
    yield from (f"named:{each}" for each in named_for(" ".join(words(one.card.name))))
    yield from suggested.codes(one.suggested)
    yield from (f"covers:{ref}" for ref in one.covers)
    yield from {f"in:{ref}" for venue in one.venues for ref in venue.areas}


def _end(one: Document, age: float | None, open_end: float) -> float:
    if one.minimum_age is None and one.maximum_age is None:
        return float("nan")
    return open_end if age is None else float(age)


def _ints(values: list[Any]) -> Ints:
    return np.array(values, dtype=np.int64)
