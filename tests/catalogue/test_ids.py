"""Ids that are the same on every machine, and the same as anybody else would make."""

from hashlib import md5
from uuid import NAMESPACE_URL, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from directory.catalogue.ids import derived, stable


@given(st.text(), st.text(), st.text())
def test_ids_are_uuids_of_their_names(feed: str, kind: str, source: str) -> None:
    try:
        assert stable(feed, kind, source) == str(uuid5(uuid5(NAMESPACE_URL, feed), f"{kind}:{source}"))
        named = "\n".join((feed, kind, source)).encode()
    except UnicodeEncodeError:  # half of a pair of characters: no text that is stored
        return
    assert derived(feed, kind, source) == str(UUID(md5(named, usedforsecurity=False).hexdigest()))
