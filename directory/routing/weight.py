"""How light or heavy a matter is, by signs in the words that the rule book lists with their points. Pure."""

from typing import NamedTuple

from directory.routing.rule_shapes import Sign, Signs

_TWICE = 2  # phrases of one sign that count
_UNIVERSAL, _EARLY_HELP, _TARGETED, _SPECIALIST = range(4)


class Weighed(NamedTuple):
    """The points of a text, and the signs that were met in it, those that say most first."""

    points: int
    met: tuple[Sign, ...]

    def has(self, *kinds: str) -> bool:
        return any(sign.kind in kinds for sign in self.met)

    def reason(self, *, eases: bool) -> str:
        """What the sign says that speaks most for the move."""
        return next((sign.reason for sign in self.met if (sign.points < 0) == eases), "")


class Scales:
    """The signs made ready for matching."""

    def __init__(self, signs: Signs) -> None:
        self._moves = signs.moves
        self._signs = signs.sign
        self._phrases: dict[str, list[int]] = {}
        for at, sign in enumerate(signs.sign):
            for word in sign.words:
                self._phrases.setdefault(word, []).append(at)
        self._longest = max((word.count(" ") + 1 for word in self._phrases), default=0)

    def weigh(self, plain: str) -> Weighed:
        """`plain` is a text in small letters, without apostrophes and stops."""
        words = plain.split()
        met: dict[str, list[int]] = {}
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest) + 1):
                phrase = " ".join(words[start:end])
                if found := self._phrases.get(phrase):
                    met[phrase] = found
        times = [0] * len(self._signs)
        for found in met.values():
            for at in found:
                times[at] += 1
        both = zip(self._signs, times, strict=True)
        counted = [(sign.points * min(many, _TWICE), sign) for sign, many in both if many]
        counted.sort(key=lambda each: -abs(each[0]))
        return Weighed(sum(points for points, _ in counted), tuple(sign for _, sign in counted))

    def moved(self, level: int, text: Weighed, *, clear: bool, may_ease: bool) -> int:
        """The level that the signs make of another, both by their place among the four. `clear` says that a need was
        heard; without `may_ease` they only raise."""
        eased = self._eased(level, text, clear=clear) if may_ease and not text.has("heavy") else level
        return self._raised(eased, text) if clear and eased == level else eased

    def _eased(self, level: int, text: Weighed, *, clear: bool) -> int:
        moves, points = self._moves, text.points
        if not clear:
            return _UNIVERSAL if level == _EARLY_HELP and points <= moves.unclear_to_universal else level
        if level == _SPECIALIST and points <= moves.specialist_to_early_help:
            return _UNIVERSAL if text.has("others") else _EARLY_HELP
        if level == _TARGETED and points <= moves.targeted_to_early_help:
            far = text.has("others") and points <= moves.for_others_to_universal
            return _UNIVERSAL if far else _EARLY_HELP
        if level == _EARLY_HELP and points <= moves.early_help_to_universal and not text.has("felt"):
            return _UNIVERSAL
        return level

    def _raised(self, level: int, text: Weighed) -> int:
        moves, points = self._moves, text.points
        heavy = sum(sign.kind == "heavy" for sign in text.met)
        if level == _UNIVERSAL and points >= moves.universal_to_early_help:
            return _EARLY_HELP
        if level == _EARLY_HELP and points >= moves.early_help_to_targeted and heavy >= moves.heavy_signs:
            return _TARGETED
        return level
