"""From words to one score a row, over one state of a tantivy index. Nothing here changes after it was made.

tantivy finds the rows of a word; they are kept as arrays, because an answer of thousands of hits costs more to carry
across its Python border, object by object, than all that is done with it afterwards.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from directory.search.columns import FIELDS, Columns, Floats
from directory.search.evaluate import Text
from directory.search.lexicon import Group, Lexicon, rarity
from directory.search.suggest import suggestions
from directory.search.text import fold
from directory.search.weights import weights

Rows = NDArray[np.int64]
_MOST_WORDS = 24  # distinct words of one query that are looked up; the rest of a longer text adds nothing


class Snapshot:
    """One state of the index: its searcher, its columns, its words; `before` lends a lexicon that still fits."""

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        columns: Columns,
        before: "Snapshot | None" = None,
    ) -> None:
        self.columns = columns
        self._schema = schema
        self._searcher = searcher
        known: dict[str, int] = {}
        self._fields: dict[str, int] = {}  # word -> the fields that hold it, one bit each
        for at, name in enumerate(FIELDS):
            for word, holding in searcher.terms_with_prefix(name, ""):
                known[word] = known.get(word, 0) + holding
                self._fields[word] = self._fields.get(word, 0) | 1 << at
        same = before is not None and before.lexicon.known == known
        self.lexicon: Lexicon = before.lexicon if before is not None and same else Lexicon(known)
        self._rows: dict[str, tuple[Rows, Floats]] = {}

    def postings(self, word: str) -> tuple[Rows, Floats]:
        """(rows, worth): the rows that hold a word, in order, by the fields that hold it and how long those are."""
        found = self._rows.get(word)
        if found is None:
            found = self._rows[word] = self._look_up(word)
        return found

    def text(self, words: Sequence[str], *, spelling: bool = True) -> Text:
        """Scores up to 1, the best match there is. A row that holds too few of the words is not in it."""
        groups = self.lexicon.groups(list(dict.fromkeys(words))[:_MOST_WORDS], spelling=spelling)
        count = len(self.columns)
        total, covered = np.zeros(count), np.zeros(count)
        mass = 0.0
        held: list[tuple[str, Rows]] = []
        for group in groups:
            rows, worth = self._group(group)
            if not len(rows):
                continue
            rare = rarity(count, len(rows))
            mass += rare
            total[rows] += worth * rare
            covered[rows] += rare
            held.append((group.word, rows))
        found = np.flatnonzero(covered > 0)
        share = covered[found] / (mass or 1.0)
        enough = share >= weights().words.part
        found, share = found[enough], share[enough]
        scores = total[found] * share
        return Text(
            found,
            scores / scores.max(initial=1e-9),
            lambda rows: _words_of(rows, held),
            {group.word: group.read_as for group in groups if group.read_as},
        )

    def _group(self, group: Group) -> tuple[Rows, Floats]:
        parts = [self._all_of(terms) for terms, _ in group.alternatives]
        if len(parts) == 1:
            return parts[0][0], parts[0][1] * group.alternatives[0][1]
        best = np.zeros(len(self.columns))
        for (rows, worth), (_, value) in zip(parts, group.alternatives, strict=True):
            best[rows] = np.maximum(best[rows], worth * value)
        found = np.flatnonzero(best)
        return found, best[found]

    def _all_of(self, terms: Sequence[str]) -> tuple[Rows, Floats]:
        rows, worth = self.postings(terms[0])
        for term in terms[1:]:
            more, other = self.postings(term)
            rows, mine, theirs = np.intersect1d(rows, more, assume_unique=True, return_indices=True)
            worth = np.minimum(worth[mine], other[theirs])
        return rows, worth

    def _look_up(self, word: str) -> tuple[Rows, Floats]:
        fields = self._fields.get(word, 0)
        count = len(self.columns)
        dense = np.zeros(count)
        for at, name in enumerate(FIELDS):
            if fields >> at & 1:
                query = tantivy.Query.term_query(self._schema, name, word, "basic")
                hits: Any = self._searcher.search(
                    query, limit=count or 1, count=False, order_by_field="stamp"
                ).hits
                stamps = np.fromiter((stamp for stamp, _ in hits), dtype=np.int64, count=len(hits))
                rows = np.searchsorted(self.columns.stamps, stamps)
                dense[rows] += self.columns.norms[at, rows]
        held = np.flatnonzero(dense)
        return held, dense[held]

    def suggest(self, text: str, most: int) -> list[str]:
        """Names of services, then single words, that begin as the text does."""
        return suggestions(text, self._names, self.lexicon, most)

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        rows = range(len(self.columns))
        found = {(fold(name := self.columns.card(row).name), name) for row in rows}
        return sorted(found)


def _words_of(rows: Rows, held: list[tuple[str, Rows]]) -> list[list[str]]:
    """For each of some rows, the words that it holds."""
    found: list[list[str]] = [[] for _ in rows]
    for word, holding in held:
        at = np.minimum(np.searchsorted(holding, rows), len(holding) - 1)
        for number in np.flatnonzero(holding[at] == rows).tolist():
            found[number].append(word)
    return found
