"""From words to one score a row, over one state of an index. Nothing here changes after it was made.

The engine says which services hold a word; that is kept as arrays, because an answer of thousands of hits costs more to
carry across an engine's border, object by object, than all that is done with it afterwards. What a word is worth, what
it may stand for and how words add up is reckoned here, so that it is the same on every engine.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from directory.search.arrays import Floats
from directory.search.columns import Columns
from directory.search.evaluate import Text
from directory.search.lexicon import Group, Lexicon, rarity
from directory.search.shapes import Ask
from directory.search.suggest import suggestions
from directory.search.text import fold, stem
from directory.search.weights import weights

Rows = NDArray[np.integer[Any]]
Worth = NDArray[np.floating[Any]]
Holders = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[int, Rows]]]]
"""Words, or phrases with spaces -> for each, (place in FIELDS, stamps of the services that hold it in that field)."""
_MOST_HELD = 2_000_000  # postings that are looked up beforehand: some 24 MB
_SHORT = 1 << 16  # rows whose numbers fit two bytes
_MOST_RECENT = 400  # terms that are looked up again after a change
_MOST_NAMES = 500  # names that are compared with the whole query
_MOST_WORDS = 24  # distinct words of one query that are looked up; the rest of a longer text adds nothing


class Snapshot:
    """One state of the index. `known` is word -> services that hold it, more or less; `before` lends its lexicon
    where the words are the same."""

    def __init__(
        self,
        columns: Columns,
        known: Mapping[str, int],
        holders: Holders,
        before: "Snapshot | None" = None,
    ) -> None:
        self.columns = columns
        same = before is not None and before.lexicon.known == known
        self.lexicon: Lexicon = before.lexicon if before is not None and same else Lexicon(known)
        self._holders = holders
        self._rows: dict[str, tuple[Rows, Worth]] = {}
        self._recent: dict[str, None] = before._recent if before is not None else {}

    def postings(self, term: str) -> tuple[Rows, Worth]:
        """(rows, worth): the rows that hold a term, in order, by the fields that hold it and how long those are."""
        if term not in self._rows:
            self._look_up([term])
        return self._rows[term]

    def text(self, ask: Ask) -> Text:
        """Scores up to 1, the best match there is. A row that holds too few of the words is not in it."""
        groups = self.lexicon.groups(list(dict.fromkeys(ask.words))[:_MOST_WORDS], spelling=ask.spelling)
        terms = [term for group in groups for term in group.terms]
        if missing := [term for term in terms if term not in self._rows]:
            self._look_up(missing)
        if len(self._recent) > _MOST_RECENT:
            self._recent.clear()
        self._recent.update(dict.fromkeys(terms))
        count = len(self.columns)
        total = np.zeros(count, dtype=np.float32)
        # One bit for each word that a row holds.
        bits: NDArray[Any] = np.zeros(count, dtype=np.uint8 if len(groups) <= 8 else np.uint32)
        rare: list[float] = []
        for number, group in enumerate(groups):
            rows, worth = self._group(group)
            rare.append(rarity(count, len(rows)) * group.weight if len(rows) else 0.0)
            total[rows] += worth * np.float32(rare[-1])
            bits[rows] = bits.take(rows) | bits.dtype.type(1 << number)
        found = (bits != 0).nonzero()[0]
        share = _shares(bits.take(found), rare)
        enough = (share >= weights().words.part).nonzero()[0]
        found, share = found.take(enough), share.take(enough)
        scores = total.take(found) * share
        if len(groups) > 1 and len(found):
            scores *= self._side_by_side(found, share, [group.read_as or group.word for group in groups])
        held = [group.word for group in groups]
        return Text(
            found,
            scores / scores.max(initial=1e-9),
            lambda rows: [_words_of(each, held) for each in bits[rows].tolist()],
            {group.word: group.read_as for group in groups if group.read_as},
            self.lexicon.strange(ask.words),
            self._told(ask) if ask.matters else None,
        )

    def _told(self, ask: Ask) -> Floats:
        """How much each row is about what the words tell of: by what it is about, and where they are many also by the
        words that it holds."""
        about = self.columns.about(ask.matters)
        given = weights().need
        if not ask.akin:
            return about * np.float32(given.brief)
        return about * np.float32(given.about) + self._akin(ask.akin) * np.float32(1.0 - given.about)

    def _akin(self, words: Sequence[tuple[str, float]]) -> Floats:
        """How much each row holds of words that are not asked for, but go with them: up to what the first of them is
        worth."""
        groups = [(self.lexicon.group(word, last=False), worth) for word, worth in words]
        if missing := [term for group, _ in groups for term in group.terms if term not in self._rows]:
            self._look_up(missing)
        total = np.zeros(len(self.columns), dtype=np.float32)
        for group, share in groups:
            if group.terms:
                rows, worth = self._group(group)
                total[rows] += worth * np.float32(share * rarity(len(total), len(rows)) if len(rows) else 0.0)
        most = max((worth for _, worth in words), default=0.0)
        return total * np.float32(most / max(float(total.max(initial=0.0)), 1e-9))

    def _side_by_side(self, found: Rows, share: Floats, words: Sequence[str]) -> Floats:
        """What is added where a name holds all the words next to each other, or is nothing else."""
        given = weights().words
        more = np.ones(len(found), dtype=np.float32)
        run = " ".join(words)
        for at in (share > 0.999).nonzero()[0][:_MOST_NAMES].tolist():
            name = self.columns.named[found[at]]
            if run in name:
                more[at] += given.whole_name if name.startswith(run) else given.order
        return more

    def _group(self, group: Group) -> tuple[Rows, Worth]:
        parts = [(*self.postings(term), value) for term, value in group.terms.items()]
        if len(parts) == 1:
            return parts[0][0], parts[0][1] * parts[0][2]
        best = np.zeros(len(self.columns), dtype=np.float32)
        for rows, worth, value in parts:
            best[rows] = np.maximum(best[rows], worth * value)
        found = (best > 0).nonzero()[0]
        return found, best.take(found)

    def _look_up(self, terms: Sequence[str]) -> None:
        """What the engine holds of some terms, as rows; a stem or a phrase is all of its words or spellings."""
        spelt = {term: self._spelt(term) for term in dict.fromkeys(terms)}
        missing = sorted({each for listed in spelt.values() for each in listed}.difference(self._rows))
        for word, held in self._holders(missing).items() if missing else ():
            dense = np.zeros(len(self.columns), dtype=np.float32)
            for at, holding in held:
                rows = np.searchsorted(self.columns.stamps, holding)
                rows = rows[rows < len(self.columns)]
                dense[rows] += self.columns.norms[at, rows]
            self._rows[word] = _sparse(dense)
        for term, listed in spelt.items():
            if term not in self._rows:
                dense = np.zeros(len(self.columns), dtype=np.float32)
                for each in listed:
                    held_by, worth = self._rows[each]
                    whole = term[0] != "^" or each == term[1:]
                    dense[held_by] = np.maximum(
                        dense[held_by], worth if whole else worth * weights().words.stem
                    )
                self._rows[term] = _sparse(dense)

    def _spelt(self, term: str) -> list[str]:
        """The words and phrases that a term stands for."""
        match term[0]:
            case "~":
                return self.lexicon.forms(term[1:])
            case "^":
                return self.lexicon.forms(stem(term[1:]))
            case "=":
                return self.lexicon.phrases(term)
        return [term]

    def warm(self) -> None:
        """Look up the commonest words beforehand, as many as a process can well hold."""
        held = 0
        for word, holding in sorted(self.lexicon.known.items(), key=lambda each: -each[1]):
            held += 2 * holding
            if held > _MOST_HELD or holding < 3:
                break
            self._look_up(list(self.lexicon.group(word, last=False).terms))
        # A word that has other forms is asked for with them.
        for term in [term for term in self._rows if f"^{term}" in self._rows]:
            del self._rows[term]
        self.columns.warm()

    def warm_again(self) -> None:
        """Look up what was asked for of late, and reckon what nearly every question needs, before anybody asks."""
        self._look_up(list(self._recent))
        self.columns.warm()

    def suggest(self, text: str, most: int) -> list[str]:
        """Names of services, then single words, that begin as the text does."""
        return suggestions(text, self._names, self.lexicon, most)

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        return sorted({(fold(name), name) for name in map(_name, self.columns.cards)})


class _Named(Struct):
    name: str


def _name(card: bytes) -> str:
    return _decode(card).name


_decode = msgspec.json.Decoder(_Named).decode


def _sparse(dense: Worth) -> tuple[Rows, Worth]:
    rows = (dense > 0).nonzero()[0]
    return rows.astype(np.uint16 if len(dense) <= _SHORT else np.int32), dense[rows]


def _words_of(bits: int, words: Sequence[str]) -> list[str]:
    return [word for number, word in enumerate(words) if bits >> number & 1]


def _shares(bits: NDArray[Any], rare: Sequence[float]) -> Floats:
    """What part of all the words, by their rarity, each row holds."""
    mass = sum(rare) or 1.0
    if len(rare) <= 8:
        table = [
            sum(each for at, each in enumerate(rare) if held >> at & 1) / mass
            for held in range(1 << len(rare))
        ]
        return np.array(table, dtype=np.float32).take(bits)
    found = np.zeros(len(bits), dtype=np.float32)
    for number, each in enumerate(rare):
        found += (bits >> number & 1) * np.float32(each / mass)
    return found
