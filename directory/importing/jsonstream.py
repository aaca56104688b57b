"""JSON text read piece by piece: the records of a file of any size, one at a time. Pure.

Understood are a list of records, a page (an object with a list under `contents`, `content`, `services` ...), one
record, and one record a line (ndjson), told apart by how the text begins.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

LISTS = ("contents", "content", "services", "service", "items", "results", "data", "records")
_SPACE = re.compile(r"[ \t\n\r]*")
_DEEPEST_FIELD = 64_000_000  # characters of one record: more is no directory


class Broken(ValueError):
    """The text is not what it should be; says where."""


class Page:
    """The records of one text, and afterwards `envelope`: the other fields of the object they came in."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self.envelope: dict[str, Any] = {}
        self._chunks = iter(chunks)
        self._text = ""
        self._at = 0
        self._before = 0  # characters already let go
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    def __iter__(self) -> Iterator[Any]:
        first = self._peek()
        if first == "":
            raise Broken("is empty")
        if first == "<":
            raise Broken("is an HTML page (or XML), not JSON")
        if first == "[":
            self._at += 1
            yield from self._items("]")
            self._finish()
        elif first == "{":
            yield from self._object()
        else:
            raise Broken(f"is not JSON: it begins with {first!r}")

    def _object(self) -> Iterator[Any]:
        """A page, one record, or the first of many lines."""
        start_of_lines = self._one_line_record()
        if start_of_lines is not None:
            yield start_of_lines
            while self._peek() != "":
                yield self._value()
            return
        self._at += 1
        listed = False
        while (mark := self._peek()) != "}":
            if mark != '"':
                raise self._broken()
            key = self._value()
            self._expect(":")
            if key in LISTS and not listed and self._peek() == "[":
                self._at += 1
                listed = True
                yield from self._items("]")
            else:
                self.envelope[key] = self._value()
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != "}":
                raise self._broken()
        self._at += 1
        self._finish()
        if not listed:
            yield self.envelope

    def _one_line_record(self) -> Any:
        """The first record, where the text is lines of records; None where it is anything else."""
        line = self._text[self._at :].partition("\n")
        while not line[1] and not self._ended and len(self._text) - self._at < 2_000_000:
            self._more()
            line = self._text[self._at :].partition("\n")
        try:
            value, end = self._decode(line[0])
        except (ValueError, RecursionError):
            return None
        rest = line[0][end:].strip() or line[2].lstrip()[:1]
        more = rest != "" or not isinstance(value, dict)
        if not more or any(isinstance(value.get(key), list) and key in value for key in LISTS[:3]):
            return None
        self._at += end
        return value

    def _items(self, closing: str) -> Iterator[Any]:
        if self._peek() == closing:
            self._at += 1
            return
        while True:
            yield self._value()
            mark = self._peek()
            self._at += 1
            if mark == closing:
                return
            if mark != ",":
                self._at -= 1
                raise self._broken()

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                raise Broken("is nested too deeply") from None
            except ValueError as error:
                if self._ended or len(self._text) - self._at > _DEEPEST_FIELD:
                    raise self._wrong(error) from None
                self._more()
                continue
            if end == len(self._text) and not self._ended:
                self._more()  # a number may go on in the next piece
                continue
            self._at = end
            return value

    def _peek(self) -> str:
        """The next character that is not space, "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._broken()
        self._at += 1

    def _finish(self) -> None:
        if self._peek() != "":
            raise self._broken("there is more after the end")

    def _more(self) -> None:
        # What has been read is let go; doubling what is asked for keeps a long record from being read over and over.
        wanted = max(1, len(self._text) - self._at)
        pieces = [self._text[self._at :]]
        self._before += self._at
        self._at = 0
        got = 0
        while got < wanted and not self._ended:
            piece = next(self._chunks, None)
            if piece is None:
                self._ended = True
            else:
                pieces.append(piece)
                got += len(piece)
        self._text = "".join(pieces)

    def _wrong(self, error: ValueError) -> Broken:
        if not isinstance(error, json.JSONDecodeError):
            return self._broken(str(error))
        if error.msg.startswith("Unterminated string") or error.pos >= len(self._text.rstrip()):
            self._at = len(self._text)
        else:
            self._at = error.pos
        return self._broken(error.msg)

    def _broken(self, why: str = "") -> Broken:
        where = self._before + self._at
        if self._peek() == "":
            return Broken(f"breaks off after {where} characters: the JSON is cut short")
        return Broken(f"is not valid JSON at character {where}{f' ({why})' if why else ''}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
