"""Codes of columns ("need:bullying") as small numbers, the same for the life of a process: columns of
two states of an index are joined without looking at a string. Pure."""

from threading import Lock

_numbers: dict[str, int] = {}
_names: list[str] = []
_lock = Lock()


def number(code: str) -> int:
    """The number of a code; a new one gets the next."""
    if (found := _numbers.get(code)) is None:
        with _lock:
            found = _numbers.get(code)
            if found is None:
                found = len(_names)
                _names.append(code)
                _numbers[code] = found
    return found


def name(found: int) -> str:
    return _names[found]
