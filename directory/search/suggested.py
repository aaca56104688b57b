"""Tags that are only suggested: they count for a filter where somebody asks for that, and the hit says so. Pure.

A row's suggestion is held as a code of its own, `suggested:need:bullying:13`, its confidence in steps of a twentieth.
"""

from collections.abc import Iterable, Mapping, Sequence

from directory.search.arrays import Bits
from directory.search.labels import labelled

FACETS = ("outcome", "need", "kind")
STEPS = 20


def codes(suggested: Mapping[str, float]) -> Iterable[str]:
    """The codes of a document's suggestions ("need:bullying" -> 0.66)."""
    return (f"suggested:{tag}:{int(sure * STEPS + 1e-9)}" for tag, sure in suggested.items())


def asked(name: str, chosen: Sequence[str], least: float | None) -> list[str]:
    """The codes that a filter looks for: what is certain, and what is suggested with a confidence of `least`."""
    certain = [f"{name}:{code}" for code in chosen]
    if least is None or name not in FACETS:
        return certain
    steps = range(max(0, -int(-least * STEPS // 1)), STEPS + 1)
    return certain + [f"suggested:{tag}:{step}" for tag in certain for step in steps]


def only_suggested(
    bitmaps: Mapping[str, Bits],
    filters: Mapping[str, Sequence[str]],
    least: float,
    rows: Sequence[int],
    labels: dict[str, str],
) -> list[list[str]]:
    """For each row, the labels of those tags that it passes a filter with only because they are suggested."""
    found: list[list[str]] = [[] for _ in rows]
    for name in FACETS:
        chosen = filters.get(name)
        if not chosen:
            continue
        certain = [bitmap for code in chosen if (bitmap := bitmaps.get(f"{name}:{code}")) is not None]
        for code in chosen:
            perhaps = [
                bitmap for each in asked(name, [code], least)[1:] if (bitmap := bitmaps.get(each)) is not None
            ]
            for at, row in enumerate(rows):
                if _holds(perhaps, row) and not _holds(certain, row):
                    found[at].append(labelled(name, code, labels))
    return found


def _holds(bitmaps: Sequence[Bits], row: int) -> bool:
    return any(int(bitmap[row >> 6]) >> (row & 63) & 1 for bitmap in bitmaps)
