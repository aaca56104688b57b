"""The same need told by a parent, a professional and a young person is the same need; what does not matter, changes
nothing, in need or level. The texts were written before their answers were seen.

Levels are compared where the safety tier is the same: how steady that is, the tests of safety say."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from directory.routing.hearing import listen
from directory.routing.route import Router
from directory.routing.shapes import Ask

with (Path(__file__).parent / "voices.csv").open(encoding="utf-8", newline="") as file:
    GROUPS = list(csv.DictReader(file))
VOICES = ("parent", "professional", "young_person")
TEXTS = [group[voice] for group in GROUPS for voice in VOICES]
SWAPS = [
    ("son", "daughter"), ("boy", "girl"), ("boys", "girls"), ("he", "she"), ("his", "her"), ("him", "her"),
    ("mum", "dad"), ("mother", "father"), ("husband", "wife"), ("nan", "grandad"), ("grandmother", "grandfather"),
]  # fmt: skip
NAMES = (
    "Oliver",
    "Mohammed",
    "Agnieszka",
    "Chantelle",
    "Kwame",
    "Li Wei",
    "Siobhan",
    "Priya",
    "Duarte",
    "Amelia",
)
BACKGROUNDS = (
    "We are a Polish family.", "We are a Black British family.", "We are a Muslim family.", "We are white British.",
    "We are a Bangladeshi family.", "We are a Traveller family.", "We are Christians.", "We are from Lithuania.",
)  # fmt: skip
POSTCODES = ("NR3 1FH", "PE30 1LY", "NR30 2AX", "NR27 9HS", "IP24 1AA", "NR18 0QB")
GREETINGS = ("Hi there,", "Good morning.", "Hello, I hope you are well.", "Dear sir or madam,")
THANKS = ("Thank you.", "Thanks so much in advance!", "Kind regards", "Many thanks for your time.")


class Answer(NamedTuple):
    need: str
    level: str
    tier: int


Hear = Callable[[str], Answer]


@pytest.fixture(scope="module")
def heard(router: Router) -> Hear:
    known: dict[str, Answer] = {}

    def hear(text: str) -> Answer:
        if text not in known:
            found = listen(
                Ask(text=text), router.book, router.danger, router.reader, router.levels, router.alarm
            )
            first = found.needs[0].code if found.needs and found.status == "clear" else found.status
            known[text] = Answer(first, found.level.code, found.safety.tier)
        return known[text]

    return hear


def differ(answers: list[Answer]) -> bool:
    """Whether the first need differs, or the level under one tier."""
    levels: dict[int, set[str]] = {}
    for answer in answers:
        levels.setdefault(answer.tier, set()).add(answer.level)
    return len({answer.need for answer in answers}) > 1 or any(len(each) > 1 for each in levels.values())


def flips(heard: Hear, change: Callable[[str], str]) -> list[str]:
    """Texts whose first need or level changes."""
    return [text for text in TEXTS if differ([heard(text), heard(change(text))])]


def test_there_are_groups_enough() -> None:
    assert len(GROUPS) >= 24


def test_one_need_in_three_voices_is_one_answer(heard: Hear) -> None:
    """Eleven of twelve groups have one first need and one level, whoever tells it."""
    apart = [
        group["need"]
        for group in GROUPS
        if differ([heard(group[voice]) for voice in VOICES]) or heard(group["parent"]).need != group["need"]
    ]
    assert len(apart) <= len(GROUPS) / 12, apart


def swapped(text: str) -> str:
    other = dict(SWAPS) | {b: a for a, b in SWAPS if b != "her"} | {"her": "his"}
    return re.sub(r"\b[a-z]+\b", lambda found: other.get(found.group(), found.group()), text)


def mistyped(text: str, chance: random.Random) -> str:
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 5 and word.isalpha() and chance.random() < 0.1:
            spot = chance.randrange(1, len(word) - 2)
            words[at] = word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
    return " ".join(words)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        swapped,
        lambda text: text.replace(",", "").replace(".", ""),
        lambda text: f"{text}!!!",
        lambda text: f"{random.Random(text).choice(GREETINGS)} {text}",
        lambda text: f"{text} {random.Random(text).choice(THANKS)}",
        lambda text: f"{text} Please could you help?",
        lambda text: f"{text} My name is {random.Random(text).choice(NAMES)}.",
        lambda text: f"{random.Random(text).choice(NAMES)}: {text}",
        lambda text: f"{text} We live in {random.Random(text).choice(POSTCODES)}.",
        lambda text: f"{text} {random.Random(text).choice(BACKGROUNDS)}",
        lambda text: mistyped(text, random.Random(text)),
    ],
    ids=[
        "capitals", "small letters", "gender", "no commas", "shouting", "greeting", "thanks", "please", "signed",
        "named", "postcode", "background", "typing mistakes",
    ],
)  # fmt: skip
def test_what_does_not_matter_changes_no_need_and_no_level(heard: Hear, change: Callable[[str], str]) -> None:
    apart = flips(heard, change)
    assert len(apart) / len(TEXTS) <= 0.03, apart
