"""What an import and the process that makes its documents say to each other (ahead.py, maker.py). Pure."""

from collections.abc import Iterator
from typing import IO, Any

import msgspec
from msgspec import Struct

from directory.settings import Settings


class Commit(Struct, frozen=True, kw_only=True):
    """The transaction that stored what was made, and the highest number of a change when it ended."""

    transaction: int
    seq: int
    compared: list[str]


class Reply(Struct, kw_only=True):
    """`done` changes are in the index, `made` of them were made beforehand; `waiting` are not (-1: not known)."""

    ok: bool = True
    last: bool = True
    made: int = 0
    done: int = 0
    waiting: int = 0


def setup(settings: Settings) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    return plain


def framed(kind: bytes, value: Any) -> bytes:
    body = msgspec.msgpack.encode(value)
    return len(body).to_bytes(4, "big") + kind + body


def frames(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while len(head := stream.read(5)) == 5:
        size = int.from_bytes(head[:4], "big")
        body = stream.read(size)
        if len(body) < size:
            return
        yield head[4:], body
