"""Words written as other words that sound the same: "brake up" is "break up". Pure. The list is `understood.toml`."""

from collections.abc import Sequence

from directory.search.text import phrases, words
from directory.search.weights import made_of_lists, understood

_LONGEST = 3  # words of one phrase


@made_of_lists
def _table() -> dict[str, list[str]]:
    return {" ".join(words(written)): words(meant) for written, meant in understood().sounds.items()}


def as_meant(listed: Sequence[str]) -> list[str]:
    """The words, word for word, as they may have been meant; the same ones where nothing sounds like another."""
    table = _table()
    found = list(listed)
    for start, end, run in phrases(listed, _LONGEST):
        if run in table:
            found[start:end] = table[run]
    return found
