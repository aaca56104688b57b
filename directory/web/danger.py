"""Safety first, on every page where somebody typed something; and which needs call for a quiet page."""

from collections.abc import Iterable
from typing import Any

from directory.routing.safety import Safety, check


def danger(state: Any, text: str) -> Safety:
    """What the safety rules say to the words; nothing of them is kept."""
    return check(text, state.router.danger)


def sensitive(state: Any, codes: Iterable[str]) -> bool:
    """Whether a page about these needs should offer a quick way out."""
    wanted = set(codes)
    return any(need.sensitive and need.code in wanted for need in state.router.book.needs)
