"""What a service becomes in the index."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from directory.catalogue import hsds
from directory.search.document import decode, document, encode, points_of
from tests.search.made import at, identity, service, tag

LONDON = ZoneInfo("Europe/London")


def weekly(byday: str, opens: str, closes: str) -> hsds.Schedule:
    return hsds.Schedule(
        id=identity(byday + opens), freq="WEEKLY", byday=byday, opens_at=opens, closes_at=closes
    )


def spans(today: dt.date, *schedules: hsds.Schedule) -> list[tuple[dt.datetime, dt.datetime]]:
    made = document(service("Group", schedules=list(schedules)), today=today)
    return [
        (dt.datetime.fromtimestamp(start * 60, LONDON), dt.datetime.fromtimestamp(end * 60, LONDON))
        for start, end in made.hours
    ]


def test_hours_are_wall_clock_on_both_sides_of_a_change_of_the_clocks() -> None:
    found = spans(dt.date(2026, 10, 20), weekly("SA,SU,MO", "10:00", "12:00"))
    assert {(start.hour, end.hour) for start, end in found} == {(10, 12)}
    assert {start.utcoffset() for start, _ in found} == {dt.timedelta(0), dt.timedelta(hours=1)}


def test_a_night_that_is_an_hour_longer_is_an_hour_longer() -> None:
    found = spans(dt.date(2026, 10, 20), weekly("SA", "22:00", "06:00"))
    night = next(end - start for start, end in found if start.date() == dt.date(2026, 10, 24))
    assert night.total_seconds() / 60 in (540, 480)
    assert [(end.hour, end.minute) for start, end in found if start.date() == dt.date(2026, 10, 24)] == [
        (6, 0)
    ]


def test_what_is_only_suggested_is_no_tag() -> None:
    made = document(
        service("Group", attributes=[tag("needs", "bullying", 0.8), tag("needs", "child_health")])
    )
    assert made.card.needs == ["child_health"]


def test_a_confidential_place_leaves_nothing_behind() -> None:
    refuge = service("Refuge", service_at_locations=[at(52.6, 1.3, "Secret house", confidential=True)])
    made = document(refuge)
    assert points_of(refuge) == []
    assert made.venues == []
    assert b"Secret" not in encode(made)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Step-free, hearing loop", ["hearing_loop", "step_free"]),
        ("Ground floor with an accessible toilet", ["accessible_toilet", "step_free"]),
        ("No wheelchair access: two steps", []),
    ],
)
def test_accessibility_is_read_from_words(said: str, codes: list[str]) -> None:
    made = document(service("Group", service_at_locations=[at(52.6, 1.3, accessible=said)]))
    assert made.accessible == codes


def test_a_document_survives_the_disk() -> None:
    made = document(service("Group", service_at_locations=[at(52.6, 1.3)], minimum_age=2, maximum_age=4.5))
    assert decode(encode(made)) == made
