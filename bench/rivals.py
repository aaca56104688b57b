"""What search is measured against: PostgreSQL's own full-text search, and a raw Meilisearch where an address is given.

Both get the same services and the same queries, and answer what a list needs: twenty services near a postcode, the
total, and counts by need and kind. Neither resolves a postcode by itself, so both are given the point.
"""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec

from directory.places.resolve import Places
from directory.search.text import words

SQL = Path(__file__).with_name("rival.sql")
INDEX = "bench-raw"
_PAGE = """
with found as (
  select id, name, summary, organization, needs, kinds,
    ts_rank_cd(words, query) *
      (0.12 + 0.88 / (1 + (111320 * sqrt((lat - $2) ^ 2 + ((lon - $3) * 0.607) ^ 2) / 12875) ^ 1.5)) as score
  from bench_text, to_tsquery('english', $1) query
  where words @@ query
)
select
  (select count(*) from found) as total,
  (select json_agg(page) from (
    select id, name, summary, organization, needs, score from found order by score desc nulls last, id limit 20
  ) page) as hits,
  (select json_object_agg(code, n) from (
    select code, count(*) n from found, unnest(needs) code group by code) counted) as needs,
  (select json_object_agg(code, n) from (
    select code, count(*) n from found, unnest(kinds) code group by code) counted) as kinds
"""


async def prepare_postgres(url: str) -> float:
    """Make the table and its GIN index; its size on disk in MB."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("select to_regclass('bench_text')"):
            await connection.execute(SQL.read_text("utf-8"))
            await connection.execute("create index on bench_text using gin (words)")
            await connection.execute("analyze bench_text")
        return float(await connection.fetchval("select pg_total_relation_size('bench_text') / 1e6"))
    finally:
        await connection.close()


async def by_postgres(pool: Any, places: Places, q: str, near: str) -> bytes:
    """The answer of PostgreSQL, as JSON."""
    listed = [word for word in words(q) if re.fullmatch(r"\w+", word)]
    place = await places.resolve(near)
    lat, lon = (place.point.lat, place.point.lon) if place.point else (52.6, 1.3)
    row = await pool.fetchrow(_PAGE, " | ".join(listed), lat, lon)
    return b'{"total":%d,"hits":%b,"facets":{"need":%b,"kind":%b}}' % (
        row["total"],
        *((row[name] or "null").encode() for name in ("hits", "needs", "kinds")),
    )


async def fill_meilisearch(server: str, database_url: str) -> float:
    """Make an index of the services as anybody would; how many MB the server's database holds."""
    import meilisearch  # late: the measured server imports this file, and has no such client itself

    client = meilisearch.Client(server, os.environ.get("DIRECTORY_SEARCH_KEY") or None)
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "select b.id::text, b.name, b.summary, b.organization, s.description, b.needs, b.kinds, b.lat, b.lon"
            " from bench_text b join service s using (id)"
        )
    finally:
        await connection.close()
    client.wait_for_task(client.delete_index(INDEX).task_uid, timeout_in_ms=60_000)
    client.wait_for_task(client.create_index(INDEX, {"primaryKey": "id"}).task_uid)
    index = client.index(INDEX)
    index.update_settings(
        {
            "searchableAttributes": ["name", "organization", "description"],
            "filterableAttributes": ["needs", "kinds"],
            "sortableAttributes": ["_geo"],
            "displayedAttributes": ["id", "name", "summary", "organization", "needs"],
            "rankingRules": ["words", "typo", "proximity", "attribute", "exactness", "sort"],
        }
    )
    for start in range(0, len(rows), 5_000):
        documents = [dict(row) for row in rows[start : start + 5_000]]
        for each in documents:
            lat, lon = each.pop("lat"), each.pop("lon")
            if lat is not None:
                each["_geo"] = {"lat": lat, "lng": lon}
        task = index.add_documents(documents)
        client.wait_for_task(task.task_uid, timeout_in_ms=600_000, interval_in_ms=200)
    time.sleep(0.2)
    return float(client.get_all_stats()["databaseSize"]) / 1e6


def for_meilisearch(paths: Iterator[str], points: dict[str, tuple[float, float]]) -> Iterator[str]:
    """The same queries as bodies for a raw server: "path body" as `load.py` takes them."""
    for path in paths:
        asked = parse_qs(urlsplit(path).query)
        lat, lon = points[asked["near"][0]]
        body = {
            "q": asked["q"][0],
            "limit": 20,
            "facets": ["needs", "kinds"],
            "sort": [f"_geoPoint({lat},{lon}):asc"],
            "matchingStrategy": "last",
        }
        yield f"/indexes/{INDEX}/search {msgspec.json.encode(body).decode()}"


def for_postgres(paths: Iterator[str]) -> Iterator[str]:
    for path in paths:
        yield f"/bench/postgres?{urlsplit(path).query}"
