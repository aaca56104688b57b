"""The rows of the table. A new row is a function with `@row(...)` in this file or in one that `__main__` imports."""

import itertools
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from bench.house import House
from bench.load import Measured, measure


class Figure(Struct, frozen=True, kw_only=True):
    """One line of the result. `value` is what the target speaks of; `detail` is what else was seen."""

    name: str
    value: float
    unit: str
    target: str
    met: bool
    detail: dict[str, Any] = {}


class Bench(Struct, kw_only=True):
    """What rows are given: the house, its server, and how long each may measure."""

    house: House
    port: int
    pid: int
    seconds: float
    quick: bool
    notes: dict[str, float] = {}

    def over_empty(self, paths: Callable[[], Any], *, clients: int = 16) -> tuple[float, Measured, Measured]:
        """(ratio, measured, the empty route beside it): empty before and after, so that drift evens out."""
        before = self.ask_empty(clients, itertools.repeat("/bench/empty"))
        found = measure(self.port, paths(), clients=clients, seconds=self.seconds)
        after = self.ask_empty(clients, itertools.repeat("/bench/empty"))
        empty = before if before.rate > after.rate else after
        return found.rate / ((before.rate + after.rate) / 2), found, empty

    def ask_empty(self, clients: int, paths: Any) -> Measured:
        return measure(self.port, paths, clients=clients, seconds=self.seconds / 2)


Row = Callable[[Bench], list[Figure]]
ROWS: list[tuple[str, str, Row]] = []


def row(name: str, house: str = "10k") -> Callable[[Row], Row]:
    """Registers a row: `name` to choose it by on the command line, `house` the size that it is measured over."""

    def register(function: Row) -> Row:
        ROWS.append((name, house, function))
        return function

    return register
