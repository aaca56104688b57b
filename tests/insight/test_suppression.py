"""What is shown of small groups: nothing, and no two shown numbers give it away, however the filters are set."""

import itertools
import math
import random
from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.insight.suppression import SPREAD, Count, Keys, Mask, Rounding, chance, odds, share, within

BASE = 5


def keys(number: int, rounding: Rounding) -> Keys:
    return rounding.keys(str(n).encode() for n in range(number))


@cache
def spread(true: int, base: int) -> dict[int, float]:
    """How likely each shown number is of a true one: worked out step by step from the definition."""
    if true == 0:
        return {0: 1.0}
    fall = math.exp(-1 / (SPREAD * base))
    found: dict[int, float] = defaultdict(float)
    for added in range(-150, 151):
        shown = max(0, math.floor((true + added) / base + 0.5)) * base
        found[shown] += (1 - fall) / (1 + fall) * fall ** abs(added)
    return found


def likely(shown: int, true: int, base: int = BASE) -> float:
    return spread(true, base).get(shown, 0.0)


@given(number=st.integers(0, 400), secret=st.text(min_size=1), base=st.integers(3, 20))
def test_a_shown_count_is_a_multiple_and_nobody_stays_nobody(number: int, secret: str, base: int) -> None:
    rounding = Rounding(secret, base)
    shown = rounding.count(keys(number, rounding), np.ones(number, np.bool_))
    assert shown.value % base == 0
    assert abs(shown.value - number) < 20 * base
    assert shown.text == (f"{shown.value:,}" if shown.value >= base else f"fewer than {base}")
    assert number or not shown.value


@pytest.mark.parametrize("number", [1, 2, 3, 4, 7, 12, 40])
def test_the_blur_is_the_one_that_is_written_down(number: int) -> None:
    tries = 6_000
    found = Counter(Rounding("s", BASE).shown(number, key * 7_919 + 13).value for key in range(tries))
    for value in range(0, number + 40, BASE):
        assert found[value] / tries == pytest.approx(likely(value, number), abs=0.025)


@pytest.mark.parametrize("base", [3, 5, 10])
def test_one_family_more_or_fewer_never_changes_the_odds_of_a_shown_number_by_much(base: int) -> None:
    for number, value in itertools.product(range(1, 60), range(0, 100, base)):
        one, more = likely(value, number, base), likely(value, number + 1, base)
        assert one <= more * odds(base) * 1.000001
        assert more <= one * odds(base) * 1.000001


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
        assert np.mean(shown) == pytest.approx(number, abs=0.5)


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


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 260))
def test_no_two_filters_give_a_small_number_away(seed: int, number: int) -> None:
    """The attacker takes every shown number from every other one that holds it, knows the method and all of its odds,
    and thought any difference from none to nine as likely. Afterwards no small difference is more likely than not, and
    "nobody, or enough to be shown" is never ruled out."""
    county = County(seed, number)
    names = list(county.filters)
    masks = np.array([county.filters[name] for name in names])
    plain = masks.astype(np.float32)
    inside = (plain @ plain.T).astype(int)  # how many are in both
    sizes = masks.sum(axis=1)
    differ = sizes[None, :] - sizes[:, None]
    nested = np.argwhere((inside == sizes[:, None]) & (differ > 0) & (differ < BASE) & (sizes[:, None] > 0))
    seen = {
        (county.shown[names[part]].value, county.shown[names[whole]].value, int(differ[part, whole]))
        for part, whole in nested
    }
    for part, whole, true in seen:
        thought = believed(part, whole)
        assert thought[true] < 0.5, (part, whole, true, thought)
        assert thought[0] + sum(thought[BASE:]) > 0.1, (part, whole, true, thought)


@cache
def believed(part: int, whole: int) -> list[float]:
    """How likely each difference from 0 to 9 is, of a group shown as `part` inside one shown as `whole`."""
    weights = []
    for differ in range(10):
        if differ == 0:  # the same people: the same number
            weights.append(sum(likely(part, n) for n in range(1, 300)) if part == whole else 0.0)
        else:
            weights.append(sum(likely(part, n) * likely(whole, n + differ) for n in range(1, 300)))
    total = sum(weights)
    return [each / total for each in weights]


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), number=st.integers(60, 260))
def test_not_even_all_tables_together_give_small_numbers_away(seed: int, number: int) -> None:
    """The attacker knows that zones, districts and quarters add up, and finds the numbers that fit all shown ones best
    (least squares). For small groups that is hardly better than always saying the commonest small number."""
    county = County(seed, number)
    cells = [f"q{q} z{z}" for q in range(4) for z in range(5)]
    right = best = small = 0
    for topic in ("any", "n1", "n2", "n3"):
        rows, values = [], []
        for period, area in itertools.product(
            ("year", *(f"q{q}" for q in range(4))), ("all", *(f"z{z}" for z in range(5)))
        ):
            rows.append([
                (period in {"year", cell.split()[0]}) and (area in {"all", cell.split()[1]}) for cell in cells
            ])  # fmt: skip
            values.append(county.shown[f"{period} {area} {topic}"].value)
        guessed = np.linalg.lstsq(np.array(rows, float), np.array(values, float), rcond=None)[0]
        true = [int(county.filters[f"{cell} {topic}"].sum()) for cell in cells]
        few = [(round(g), t) for g, t in zip(guessed, true, strict=True) if 0 < t < BASE]
        small += len(few)
        right += sum(g == t for g, t in few)
        best += max(Counter(t for _, t in few).values(), default=0)
    assert right <= best + 0.15 * small + 3


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
