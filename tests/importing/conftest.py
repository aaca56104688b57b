"""What the tests of importing share: records as feeds write them, and runs over them."""

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from directory.db import Database
from directory.importing import apply
from directory.importing.files import read_files
from directory.importing.shapes import Report

Raw = dict[str, Any]


def uid(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, text))


def service(number: int = 1, **over: Any) -> Raw:
    """A whole, valid service of a v3 feed; two of them share an organization, and all a hall."""
    name = f"s{number}"
    made: Raw = {
        "id": uid(name),
        "name": f"Service {number}",
        "status": "active",
        "description": "A group for parents and toddlers.",
        "url": f"https://{name}.example.org/about",
        "email": f"{name}@example.org",
        "minimum_age": 0,
        "maximum_age": 5,
        "assured_date": "2026-09-01",
        "last_modified": "2026-09-02T10:00:00.000Z",
        "organization": {
            "id": uid(f"o{number // 2}"),
            "name": f"Organization {number // 2}",
            "description": "A charity.",
            "phones": [{"id": uid(f"o{number // 2}p"), "number": "01632 960001"}],
        },
        "phones": [
            {
                "id": uid(name + "p"),
                "number": "01632 960002",
                "languages": [{"id": uid(name + "l"), "code": "pl"}],
            }
        ],
        "contacts": [
            {
                "id": uid(name + "c"),
                "name": "Team",
                "phones": [{"id": uid(name + "cp"), "number": "01632 960003"}],
            }
        ],
        "cost_options": [{"id": uid(name + "co"), "option": "Session", "amount": 2.5, "currency": "GBP"}],
        "service_at_locations": [
            {
                "id": uid(name + "at"),
                "location": {
                    "id": uid("hall"),
                    "location_type": "physical",
                    "name": "The hall",
                    "latitude": 52.63,
                    "longitude": 1.29,
                    "addresses": [
                        {
                            "id": uid("address"),
                            "address_1": "1 High Street",
                            "city": "Norwich",
                            "state_province": "Norfolk",
                            "postal_code": "NR1 3AA",
                            "country": "GB",
                            "address_type": "physical",
                        }
                    ],
                },
                "schedules": [
                    {
                        "id": uid(name + "w"),
                        "freq": "WEEKLY",
                        "byday": "MO",
                        "opens_at": "10:00",
                        "closes_at": "12:00",
                    }
                ],
            }
        ],
        "attributes": [tag(name, "needs", "parenting_support"), tag(name, "kind", "voluntary_group")],
    }
    return copy.deepcopy(made | over)


def tag(owner: str, taxonomy: str, code: str) -> Raw:
    return {
        "id": uid(owner + taxonomy + code),
        "taxonomy_term": {
            "id": uid(taxonomy + code),
            "code": code,
            "name": code,
            "description": code,
            "taxonomy": taxonomy,
        },
    }


def page(*services: Raw) -> str:
    return json.dumps(
        {"total_items": len(services), "total_pages": 1, "page_number": 1, "contents": list(services)}
    )


Bring = Callable[..., Any]


@pytest.fixture
def bring(database: Database, tmp_path: Path) -> Bring:
    """Import services (or raw text) as the feed `feed`: `await bring([service(1)], crawls=1)`."""

    async def run(what: Iterable[Raw] | str | Path, *, feed: str = "feed", **options: Any) -> Report:
        path = what if isinstance(what, Path) else tmp_path / "feed.json"
        if not isinstance(what, Path):
            path.write_text(what if isinstance(what, str) else page(*what))
        return await apply.run(database, feed, "a feed", read_files(path), apply.Options(**options))

    return run


async def everything(database: Database) -> dict[str, list[Any]]:
    """All rows that an import may touch, less what only says when they were seen."""
    tables = (
        "organization organization_identifier location service service_at_location contact phone language schedule"
        " cost_option service_area accessibility address funding attribute taxonomy taxonomy_term removed search_change"
    )
    found = {}
    for table in tables.split():
        rows = await database.pool.fetch(
            f"select (to_jsonb(t) - 'last_seen' - 'missed_crawls')::text as row from {table} t order by 1"
        )
        found[table] = [row[0] for row in rows]
    return found
