"""How much a caller may ask: a bucket that fills again by itself, in the memory of one process. Pure.

It protects the process that counts, so it need not be shared: with several processes a caller has as many buckets.
"""

import math
import time
from collections.abc import Callable

MOST = 20_000  # buckets held; beyond that the fullest are forgotten, who lose nothing by it


class Allowance:
    """`spend(who, most)` takes one of `most` a minute; up to half a minute's worth may come at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def spend(self, who: str, most: int) -> int:
        """0 where it is allowed, else the whole seconds to wait. A refusal costs nothing."""
        now, step = self._clock(), 60 / most
        at = max(self._free_at.get(who, 0.0), now)
        late = at - now - step * max(1, most // 2 - 1)
        if late > 0:
            return math.ceil(late)
        if len(self._free_at) >= MOST:
            self._free_at = {name: when for name, when in self._free_at.items() if when > now}
            if len(self._free_at) >= MOST:
                self._free_at.clear()
        self._free_at[who] = at + step
        return 0
