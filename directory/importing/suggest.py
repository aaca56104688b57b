"""Tags that a service of a foreign feed probably should have, from its words; suggested, never more. Pure.

Needs come from the router's own classifier, outcomes from the needs, kinds from plain words in names. A level is never
suggested: it decides who is sent where.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from directory.routing.needs import NeedReader
from directory.routing.rulebook import RuleBook
from directory.words import Outcome

LEAST = 0.35
"""Confidence below which a need is not worth suggesting."""
MOST = 3

# What a name says of the kind of service, and how sure that is; the first that matches counts.
_KINDS: tuple[tuple[str, str, float], ...] = (
    ("family_hub", r"\bfamily (hub|centre)s?\b", 0.9),
    ("help_hub", r"\b(early )?help hub\b", 0.9),
    (
        "early_childhood_group",
        r"\b(toddlers?|baby|babies|stay and play|playgroup|pre-?school|nursery|rhyme ?time|bumps?)\b",
        0.8,
    ),
    ("statutory", r"\b(council|nhs|police|jobcentre|probation)\b", 0.6),
    (
        "voluntary_group",
        r"\b(charity|charitable|trust|community|association|club|church|volunteers?|cic|friends of)\b",
        0.6,
    ),
)


class Suggestion(NamedTuple):
    """One tag that might fit; `confidence` is 0 to 1."""

    taxonomy: str
    code: str
    confidence: float


class Suggester:
    """Built once from the rule book; `suggest` may be called from any thread."""

    def __init__(self, book: RuleBook) -> None:
        self._reader = NeedReader(book)
        self._outcomes: Mapping[str, Outcome] = {need.code: need.outcome for need in book.needs}

    def suggest(self, name: str, description: str, organization: str) -> list[Suggestion]:
        """Needs, the outcomes they belong to, and a kind, the surest first within each; often none at all."""
        heard = self._reader.hear(f"{name}. {description}")
        needs = [
            Suggestion("needs", guess.code, round(min(guess.confidence, 0.99), 2))
            for guess in heard.needs[:MOST]
            if heard.status == "clear" and guess.confidence >= LEAST
        ]
        outcomes: dict[str, float] = {}
        for each in needs:
            outcome = self._outcomes[each.code]
            outcomes[outcome] = max(outcomes.get(outcome, 0.0), each.confidence)
        found = [*needs, *(Suggestion("flourish", code, sure) for code, sure in outcomes.items())]
        if kind := _kind(name) or _kind(organization):
            found.append(kind)
        return found


def _kind(name: str) -> Suggestion | None:
    for code, pattern, sure in _KINDS:
        if re.search(pattern, name, re.I):
            return Suggestion("kind", code, sure)
    return None
