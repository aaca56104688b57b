"""What a page's form sent: a body read strictly, in order, and never repeated in an error."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from directory.errors import BadRequest, FieldError, TooLarge
from directory.web.wording import N_

LONGEST_BODY = 65_536
MOST = 80  # fields of one form
S = TypeVar("S", bound=Struct)


class Wrong(Struct, frozen=True):
    """Something to put right: the field's id on the page, and what to do, as a text to translate."""

    field: str
    message: str


TOO_LONG = N_("Use fewer words here")


def pairs(body: bytes) -> list[tuple[str, str]]:
    """(name, value) as sent. BadRequest for what is no form, TooLarge for more than a person writes."""
    if len(body) > LONGEST_BODY:
        raise TooLarge("that is more than this page can take; please say it in fewer words")
    try:
        found = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST, errors="strict")
    except ValueError:
        raise BadRequest("the form could not be read") from None
    return [(name, value.replace("\x00", " ").strip()) for name, value in found]


def values(body: bytes, kind: type[S], *, lists: Sequence[str] = (), maps: Sequence[str] = ()) -> S:
    """A `kind` out of a form: `lists` gather what is sent more than once, `maps` take `name.key` fields.

    BadRequest names a field that the form does not have.
    """
    fields = set(kind.__struct_fields__)
    found: dict[str, Any] = {name: [] for name in lists} | {name: {} for name in maps}
    for name, value in pairs(body):
        first, _, rest = name.partition(".")
        if rest and first in maps:
            if value:
                found[first][rest[:40]] = value[:80]
        elif name not in fields or name in maps:
            raise BadRequest(errors=[FieldError(name[:60], "this form has no such field")])
        elif name in lists:
            found[name] += [value] if value else []
        else:
            found[name] = value
    return converted(found, kind)


def converted(found: Mapping[str, Any], kind: type[S]) -> S:
    """BadRequest that names the field where a value cannot be what it should."""
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).partition("$.")[2].rstrip("`").partition("[")[0]
        raise BadRequest(errors=[FieldError(field or "form", "this is not as it should be")]) from None
