"""Safety first, on every page where somebody typed something."""

from functools import cache
from pathlib import Path
from typing import Any

from directory.routing.safety import Safety, check
from directory.routing.safety_rules import Book, load
from directory.web.urgent import RULES


@cache
def book(rules_dir: str) -> Book:
    return load(Path(rules_dir) if rules_dir else RULES)


def danger(state: Any, text: str) -> Safety:
    """What the safety rules say to the words; nothing of them is kept."""
    return check(text, book(state.settings.rules_dir))
