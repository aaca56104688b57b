"""Coverage and freshness are what going through the services one by one says, on the demonstration county."""

import datetime as dt
from collections import defaultdict
from typing import Any

import pytest

from directory.db import Database
from directory.insight import coverage, read
from directory.insight.coverage import BANDS
from directory.insight.shapes import Table
from directory.places.resolve import Places
from directory.places.zones import districts
from directory.words import KIND_LABELS, OUTCOME_LABELS

TODAY = dt.date(2026, 11, 1)
_SERVICE = "select id, kind, minimum_age, maximum_age, assured_date from service where status = 'active'"
_VENUES = """select l.latitude, l.longitude from service_at_location v join location l on l.id = v.location_id
    where v.service_id = $1 and l.latitude is not null"""
_AREAS = "select area from service_area where service_id = $1 and area is not null"
_TAGS = """select t.code from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id
    join taxonomy x on x.id = t.taxonomy_id where a.service_id = $1 and a.confidence is null and x.name = $2"""


async def one_by_one(county: Database, places: Places) -> list[dict[str, Any]]:
    """Each running service with the zones it is local to, asked for one at a time."""
    held = await places.load()
    zones = [ref for ref in held.atlas.refs if ref.startswith("zone:")]
    pool = county.pool
    found = []
    for row in await pool.fetch(_SERVICE):
        local = set()
        for venue in await pool.fetch(_VENUES, row["id"]):
            local |= {ref for ref in await places.areas_of(*venue) if ref in zones}
        for area in await pool.fetch(_AREAS, row["id"]):
            local |= {
                zone
                for zone in zones
                if zone == area["area"] or f"district:{districts(held, zone)[0].code}" == area["area"]
            }
        outcomes = {each["code"] for each in await pool.fetch(_TAGS, row["id"], "flourish")}
        needs = {each["code"] for each in await pool.fetch(_TAGS, row["id"], "needs")}
        found.append(dict(row) | {"zones": local, "outcomes": outcomes, "needs": needs})
    return found


def takes(service: dict[str, Any], band: str) -> bool:
    """Whether any age of the band, in half years, is within the service's ages."""
    if not band:
        return True
    _, low, high = BANDS[band]
    ages = [age / 2 for age in range(int(low * 2), int(high * 2) + 1)]
    least, most = service["minimum_age"], service["maximum_age"]
    return any((least is None or age >= least) and (most is None or age <= most) for age in ages)


@pytest.fixture(scope="module")
async def services(county: Database) -> list[dict[str, Any]]:
    return await one_by_one(county, Places(county))


async def test_coverage_of_every_zone_outcome_age_and_need_is_the_count_of_services(
    county: Database, services: list[dict[str, Any]]
) -> None:
    offers = await read.offers(county.pool, Places(county))
    names = await read.area_names(county.pool, TODAY)
    zones = {ref: name for ref, name in names.items() if ref.startswith("zone:")}
    assert len(zones) == 15
    every: list[list[object]] = []
    for band in ("", *BANDS):
        for need in ("", "bullying", "parenting_support"):
            rows = coverage.table(offers, zones, band, need).rows
            wanted: list[list[object]] = []
            for zone, name in (*zones.items(), ("", "The whole county, or not said")):
                counts = [
                    sum(
                        outcome in each["outcomes"] and takes(each, band) and (not need or need in each["needs"])
                        and (zone in each["zones"] if zone else not each["zones"])
                        for each in services
                    )
                    for outcome in OUTCOME_LABELS
                ]  # fmt: skip
                wanted.append([name, *counts])
                if zone and band and not need:
                    every += [
                        [name, label, BANDS[band][0], count]
                        for label, count in zip(OUTCOME_LABELS.values(), counts, strict=True)
                    ]
            assert rows == wanted, (band, need)
    whole: Table = coverage.long(offers, zones)
    assert sorted(map(str, whole.rows)) == sorted(map(str, every))
    assert whole.title.startswith(f"{sum(row[3] == 0 for row in every)} of {len(every)} ")


async def test_freshness_is_the_count_of_days_since_each_check(
    county: Database, services: list[dict[str, Any]]
) -> None:
    table = coverage.freshness(await read.offers(county.pool, Places(county)), TODAY)
    kinds = defaultdict(list)
    for service in services:
        kinds[KIND_LABELS[service["kind"]]].append(service)
        kinds["All"].append(service)
    assert {row[0] for row in table.rows} == set(kinds)
    assert table.rows[-1][0] == "All"
    for name, running, quarter, half, year, older, median in table.rows:
        ages = [
            (TODAY - each["assured_date"]).days
            for each in kinds[str(name)]
            if each["assured_date"] is not None
        ]
        assert running == len(kinds[str(name)])
        assert [quarter, half, year] == [sum(age <= days for age in ages) for days in (91, 183, 365)]
        assert older == len(kinds[str(name)]) - sum(age <= 365 for age in ages)
        assert median == (sorted(ages)[(len(ages) - 1) // 2] if ages else None)
