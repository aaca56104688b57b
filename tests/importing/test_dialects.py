import json
from pathlib import Path
from typing import Any

import pytest

from directory.catalogue import validity
from directory.catalogue.read import records
from directory.db import Database
from directory.importing.clean import Cleaner
from directory.importing.dialects import detect
from directory.importing.shapes import Cleaned, Item
from directory.importing.tags import Tags
from directory.importing.vocabulary import vocabulary
from tests.importing.conftest import Bring, everything, service


def cleaned(record: Any) -> Cleaned:
    return Cleaner("feed", Tags("feed", vocabulary())).clean(Item("here", record))


OUTPOST = {
    "id": 6378,
    "name": "Weekday walk",
    "description": "Boots on.\r\nAll welcome.",
    "min_age": 18,
    "max_age": None,
    "status": "active",
    "updated_at": "2021-09-14T13:05:10.022Z",
    "free": None,
    "url": "www.walk.example.org",
    "organisation": {"id": 43, "name": "Walkers", "description": None, "url": None, "email": ""},
    "locations": [
        {
            "id": 7,
            "name": None,
            "address_1": "The Green",
            "city": "Wing",
            "state_province": None,
            "postal_code": "HP22 4PE",
            "country": "GB",
            "geometry": {"type": "Point", "coordinates": [-0.73, 51.86]},
            "mask_exact_address": None,
            "accessibilities": [{"name": "Car parking", "slug": "car-parking"}],
        },
    ],
    "contacts": [{"id": 9, "name": "Sam", "title": "", "email": "", "phone": "01632 960003."}],
    "taxonomies": [{"id": 403, "name": "Staying active", "slug": "staying-active", "parent_id": None}],
    "regular_schedules": [{"id": 8, "weekday": "Monday", "opens_at": "09:30", "closes_at": "12:00"}],
    "cost_options": [{"id": 1, "option": None, "amount": "4.00", "cost_type": "per session"}],
    "send_needs": [],
    "suitabilities": [],
    "local_offer": None,
}


def test_an_outpost_record_is_read() -> None:
    found = cleaned(OUTPOST)
    assert found.service is not None
    read = found.service
    assert (read.minimum_age, read.maximum_age, read.url) == (18, None, "https://www.walk.example.org")
    assert read.description == "Boots on.\nAll welcome."
    assert read.organization is not None
    assert (read.organization.name, read.organization.description) == ("Walkers", "Walkers")
    assert [(each.freq, each.byday, each.opens_at) for each in read.schedules] == [("WEEKLY", "MO", "09:30")]
    assert [(each.amount, each.currency, each.amount_description) for each in read.cost_options] == [
        (4.0, "GBP", "per session")
    ]
    place = read.service_at_locations[0].location
    assert place is not None
    assert (place.latitude, place.longitude, place.addresses[0].postal_code) == (51.86, -0.73, "HP22 4PE")
    assert place.accessibility[0].description == "Car parking"
    assert read.contacts[0].phones[0].number == "01632 960003"
    assert [each.taxonomy_term.name for each in read.attributes if each.taxonomy_term] == ["Staying active"]
    assert [note.pointer for note in found.notes] == ["/organisation/description"]
    assert found.sources[read.id] == "6378"


V1 = {
    "id": "svc-1",
    "name": "Youth club",
    "status": "active",
    "organization": {
        "id": "org-1",
        "name": "Club",
        "description": "A club",
        "url": "https://club.example.org",
    },
    "eligibilitys": [{"id": "e", "minimum_age": 11, "maximum_age": 16, "eligibility": "Young people"}],
    "fees": "Free",
    "attending_access": "drop-in",
    "service_taxonomys": [
        {
            "id": "t",
            "taxonomy": {
                "id": "http://id.esd.org.uk/service/298",
                "name": "Youth clubs",
                "vocabulary": "esdServiceTypes",
            },
        }
    ],
    "languages": [{"id": "l", "language": "English"}],
    "regular_schedules": [{"id": "r", "weekday": "Friday", "opens_at": "18:00", "closes_at": "20:00"}],
    "holiday_schedules": [{"id": "h", "closed": True, "start_date": "2026-12-24", "end_date": "2027-01-02"}],
    "service_at_locations": [
        {
            "id": "sal",
            "location": {
                "id": "loc",
                "name": "Hall",
                "latitude": "52.6",
                "longitude": "1.3",
                "physical_addresses": [
                    {
                        "id": "a",
                        "address_1": "1 Road",
                        "city": "Diss",
                        "postal_code": "IP22 4AA",
                        "country": "England",
                    }
                ],
                "accessibility_for_disabilities": [{"id": "acc", "accessibility": "Ramp"}],
            },
        }
    ],
}


def test_a_record_of_the_first_standard_is_read() -> None:
    assert detect(V1).name == "Open Referral UK 1.0"
    found = cleaned(V1)
    assert found.service is not None
    read = found.service
    assert (read.minimum_age, read.maximum_age, read.eligibility_description) == (11, 16, "Young people")
    assert (read.fees_description, read.application_process) == ("Free", "Drop in.")
    assert read.organization is not None
    assert read.organization.website == "https://club.example.org"
    term = read.attributes[0].taxonomy_term
    assert term is not None
    assert (term.taxonomy, term.name, term.term_uri) == (
        "esdServiceTypes",
        "Youth clubs",
        "http://id.esd.org.uk/service/298",
    )
    assert [(each.byday, each.closed, each.valid_from) for each in read.schedules] == [
        ("FR", False, None),
        (None, True, "2026-12-24"),
    ]
    place = read.service_at_locations[0].location
    assert place is not None
    assert (place.latitude, place.addresses[0].country, place.accessibility[0].description) == (
        52.6,
        "GB",
        "Ramp",
    )
    assert read.languages[0].name == "English"


async def test_the_real_county_feed_is_imported_whole_and_a_second_time_changes_nothing(
    database: Database, bring: Bring, data: Path
) -> None:
    feed = data / "oruk" / "data" / "buckinghamshire-outpost-feed-2023"
    report = await bring(feed, feed="bucks")
    assert report.read == report.added + report.quarantined_count == 96
    assert report.added == 96
    assert report.dialect == "Outpost (Buckinghamshire)"
    before = await everything(database)
    again = await bring(feed, feed="bucks")
    assert (again.added, again.changed, again.same) == (0, 0, 96)
    assert await everything(database) == before
    stored = await records(
        database.pool, [row[0] for row in await database.pool.fetch("select id from service")]
    )
    assert [problem for each in stored.values() for problem in validity.problems(each)] == []


EXAMPLES = [
    "examples/hsds-3.0/service_full.json",
    "examples/hsds-3.2.3/service_full.json",
    "schemas/oruk-3.0/examples",
    "derived/sample-valid-service-full.json",
    "examples/dfe-family-hubs-mock-hsda/1001_getFullyNestedServiceById_default.json",
]


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_standards_own_examples_are_imported(
    bring: Bring, data: Path, name: str, tmp_path: Path
) -> None:
    path = data / "oruk" / name
    if path.is_dir():
        path = next(each for each in sorted(path.glob("service_full*.json")))
    report = await bring(path)
    assert (report.read, report.quarantined_count) == (1, 0), report.quarantined
    assert report.added == 1


def test_tags_of_our_taxonomies_are_known_by_code_or_label_and_others_kept_apart() -> None:
    def term(**fields: str) -> dict[str, Any]:
        return {"taxonomy_term": {"id": "x", "description": "d", **fields}}

    tags = [
        term(taxonomy="needs", code="food_and_essentials", name="whatever"),
        term(taxonomy="Flourish", name="Safe and secure"),
        term(taxonomy="needs", name="Something of the LGA list"),
        term(taxonomy="Open Eligibility", name="Food"),
    ]
    found = cleaned(service(1, attributes=tags))
    assert found.service is not None
    assert [
        (each.taxonomy_term.taxonomy, each.taxonomy_term.name)
        for each in found.service.attributes
        if each.taxonomy_term
    ] == [
        ("needs", vocabulary()["needs", "food_and_essentials"].name),
        ("flourish", "Safe and secure"),
        ("feed: needs", "Something of the LGA list"),
        ("Open Eligibility", "Food"),
    ]


def test_a_masked_address_is_confidential() -> None:
    record = json.loads(json.dumps(OUTPOST))
    record["locations"][0]["mask_exact_address"] = True
    found = cleaned(record)
    assert found.service is not None
    place = found.service.service_at_locations[0].location
    assert place is not None
    assert place.confidential
