"""The short list: services somebody wants to keep, in the address and nowhere else. Pure."""

import base64
import binascii
from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

MOST = 30


class Saved(Struct, frozen=True):
    """Ids in the order in which they were saved, each once. `text` is what stands in an address."""

    ids: tuple[UUID, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Saved":
        """Never raises: a part that is not an id is left out, and so is what comes after the thirtieth."""
        found = (_id(part) for part in text.split("."))
        return cls.of(each for each in found if each is not None)

    @classmethod
    def of(cls, ids: Iterable[UUID]) -> "Saved":
        return cls(tuple(dict.fromkeys(ids))[:MOST])

    @property
    def text(self) -> str:
        return ".".join(base64.urlsafe_b64encode(each.bytes).decode().rstrip("=") for each in self.ids)

    @property
    def full(self) -> bool:
        return len(self.ids) >= MOST

    def has(self, id_: UUID | str) -> bool:
        return UUID(str(id_)) in self.ids

    def plus(self, id_: UUID | str) -> "Saved":
        return Saved.of((*self.ids, UUID(str(id_))))

    def minus(self, id_: UUID | str) -> "Saved":
        return Saved(tuple(each for each in self.ids if each != UUID(str(id_))))


def _id(part: str) -> UUID | None:
    """22 characters of URL-safe base64, or a UUID as usually written."""
    try:
        if len(part) == 36:
            return UUID(part)
        if len(part) != 22:
            return None
        return UUID(bytes=base64.b64decode(part + "==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        return None
