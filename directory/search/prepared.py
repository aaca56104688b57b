"""A document made ready to be written by any engine: its bytes, and its words, field by field. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from directory.search.columns import FIELDS
from directory.search.document import Document
from directory.search.document import encode as packed
from directory.search.text import words


class Prepared(Struct, frozen=True, array_like=True):
    """`words` has one text for each of `FIELDS`, its words folded and parted by spaces; "" where it says nothing.

    `roots` are the ids of the organization and the locations that it was made of, where somebody asks for them. One
    without bytes stands for a service that is not to be found.
    """

    id: str
    data: bytes
    words: list[str]
    roots: list[str] = []


_SHORT = 400  # characters
Put = Sequence[Document] | Sequence[Prepared]
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(list[Prepared]).decode


def prepare(each: Document | Prepared, roots: Sequence[str] = ()) -> Prepared:
    if isinstance(each, Prepared):
        return each
    said = each.text
    return Prepared(
        each.id,
        packed(each),
        [_folded(text) if (text := said.get(name)) else "" for name in FIELDS],
        list(roots),
    )


def _folded(text: str) -> str:
    return _known(text) if len(text) < _SHORT else " ".join(words(text))


@lru_cache(maxsize=4096)  # many services have one organization, town or set of tags
def _known(text: str) -> str:
    return " ".join(words(text))


def prepared(put: Iterable[Document | Prepared]) -> Iterator[Prepared]:
    return (prepare(each) for each in put)
