"""Text to weighted features: stems, pairs of stems, ideas ("skint" is money), keywords and pieces of words.

Nothing here changes what a person wrote. Misspellings are met by pieces of words, so no text is corrected.
People are read by their part in the family, not by gender: "my son" and "my daughter" give the same features.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import Stemmer

from directory.routing.tokens import fold

MAX_CHARS = 6000
"""Characters read from a text. What people write about one family fits in far less."""

MAX_UNITS = 700
"""Words read from a text."""

_TOKEN = re.compile(r"[^\W_]+(?:['’‘`´][^\W_]+)*")
_END = re.compile(r"[.!?\n;]")
# "Dying to play" is not about death: sayings are passed over.
_SAYING = "@saying"
_DENIALS = frozenset(("no", "not", "nil", "without", "deni", "isnt", "nor", "neither"))
_BETWEEN = frozenset(
    (
        *("of", "or", "to", "about", "ani", "thought", "sign", "evid", "concern", "report", "histori"),
        *("current", "known", "physic", "plan", "disclosur", "immedi"),
    )
)
_JOINT = re.compile(r"[.!?;,:()\n]+|\b(?:and|but|also|plus|then)\b", re.IGNORECASE)
_SPEAKER = frozenset(("i", "im", "ive", "me", "my", "myself"))
_ELDER = range(62, 106)
_SIZES = (3, 4, 5)
_STEM, _PAIR, _IDEA, _KEYWORD, _PIECE, _NEAR, _PLAIN = 1.0, 0.8, 1.4, 0.8, 0.25, 0.6, 0.6
_LONGEST_WORD = 30


class Unit(NamedTuple):
    """One word as compared (stem, "@person" or a number) with its span and sentence in the text, and as it was
    written: folded, or "@person" again."""

    word: str
    start: int
    end: int
    sentence: int
    form: str


class Found(NamedTuple):
    """A listed phrase that was met: its name ("=idea" or "!need_code"), its span, and its first unit's place."""

    name: str
    start: int
    end: int
    at: int


class Reading(NamedTuple):
    """A text as read: its units and the listed phrases met in it."""

    units: list[Unit]
    found: list[Found]


class Lexicon:
    """The word lists of the rule book made ready for matching.

    `people` maps a role to its words, `alike` an idea to its words and phrases, `keywords` a need code to its strong
    words; `ignore` holds filler and place names that never count; `deniable` names ideas that "no" before them undoes.
    """

    def __init__(
        self,
        people: Mapping[str, Sequence[str]],
        alike: Mapping[str, Sequence[str]],
        keywords: Mapping[str, Sequence[str]],
        ignore: Iterable[str],
        deniable: Iterable[str] = (),
    ) -> None:
        self._stem = Stemmer.Stemmer("english").stemWord
        self.ignore = frozenset(self._stem(fold(word)) for word in ignore)
        self._deniable = frozenset("=" + name for name in deniable)
        self._people: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for role, phrases in people.items():
            for phrase in phrases:
                key = tuple(fold(word) for word in _TOKEN.findall(phrase))
                self._people.setdefault(key[0], []).append((key, "@" + role))
        for options in self._people.values():
            options.sort(key=lambda option: -len(option[0]))
        self._listed: dict[tuple[str, ...], list[str]] = {}
        self._longest: dict[str, int] = {}
        for mark, lists in (("=", alike), ("!", keywords)):
            for name, phrases in lists.items():
                for phrase in phrases:
                    self._list(phrase, mark + name)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "_stem"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._stem = Stemmer.Stemmer("english").stemWord  # a C object: it cannot be kept on disk

    def _list(self, phrase: str, name: str) -> None:
        key = tuple(unit.word for unit in self.units(phrase))
        if not key:
            return
        names = self._listed.setdefault(key, [])
        if name not in names:
            names.append(name)
        self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def units(self, text: str) -> list[Unit]:
        """Every word of a text, in order: stems, numbers, and people by their part."""
        words: list[Unit] = []
        sentence = last = 0
        for token in _TOKEN.finditer(text):
            if last and _END.search(text, last, token.start()):
                sentence += 1
            last = token.end()
            raw = token.group()[:_LONGEST_WORD]
            word = raw.lower() if raw[0].isdigit() else fold(raw)
            if word:
                words.append(Unit(word, token.start(), last, sentence, word))
            if len(words) >= MAX_UNITS:
                break
        units: list[Unit] = []
        at = 0
        while at < len(words):
            first = words[at]
            name, step, form = "", 1, first.word
            for key, role in self._people.get(first.word, ()):
                if len(key) == 1 or tuple(w.word for w in words[at : at + len(key)]) == key:
                    name, step, form = role, len(key), role
                    break
            if not name:
                name = first.word if first.word[0].isdigit() else self._stem(first.word)
            if name != _SAYING:
                units.append(Unit(name, first.start, words[at + step - 1].end, first.sentence, form))
            at += step
        return units

    def read(self, text: str) -> Reading:
        """Read a text, of which the first `MAX_CHARS` characters count."""
        units = self.units(text[:MAX_CHARS])
        words = [unit.word for unit in units]
        found: list[Found] = []
        for at, word in enumerate(words):
            for length in range(1, min(self._longest.get(word, 0), len(words) - at) + 1):
                names = self._listed.get(tuple(words[at : at + length]))
                if names:
                    start, end = units[at].start, units[at + length - 1].end
                    found.extend(Found(name, start, end, at) for name in names)
        return self._without_denied(units, found)

    def _without_denied(self, units: list[Unit], found: list[Found]) -> Reading:
        """Drop what is said not to be so ("no self-harm, no safeguarding concerns"), ideas and words alike."""
        denied: list[tuple[int, int]] = []
        for one in found:
            if one.name not in self._deniable:
                continue
            before = one.at - 1
            while before >= 0 and units[before].word in _BETWEEN and one.at - before < 5:
                before -= 1
            if (
                before >= 0
                and units[before].word in _DENIALS
                and units[before].sentence == units[one.at].sentence
            ):
                denied.append((one.start, one.end))
        if not denied:
            return Reading(units, found)

        def kept(start: int, end: int) -> bool:
            return not any(start < e and s < end for s, e in denied)

        places = [at for at, unit in enumerate(units) if kept(unit.start, unit.end)]
        moved = {old: new for new, old in enumerate(places)}
        return Reading(
            [units[at] for at in places],
            [f._replace(at=moved[f.at]) for f in found if f.at in moved and kept(f.start, f.end)],
        )

    def clauses(self, text: str, reading: Reading) -> list[Reading]:
        """The parts of a text between stops, commas and joining words; one or none where there is nothing to part."""
        ends = [found.end() for found in _JOINT.finditer(text[:MAX_CHARS])]
        out: list[Reading] = []
        first = here = 0
        for end in [*ends, MAX_CHARS]:
            after = first
            while after < len(reading.units) and reading.units[after].start < end:
                after += 1
            upto = here
            while upto < len(reading.found) and reading.found[upto].start < end:
                upto += 1
            if after > first:
                found = [f._replace(at=f.at - first) for f in reading.found[here:upto] if f.end <= end]
                out.append(Reading(reading.units[first:after], found))
            first, here = after, upto
        return out

    def content(self, reading: Reading) -> list[Unit]:
        """The units that can count towards a need: no filler, no places, no numbers, no bare "they"."""
        return [
            u for u in reading.units if self._counts(u.word) and u.word not in _SPEAKER and u.word != "@them"
        ]

    def _counts(self, word: str) -> bool:
        return word not in self.ignore and not word[0].isdigit()

    def features(self, reading: Reading) -> dict[str, float]:
        """Feature -> weight, before the rarity of a feature and the length of the text are reckoned in.

        Names begin with their kind: "w" stem, "p" pair, "=" idea, "!" keyword, "n" a person just before an idea,
        "c" piece of a word, "#" an age over sixty; and of all words, the small ones too, "f" a word as written, "b" two
        of those side by side, "s" two stems: what is asked for is often said by "how do I", "is there", "used to".
        """
        words = [_number(u.word) for u in reading.units if u.word not in self.ignore]
        stems = Counter(word for word in words if word != "#")
        out = {"w" + word: _STEM * _damp(n) for word, n in stems.items()}
        for (a, b), n in Counter(pairwise(words)).items():
            out[f"p{a} {b}"] = _PAIR * _damp(n)
        for name, n in Counter(found.name for found in reading.found).items():
            out[name] = (_IDEA if name[0] == "=" else _KEYWORD) * _damp(n)
        for name in _people_before(reading):
            out[name] = _NEAR
        for piece, n in _pieces(stems).items():
            out["c" + piece] = _PIECE * _damp(n)
        for name, n in _every(reading.units).items():
            out[name] = _PLAIN * _damp(n)
        return out


def _every(units: Sequence[Unit]) -> Counter[str]:
    """All words as written, and pairs of them as written and as stems."""
    found = Counter(f"f{unit.form}" for unit in units)
    found.update(f"b{a.form} {b.form}" for a, b in pairwise(units))
    found.update(f"s{a.word} {b.word}" for a, b in pairwise(units))
    return found


def _damp(count: int) -> float:
    return 1.0 if count == 1 else 1.0 + math.log(count)


def _number(word: str) -> str:
    if not word[0].isdigit():
        return word
    return "#elder" if word.isdecimal() and len(word) <= 3 and int(word) in _ELDER else "#"


def _people_before(reading: Reading) -> Iterator[str]:
    """Who stands before an idea in its sentence: "my son hits" and "my husband hits" are different needs."""
    for found in reading.found:
        if found.name[0] != "=":
            continue
        for at in range(found.at - 1, -1, -1):
            unit = reading.units[at]
            if unit.sentence != reading.units[found.at].sentence:
                break
            if unit.word[0] == "@" or unit.word in _SPEAKER:
                yield "n" + (unit.word if unit.word[0] == "@" else "@i") + found.name
                break


def _pieces(stems: Mapping[str, int]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for word, n in stems.items():
        if word[0] in "@#" or len(word) < 3:
            continue
        framed = f"<{word}>"
        for size in _SIZES:
            for at in range(len(framed) - size + 1):
                pieces[framed[at : at + size]] += n
    return pieces
