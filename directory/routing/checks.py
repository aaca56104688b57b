"""What a county should mend in its rule book before it goes live. Pure: the caller brings the gaps of its areas."""

import datetime as dt
from collections.abc import Iterable, Mapping

from msgspec import Struct

from directory.reading import read
from directory.routing.rulebook import RuleBook
from directory.routing.safety_rules import Book

OLDEST_READER = 11.0


class Finding(Struct, frozen=True):
    """One thing to mend. `serious` ones fail the check."""

    serious: bool
    where: str
    what: str


def findings(
    book: RuleBook, danger: Book, today: dt.date, gaps: Mapping[str, Iterable[str]] | None = None
) -> list[Finding]:
    """`gaps` maps an area's name to the needs that no running service there meets."""
    found = [*_contacts(danger, today), *_words(book, danger), *_patterns(danger), *_shifts(book)]
    found += _contradictions(book)
    for area, needs in (gaps or {}).items():
        found += [Finding(False, area, f"no running service for {need}") for need in needs]
    return found


def _contacts(danger: Book, today: dt.date) -> Iterable[Finding]:
    used = {
        *danger.always,
        *(c for kind in danger.kinds.values() for c in (*kind.contacts, *kind.staff_contacts)),
    }
    for contact in danger.contacts.values():
        late = (today - contact.review_by).days
        if late > 0:
            yield Finding(
                contact.id in used, f"contacts.toml: {contact.id}", f"review is {late} days overdue"
            )


def _words(book: RuleBook, danger: Book) -> Iterable[Finding]:
    texts = [(f"safety.toml: {kind.id}", kind.families) for kind in danger.kinds.values()]
    texts += [("safety.toml: quiet", danger.quiet), ("safety.toml: ask", danger.ask)]
    for step in book.pathways.step:
        joined = ". ".join(part.rstrip(".") for part in (step.how, step.consent, step.then) if part)
        texts.append((f"pathways.toml: {step.code}", joined + "."))
    texts += [(f"questions.toml: {question.id}", question.text) for question in book.questions.question]
    for where, text in texts:
        if (years := read(text).age) > OLDEST_READER:
            yield Finding(False, where, f"reading age {years:g}, above {OLDEST_READER:g}")


def _patterns(danger: Book) -> Iterable[Finding]:
    """A pattern that stands twice in one tier of one kind can never add anything the second time."""
    seen: dict[tuple[str, int, str], str] = {}
    for ready in danger.rules:
        for text in ready.rule.says:
            key = (ready.rule.kind, ready.rule.tier, " ".join(text.split()))
            first = seen.setdefault(key, ready.rule.id)
            if first != ready.rule.id:
                yield Finding(
                    False, f"safety: {ready.rule.id}", f"a pattern is never reached, {first} has it: {text}"
                )


def _shifts(book: RuleBook) -> Iterable[Finding]:
    """A rule that raises to where all its needs start anyway never changes anything."""
    order = [level.code for level in book.levels.level]
    usual = {need.code: order.index(need.level) for need in book.needs}
    for shift in book.levels.rise:
        if shift.needs and all(usual.get(code, 0) > order.index(shift.to) for code in shift.needs):
            yield Finding(
                False, f"levels.toml: {shift.id}", "never reached: these needs start higher already"
            )


def _contradictions(book: RuleBook) -> Iterable[Finding]:
    """Rules that undo themselves or each other."""
    always = {
        code: shift.id
        for shift in book.levels.rise
        if not (
            shift.words
            or shift.unless
            or shift.askers
            or shift.flags
            or shift.tier
            or shift.several
            or shift.beside
        )
        for code in shift.needs
    }
    for shift in (*book.levels.rise, *book.levels.ease):
        where = f"levels.toml: {shift.id}"
        for word in sorted(set(shift.words) & set(shift.unless)):
            yield Finding(True, where, f"“{word}” both speaks for it and against it")
        for word in _swallowed(shift.words):
            yield Finding(False, where, f"“{word}” is never reached: a shorter phrase of the rule is in it")
    for sign in book.signs.sign:
        for word in sorted({word for word in sign.words if sign.words.count(word) > 1}):
            yield Finding(False, f"signs.toml: {sign.id}", f"“{word}” stands twice")
    for shift in book.levels.ease:
        for code in shift.needs:
            if code in always:
                what = f"never eases {code}: {always[code]} always raises it"
                yield Finding(False, f"levels.toml: {shift.id}", what)
    owners: dict[str, str] = {}
    for need in book.needs:
        for word in need.keywords:
            first = owners.setdefault(" ".join(word.lower().split()), need.code)
            if first != need.code:
                yield Finding(False, f"needs.toml: {need.code}", f"“{word}” is a keyword of {first} too")


def _swallowed(words: Iterable[str]) -> Iterable[str]:
    """Phrases that hold another of the list as whole words."""
    plain = [f" {' '.join(word.lower().split())} " for word in words]
    for word in plain:
        if any(other in word and other != word for other in plain):
            yield word.strip()
