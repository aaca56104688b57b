"""The words of an index, and what a typed one may stand for: itself, its forms, synonyms, a beginning, a slip. Pure.

A term is what the index is asked for: "baby", the word itself; "~babi", all words of a stem; "^baby", the word itself
and, for less, the others of its stem; "=stay and play", the words next to each other.
"""

import itertools
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from directory.search.english import is_common
from directory.search.hints import weak_words
from directory.search.homophones import as_meant
from directory.search.matters import matters
from directory.search.synonyms import listed_pairs, listed_words, others
from directory.search.text import Speller, sounding_like, stem
from directory.search.weights import stop_words, weights

_MOST_FORMS = 12
_MOST_BEGINNINGS = 8
_MOST_READINGS = 5_000
_MOST_GROUPED = 64
_SHORTEST_PART = 4  # letters of a word that a longer one may begin with or be made of


class Group(Struct):
    """One word asked for, and the terms of the index that answer it, with what each is worth (0 to 1)."""

    word: str
    terms: dict[str, float]
    weight: float = 1.0  # less for a word that says little
    read_as: str = ""  # the word it was taken for, where it was misspelt


class Lexicon:
    """Immutable. `known` is word -> number of services that hold it, more or less."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self.known = dict(known)
        self._sorted = sorted(self.known)
        self._forms: defaultdict[str, list[str]] = defaultdict(list)
        self._grouped: dict[tuple[str, ...], list[Group]] = {}
        self._readings: dict[
            str, tuple[str, dict[str, float]]
        ] = {}  # misspelt word -> what it is read as, its terms
        for word in self._sorted:
            self._forms[stem(word)].append(word)
        # The lists take a second to read: now, in a thread, and not while somebody waits.
        is_common("")
        matters()

    @cached_property
    def _speller(self) -> Speller:
        # Words that carry nothing are there too: "sumthing" is "something", and no other word. So are those of the
        # lists: they name needs and find others where no service holds them.
        more = [*(word for word in stop_words() if len(word) > 4), *listed_words()]
        return Speller(dict.fromkeys([*self._sorted, *more]))

    @cached_property
    def _stem_speller(self) -> Speller:
        return Speller(sorted(self._forms))

    def forms(self, root: str) -> list[str]:
        """Known words of a stem, commonest first."""
        return sorted(self._forms.get(root, ()), key=lambda each: -self.known[each])[:_MOST_FORMS]

    def strange(self, words: Sequence[str]) -> list[str]:
        """Those of some words that nothing here holds in any form."""
        return [
            word
            for word in words
            if word not in self.known and " " not in word and stem(word) not in self._forms
        ]

    def spelt(self, words: Sequence[str]) -> dict[str, str]:
        """What each misspelt one of some words is read as; the same as in `groups`."""
        if all(word in self.known or _meant(word) for word in words):
            return {}
        return {group.word: group.read_as for group in self.groups(words) if group.read_as}

    def beginnings(self, start: str, most: int = _MOST_BEGINNINGS) -> list[str]:
        """Known words that begin so, commonest first."""
        first = bisect_left(self._sorted, start)
        last = bisect_left(self._sorted, f"{start}\uffff", first)
        return sorted(self._sorted[first:last], key=lambda each: (-self.known[each], each))[:most]

    def phrases(self, term: str) -> list[str]:
        """The phrases that a term "=..." stands for: its first and last word in any of their forms."""
        parts = term[1:].split(" ")
        wanted = [[word] for word in parts]
        for at in (0, -1):
            wanted[at] = self.forms(stem(parts[at]))[:3]
        return [" ".join(each) for each in itertools.product(*wanted)]

    def group(self, word: str, *, last: bool) -> Group:
        """What a word may stand for, as it is spelt. Only the last may be a beginning: it may still be being typed."""
        worth = weights().words
        terms: dict[str, float] = {}
        root = stem(word)
        if word in self.known:
            terms[word if len(self._forms[root]) == 1 else f"^{word}"] = worth.exact
        elif root in self._forms:
            terms[f"~{root}"] = worth.stem
        if last and len(word) > 1 and (word not in self.known or len(word) < 4):
            for each in self.beginnings(word):
                terms.setdefault(each, worth.prefix)
        return Group(word, terms)

    def groups(self, words: Sequence[str], *, spelling: bool = True) -> list[Group]:
        """A group for each word that the index can answer; a synonym of several words answers each of them. Not to be
        changed: the last ones are kept, for a search asks twice."""
        key = (*words, "" if spelling else "as typed")
        if key not in self._grouped:
            if len(self._grouped) >= _MOST_GROUPED:
                self._grouped.clear()
            self._grouped[key] = self._groups(words, spelling)
        return self._grouped[key]

    def _groups(self, words: Sequence[str], spelling: bool) -> list[Group]:
        end = max((at for at, word in enumerate(words) if " " not in word), default=-1)
        # Two letters that the lists know are an abbreviation ("DA"), and no beginning.
        found = [
            self.group(word, last=at == end and (len(word) > 2 or not others([word])))
            for at, word in enumerate(words)
        ]
        worth = weights().words
        self._joined(found)
        for at, group in enumerate(found):
            if spelling and not group.terms and not _meant(group.word):
                self._misspelt(group)
                if not group.terms or worth.typo not in group.terms.values():
                    self._misspelt_in_two(found[max(at - 1, 0) : at + 2], group)
        self._by_neighbours(found)
        read = [group.read_as or group.word for group in found]
        if (meant := as_meant(read)) != read:
            for group, one, other in zip(found, read, meant, strict=True):
                if one != other and (term := self._term((other,))):
                    group.terms.setdefault(term, worth.typo)
        for run, phrase in dict.fromkeys([*others(read), *others(meant)]):
            if term := self._term(phrase):
                for at in run:
                    found[at].terms.setdefault(term, worth.synonym)
        weak = weak_words()
        for word, group in zip(read, found, strict=True):
            if word in weak:
                group.weight = worth.weak
        found = [group for group in found if group.terms]
        if all(group.weight == worth.weak for group in found):
            for group in found:
                group.weight = 1.0
        return found

    def _term(self, phrase: tuple[str, ...]) -> str:
        """The term for a phrase, "" where the index cannot hold it."""
        if len(phrase) == 1:
            root = stem(phrase[0])
            return f"~{root}" if root in self._forms else ""
        ends = all(stem(phrase[at]) in self._forms for at in (0, -1))
        return f"={' '.join(phrase)}" if ends and all(word in self.known for word in phrase[1:-1]) else ""

    def _joined(self, found: list[Group]) -> None:
        """Two words that are one ("post natal"), and one that is two ("toddlergroup")."""
        worth = weights().words
        for one, two in itertools.pairwise(found):
            both = one.word + two.word
            if both in self.known:
                one.terms.setdefault(f"~{stem(both)}", worth.exact)
                two.terms.setdefault(f"~{stem(both)}", worth.exact)
        for group in found:
            if not group.terms and len(group.word) >= 2 * _SHORTEST_PART:
                for at in range(_SHORTEST_PART, len(group.word) - _SHORTEST_PART + 1):
                    term = self._term((group.word[:at], group.word[at:]))
                    if term and group.word[:at] in self.known:
                        group.terms[term] = worth.stem

    def _by_neighbours(self, found: list[Group]) -> None:
        """Of several words that a misspelt one may be, the one that goes with those beside it: "young carrers"."""
        for at, group in enumerate(found):
            if not group.read_as or len(group.terms) < 2:
                continue
            before, after = (
                [stem(each.read_as or each.word) for each in found[max(i, 0) : max(i + 1, 0)]]
                for i in (at - 1, at + 1)
            )
            for term in group.terms:
                root = term.removeprefix("~")
                fits = any((each, root) in listed_pairs() for each in before)
                if fits or any((root, each) in listed_pairs() for each in after):
                    group.read_as = self.forms(root)[0]
                    group.terms = {term: group.terms[term]}
                    break

    def _misspelt_in_two(self, found: list[Group], group: Group) -> None:
        """One word that was written as two and misspelt besides: "post natel"."""
        for one, two in itertools.pairwise(found):
            near = self._speller.near(one.word + two.word, 1) if len(one.word + two.word) > 7 else []
            if near and near[0][1] == 1 and near[0][0] in self.known:
                for each in (one, two):
                    each.terms = {f"~{stem(near[0][0])}": weights().words.typo}
                    each.read_as = near[0][0]

    def _misspelt(self, group: Group) -> None:
        """Fill in the nearest known words, the forms of the nearest stem, or the known word that it begins with."""
        word = group.word
        if word not in self._readings:
            if len(self._readings) >= _MOST_READINGS:
                self._readings.clear()
            self._readings[word] = self._reading(word)
        group.read_as, terms = self._readings[word]
        group.terms.update(terms)

    def _reading(self, word: str) -> tuple[str, dict[str, float]]:
        worth = weights().words
        if meant := sounding_like(word, self.known) or sounding_like(word, listed_words()):
            return meant, self._forms_of(meant, worth.typo)
        near = self._speller.near(word)
        if near and near[0][0] in stop_words():
            return "", {}
        if near:
            terms: dict[str, float] = {}
            for each, edits in near:
                for term, value in self._forms_of(each, worth.typo**edits).items():
                    terms.setdefault(term, value)
            return near[0][0], terms
        if meant := self._speller.sounding(word):
            return meant, self._forms_of(meant, worth.typo**2)
        roots = self._stem_speller.near(stem(word))
        if roots:
            return self.forms(roots[0][0])[0], {f"~{root}": worth.typo**edits for root, edits in roots}
        for at in range(len(word) - 2, _SHORTEST_PART, -1):
            if word[:at] in self.known:
                return word[:at], {f"~{stem(word[:at])}": worth.inner}
        return "", {}

    def _forms_of(self, word: str, value: float) -> dict[str, float]:
        """The term for all forms of a word, {} where no service holds one."""
        return {f"~{stem(word)}": value} if stem(word) in self._forms else {}


def _meant(word: str) -> bool:
    """Whether a word is meant as it is spelt, though no service may hold it."""
    return " " in word or word in listed_words() or is_common(word)


def rarity(documents: int, holding: int) -> float:
    """What a word is worth by how few services hold it."""
    return math.log(1.0 + documents / max(holding, 1))
