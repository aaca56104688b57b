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

from directory.search.columns import FIELDS, Columns, Floats
from directory.search.evaluate import Text
from directory.search.lexicon import Group, Lexicon, rarity
from directory.search.suggest import suggestions
from directory.search.text import fold
from directory.search.weights import weights

Rows = NDArray[np.integer[Any]]
Worth = NDArray[np.floating[Any]]
Holders = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[int, Rows]]]]
"""Words, or phrases with spaces -> for each, (place in FIELDS, stamps of the services that hold it in that field)."""
_MOST_HELD = 2_000_000  # postings that are looked up beforehand: some 24 MB
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

    def postings(self, term: str) -> tuple[Rows, Worth]:
        """(rows, worth): the rows that hold a term, in order, by the fields that hold it and how long those are."""
        if term not in self._rows:
            self._look_up([term])
        return self._rows[term]

    def text(self, words: Sequence[str], *, spelling: bool = True) -> Text:
        """Scores up to 1, the best match there is. A row that holds too few of the words is not in it."""
        groups = self.lexicon.groups(list(dict.fromkeys(words))[:_MOST_WORDS], spelling=spelling)
        if missing := [term for group in groups for term in group.terms if term not in self._rows]:
            self._look_up(missing)
        count = len(self.columns)
        total, covered = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
        mass = 0.0
        held: list[tuple[str, Rows]] = []
        for group in groups:
            rows, worth = self._group(group)
            if not len(rows):
                continue
            rare = rarity(count, len(rows)) * group.weight
            mass += rare
            total[rows] += worth * rare
            covered[rows] += rare
            held.append((group.word, rows))
        found = np.flatnonzero(covered > 0)
        share = covered[found] / (mass or 1.0)
        enough = share >= weights().words.part
        found, share = found[enough], share[enough]
        scores = total[found] * share
        if len(groups) > 1 and len(found):
            scores *= self._side_by_side(found, share, [group.read_as or group.word for group in groups])
        return Text(
            found,
            scores / scores.max(initial=1e-9),
            lambda rows: _words_of(rows, held),
            {group.word: group.read_as for group in groups if group.read_as},
            self.lexicon.strange(words),
        )

    def _side_by_side(self, found: Rows, share: Floats, words: Sequence[str]) -> Floats:
        """What is added where a name holds all the words next to each other, or is nothing else."""
        given = weights().words
        more = np.ones(len(found), dtype=np.float32)
        run = " ".join(words)
        for at in np.flatnonzero(share > 0.999)[:_MOST_NAMES].tolist():
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
        found = best.nonzero()[0]
        return found, best[found]

    def _look_up(self, terms: Sequence[str]) -> None:
        """What the engine holds of some terms, as rows; a term of several words or phrases is all of them together."""
        asked = {term: self._spelt(term) for term in dict.fromkeys(terms)}
        found = self._holders(sorted({each for spelt in asked.values() for each in spelt}))
        stamps = self.columns.stamps
        for term, spelt in asked.items():
            dense = np.zeros(len(self.columns), dtype=np.float32)
            for at in range(len(FIELDS)):
                holding = [stamped for each in spelt for field, stamped in found.get(each, ()) if field == at]
                if holding:
                    rows = np.searchsorted(stamps, np.unique(np.concatenate(holding)))
                    rows = rows[rows < len(stamps)]
                    dense[rows] += self.columns.norms[at, rows]
            held = dense.nonzero()[0]
            self._rows[term] = (held.astype(np.int32), dense[held])

    def _spelt(self, term: str) -> list[str]:
        if term[0] == "~":
            return self.lexicon.forms(term[1:])
        return self.lexicon.phrases(term) if term[0] == "=" else [term]

    def warm(self) -> None:
        """Look up the commonest words beforehand, as many as a process can well hold."""
        held = 0
        for word, holding in sorted(self.lexicon.known.items(), key=lambda each: -each[1]):
            held += holding
            if held > _MOST_HELD or holding < 3:
                return
            self.postings(word)

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


def _words_of(rows: Rows, held: list[tuple[str, Rows]]) -> list[list[str]]:
    """For each of some rows, the words that it holds."""
    found: list[list[str]] = [[] for _ in rows]
    for word, holding in held:
        at = np.minimum(np.searchsorted(holding, rows), len(holding) - 1)
        for number in np.flatnonzero(holding[at] == rows).tolist():
            found[number].append(word)
    return found
