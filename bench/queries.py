"""Distinct searches as people type them: two or three words, a slip in one, a postcode, and now and then a filter."""

import random
from collections.abc import Iterator
from urllib.parse import urlencode

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def searches(words: list[str], postcodes: list[str], seed: int = 7) -> Iterator[str]:
    """Endless paths of `/api/search`, no two alike."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while True:
        chosen = chance.sample(words, chance.choice((2, 2, 3)))
        chosen[0] = slip(chosen[0], chance)
        wanted: dict[str, str] = {"q": " ".join(chosen), "near": chance.choice(postcodes)}
        if chance.random() < 0.2:
            wanted["age"] = str(chance.randint(0, 18))
        if chance.random() < 0.2:
            wanted["within"] = str(chance.choice((5, 10, 20)))
        if chance.random() < 0.1:
            wanted["free"] = "true"
        path = f"/api/search?{urlencode(wanted)}"
        if path not in seen:
            seen.add(path)
            yield path


def slip(word: str, chance: random.Random) -> str:
    """One letter dropped, doubled, changed or swapped with the next; never the first."""
    at = chance.randrange(1, max(2, len(word) - 1))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + chance.choice(_LETTERS) + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
