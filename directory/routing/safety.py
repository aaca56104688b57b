"""Is anyone in danger? Patterns over words, answered before anything else; pure, and nothing is kept.

Tier 1 interrupts. Tier 2 asks softly whether anyone is in danger or hurt right now, and never blocks. Tier 0 is always
on the page. What turns a match down (a negation, something long past, a joke, a question for information) lowers tier 1
to tier 2 and never to silence, and looks only at the words of its own sentence, so that more text cannot undo a flag.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from directory.routing.language import detect
from directory.routing.pattern import Pattern, find
from directory.routing.safety_rules import Book, Contact, Ready, Shared
from directory.routing.tokens import words
from directory.routing.tree import Seen, Span

Tier = Literal[0, 1, 2]

UNLESS_REACH = 12
SOFTEN_REACH = 20
NEGATION_REACH = 4
NEGATION_REACH_URGENT = 1
URGING = frozenset({"right", "now", "please", "pls", "plz", "just", "urgently", "quickly", "rn"})
"""Words that only urge: they do not count in the length of a text, so that "right now" never quietens it."""


class Flag(Struct, frozen=True, kw_only=True):
    """What was seen. `span` is [start, end) in characters of the text; `turned` says why tier 1 became tier 2."""

    rule: str
    kind: str
    tier: Literal[1, 2]
    urgent: bool
    span: tuple[int, int]
    words: str
    turned: str | None = None
    sure: bool = False


class Safety(Struct, frozen=True, kw_only=True):
    """The answer: `urgent` means 999 or 111 now; `message` is for families, `staff_message` for front-door staff.

    `language` is "en", the code of a language with its own message, or "other"; anything but "en" needs a person.
    """

    tier: Tier
    urgent: bool
    kinds: tuple[str, ...]
    flags: tuple[Flag, ...]
    contacts: tuple[Contact, ...]
    staff_contacts: tuple[Contact, ...]
    message: str
    staff_message: str
    ask: str
    quick_exit: bool
    language: str
    right_to_left: bool = False
    reviewed: bool = True


class _Match(NamedTuple):
    tier: Literal[0, 1, 2]
    span: Span
    turned: str | None


def check(text: str, book: Book) -> Safety:
    """Look for danger in a text of any length and language. Never raises, stores or logs."""
    cut = words(text)
    seen = book.lexicon.look(cut)
    judge = _Judge(seen, book)
    best: dict[int, _Match] = {}
    for number in seen.sets:
        for pattern, index in book.says.get(number, ()):
            if not pattern.needs <= seen.sets:
                continue
            before = best.get(index)
            ready = book.rules[index]
            if before is not None and before.tier == ready.rule.tier:
                continue
            match = judge.best(pattern, ready)
            if match.tier and (before is None or match.tier < before.tier):
                best[index] = match
    flags = [_flag(book.rules[i], m, text, seen) for i, m in best.items()]
    if not flags:
        flags = _cues(text, seen, book)
    order = {kind: at for at, kind in enumerate(book.kinds)}
    flags.sort(key=lambda f: (f.tier, not f.urgent, order[f.kind], f.span, f.rule))
    return _answer(tuple(flags), book, detect(text, cut, book.languages))


class _Judge:
    """Weighs the matches of one text; what each shared pattern found is looked up once."""

    def __init__(self, seen: Seen, book: Book) -> None:
        self.seen = seen
        self.book = book
        self._found: dict[int, list[Span]] = {}
        self._length = sum(1 for word in seen.words.folded if word not in URGING)

    def best(self, pattern: Pattern, ready: Ready) -> _Match:
        """The strongest reading of a pattern's matches; tier 0 where none counts."""
        rule = ready.rule
        kept = _Match(0, (0, 0), None)
        if rule.at_most and self._length > rule.at_most:
            return kept
        for span in find(pattern, self.seen):
            if self._any(ready.unless, span, UNLESS_REACH):
                continue
            turned = self._turned(pattern, ready, span)
            if turned is None:
                return _Match(rule.tier, span, None)
            if rule.tier == 1 and not kept.tier:
                kept = _Match(2, span, turned)
            elif rule.tier == 2 and turned == "history":
                return _Match(2, span, None)
        return kept

    def _turned(self, pattern: Pattern, ready: Ready, span: Span) -> str | None:
        if self._any(ready.soften, span, SOFTEN_REACH):
            return "softened"
        for turn in ready.rule.turns:
            shared = self.book.turns[turn]
            if turn == "negation":
                if self._negated(pattern, shared, span, urgent=ready.rule.urgent):
                    return turn
            elif self._any(shared.says, span, SOFTEN_REACH) and not self._any(
                shared.not_with, span, SOFTEN_REACH
            ):
                return turn
        return None

    def _negated(self, pattern: Pattern, shared: Shared, span: Span, *, urgent: bool) -> bool:
        """A "not" just before the match or inside it, that is part of no other saying; or "denied" just after."""
        before, after = shared.says[0], shared.says[1:]
        reach = NEGATION_REACH_URGENT if urgent else NEGATION_REACH
        place, sentence = self.seen.words.place, self.seen.words.sentence
        walls = [s for other in shared.not_with for s in self._spans(other)]
        own = pattern.denies or not pattern.needs.isdisjoint(before.needs)
        for s, e in self._spans(before):
            inside = span[0] <= s and e <= span[1]
            close = (
                e < span[0]
                and place[span[0]] - place[e] - 1 <= reach
                and sentence[e] == sentence[span[0]]
                # "no.. he hit me": a pause ends what a "not" speaks of.
                and place[span[0]] - place[e] == span[0] - e
            )
            if (close or (inside and not own)) and not any(
                (a <= e and s <= b) or (e < a and b < span[0]) for a, b in walls
            ):
                return True
        return any(
            0 < place[s] - place[span[1]] <= 3 and sentence[s] == sentence[span[1]]
            for other in after
            for s, _ in self._spans(other)
        )

    def _any(self, patterns: Iterable[Pattern], span: Span, reach: int) -> bool:
        place, sentence = self.seen.words.place, self.seen.words.sentence
        low, high = place[span[0]] - reach, place[span[1]] + reach
        first, last = sentence[span[0]], sentence[span[1]]
        for pattern in patterns:
            if not pattern.needs <= self.seen.sets:
                continue
            for s, e in self._spans(pattern):
                if sentence[s] >= first and sentence[e] <= last and place[e] >= low and place[s] <= high:
                    return True
        return False

    def _spans(self, pattern: Pattern) -> list[Span]:
        key = id(pattern)
        if key not in self._found:
            self._found[key] = find(pattern, self.seen)
        return self._found[key]


def _flag(ready: Ready, match: _Match, text: str, seen: Seen) -> Flag:
    start, end = seen.words.start[match.span[0]], seen.words.end[match.span[1]]
    tier: Literal[1, 2] = 1 if match.tier == 1 else 2
    return Flag(
        rule=ready.rule.id,
        kind=ready.rule.kind,
        tier=tier,
        urgent=ready.rule.urgent and tier == 1,
        span=(start, end),
        words=text[start:end],
        turned=match.turned,
        sure=ready.rule.sure and tier == 1,
    )


def _cues(text: str, seen: Seen, book: Book) -> list[Flag]:
    """Several weak signs together make one soft flag, under the kind with most of them."""
    points: dict[str, int] = {}
    spans: list[Span] = []
    for cue, patterns in book.cues:
        found = next((spans_ for p in patterns if (spans_ := find(p, seen))), None)
        if found:
            points[cue.kind] = points.get(cue.kind, 0) + cue.points
            spans.append(found[0])
    if sum(points.values()) < book.points:
        return []
    kind = max(points, key=lambda k: points[k])
    start = min(seen.words.start[s] for s, _ in spans)
    end = max(seen.words.end[e] for _, e in spans)
    return [Flag(rule="cues", kind=kind, tier=2, urgent=False, span=(start, end), words=text[start:end])]


def _answer(flags: tuple[Flag, ...], book: Book, language: str) -> Safety:
    tier: Tier = min((f.tier for f in flags), default=0)
    urgent = any(f.urgent for f in flags)
    kinds = tuple(dict.fromkeys(f.kind for f in flags))
    shown = [book.kinds[k] for k in kinds]
    spoken = next((one for one in book.languages if one.code == language), None)
    message, staff = (shown[0].families, shown[0].staff) if tier == 1 else (book.quiet, book.quiet)
    if spoken:
        message = spoken.message
    return Safety(
        tier=tier,
        urgent=urgent,
        kinds=kinds,
        flags=flags,
        contacts=_contacts(book, urgent, (c for k in shown for c in k.contacts)),
        staff_contacts=_contacts(book, urgent, (c for k in shown for c in k.staff_contacts)),
        message=message,
        staff_message=staff,
        ask=book.ask if tier == 2 else "",
        quick_exit=any(k.quick_exit for k in shown),
        language=language,
        right_to_left=bool(spoken and spoken.right_to_left),
        reviewed=spoken.reviewed if spoken else True,
    )


def _contacts(book: Book, urgent: bool, wanted: Iterable[str]) -> tuple[Contact, ...]:
    first = (book.always[0],) if urgent else ()
    return tuple(book.contacts[c] for c in dict.fromkeys((*first, *wanted, *book.always)))


def asked_instead(safety: Safety, why: str, book: Book) -> Safety:
    """The answer with the soft question in place of the interruption: the flags stay, turned down for `why`."""
    return _answer(
        tuple(
            msgspec.structs.replace(flag, tier=2, urgent=False, turned=flag.turned or why)
            if flag.tier == 1
            else flag
            for flag in safety.flags
        ),
        book,
        safety.language,
    )


def passed_over(safety: Safety, book: Book) -> Safety:
    """The answer without its hints, where nothing else in the text sounds like danger."""
    return _answer((), book, safety.language)


def heard_too(safety: Safety, flag: Flag, book: Book) -> Safety:
    """The answer with one more flag, from another pair of ears: nothing that was there is lowered or taken away."""
    flags = sorted((*safety.flags, flag), key=lambda each: (each.tier, not each.urgent))
    return _answer(tuple(flags), book, safety.language)
