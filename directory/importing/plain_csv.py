"""A plain CSV, one service a row, read through a mapping file. Pure but for reading its files.

The mapping is TOML: under `[columns]` a path in an Open Referral UK record and the column that fills it, under
`[values]` what to put in where no column does, under `[words]` what a cell's word means:

    [columns]
    name = "Group name"
    "organization.name" = "Run by"
    "phones.0.number" = "Telephone"
    "service_at_locations.0.location.addresses.0.postal_code" = "Postcode"
    tags.needs = "Help with"
    [values]
    "organization.description" = "A member of the county's network"
    [words]
    "Money" = "money_debt_benefits"

`tags.<taxonomy>` takes several codes or labels, by comma or semicolon. Without an `id` the name and the
organization make one, so the same row is the same service the next time.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from directory.errors import SourceError
from directory.importing.package import csv_rows
from directory.importing.shapes import Item
from directory.importing.tags import slug

Raw = dict[str, Any]


class Mapping(Struct, forbid_unknown_fields=True):
    """What a mapping file says."""

    columns: dict[str, str | dict[str, str]]
    values: dict[str, Any] = {}
    words: dict[str, str] = {}


def read_mapping(path: Path) -> Mapping:
    """Raises SourceError, one line, for a file that is missing, no TOML, or says what nobody understands."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Mapping)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SourceError(f"{path} is not a mapping: {error}") from None
    if "name" not in found.columns:
        raise SourceError(f"{path} does not say which column holds the name of the service")
    return found


def read_plain(path: Path, mapping: Mapping) -> Iterator[Item]:
    """Every row as a raw record."""
    if not path.is_file():
        raise SourceError(f"there is no file {path}")
    pairs = list(_pairs(mapping))
    known = {key for row in csv_rows(path) for key in row}
    if known and (missing := [column for _, column in pairs if column not in known]):
        header = {column for _, column in pairs} & known
        if not header:
            raise SourceError(f"{path} has no column {missing[0]!r}; is the mapping for another file?")
    for number, row in enumerate(csv_rows(path), 2):
        yield Item(f"{path.name}, line {number}", record(row, pairs, mapping))


def record(row: Raw, pairs: list[tuple[str, str]], mapping: Mapping) -> Raw:
    found: Raw = {}
    for path, value in mapping.values.items():
        _put(found, path.split("."), value)
    for path, column in pairs:
        value = row.get(column)
        if value is None or not value.strip():
            continue
        if path.startswith("tags."):
            found.setdefault("attributes", []).extend(_tags(path[5:], value, mapping.words))
        else:
            _put(found, path.split("."), mapping.words.get(value.strip(), value))
    organization = found.get("organization")
    if isinstance(organization, dict) and organization.get("name"):
        organization.setdefault("id", slug(str(organization["name"])))
        found.setdefault("id", f"{organization['id']}/{slug(str(found.get('name', '')))}")
    return found


def _pairs(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for path, column in mapping.columns.items():
        if isinstance(column, str):
            yield path, column
        else:
            yield from ((f"{path}.{inner}", name) for inner, name in column.items())


def _tags(taxonomy: str, value: str, words: dict[str, str]) -> list[Raw]:
    found = []
    for part in re.split(r"[;,|]", value):
        if word := part.strip():
            code = words.get(word, word)
            found.append({"taxonomy_term": {"taxonomy": taxonomy, "name": code, "code": code}})
    return found


def _put(record: Raw, steps: list[str], value: Any) -> None:
    """Set `a.0.b` in nested records; a number is a place in a list."""
    here: Any = record
    for step, after in zip(steps, [*steps[1:], ""], strict=True):
        last = after == ""
        if isinstance(here, list):
            number = min(int(step), 50) if step.isdigit() else 0
            while len(here) <= number:
                here.append({})
            if last:
                here[number] = value
            else:
                here = here[number]
        elif last:
            here[step] = value
        else:
            here = here.setdefault(step, [] if after.isdigit() else {})
            if not isinstance(here, dict | list):
                return
