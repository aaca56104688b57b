"""Which dialect a feed speaks, told by its records, and how to read it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from directory.importing import buckinghamshire, oruk_v1


class Dialect(NamedTuple):
    """`read` puts a record into the shape of Open Referral UK 3.0; `pointer` turns a path there into the feed's."""

    name: str
    read: Callable[[Mapping[str, Any], str], Mapping[str, Any]]
    pointer: Callable[[str], str]


V3 = Dialect("Open Referral UK 3.0", lambda record, feed: record, str)
V1 = Dialect("Open Referral UK 1.0", lambda record, feed: oruk_v1.to_v3(record), oruk_v1.pointer)
OUTPOST = Dialect("Outpost (Buckinghamshire)", buckinghamshire.to_v3, buckinghamshire.pointer)


def detect(record: Any) -> Dialect:
    """The dialect of one service record; 3.0 where nothing tells."""
    if isinstance(record, Mapping):
        if buckinghamshire.speaks(record):
            return OUTPOST
        if oruk_v1.speaks(record):
            return V1
    return V3
