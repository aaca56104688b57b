"""Records out of a file, or a folder of pages; feeds by address are in sources.py."""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from directory.errors import SourceError
from directory.importing.jsonstream import Broken, Page
from directory.importing.shapes import Item

CHUNK = 1 << 20
ENDINGS = {".json", ".ndjson", ".jsonl", ".geojson"}
Told = Callable[[int, int], None]
"""How many bytes have been read, and how many there are."""


def read_files(path: Path, told: Told = lambda done, total: None) -> Iterator[Item]:
    """Every record of a file, or of the pages in a folder in the order of their numbers.

    Raises SourceError, one line that names the file, for what is missing, not UTF-8, not JSON or cut short.
    """
    files = _files(path)
    total = sum(file.stat().st_size for file in files)
    done = 0
    for file in files:

        def counted(size: int, before: int = done) -> None:
            told(before + size, total)

        yield from read_file(file, counted)
        done += file.stat().st_size


def read_file(file: Path, told: Callable[[int], None] = lambda size: None) -> Iterator[Item]:
    page = Page(_text(file, told))
    try:
        for number, record in enumerate(page, 1):
            yield Item(f"{file.name}, record {number}", record)
    except Broken as error:
        raise SourceError(f"{file} {error}") from None
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from None


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise SourceError(f"there is no file or folder {path}")
    if path.is_file():
        return [path]
    found = sorted(
        (each for each in path.iterdir() if each.suffix.lower() in ENDINGS and each.is_file()), key=_natural
    )
    if not found:
        raise SourceError(f"the folder {path} holds no .json or .ndjson file")
    return found


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    """page_2 before page_10."""
    return [
        (each.isdigit(), int(each) if each.isdigit() else 0, each) for each in re.split(r"(\d+)", path.name)
    ]


def _text(file: Path, told: Callable[[int], None]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8-sig")()
    read = 0
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield _decoded(decode, chunk, file, read)
                read += len(chunk)
                told(read)
            if rest := _decoded(decode, b"", file, read, final=True):
                yield rest
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from None


def _decoded(
    decode: codecs.IncrementalDecoder, chunk: bytes, file: Path, read: int, *, final: bool = False
) -> str:
    try:
        return decode.decode(chunk, final)
    except UnicodeDecodeError as error:
        kind = "UTF-16" if chunk[:2] in {b"\xff\xfe", b"\xfe\xff"} else "not UTF-8"
        where = max(0, read + error.start)
        raise SourceError(f"{file} is {kind}, not the UTF-8 that JSON must be (byte {where})") from None
