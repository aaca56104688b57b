"""Text to weighted features: stems, pairs of stems, ideas ("skint" is money), keywords and pieces of words.

Nothing here changes what a person wrote. Misspellings are met by pieces of words, so no text is corrected.
People are read by their part in the family, not by gender: "my son" and "my daughter" give the same features.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import Stemmer

from directory.routing.tokens import fold
from directory.search import groups
from directory.search.groups import UNTOLD, Hashes, coded, counted, joined

MAX_CHARS = 6000
"""Characters read from a text. What people write about one family fits in far less."""

MAX_UNITS = 700
"""Words read from a text."""

_TOKEN = re.compile(r"([^\W_]+(?:['’‘`´][^\W_]+)*)|[.!?\n;]")
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
_PAIR, _IDEA, _KEYWORD, _PIECE, _NEAR, _PLAIN = 0.8, 1.4, 0.8, 0.25, 0.6, 0.6
STEM, LISTED = "w", "="
"""The kinds of features that can be shown as reasons: a word, and a phrase that the rule book lists."""
_LONGEST_WORD = 30
_stemmer = Stemmer.Stemmer("english", 0)


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
        self.ignore = frozenset(_plain(word)[1] for word in ignore)
        self._deniable = frozenset("=" + name for name in deniable)
        self._people: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for role, phrases in people.items():
            for phrase in phrases:
                key = tuple(fold(word) for word in _TOKEN.findall(phrase) if word)
                self._people.setdefault(key[0], []).append((key, "@" + role))
        for options in self._people.values():
            options.sort(key=lambda option: -len(option[0]))
        self._listed: dict[tuple[str, ...], list[str]] = {}
        self._longest: dict[str, int] = {}
        for mark, lists in (("=", alike), ("!", keywords)):
            for name, phrases in lists.items():
                for phrase in phrases:
                    self._list(phrase, mark + name)

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
        sentence, ended = 0, False
        for token in _TOKEN.finditer(text):
            raw = token[1]
            if raw is None:
                ended = True
                continue
            form, stem = _plain(raw)
            if ended and words:
                sentence += 1
            ended = False
            if form:
                words.append(Unit(stem, token.start(), token.end(), sentence, form))
            if len(words) >= MAX_UNITS:
                break
        return self._with_people(words)

    def _with_people(self, words: Sequence[Unit]) -> list[Unit]:
        """Roles in place of the words for people, be they one ("mum") or several ("step dad")."""
        units: list[Unit] = []
        after = 0
        for at, word in enumerate(words):
            if at < after:
                continue
            for key, role in self._people.get(word.form, ()):
                if len(key) == 1 or tuple(w.form for w in words[at : at + len(key)]) == key:
                    after = at + len(key)
                    word = Unit(role, word.start, words[after - 1].end, word.sentence, role)
                    break
            if word.word != _SAYING:
                units.append(word)
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

    def features(self, reading: Reading) -> groups.Found:
        """What a text holds, before the rarity of a feature and the length of the text are reckoned in: stems, pairs of
        them, ideas and keywords, a person just before an idea, pieces of words, an age over sixty; and of all words,
        the small ones too, each as written and those side by side: what is asked for is often said by "how do I",
        "is there", "used to".

        Pairs that a single phrase has teach nothing, pieces of words that two have no more; words of one phrase may.
        """
        words = [_number(u.word) for u in reading.units if u.word not in self.ignore]
        stems = [word for word in words if word != "#"]
        told = coded(STEM, words)
        forms = coded("f", (u.form for u in reading.units), 1 + UNTOLD)
        every = coded("s", (u.word for u in reading.units))
        return counted(
            (told if len(stems) == len(words) else coded(STEM, stems), 1.0),
            (joined("p", told[:-1], told[1:], 1), _PAIR),
            (coded(LISTED, (found.name for found in reading.found if found.name[0] == "=")), _IDEA),
            (coded(LISTED, (found.name for found in reading.found if found.name[0] != "=")), _KEYWORD),
            (coded("n", sorted(set(_people_before(reading)))), _NEAR),
            (_pieces(stems), _PIECE),
            (forms, _PLAIN),
            (joined("b", forms[:-1], forms[1:], 1 + UNTOLD), _PLAIN),
            (joined("s", every[:-1], every[1:], 1 + UNTOLD), _PLAIN),
        )


@lru_cache(maxsize=1 << 12)
def _plain(raw: str) -> tuple[str, str]:
    """A word as compared: folded, and its stem; a number stands as it is."""
    raw = raw[:_LONGEST_WORD]
    if raw[0].isdigit():
        return raw.lower(), raw.lower()
    form = fold(raw)
    return form, form if form[:1].isdigit() else _stemmer.stemWord(form)


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


def _pieces(stems: Sequence[str]) -> Hashes:
    """Every run of three, four and five letters of each word, its ends marked, as one row of letters for speed."""
    framed = [f"<{word}>".encode() for word in stems if word[0] not in "@#" and len(word) >= min(_SIZES)]
    letters = np.frombuffer(b"".join(framed), np.uint8).astype(np.uint32) << np.uint32(3)
    lengths = np.array([len(word) for word in framed], np.intp)
    ends = np.repeat(lengths.cumsum(), lengths)
    found = []
    run = letters
    for size in range(2, max(_SIZES) + 1):
        run = joined("c", run[:-1], letters[size - 1 :], 2 + UNTOLD)
        whole = np.arange(len(run)) + size <= ends[: len(run)]
        if size in _SIZES:
            found.append(run[whole])
    return np.concatenate(found)
