"""What else people call it: runs of words in a query, and the phrases that may stand in their place. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from directory.search.hints import weak_words
from directory.search.stop import meaningful
from directory.search.text import phrases, stem, words
from directory.search.weights import (
    hint_lists,
    made_of_lists,
    need_words,
    stop_words,
    synonym_lists,
    topics,
    understood,
)

_LONGEST = 4  # words of one phrase
_FOUND = 2  # words of services that are looked for besides what people say; the others tell what a service is about


@made_of_lists
def _table() -> dict[str, list[tuple[str, ...]]]:
    """Stems of a phrase -> the words of each other phrase, as they are written."""
    same, also = synonym_lists()
    found: defaultdict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
    pairs = [(one, other) for group in same for one in group for other in group]
    pairs += [(first, each) for first, *rest in also for each in rest]
    pairs += [(said, each) for topic in topics() for said in topic.said for each in topic.finds[:_FOUND]]
    for one, other in pairs:
        key = _key(one)
        if key != _key(other):
            found[key][tuple(words(other))] = None
    return {key: list(each) for key, each in found.items()}


@made_of_lists
def _small() -> dict[str, frozenset[str]]:
    """First stem -> the stems of phrases that mean what they mean by their small words: "dad to be", "wont go in"."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for phrase in _listed():
        if len(phrase) > 1 and len(meaningful(phrase)) == 1:
            found[stem(phrase[0])].add(" ".join(map(stem, phrase)))
    return {first: frozenset(each) for first, each in found.items()}


def told_by_small_words(listed: Sequence[str]) -> list[str]:
    """Phrases of the lists in a text that are no phrases without their small words; each to be looked for as one."""
    small = _small()
    stems = [stem(word) for word in listed]
    found: dict[str, None] = {}
    for at, first in enumerate(stems):
        for end in range(min(len(stems), at + _LONGEST), at + 1, -1) if first in small else ():
            if " ".join(stems[at:end]) in small[first]:
                found[" ".join(listed[at:end])] = None
                break
    return list(found)


@made_of_lists
def _beginnings() -> frozenset[str]:
    table = _table()
    return frozenset([*(key.split(" ")[0] for key in table), *table])


@made_of_lists
def listed_words() -> frozenset[str]:
    """Words that the lists hold, and so are spelt as they are meant whether or not a service holds them."""
    found = {word for phrase in _listed() for word in phrase}
    found.update([*understood().spelt, *weak_words()])
    return frozenset(word for word in found if len(word) > 2) - stop_words()


@made_of_lists
def listed_pairs() -> frozenset[tuple[str, str]]:
    """Stems of words that stand next to each other in some phrase of the lists."""
    return frozenset((stem(one), stem(two)) for phrase in _listed() for one, two in pairwise(phrase))


def _listed() -> list[list[str]]:
    same, also = synonym_lists()
    hints = hint_lists()
    hinted = [each.words for each in hints.age] + [each.words for each in hints.form]
    said = [each.said for each in topics()]
    return [
        words(phrase) for group in (*same, *also, *said, *need_words().values(), *hinted) for phrase in group
    ]


def others(listed: Sequence[str]) -> list[tuple[range, tuple[str, ...]]]:
    """(which of the words, the phrase that may stand for them), for every run of words that has synonyms. Words that
    carry nothing are not needed: "stay play" is "stay and play"."""
    table, beginnings = _table(), _beginnings()
    stems = [" ".join(map(stem, word.split(" "))) for word in listed]
    if beginnings.isdisjoint(stems):
        return []
    found = []
    for start, end, run in phrases(stems, _LONGEST):
        if stems[start] in beginnings:
            found += [(range(start, end), other) for other in table.get(run, ())]
    return found


def _key(phrase: str) -> str:
    """What a phrase is known by: what it says, and all of its words where that is a single one of them."""
    listed = words(phrase)
    said = meaningful(listed)
    return " ".join(map(stem, said if len(said) > 1 else listed))
