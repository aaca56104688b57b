"""Common English words, none of which is a slip for another: "snap" is not "swap", whatever services hold. Pure."""

from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spellchecker import SpellChecker

_COMMON = 500  # times that the library's corpus of talk and subtitles holds a word; slips of typing are rarer


@cache
def _common() -> NDArray[np.uint32]:
    """Hashes, sorted: a hundredth of the memory of the list."""
    listed = SpellChecker(language="en").word_frequency.dictionary
    return np.unique(
        np.array([crc32(word.encode()) for word, many in listed.items() if many >= _COMMON], np.uint32)
    )


def is_common(word: str) -> bool:
    """Whether it is a word of everyday English, in small letters and without apostrophes."""
    known, name = _common(), crc32(word.encode())
    at = int(np.searchsorted(known, np.uint32(name)))
    return at < len(known) and int(known[at]) == name
