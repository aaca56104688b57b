"""The level of need, from rules and facts and with its reasons; never from how sure a classifier is. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR, Levels, Shift
from directory.routing.rulebook import RuleBook
from directory.routing.weight import Scales
from directory.words import LEVELS

MAX_CHARS = 6000
_APART = re.compile(r"[^\w%]+")
_APOSTROPHES = re.compile(r"['’‘`´]")


class Decided(Struct, frozen=True, kw_only=True):
    """`code` is the level; `rules` are the ids of the rules that spoke; `assessment` says that one plan is better."""

    code: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...] = ()
    assessment: bool = False


class LevelRules:
    """The level rules made ready for matching."""

    def __init__(self, book: RuleBook) -> None:
        self._levels: Levels = book.levels
        self._usual = {need.code: need.level for need in book.needs}
        self._named = {need.code: need.plain for need in book.needs}
        self._scales = Scales(book.signs)
        shifts = book.levels.rise + book.levels.ease
        self._words: Mapping[str, tuple[str, ...]] = {s.id: tuple(map(_plain, s.words)) for s in shifts}
        self._unless: Mapping[str, tuple[str, ...]] = {s.id: tuple(map(_plain, s.unless)) for s in shifts}

    def decide(
        self,
        text: str,
        needs: Sequence[str],
        *,
        tier: int = 0,
        flags: Iterable[str] = (),
        asker: str = "",
        at_least: str = "universal",
        beside: Iterable[str] = (),
        calm: bool = True,
    ) -> Decided:
        """The level for `needs` (codes, surest first, only those that count) of a text.

        No needs, as where a text is unclear, gives the level of "unclear". `tier` and `flags` come from
        safety, `at_least` from an answered question; `beside` are further needs as plain as the first; `calm` says that
        nothing sounded like danger. The door is no input.
        """
        plain = _plain(text[:MAX_CHARS])
        seen, plainly = frozenset(flags), frozenset(beside)
        first = needs[0] if needs else ""
        level: str = self._usual.get(first, self._usual[UNCLEAR])
        reasons: list[str] = []
        rules: list[str] = []
        beyond = sum(1 for code in needs if self._usual.get(code, "universal") != "universal")
        top: str = level
        for shift in self._levels.rise:
            if self._holds(shift, plain, first, beyond, plainly, tier, seen, asker):
                rules.append(shift.id)
                if LEVELS.index(shift.to) >= LEVELS.index(top):
                    reasons = (
                        [shift.reason, *reasons]
                        if shift.to != top or not reasons
                        else [*reasons, shift.reason]
                    )
                    top = shift.to
        if not rules:
            for shift in self._levels.ease:
                if self._holds(shift, plain, first, beyond, plainly, tier, seen, asker):
                    rules.append(shift.id)
                    reasons.append(shift.reason)
                    top = shift.to
                    break
        # What a rule saw in the words is never eased, nor is what sounds like danger.
        top, reasons = self._weighed(
            plain, first, top, reasons, calm and not tier and not any(map(self._words.get, rules))
        )
        if LEVELS.index(at_least) > LEVELS.index(top):
            top = at_least
            reasons = [self._levels.cannot_rule_out, *reasons]
        if not reasons:
            reasons = [
                f"This is where help with this usually starts: {self._named.get(first, 'talking to someone')}"
            ]
        assessment = beyond >= self._levels.assessment.several and top in ("early_help", "targeted")
        return Decided(
            code=top, reasons=tuple(dict.fromkeys(reasons)), rules=tuple(rules), assessment=assessment
        )

    def _weighed(
        self, plain: str, first: str, level: str, reasons: list[str], may_ease: bool
    ) -> tuple[str, list[str]]:
        """The level and its reasons after the signs of how light or heavy it is."""
        text = self._scales.weigh(plain)
        clear = first in self._usual and first not in (UNCLEAR, OUT_OF_SCOPE)
        at = LEVELS.index(level)
        moved = self._scales.moved(at, text, clear=clear, may_ease=may_ease)
        if moved == at:
            return level, reasons
        reason = text.reason(eases=moved < at)
        return LEVELS[moved], [reason] if moved < at else [reason, *reasons]

    def _holds(
        self,
        shift: Shift,
        plain: str,
        first: str,
        beyond: int,
        beside: frozenset[str],
        tier: int,
        flags: frozenset[str],
        asker: str,
    ) -> bool:
        if shift.needs and first not in shift.needs:
            return False
        if shift.tier and (tier == 0 or tier > shift.tier):
            return False
        if shift.flags and not flags.intersection(shift.flags):
            return False
        if shift.askers and asker not in shift.askers:
            return False
        if shift.beside and beside.isdisjoint(shift.beside):
            return False
        if shift.several and beyond < shift.several:
            return False
        if shift.longest and plain.count(" ") - 1 > shift.longest:
            return False
        if shift.words and not any(word in plain for word in self._words[shift.id]):
            return False
        return not any(word in plain for word in self._unless[shift.id])


def _plain(text: str) -> str:
    """Words in small letters with one space on each side, so that a phrase is found as whole words only."""
    return " " + _APART.sub(" ", _APOSTROPHES.sub("", text.lower())).strip() + " "
