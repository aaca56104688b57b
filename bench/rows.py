"""The rows of the table. A new row is a function with `@row(...)` in this file or in one that `__main__` imports."""

import itertools
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from bench.house import House
from bench.load import Measured, measure

TURNS = 5


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
        """(ratio, measured, the empty route beside it) of the middle turn, so that a busy moment is everybody's."""
        turns: list[tuple[float, Measured, Measured]] = []
        for _ in range(TURNS):
            empty = self.ask_empty(clients)
            found = measure(self.port, paths(), clients=clients, seconds=self.seconds / 2)
            turns.append((found.rate / empty.rate, found, empty))
        return sorted(turns, key=lambda each: each[0])[TURNS // 2]

    def ask_empty(self, clients: int) -> Measured:
        return measure(self.port, itertools.repeat("/bench/empty"), clients=clients, seconds=self.seconds / 4)


Row = Callable[[Bench], list[Figure]]
ROWS: list[tuple[str, str, Row]] = []


def row(name: str, house: str = "10k") -> Callable[[Row], Row]:
    """Registers a row: `name` to choose it by on the command line, `house` the size that it is measured over."""

    def register(function: Row) -> Row:
        ROWS.append((name, house, function))
        return function

    return register
