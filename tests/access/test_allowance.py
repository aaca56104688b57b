"""A caller gets what it is allowed, evenly, and is told how long to wait for more."""

from hypothesis import given
from hypothesis import strategies as st

from directory.access.allowance import Allowance


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_one_for_each_step() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    assert [allowance.spend("a", 60) for _ in range(30)] == [0] * 30
    assert allowance.spend("a", 60) == 1
    assert allowance.spend("b", 60) == 0, "others are not held up"
    clock.now += 1
    assert allowance.spend("a", 60) == 0
    assert allowance.spend("a", 60) == 1


@given(st.integers(10, 1000), st.lists(st.floats(0, 2), min_size=1, max_size=300))
def test_no_minute_ever_holds_more_than_is_allowed_and_a_burst(most: int, pauses: list[float]) -> None:
    clock = Clock()
    allowance = Allowance(clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if not (wait := allowance.spend("a", most)):
            passed.append(clock.now)
        else:
            assert 1 <= wait <= 60
    for start in passed:
        assert sum(start <= each < start + 60 for each in passed) <= most * 1.5 + 1


def test_who_waits_as_long_as_told_is_let_in() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    while not (wait := allowance.spend("a", 10)):
        pass
    clock.now += wait
    assert allowance.spend("a", 10) == 0


def test_memory_stays_bounded() -> None:
    allowance = Allowance(Clock())
    for number in range(50_000):
        allowance.spend(str(number), 60)
    assert len(allowance._free_at) <= 20_000
