"""What is shown of small groups: nothing, and no two shown numbers give it away, however the filters are set."""

import itertools
import random
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.insight.suppression import Count, Keys, Mask, Rounding, chance, share, within

BASE = 5


def keys(number: int, rounding: Rounding) -> Keys:
    return rounding.keys(str(n).encode() for n in range(number))


def possible(count: Count) -> range:
    """The true numbers that may stand behind a shown one."""
    return range(max(0, count.value - count.base + 1), count.value + count.base)


@given(number=st.integers(0, 400), secret=st.text(min_size=1), base=st.integers(3, 20))
def test_a_count_is_a_multiple_near_the_truth(number: int, secret: str, base: int) -> None:
    rounding = Rounding(secret, base)
    shown = rounding.count(keys(number, rounding), np.ones(number, np.bool_))
    assert shown.value % base == 0
    assert abs(shown.value - number) < base
    assert number in possible(shown)
    assert (shown.value == number) or number % base
    assert (
        str(number) not in shown.text or number % base == 0 or number in {1, 2} or shown.value >= 10 * number
    )


@given(st.data())
def test_the_same_people_give_the_same_number_in_any_table(data: st.DataObject) -> None:
    rounding = Rounding("s", BASE)
    own = keys(60, rounding)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=60, max_size=60)))
    shuffled = np.array(data.draw(st.permutations(range(60))))
    once = rounding.count(own, chosen)
    assert rounding.count(own[shuffled], chosen[shuffled]) == once
    cells = np.where(chosen, 2, 0).astype(np.intp)
    assert rounding.table(own, cells, 3)[2] == once


def test_rounding_leans_no_way() -> None:
    """Over many groups the shown numbers add up to about the true ones."""
    for number in range(1, 2 * BASE):
        shown = []
        for secret in range(600):
            rounding = Rounding(str(secret), BASE)
            shown.append(rounding.count(keys(number, rounding), np.ones(number, np.bool_)).value)
        assert np.mean(shown) == pytest.approx(number, abs=0.45)


def test_chance_is_spread_evenly() -> None:
    found = np.histogram([chance(n) for n in range(20_000)], bins=20, range=(0, 1))[0]
    assert found.min() > 880
    assert found.max() < 1_120


class County:
    """Made-up requests with a period, a zone, a district and some needs, and every filter that is offered on them."""

    def __init__(self, seed: int, number: int) -> None:
        rng = random.Random(seed)
        self.rounding = Rounding(f"county {seed}", BASE)
        self.keys = keys(number, self.rounding)
        quarter = np.array([rng.randrange(4) for _ in range(number)])
        zone = np.array([rng.choice((0, 0, 0, 1, 1, 2, 3, 4)) for _ in range(number)])
        # Districts follow zones nearly everywhere: the worst case for whoever takes one away from the other.
        district = np.array([z if rng.random() < 0.96 else rng.randrange(5) for z in zone])
        need = np.array([[rng.random() < p for p in (0.5, 0.2, 0.05, 0.01)] for _ in range(number)]).reshape(
            number, 4
        )
        every = np.ones(number, np.bool_)
        periods = {"year": every} | {f"q{q}": quarter == q for q in range(4)}
        areas = (
            {"all": every}
            | {f"z{z}": zone == z for z in range(5)}
            | {f"d{d}": district == d for d in range(5)}
        )
        # An outcome is some of the needs together.
        topics = {"any": every, "o0": need[:, 0] | need[:, 1], "o1": need[:, 2] | need[:, 3]}
        topics |= {f"n{n}": need[:, n] for n in range(4)}
        self.filters: dict[str, Mask] = {
            f"{p} {a} {t}": periods[p] & areas[a] & topics[t]
            for p, a, t in itertools.product(periods, areas, topics)
        }
        self.shown = {name: self.rounding.count(self.keys, mask) for name, mask in self.filters.items()}


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), number=st.integers(0, 260))
def test_no_two_filters_give_a_small_number_away(seed: int, number: int) -> None:
    """Whoever takes any shown number from any other knows of the difference no more than five neighbouring numbers: a
    handful of families stays as likely as none, or as a group that might be shown."""
    county = County(seed, number)
    masks = np.array(list(county.filters.values()))
    shown = list(county.shown.values())
    small = masks.astype(np.float32)
    inside = (small @ small.T).astype(int)  # how many are in both
    sizes = np.array([int(mask.sum()) for mask in masks])
    nested = np.argwhere((inside == sizes[:, None]) & (sizes[None, :] > sizes[:, None]))
    for part, whole in nested:
        true = int(sizes[whole] - sizes[part])
        if true >= BASE:
            continue
        known = {b - a for a in possible(shown[part]) for b in possible(shown[whole]) if b >= a}
        assert true in known
        assert len(known) >= BASE, (part, whole, true, sorted(known))
        # Never "some, and fewer than five": it might be none, or enough to be shown.
        assert 0 in known or max(known) >= BASE


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), number=st.integers(0, 260))
def test_not_even_all_tables_together_give_a_small_number_away(seed: int, number: int) -> None:
    """An attacker who knows that zones, districts and quarters add up, and tightens every bound by every sum until
    nothing moves, still cannot tell a small number from at least two others."""
    county = County(seed, number)
    low = {name: possible(each).start for name, each in county.shown.items()}
    high = {name: possible(each).stop - 1 for name, each in county.shown.items()}
    sums = list(_sums(county.filters))
    for _ in range(30):
        moved = False
        for total, parts in sums:
            moved |= _tighten(low, high, total, parts)
        if not moved:
            break
    for name, mask in county.filters.items():
        true = int(mask.sum())
        assert low[name] <= true <= high[name]
        if 0 < true < BASE and high[name] >= true:
            assert high[name] - low[name] >= 2, (name, true, low[name], high[name])


def _sums(filters: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    for name in filters:
        period, area, topic = name.split()
        if period == "year":
            yield name, [f"q{q} {area} {topic}" for q in range(4)]
        if area == "all":
            yield name, [f"{period} z{z} {topic}" for z in range(5)]
            yield name, [f"{period} d{d} {topic}" for d in range(5)]


def _tighten(low: dict[str, int], high: dict[str, int], total: str, parts: list[str]) -> bool:
    least, most = sum(low[p] for p in parts), sum(high[p] for p in parts)
    before = (low[total], high[total], [low[p] for p in parts], [high[p] for p in parts])
    low[total], high[total] = max(low[total], least), min(high[total], most)
    for part in parts:
        low[part] = max(low[part], low[total] - (most - high[part]))
        high[part] = min(high[part], high[total] - (least - low[part]))
    return before != (low[total], high[total], [low[p] for p in parts], [high[p] for p in parts])


def test_asking_day_after_day_tells_nothing_new_while_nobody_is_added() -> None:
    first, again = Rounding("one secret", BASE), Rounding("one secret", BASE)
    for number in range(1, 40):
        every = np.ones(number, np.bool_)
        assert first.count(keys(number, first), every) == again.count(keys(number, again), every)


def test_a_share_is_made_of_shown_counts_and_only_of_enough() -> None:
    assert share(Count(5, 5), Count(15, 5)) is None
    assert share(Count(5, 5), Count(20, 5)) == 0.25
    assert share(Count(0, 5), Count(40, 5)) == 0.0
    assert share(Count(45, 5), Count(40, 5)) == 1.0


def test_a_wait_is_read_from_shown_bands() -> None:
    assert within([Count(5, 5), Count(5, 5)], 0.5) is None
    assert within([Count(10, 5), Count(0, 5), Count(10, 5)], 0.5) == 0
    assert within([Count(10, 5), Count(0, 5), Count(10, 5)], 0.9) == 2
