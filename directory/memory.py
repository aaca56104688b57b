"""Less memory for the same work, where the C library is glibc; elsewhere nothing happens. Pure but for the allocator.

Every thread gets an arena of its own there, and what a thread that read an index gave back stays in it: a tenth to a
fifth of the process, measured with 10,000 services.
"""

import contextlib
import ctypes
import gc
from typing import Any

_ARENA_MAX = -8  # mallopt(3): M_ARENA_MAX
_ARENAS = 2


def _libc() -> Any:
    return ctypes.CDLL(None)


def few_arenas() -> None:
    """Call before the first thread starts."""
    with contextlib.suppress(OSError, AttributeError):
        _libc().mallopt(_ARENA_MAX, _ARENAS)


def settle() -> None:
    """Call when what lives for long has been made: the rest is given back, and it is not walked through again."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        _libc().malloc_trim(0)
    gc.freeze()
