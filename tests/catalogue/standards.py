"""Judges made from the standards' own schema files, where they are at hand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

BASE = "https://openreferraluk.org/specifications/3.0/schema/"
RECORDS = ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term")
FOLDERS = {"ORUK 3.0": "oruk-3.0/schema", "HSDS 3.0": "hsds-3.0", "HSDS 3.1.1": "hsds-3.1.1"}


@cache
def standards(data: Path, record: str = "service") -> dict[str, Any]:
    """Standard -> the judge of one kind of record."""
    return {
        name: _judge(data / "oruk" / "schemas" / folder, f"{record}.json") for name, folder in FOLDERS.items()
    }


def _judge(folder: Path, root: str) -> Any:
    pairs = []
    for path in sorted(folder.glob("*.json")):
        contents = json.loads(path.read_text("utf-8"))
        if isinstance(contents, dict) and "openapi" not in contents and "resources" not in contents:
            contents.pop("$id", None)
            pairs.append((BASE + path.name, contents))
    registry = jsonschema_rs.Registry(pairs, draft=jsonschema_rs.Draft202012)
    return jsonschema_rs.Draft202012Validator({"$ref": BASE + root}, registry=registry, validate_formats=True)


def complaints(data: Path, record: str, value: Any) -> list[str]:
    """What any of the standards has against a record, each with the standard's name."""
    return [
        f"{name}: {list(error.instance_path)} {error.message}"
        for name, judge in standards(data, record).items()
        for error in judge.iter_errors(value)
    ]
