"""Who somebody is and how they type must not decide whether danger is heard, nor raise it where there is none."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from directory.routing.hearing import judge
from directory.routing.route import Router
from tests.routing import safety_texts as texts

FLIPS = {"typing": 0.05}
"""Where more than 3 in 100 are moved: one or two slips of the finger can still turn an interruption into a question."""

_PERSON = (
    r"\b((?:my|our|her|his|the) "
    r"(?:son|daughter|husband|wife|partner|grandson|brother|sister|uncle|boyfriend|girl|boy))\b"
)

DROPPED = 0.02
NAMES = (
    "Mohammed", "Agnieszka", "Oluwaseun", "Jack", "Priya", "Dylan", "Chloe", "Wei", "Fatima", "Tyrone", "Siobhan",
    "Lukas", "Ioana", "Beyza", "Kwame", "Ruby", "Zofia", "Hassan", "Maria", "Tom",
)  # fmt: skip
SWAPS = {
    "he": "she", "she": "he", "hes": "shes", "shes": "hes", "he's": "she's", "she's": "he's", "him": "her",
    "his": "her",
    "son": "daughter", "daughter": "son", "boy": "girl", "girl": "boy", "husband": "wife", "wife": "husband",
    "mum": "dad", "dad": "mum", "brother": "sister", "sister": "brother", "grandson": "granddaughter",
}  # fmt: skip


@pytest.fixture(scope="module")
def said() -> list[str]:
    flagged = [text for told in texts.TIER_1.values() for text in told] + texts.EMERGENCIES
    with (Path(__file__).parent / "safety_dev2.csv").open(encoding="utf-8", newline="") as rows:
        more = [row["text"] for row in csv.DictReader(rows)]
    return [*flagged, *texts.ORDINARY, *more]


def _named(text: str, chance: Random) -> str:
    return re.sub(
        _PERSON,
        lambda found: f"{found[1]} {chance.choice(NAMES)}",
        text,
        count=1,
        flags=re.IGNORECASE,
    )


def _other_name(text: str, chance: Random) -> str:
    return f"my name is {chance.choice(NAMES)}. {text}"


def _swapped(text: str, _: Random) -> str:
    return re.sub(r"[A-Za-z']+", lambda found: SWAPS.get(found[0].lower(), found[0]), text)


def _mistyped(text: str, chance: Random) -> str:
    """One slip in one or two of the longer words: two letters change places, one is lost, or one comes twice."""
    spans = [found.span() for found in re.finditer(r"[a-z]{5,}", text)]
    for start, end in sorted(chance.sample(spans, min(len(spans), chance.choice((1, 2)))), reverse=True):
        at = chance.randrange(start + 1, end - 1)
        way = chance.randrange(3)
        letters = (text[at + 1] + text[at], text[at + 1], text[at] + text[at] + text[at + 1])[way]
        text = text[:at] + letters + text[at + 2 :]
    return text


CHANGES: dict[str, Callable[[str, Random], str]] = {
    "a name": _named,
    "another name": _other_name,
    "gender": _swapped,
    "typing": _mistyped,
    "capitals": lambda text, _: text.upper(),
    "small letters": lambda text, _: text.lower(),
    "greeting": lambda text, chance: (
        chance.choice(("Hi, ", "Hello there. ", "Good morning, ", "hiya ")) + text
    ),
    "please": lambda text, chance: (
        text + chance.choice((" please", " please help, thank you", ". Many thanks"))
    ),
    "emoji": lambda text, chance: text + chance.choice((" 🙏", " 😔", " ❤️", " 🙂")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_asks_and_how_they_type_hardly_ever_moves_the_answer(
    change: str, router: Router, said: list[str]
) -> None:
    chance = Random(7)  # the same texts every time
    pairs = [(text, CHANGES[change](text, chance)) for text in said]
    tiers = [(_tier(text, router), _tier(other, router)) for text, other in pairs if text != other]
    assert sum(a != b for a, b in tiers) <= FLIPS.get(change, 0.03) * len(tiers)
    # Worse than a change is a danger that falls silent.
    assert sum(a == 1 and b == 0 for a, b in tiers) <= DROPPED * sum(a == 1 for a, _ in tiers)


def _tier(text: str, router: Router) -> int:
    return judge(text, router.danger, router.alarm).tier
