"""Nothing invalid is published: our schema against the standards' own, and against what real feeds get wrong."""

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.catalogue import hsds, publish, validity
from tests.catalogue.made import SPOILT, location, new, organization, schedule, service, spoil
from tests.catalogue.standards import complaints

SECRET = "Foxglove House"


def rich() -> hsds.Service:
    each = service(
        location(accessibility=[hsds.Accessibility(id=new(), description="Ramp")]),
        location(location_type="virtual", addresses=[], latitude=None, longitude=None),
        schedules=[schedule(), schedule(freq="MONTHLY", byday="1TU,-1FR", closed=True)],
        tags={"kind": ["help_hub"], "needs": ["housing"], "flourish": ["healthy"]},
        url="https://example.org/a", email="us@example.org", minimum_age=0, maximum_age=18.5, assured_date="2026-10-01",
        last_modified="2026-10-01T10:11:12.123Z", capacity_status="waiting_list", referral="self", remote=["phone"],
        phones=[hsds.Phone(id=new(), number="01632 960001", languages=[hsds.Language(id=new(), code="pt")])],
        cost_options=[hsds.CostOption(id=new(), option="Each", amount=2.5, currency="GBP", valid_from="2026-01-01")],
        service_areas=[hsds.ServiceArea(id=new(), name="Norfolk", area="county:E10000020")],
        contacts=[hsds.Contact(id=new(), name="Duty desk", phones=[hsds.Phone(id=new(), number="1")])],
        funding=[hsds.Funding(id=new(), source="Lottery")], languages=[hsds.Language(id=new(), code="en")],
        extra={"private": SECRET},
    )  # fmt: skip
    each.attributes.append(each.attributes.pop().__class__(id=new(), taxonomy_term_id=new(), confidence=0.4))
    return each


RICH = json.dumps(publish.plain(publish.published(rich())))


def test_a_rich_service_is_valid_here_and_under_every_standard(data: Path):
    assert validity.problems(rich()) == []
    record = publish.plain(publish.published(rich()))
    assert validity.valid(record)
    assert complaints(data, "service", record) == []


@settings(max_examples=300, deadline=None)
@given(rng=st.randoms(use_true_random=False), kind=st.sampled_from(SPOILT))
def test_whatever_is_valid_here_is_valid_under_every_standard(data: Path, rng: random.Random, kind: Any):
    record = json.loads(RICH)
    spoil(record, kind, rng)
    if validity.valid(record):
        assert complaints(data, "service", record) == []
    elif "organization" in record:
        with contextlib.suppress(ValueError):
            assert complaints(data, "service", validity.mended(record)) == []


def test_the_least_service_is_valid_here_and_under_every_standard(data: Path):
    record = publish.plain(publish.published(service(description=None, tags={})))
    assert validity.valid(record)
    assert complaints(data, "service", record) == []


@pytest.mark.parametrize(
    ("over", "where"),
    [
        ({"email": "ask at the desk"}, "email"),
        ({"email": "a@b c.org"}, "email"),
        ({"url": "www.example.org"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://exämple.org"}, "url"),
        ({"status": "Active"}, "status"),
        ({"id": "17"}, "id"),
        ({"last_modified": "2026-10-01"}, "last_modified"),
        ({"assured_date": "01/10/2026"}, "assured_date"),
        ({"assured_date": "2026-02-30"}, "assured_date"),
        ({"minimum_age": -1}, "minimum_age"),
        ({"minimum_age": 12, "maximum_age": 11}, "minimum_age"),
        ({"schedules": [schedule(freq="DAILY")]}, "schedules[0].freq"),
        ({"schedules": [schedule(byday="Monday")]}, "schedules[0].byday"),
        ({"schedules": [schedule(opens_at="9am")]}, "schedules[0].opens_at"),
        ({"remote": ["carrier pigeon"]}, "remote[0]"),
        ({"cost_options": [hsds.CostOption(id=new(), amount=-2)]}, "cost_options[0].amount"),
        ({"organization": organization(description="")}, "organization"),
        ({"organization_id": new()}, "organization_id"),
    ],
)
def test_what_may_not_be_published_is_named_with_its_place(over: dict[str, Any], where: str):
    owner = over.get("organization")
    each = service(organization=owner) if owner else service()
    for name, value in over.items():
        setattr(each, name, value)
    found = validity.problems(each)
    assert found
    assert found[0].startswith(f"{where}:")


def test_a_value_that_is_not_valid_is_left_out_but_never_a_required_one():
    bad = rich()
    bad.url = "www.example.org"
    bad.phones[0].languages[0].id = "nope"
    bad.service_at_locations[0].location.addresses[0].city = ""  # type: ignore[union-attr]
    mended = validity.mended(publish.plain(publish.published(bad)))
    assert validity.valid(mended)
    assert "url" not in mended
    assert mended["phones"][0] == {"id": bad.phones[0].id, "number": "01632 960001"}
    assert "addresses" not in mended["service_at_locations"][0]["location"]
    with pytest.raises(ValueError, match="status"):
        validity.mended({**publish.plain(service()), "status": "perhaps"})


def test_nothing_of_a_confidential_location_is_published():
    refuge = location(
        confidential=True, name=SECRET, description=SECRET, latitude=52.123456, longitude=1.654321,
        transportation=SECRET, schedules=[schedule(notes=SECRET)], phones=[hsds.Phone(id=new(), number=SECRET)],
    )  # fmt: skip
    refuge.addresses[0].address_1 = SECRET
    refuge.addresses[0].postal_code = "NR99 9ZZ"
    each = service(refuge)
    spot = each.service_at_locations[0]
    spot.description = SECRET
    spot.schedules = [schedule(description=SECRET)]
    spot.service_areas = [hsds.ServiceArea(id=new(), name=SECRET)]
    spot.contacts = [hsds.Contact(id=new(), name=SECRET)]
    spot.phones = [hsds.Phone(id=new(), number=SECRET)]
    each.extra = {"address": SECRET}
    each.organization.extra = {"address": SECRET}  # type: ignore[union-attr]
    text = json.dumps(publish.plain(publish.published(each)))
    for canary in (SECRET, "NR99", "52.12", "1.65", "Cromer"):
        assert canary not in text
    assert publish.plain(publish.published(each))["service_at_locations"] == [
        {
            "id": spot.id,
            "service_id": each.id,
            "location_id": refuge.id,
            "location": {"id": refuge.id, "location_type": "physical"},
        }
    ]
    assert SECRET in msgspec.json.encode(each).decode()  # inside, it is whole


def test_a_confidential_address_is_withheld_from_free_text_too():
    refuge = location(confidential=True)
    each = service(
        refuge,
        description="Find us at 4, Mill Lane, Cromer (nr279aa) or NR27 9AA.",
        alert="Point 52.930000, 1.3",
        contacts=[hsds.Contact(id=new(), title="Door of 4 mill lane")],
    )
    found = publish.plain(publish.published(each))
    assert (
        found["description"]
        == "Find us at (address withheld), Cromer ((address withheld)) or (address withheld)."
    )
    assert found["alert"].startswith("Point (address withheld)")
    assert "mill" not in str(found).lower()
    assert publish.published(service(location(), description="4 Mill Lane")).description == "4 Mill Lane"


def test_empty_values_are_left_out():
    record = publish.plain(
        service(name=" Morning drop-in ", alternate_name="", description=None, minimum_age=5.0)
    )
    assert record["name"] == "Morning drop-in"
    assert not {"alternate_name", "description", "schedules"} & set(record)
    assert isinstance(record["minimum_age"], int)
