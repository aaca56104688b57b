"""What somebody may be about to type: names of services that begin so, and words that the directory holds. Pure."""

from bisect import bisect_left
from collections.abc import Sequence

from directory.search.lexicon import Lexicon
from directory.search.text import fold


def suggestions(text: str, names: Sequence[tuple[str, str]], lexicon: Lexicon, most: int) -> list[str]:
    """At most `most` whole texts to search for. `names` are (folded, shown) in order of the folded."""
    typed = " ".join(fold(text[:100]).split())
    if not typed:
        return []
    found: dict[str, None] = {}
    start, _, last = typed.rpartition(" ")
    words = lexicon.beginnings(last, most) if last.isalnum() else []
    for word in words[: max(2, most // 2)]:
        found[f"{start} {word}".strip()] = None
    for at in range(bisect_left(names, (typed, "")), len(names)):
        if len(found) >= most or not names[at][0].startswith(typed):
            break
        found[names[at][1]] = None
    for word in words:
        found[f"{start} {word}".strip()] = None
    return list(found)[:most]
