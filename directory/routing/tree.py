"""Phrases as a tree, followed along the words of a text, so that long word lists cost no more than short ones."""

import re
from collections import defaultdict
from collections.abc import Mapping

from directory.routing.tokens import Words

Span = tuple[int, int]
"""First and last word of a match, both included."""

_NUMBER = re.compile(r"\d{1,6}")
_AGE = re.compile(r"\d{1,2}(?:yo|yrs?|y|m|f|mo|mths?|wks?|weeks?)?")
_COUNTS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "couple few several"
)
_NUMBER_WORDS = frozenset(_COUNTS.split())


class Node:
    """A place in the tree of phrases: the sets that end here, and the words that may follow."""

    __slots__ = ("ends", "loose", "next")

    def __init__(self) -> None:
        # There are many, most of them with one set and nothing after it: small things take half the memory.
        self.ends: tuple[int, ...] = ()
        self.next: dict[str, Node] | None = None
        self.loose: dict[str, Node] | None = None

    def after(self, word: str) -> "Node":
        """The node that follows by this word of a phrase; `stem*` and `#` are looser than a plain word."""
        if word.endswith("*") or word.startswith("#"):
            self.loose = ways = self.loose or {}
        else:
            self.next = ways = self.next or {}
        return ways.setdefault(word, Node())


class Seen:
    """What one text holds: its words, and where each set of the lexicon stands (worked out when asked)."""

    def __init__(
        self, words: Words, hits: Mapping[Node, list[Span]], nodes: Mapping[int, list[Node]]
    ) -> None:
        self.words = words
        self.sets: set[int] = set().union(*(node.ends for node in hits))
        self._hits, self._nodes = hits, nodes
        self._spans: dict[int, list[Span]] = {}

    def spans(self, number: int) -> list[Span]:
        """Where a set stands, in order. Of two entries that begin at one word ("step", "step dad"), the longer."""
        if number not in self._spans:
            hits = self._hits
            found = sorted(s for node in self._nodes[number] if node in hits for s in hits[node])
            after = [s for s, _ in found[1:]]
            self._spans[number] = [s for s, nxt in zip(found, [*after, -1], strict=True) if s[0] != nxt]
        return self._spans[number]


def walk(hits: defaultdict[Node, list[Span]], node: Node, words: Words, i: int) -> None:
    """Follow the tree of phrases from word i as far as the text goes along with it."""
    folded, place = words.folded, words.place
    here = [node]
    j = i
    while True:
        for node in here:
            if node.ends:
                hits[node].append((i, j))
        j += 1
        # A pause ("not.. breathing") is no wall inside a phrase; the end of a sentence is.
        if j >= len(folded) or place[j] - place[j - 1] > 2:
            return
        word = folded[j]
        single = one_of(word)
        further: list[Node] = []
        for node in here:
            if node.next:
                if (way := node.next.get(word)) is not None:
                    further.append(way)
                if single and (way := node.next.get(single)) is not None:
                    further.append(way)
            if node.loose:
                further += [after for wanted, after in node.loose.items() if is_word(word, wanted)]
        if not further:
            return
        here = further


def one_of(word: str) -> str:
    """The word without a last s ("husbands" and "husband's" are husband, "hits" is hit), or nothing."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" else ""


def is_word(word: str, wanted: str) -> bool:
    """Whether a word of a text is the one that a phrase wants: itself, `stem*`, `#` or `#age`."""
    if wanted[-1] == "*":
        return word.startswith(wanted[:-1])
    if wanted[0] == "#":
        # Asked for every word that follows certain phrases: the pattern is tried on what looks like a number alone.
        return word in _NUMBER_WORDS or (
            word[0].isdigit() and bool((_NUMBER if wanted == "#" else _AGE).fullmatch(word))
        )
    return word == wanted
