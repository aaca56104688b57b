"""The words of an index, and what a typed one may stand for: itself, its forms, synonyms, a beginning, a slip. Pure."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from directory.search.synonyms import others
from directory.search.text import Speller, stem
from directory.search.weights import weights

_MOST_FORMS = 6
_MOST_BEGINNINGS = 8


class Group(Struct, frozen=True):
    """One word asked for, and the words of the index that answer it, with what each is worth (0 to 1).

    An alternative of several words wants all of them.
    """

    word: str
    alternatives: list[tuple[tuple[str, ...], float]]
    read_as: str = ""  # the word it was taken for, where it was misspelt


class Lexicon:
    """Immutable. `known` is word -> number of services that hold it, more or less."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self.known = dict(known)
        self._sorted = sorted(self.known)
        self._forms: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            self._forms[stem(word)].append(word)

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._sorted)

    @cached_property
    def _stem_speller(self) -> Speller:
        return Speller(sorted(self._forms))

    def forms(self, word: str) -> list[str]:
        """Known words that share its stem, commonest first."""
        found = [each for each in self._forms.get(stem(word), ()) if each != word]
        return sorted(found, key=lambda each: -self.known[each])[:_MOST_FORMS]

    def beginnings(self, start: str, most: int = _MOST_BEGINNINGS) -> list[str]:
        """Known words that begin so, commonest first."""
        found = []
        for at in range(bisect_left(self._sorted, start), len(self._sorted)):
            if not self._sorted[at].startswith(start):
                break
            found.append(self._sorted[at])
        return sorted(found, key=lambda each: (-self.known[each], each))[:most]

    def group(self, word: str, *, last: bool, spelling: bool) -> Group:
        """What a word may stand for. Only the last may be a beginning: it may still be being typed."""
        worth = weights().words
        found: dict[tuple[str, ...], float] = {}
        if word in self.known:
            found[(word,)] = worth.exact
        for form in self.forms(word):
            found.setdefault((form,), worth.stem)
        if last and len(word) > 1 and (not found or len(word) < 5):
            for each in self.beginnings(word):
                found.setdefault((each,), worth.prefix)
        read_as = ""
        if not found and spelling:
            for each, edits in self._near(word):
                read_as = read_as or each
                found[(each,)] = worth.typo**edits
                for form in self.forms(each)[:2]:
                    found.setdefault((form,), worth.typo**edits * worth.stem)
        return Group(word, list(found.items()), read_as)

    def _near(self, word: str) -> list[tuple[str, int]]:
        """The nearest known words, or the known forms of the nearest stem: "apprentiships"."""
        if found := self._speller.near(word):
            return found
        stems = self._stem_speller.near(stem(word))
        return [(self._forms[each][0], edits) for each, edits in stems]

    def groups(self, words: Sequence[str], *, spelling: bool = True) -> list[Group]:
        """A group for each word that the index can answer; a synonym of several words answers each of them."""
        found = [
            self.group(word, last=at == len(words) - 1, spelling=spelling) for at, word in enumerate(words)
        ]
        worth = weights().words
        for run, other in others(words):
            terms = tuple(known for word in other if (known := self._known_form(word)))
            if len(terms) < len(other):
                continue
            for at in run:
                group = found[at]
                if group.read_as:  # it was known after all, only by another name
                    group = found[at] = Group(group.word, [], "")
                if all(terms != alternative for alternative, _ in group.alternatives):
                    group.alternatives.append((terms, worth.synonym ** len(terms)))
        return [group for group in found if group.alternatives]

    def _known_form(self, word: str) -> str:
        return word if word in self.known else next(iter(self.forms(word)), "")


def rarity(documents: int, holding: int) -> float:
    """What a word is worth by how few services hold it."""
    return math.log(1.0 + documents / max(holding, 1))
