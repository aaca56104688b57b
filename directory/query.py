"""Query strings read into Structs, strictly: an unknown, repeated or malformed parameter is a 400 that names it.

A handler says what it reads with `**reads(Wanted)` in its decorator and calls `query(request, Wanted)`. A handler that
says nothing takes no parameters at all: the guard `no_stray_parameters` refuses any.
"""

import types
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, quote_plus

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from directory.errors import BadRequest, FieldError

S = TypeVar("S", bound=Struct)
MOST = 100  # parameters in one address


def reads(wanted: type[Struct], **opt: Any) -> dict[str, Any]:
    """The decorator arguments of a handler whose query string is a `wanted`."""
    return {"opt": {"query": wanted, **opt}}


def query(request: Request[Any, Any, Any], wanted: type[S]) -> S:
    return parse(request.scope["query_string"], wanted)


def parse(query_string: bytes, wanted: type[S]) -> S:
    """`wanted` from a raw query string. Empty values count as not given: forms send them."""
    if not query_string:
        return _convert({}, wanted)
    lists = _list_fields(wanted)
    fields = _names(wanted)
    values: dict[str, Any] = {}
    wrong: list[FieldError] = []
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, max_num_fields=MOST, errors="strict"
        )
    except ValueError as error:
        raise BadRequest(
            "the query string is not readable: UTF-8, percent-encoded, at most 100 parts"
        ) from error
    for name, value in pairs:
        if name not in fields:
            wrong.append(FieldError(name[:60], "unknown parameter"))
        elif "\x00" in value:
            wrong.append(FieldError(name, "a null character is not text"))
        elif value.strip() == "":
            continue
        elif name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            wrong.append(FieldError(name, "given more than once"))
        else:
            values[name] = value
    if wrong:
        raise BadRequest(_said(wrong), errors=wrong)
    return _convert(values, wanted)


def text(wanted: Struct) -> str:
    """The query string that `parse` turns back into `wanted`; defaults are left out."""
    return "&".join(filter(None, parts(wanted).values()))


def parts(wanted: Struct) -> dict[str, str]:
    """What `text` is made of, by parameter; "" for one that says nothing."""
    kind = type(wanted)
    return {name: part(kind, name, value) for name, value in msgspec.to_builtins(wanted).items()}


def part(kind: type[Struct], name: str, value: Any) -> str:
    """One parameter of a `kind` as it stands in a query string, "" where it says nothing. 0 says something."""
    if value is None or value is False or value in ("", []) or _defaults(kind).get(name) == value:
        return ""
    many = value if isinstance(value, list) else [value]
    return "&".join([f"{name}={quote_plus(_word(each))}" for each in many])


async def no_stray_parameters(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard: a route that declares no query takes none. Async, since Litestar runs any other guard in a thread."""
    raw = connection.scope["query_string"]
    if raw and "query" not in handler.opt:
        parse(raw, Nothing)


class Nothing(Struct):
    """No parameters."""


def _convert(values: dict[str, Any], wanted: type[S]) -> S:
    try:
        return msgspec.convert(values, wanted, strict=False)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        field = where.rstrip("`").partition("[")[0]
        found = FieldError(field, message.lower() if message[:8] == "Expected" else message)
        raise BadRequest(_said([found]), errors=[found]) from error


def _said(errors: list[FieldError]) -> str:
    return "; ".join(f"{each.field}: {each.message}" for each in errors[:5])


def _word(value: Any) -> str:
    return "true" if value is True else "false" if value is False else str(value)


@cache
def _names(wanted: type[Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(wanted))


@cache
def _defaults(wanted: type[Struct]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(wanted())
    return found


@cache
def _list_fields(wanted: type[Struct]) -> frozenset[str]:
    hints = get_type_hints(wanted)
    return frozenset(
        field.encode_name for field in msgspec.structs.fields(wanted) if _is_list(hints[field.name])
    )


def _is_list(hint: Any) -> bool:
    if get_origin(hint) in {Union, types.UnionType}:
        return any(_is_list(each) for each in get_args(hint))
    return (get_origin(hint) or hint) in {list, tuple, set, frozenset}
