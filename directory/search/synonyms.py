"""What else people call it: runs of words in a query, and the words that may stand in their place. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from directory.search.stop import meaningful
from directory.search.text import phrases, stem, words
from directory.search.weights import synonym_lists

_LONGEST = 4  # words of one phrase


@cache
def _table() -> dict[str, list[tuple[str, ...]]]:
    """Stems of a phrase -> the words of each other phrase."""
    same, also = synonym_lists()
    found: defaultdict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
    for group in same:
        read = [_read(each) for each in group]
        for one in read:
            for other in read:
                if one != other:
                    found[_key(one)][other] = None
    for first, *rest in also:
        for each in rest:
            found[_key(_read(first))][_read(each)] = None
    return {key: list(each) for key, each in found.items()}


def others(listed: Sequence[str]) -> list[tuple[range, tuple[str, ...]]]:
    """(which of the words, what may stand for them together), for every run of words that has synonyms."""
    table = _table()
    found = []
    for start, end, run in phrases([stem(word) for word in listed], _LONGEST):
        found += [(range(start, end), other) for other in table.get(run, ())]
    return found


def _read(phrase: str) -> tuple[str, ...]:
    return tuple(meaningful(words(phrase)))


def _key(phrase: Sequence[str]) -> str:
    return " ".join(stem(word) for word in phrase)
