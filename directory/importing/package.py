"""The HSDS 3.x CSV data package -> records in the shape of Open Referral UK 3.0. Pure but for reading its files.

A row that names several parents goes to the most particular one that is there: a phone to its contact before the
service, to the service before the organization.
"""

import csv
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from directory.errors import SourceError
from directory.importing.shapes import Item
from directory.importing.tabular import FIELDS, TABLES

Raw = dict[str, Any]
ASIDE = ("additional_urls", "required_documents")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
WIDEST = 10_000_000  # characters of one field: descriptions can be whole pages


def is_package(folder: Path) -> bool:
    return folder.is_dir() and (folder / TABLES["service"].file).exists()


def read_package(folder: Path) -> Iterator[Item]:
    """Every service of the package, whole. Raises SourceError, one line, for a file that is no CSV or not UTF-8.

    The rows wait in a temporary database on disk, so that a great package takes no more memory than a small one.
    """
    if not is_package(folder):
        raise SourceError(f"{folder} is no HSDS data package: it has no {TABLES['service'].file}")
    with Joined() as joined:
        for name, table in TABLES.items():
            joined.load(name, folder / table.file)
        for name, field in (("url", "additional_urls"), ("required_documents", "required_documents")):
            joined.load(field, folder / f"{name}.csv")
        joined.link()
        for number, service in enumerate(joined.services(), 2):
            yield Item(f"{TABLES['service'].file}, line {number}", service)


class Joined:
    """The rows of a package in one table: which record each is, and whose part."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="directory-package-")
        # Batches of an import are read in one thread or another, never in two at a time.
        self._rows = sqlite3.connect(
            Path(self._folder.name) / "rows", isolation_level=None, check_same_thread=False
        )
        self._rows.executescript(
            "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -16000; begin;"
            "create table record (at integer primary key, kind text, id text, owner text, owner_id text, row text)"
        )
        self._terms: dict[str, Raw] = {}

    def __enter__(self) -> "Joined":
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()
        self._folder.cleanup()

    def load(self, kind: str, path: Path) -> None:
        self._rows.executemany(
            "insert into record (kind, id, row) values (?, ?, ?)",
            ((kind, row.get("id", ""), _encode(row)) for row in csv_rows(path)),
        )

    def link(self) -> None:
        """Write down whose part each row is."""
        self._rows.execute("create index by_id on record (kind, id)")
        names = {row["id"]: row.get("name", "") for row in self._all("taxonomy") if row.get("id")}
        for term in self._all("taxonomy_term"):
            taxonomy = names.get(term.get("taxonomy_id", "")) or term.get("taxonomy")
            self._terms[term.get("id", "")] = {**term, "taxonomy": taxonomy}
        for kind, table in TABLES.items():
            if table.parents:
                self._give(kind, partial(_linked, table.parents))
        self._give("attribute", _tagged)
        for kind in ASIDE:
            self._give(kind, partial(_linked, ("service_id",)))
        self._rows.execute("create index by_owner on record (owner, owner_id)")

    def _give(self, kind: str, links: Callable[[Raw], list[tuple[str, str]]]) -> None:
        @lru_cache(maxsize=4096)  # the parts of one owner often stand together
        def there(owner: str, id_: str) -> bool:
            found = self._rows.execute("select 1 from record where kind = ? and id = ? limit 1", (owner, id_))
            return found.fetchone() is not None

        def owned() -> Iterator[tuple[str, str, int]]:
            for at, text in self._rows.execute("select at, row from record where kind = ?", (kind,)):
                row = _decode(text)
                for owner, link in links(row):
                    if (id_ := row.get(link)) and there(owner, id_):
                        yield owner, id_, at
                        break

        found = owned()
        while some := list(islice(found, 5_000)):
            self._rows.executemany("update record set owner = ?, owner_id = ? where at = ?", some)

    def services(self) -> Iterator[Raw]:
        for (text,) in self._rows.execute("select row from record where kind = 'service' order by at"):
            service = self._whole("service", _decode(text))
            if service.get("remote"):
                service["remote"] = service["remote"].split(",")
            organization = self._one("organization", service.get("organization_id", ""))
            if organization is not None:
                service["organization"] = self._whole("organization", organization)
            yield service

    def _whole(self, kind: str, record: Raw) -> Raw:
        """The record with its parts, each whole."""
        parts = self._rows.execute(
            "select kind, row from record where owner = ? and owner_id = ? order by at",
            (kind, record.get("id", "")),
        ).fetchall()
        for part, text in parts:
            row = _decode(text)
            if part == "attribute":
                term = self._terms.get(row.get("taxonomy_term_id", ""))
                if term is not None:
                    row["taxonomy_term"] = term
            elif part not in ASIDE:
                self._whole(part, row)
            record.setdefault(FIELDS.get(part, part), []).append(row)
        if kind == "service_at_location":
            location = self._one("location", record.get("location_id", ""))
            if location is not None:
                record["location"] = self._whole("location", location)
        return record

    def _one(self, kind: str, id_: str) -> Raw | None:
        found = self._rows.execute(
            "select row from record where kind = ? and id = ? order by at desc limit 1", (kind, id_)
        ).fetchone()
        return _decode(found[0]) if id_ and found else None

    def _all(self, kind: str) -> Iterator[Raw]:
        return (
            _decode(text)
            for (text,) in self._rows.execute("select row from record where kind = ? order by at", (kind,))
        )


def _linked(links: Sequence[str], row: Raw) -> list[tuple[str, str]]:
    return [(link.removesuffix("_id"), link) for link in links]


def _tagged(row: Raw) -> list[tuple[str, str]]:
    entities = dict.fromkeys([row.get("link_entity", ""), "service", "organization", "location"])
    return [(entity, "link_id") for entity in entities if entity]


def csv_rows(path: Path) -> Iterator[Raw]:
    """The rows of a CSV file with a header; none where there is no such file. Empty cells are left out."""
    if not path.exists():
        return
    found: defaultdict[str, int] = defaultdict(int)
    usual = csv.field_size_limit(WIDEST)  # the limit is the process's: put back below
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            for name in reader.fieldnames or []:
                found[name] += 1
            if twice := [name for name, count in found.items() if count > 1]:
                raise SourceError(f"{path} has two columns called {twice[0]!r}")
            for row in reader:
                yield {key: value for key, value in row.items() if key and value}
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise SourceError(f"{path} is not a CSV file: {error}") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    finally:
        csv.field_size_limit(usual)
