"""A small language for patterns that people who are not programmers can read, and a matcher that cannot run away.

    took ... <pills>                  these in this order, up to 4 other words between (`...8`: up to 8)
    [he|she|my partner] hit* me       one of several words or phrases; `hit*` is any word that begins with "hit"
    <drunk> & <driving> & <child>     all of them near each other, in any order (`&20`: within 20 words)
    ~suicide                          also with one slip of spelling, or a letter hidden (`su*cide`); every first word
                                      of seven letters and more is met so
    #   #age                          any number; a number or an age as typed (14, 5yo, 3yrs)

`<name>` is a set of words or short phrases from the word lists. Each word of the text is looked up once and sorted
lists of places are joined, so the time grows with the length of the text and never explodes.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from directory.routing.tokens import Words, fold
from directory.routing.tree import Node, Seen, Span, is_word, one_of, walk

DEFAULT_GAP = 4
DEFAULT_NEAR = 12

_PIECES = re.compile(r"&\d*|\.\.\.\d*|<[\w-]+>|\[[^\]]*\]|\S+")
_NOTS = (
    "not no never none nothing without isnt aint arent wasnt werent hasnt havent hadnt doesnt didnt dont cant cannot "
    "wont couldnt wouldnt shouldnt non"
)
_DENIALS = frozenset(_NOTS.split())
_FORGIVEN = 7  # letters of a word of which one slip is always met: few others are so near to it
_LONGEST = 24  # letters of a word that may hold a slip; nothing that anyone looks for is longer
_MASKED = 20  # hidden words ("s*icide") looked up in one text, so that a wall of asterisks costs nothing


class PatternError(ValueError):
    """A pattern or word list that cannot be read; the message quotes it."""


class Part(NamedTuple):
    """Sets of words that follow one another; each with how many other words may stand before it."""

    sets: tuple[int, ...]
    gaps: tuple[int, ...]


class Pattern(NamedTuple):
    """A compiled pattern. `needs` are all the sets it uses; `anchor` is the rarest of them.

    `denies` is true where its own words hold a "not" ("hasnt come home"), which then does not turn it down.
    """

    says: str
    parts: tuple[Part, ...]
    near: int
    needs: frozenset[int]
    anchor: int
    denies: bool = False


class Lexicon:
    """Word lists turned into one look-up, and the compiler of the patterns that use them."""

    def __init__(self, lists: Mapping[str, str] | None = None) -> None:
        self._lists = dict(lists or {})
        self._named: dict[str, int] = {}
        self._made: dict[tuple[str, ...], int] = {}
        self._exact: dict[str, Node] = {}
        self._stems: dict[str, Node] = {}
        self._nodes: defaultdict[int, list[Node]] = defaultdict(list)
        self._slips: dict[
            str, tuple[str, ...]
        ] = {}  # a word without one letter -> the words that it may be of
        self._stem_sizes: tuple[int, ...] = ()
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        self._uses: defaultdict[int, int] = defaultdict(int)
        self._denying: set[int] = set()

    def _named_set(self, name: str, path: tuple[str, ...] = ()) -> int:
        if name in path:
            raise PatternError(f"the word lists {' -> '.join((*path, name))} go round in a circle")
        if name not in self._lists:
            raise PatternError(f"there is no word list called <{name}>")
        if name not in self._named:
            self._named[name] = self._add(self._spread(name, path))
        return self._named[name]

    def _spread(self, name: str, path: tuple[str, ...] = ()) -> tuple[str, ...]:
        if name in path:
            raise PatternError(f"the word lists {' -> '.join((*path, name))} go round in a circle")
        if name not in self._lists:
            raise PatternError(f"there is no word list called <{name}>")
        found: list[str] = []
        for entry in (e.strip() for e in self._lists[name].split(",")):
            if entry.startswith("<"):
                found.extend(self._spread(entry[1:-1], (*path, name)))
            elif entry:
                found.append(entry)
        return tuple(dict.fromkeys(found))

    def _add(self, entries: tuple[str, ...]) -> int:
        if not entries:
            raise PatternError("an empty list of words can never match")
        if entries in self._made:
            return self._made[entries]
        number = self._made[entries] = len(self._made)
        for entry in entries:
            self._enter(entry, number)
            if not _DENIALS.isdisjoint(entry.split()):
                self._denying.add(number)
        return number

    def _enter(self, entry: str, number: int) -> None:
        first, *rest = entry.split()
        if first.endswith("*"):
            stem = fold(first[:-1])
            if len(stem) < 2:
                raise PatternError(f"{entry!r}: at least two letters must stand before the *")
            self._stem_sizes = tuple(sorted({*self._stem_sizes, len(stem)}))
            node = self._stems.setdefault(stem, Node())
        else:
            word = first if first.startswith("#") else fold(first.lstrip("~"))
            if first.startswith("~") or (len(word) >= _FORGIVEN and word.isalpha()):
                for short in _shorter(word):
                    if word not in (known := self._slips.get(short, ())):
                        self._slips[short] = (*known, word)
                self._by_length[len(word)].append(word)
            node = self._exact.setdefault(word, Node())
        for word in rest:
            node = node.after(_plain(word))
        if number not in node.ends:
            self._nodes[number].append(node)
            node.ends = (*node.ends, number)

    def compile(self, says: str) -> Pattern:
        """Read one pattern. Raises PatternError, quoting it."""
        parts: list[Part] = []
        sets: list[int] = []
        gaps: list[int] = []
        literal: list[str] = []
        gap, near = 0, DEFAULT_NEAR

        def close() -> None:
            if literal:
                sets.append(self._add((" ".join(literal),)))
                gaps.append(0 if len(sets) == 1 else waiting)
                literal.clear()

        waiting = 0
        for piece in _PIECES.findall(says):
            if piece.startswith("..."):
                close()
                gap = int(piece[3:] or DEFAULT_GAP)
            elif piece.startswith("&"):
                close()
                near = int(piece[1:] or near)
                if not sets:
                    raise PatternError(f"{says!r}: nothing stands before &")
                parts.append(Part(tuple(sets), tuple(gaps)))
                sets, gaps, gap = [], [], 0
            elif piece[0] in "<[":
                close()
                inner = piece[1:-1]
                try:
                    number = (
                        self._named_set(inner)
                        if piece[0] == "<"
                        else self._add(tuple(dict.fromkeys(self._choices(inner))))
                    )
                except PatternError as wrong:
                    raise PatternError(f"{says!r}: {wrong}") from None
                sets.append(number)
                gaps.append(0 if len(sets) == 1 else gap)
                gap = 0
            else:
                if not literal:
                    waiting, gap = gap, 0
                literal.append(piece)
        close()
        if not sets:
            raise PatternError(f"{says!r}: a pattern needs words")
        parts.append(Part(tuple(sets), tuple(gaps)))
        used = frozenset(number for part in parts for number in part.sets)
        for number in used:
            self._uses[number] += 1
        anchor = min(used, key=lambda n: self._uses[n])
        return Pattern(says, tuple(parts), near, used, anchor, not self._denying.isdisjoint(used))

    def _choices(self, inner: str) -> Iterable[str]:
        for choice in inner.split("|"):
            choice = choice.strip()
            if choice.startswith("<"):
                yield from self._spread(choice[1:-1])
            elif choice:
                yield choice

    def look(self, words: Words) -> Seen:
        """Find every set of the lexicon in a text: one look-up a word."""
        hits: defaultdict[Node, list[Span]] = defaultdict(list)
        roots: dict[str, list[Node]] = {}
        masked = 0
        for i, word in enumerate(words.folded):
            if "*" in word:
                masked += 1
            if word not in roots:
                roots[word] = self._roots(word, hidden=masked <= _MASKED)
            for node in roots[word]:
                walk(hits, node, words, i)
        return Seen(words, hits, self._nodes)

    def _roots(self, word: str, *, hidden: bool) -> list[Node]:
        exact = self._exact
        found = [exact[w] for w in (word, one_of(word)) if w in exact]
        if not found and "*" in word:
            found = [exact[likely] for likely in self._hidden(word)] if hidden else []
        elif not found and 5 <= len(word) <= _LONGEST:
            found = [exact[likely] for likely in self._slip(word)]
        for size in self._stem_sizes:
            if size > len(word):
                break
            if (node := self._stems.get(word[:size])) is not None:
                found.append(node)
        for wide in ("#", "#age"):
            if wide in exact and is_word(word, wide):
                found.append(exact[wide])
        return found

    def _slip(self, word: str) -> list[str]:
        near: set[str] = set(self._slips.get(word, ()))
        for short in _shorter(word):
            near.update(self._slips.get(short, ()))
            if short in self._exact and short in self._slips_of(short):
                near.add(short)
        return [w for w in near if w[0] == word[0] and _one_slip(word, w)]

    def _slips_of(self, word: str) -> list[str]:
        return self._by_length.get(len(word), [])

    def _hidden(self, word: str) -> list[str]:
        shown = re.compile("".join("." if c == "*" else re.escape(c) for c in word))
        return [w for w in self._by_length.get(len(word), ()) if shown.fullmatch(w)]


def find(pattern: Pattern, seen: Seen) -> list[Span]:
    """Every place where the pattern stands, as first and last word, in order of the last word."""
    if not pattern.needs <= seen.sets:
        return []
    place = seen.words.place
    runs = [_run(part, seen, place) for part in pattern.parts]
    return runs[0] if len(runs) == 1 else _near(runs, seen.words, pattern.near)


def _run(part: Part, seen: Seen, place: Sequence[int]) -> list[Span]:
    reached = seen.spans(part.sets[0])
    for number, gap in zip(part.sets[1:], part.gaps[1:], strict=True):
        reached = sorted(reached, key=_last)
        ends = [e for _, e in reached]
        joined: list[Span] = []
        for start, end in seen.spans(number):
            before = bisect_left(ends, start) - 1
            if before >= 0 and place[start] - place[ends[before]] - 1 <= gap:
                joined.append((reached[before][0], end))
        reached = joined
        if not reached:
            break
    return reached


def _near(runs: Sequence[list[Span]], words: Words, within: int) -> list[Span]:
    place, sentence = words.place, words.sentence
    first, *others = runs
    starts = [[s for s, _ in run] for run in others]
    found: list[Span] = []
    for span in first:
        low, high = span
        for run, begins in zip(others, starts, strict=True):
            best: tuple[bool, int, Span] | None = None
            at = bisect_right(begins, high)
            for near in run[max(0, at - 3) : at + 1]:
                if near[1] < span[0] or near[0] > span[1]:
                    wide = place[max(high, near[1])] - place[min(low, near[0])]
                    # Words of the same sentence come first, so that another sentence cannot draw a match away.
                    likely = (sentence[near[0]] != sentence[span[0]], wide, near)
                    if wide <= within and (best is None or likely < best):
                        best = likely
            if best is None:
                break
            low, high = min(low, best[2][0]), max(high, best[2][1])
        else:
            found.append((low, high))
    return found


def _last(span: Span) -> int:
    return span[1]


def _plain(word: str) -> str:
    if word.startswith("#"):
        return word
    if word.endswith("*"):
        return fold(word[:-1]) + "*"
    return fold(word.lstrip("~"))


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def _one_slip(a: str, b: str) -> bool:
    """True where one letter added, lost, changed or swapped with its neighbour turns a into b."""
    if abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return longer[i + 1 :] == shorter[i:]
    return a[i + 1 :] == b[i + 1 :] or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
