"""Stable ids: the same record of the same feed has the same id in every run, on every machine. Pure."""

import hashlib
import re
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


@lru_cache(maxsize=256)
def _space(feed: str) -> UUID:
    return uuid5(NAMESPACE_URL, feed)


def stable(feed: str, kind: str, source_id: str) -> str:
    """The id of the record that `feed` calls `source_id`; `kind` is the table's name."""
    return str(uuid5(_space(feed), f"{kind}:{source_id}"))


def kept(feed: str, kind: str, source_id: str) -> str:
    """A UUID stays what it is (in lower case); any other id becomes a stable one."""
    lower = source_id.lower()
    return lower if _CANONICAL.match(lower) else stable(feed, kind, source_id)


def derived(*parts: str) -> str:
    """An id for what has none, or whose own is taken: from its parent's id and what tells it from its siblings."""
    return str(UUID(hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()))
