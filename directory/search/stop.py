"""Words that carry nothing in a search, and how a query is left without them. Pure."""

from collections.abc import Sequence

from directory.search.text import words
from directory.search.weights import hint_lists, stop_words


def meaningful(listed: Sequence[str]) -> list[str]:
    """The words that say something; all of them where none does."""
    kept = [word for word in listed if tells(word)]
    return kept or list(listed)


def tells(word: str) -> bool:
    """Whether a word says something by itself."""
    return word not in stop_words() and (len(word) > 1 or word.isdigit())


def asked_words(left: Sequence[str], text: str) -> list[str]:
    """The words to look for, of those `left` after filters were read; a text without any letters at all is looked
    for too, and found nowhere."""
    if left or words(text):
        return meaningful(_together(left))
    return text.split()[:1]


def _together(left: Sequence[str]) -> list[str]:
    """Two words that are one to those who say them, "after school", as one: it is not about school."""
    found: list[str] = []
    for word in left:
        if found and f"{found[-1]} {word}" in hint_lists().together.words:
            found[-1] += word
        else:
            found.append(word)
    return found


def is_sentence(text: str) -> bool:
    """Whether it is said as to a person: four words or more, two of them such as carry a sentence."""
    listed = words(text, 2_000)
    return len(listed) >= 4 and sum(word in stop_words() for word in listed) >= 2
