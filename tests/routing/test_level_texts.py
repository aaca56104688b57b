"""The level over texts of our own, in two halves: the rules were tuned on the first, the second only measures."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from directory.routing.hearing import listen
from directory.routing.route import Router
from directory.routing.shapes import Ask
from directory.words import LEVELS

with (Path(__file__).parent / "level_texts.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


@pytest.mark.parametrize("half", ["a", "b"])
def test_the_level_is_seldom_too_low_and_never_by_two(half: str, router: Router) -> None:
    off: Counter[int] = Counter()
    for row in ROWS:
        if row["half"] == half:
            found = listen(
                Ask(text=row["text"]), router.book, router.danger, router.reader, router.levels, router.alarm
            )
            off[LEVELS.index(found.level.code) - LEVELS.index(row["level"])] += 1
    total = sum(off.values())
    assert sum(count for by, count in off.items() if by < -1) == 0
    assert off[-1] / total <= 0.05
    assert off[1] / total <= 0.25
