"""Columns filled from documents, and put together from older ones. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from directory.search import codes, rank, suggested
from directory.search.arrays import Ints, metres_at
from directory.search.columns import FIELDS, Columns
from directory.search.document import Document
from directory.search.hints import named_for
from directory.search.matters import matters
from directory.search.text import words

REMOTE = frozenset({"phone", "online", "text"})
_json = msgspec.json.Encoder().encode


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
    about, how_much = matters().of_services([(_said(one), _said_of_all(one)) for one in each])
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
        matters=about,
        matter_worths=how_much,
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
    "matters", "matter_worths",
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


def _said(one: Document) -> str:
    return f"{one.text.get('name', '')} . {one.text.get('body', '')}"


def _said_of_all(one: Document) -> str:
    return f"{one.text.get('organization', '')} . {one.text.get('about', '')}"


def _end(one: Document, age: float | None, open_end: float) -> float:
    if one.minimum_age is None and one.maximum_age is None:
        return float("nan")
    return open_end if age is None else float(age)


def _ints(values: list[Any]) -> Ints:
    return np.array(values, dtype=np.int64)
