"""The HSDS 3.x CSV data package -> records in the shape of Open Referral UK 3.0. Pure but for reading its files.

A row that names several parents goes to the most particular one that is there: a phone to its contact before the
service, to the service before the organization.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from directory.errors import SourceError
from directory.importing.shapes import Item
from directory.importing.tabular import FIELDS, TABLES

Raw = dict[str, Any]
WIDEST = 10_000_000  # characters of one field: descriptions can be whole pages


def is_package(folder: Path) -> bool:
    return folder.is_dir() and (folder / TABLES["service"].file).exists()


def read_package(folder: Path) -> Iterator[Item]:
    """Every service of the package, whole. Raises SourceError, one line, for a file that is no CSV or not UTF-8."""
    if not is_package(folder):
        raise SourceError(f"{folder} is no HSDS data package: it has no {TABLES['service'].file}")
    tables = {name: read_csv(folder / table.file) for name, table in TABLES.items()}
    by_id = {
        name: {row["id"]: row for row in rows if row.get("id")}
        for name, rows in tables.items()
        if name not in {"attribute", "service_at_location"}
    }
    by_id["service_at_location"] = {row["id"]: row for row in tables["service_at_location"] if row.get("id")}
    for name in ("phone", "language", "contact", "schedule", "service_area", "funding"):
        _attach(name, tables[name], by_id)
    for name in ("organization_identifier", "address", "accessibility", "cost_option", "service_at_location"):
        _attach(name, tables[name], by_id)
    _tag(tables["attribute"], by_id)
    for name, row in (("url", "additional_urls"), ("required_documents", "required_documents")):
        for extra in read_csv(folder / f"{name}.csv"):
            service = by_id["service"].get(extra.get("service_id", ""))
            if service is not None:
                service.setdefault(row, []).append(extra)
    for place in tables["service_at_location"]:
        if location := by_id["location"].get(place.get("location_id", "")):
            place["location"] = location
    for number, service in enumerate(tables["service"], 2):
        if service.get("remote"):
            service["remote"] = service["remote"].split(",")
        if organization := by_id["organization"].get(service.get("organization_id", "")):
            service["organization"] = organization
        yield Item(f"{TABLES['service'].file}, line {number}", service)


def _attach(name: str, rows: list[Raw], by_id: dict[str, dict[str, Raw]]) -> None:
    for row in rows:
        for link in TABLES[name].parents:
            parent = by_id[link.removesuffix("_id")].get(row.get(link, ""))
            if parent is not None:
                parent.setdefault(FIELDS[name], []).append(row)
                break


def _tag(rows: list[Raw], by_id: dict[str, dict[str, Raw]]) -> None:
    names = {id_: row.get("name", "") for id_, row in by_id["taxonomy"].items()}
    for row in rows:
        term = by_id["taxonomy_term"].get(row.get("taxonomy_term_id", ""))
        if term is not None:
            row["taxonomy_term"] = {
                **term,
                "taxonomy": names.get(term.get("taxonomy_id", "")) or term.get("taxonomy"),
            }
        wanted = row.get("link_entity", "")
        for entity in (wanted, "service", "organization", "location"):
            owner = by_id.get(entity, {}).get(row.get("link_id", ""))
            if owner is not None:
                owner.setdefault("attributes", []).append(row)
                break


def read_csv(path: Path) -> list[Raw]:
    """The rows of a CSV file with a header; none where there is no such file. Empty cells are left out."""
    if not path.exists():
        return []
    found: defaultdict[str, int] = defaultdict(int)
    usual = csv.field_size_limit(WIDEST)  # the limit is the process's: put back below
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            for name in reader.fieldnames or []:
                found[name] += 1
            if twice := [name for name, count in found.items() if count > 1]:
                raise SourceError(f"{path} has two columns called {twice[0]!r}")
            return [{key: value for key, value in row.items() if key and value} for row in reader]
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise SourceError(f"{path} is not a CSV file: {error}") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    finally:
        csv.field_size_limit(usual)
