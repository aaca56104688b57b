"""The engine as a geopy geocoder, and a geopy geocoder behind the engine. No socket is opened."""

import socket
from typing import Any

import pytest
from geopy.exc import GeocoderQueryError, GeocoderServiceError, GeocoderTimedOut
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from directory.db import Database
from directory.places import understand
from directory.places.carried import carried
from directory.places.geocoder import Directory, NoNetwork, NoNetworkAsync, configured
from directory.places.held import Held
from directory.places.resolve import Places


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    return


@pytest.fixture
def geocoder(held: Held) -> Directory:
    return Directory(held)


@pytest.mark.usefixtures("no_sockets")
class TestOffline:
    def test_a_postcode_is_a_location(self, geocoder: Directory) -> None:
        found = geocoder.geocode("Flat 1, 12 High Street, nr27 9hs")
        assert isinstance(found, Location)
        assert found.address == "NR27 9HS, Norfolk"
        assert (found.latitude, found.longitude) == pytest.approx((52.93104, 1.29782), abs=1e-4)
        assert found.raw["kind"] == "postcode"

    def test_what_may_be_several_is_none_unless_a_list_is_asked_for(self, geocoder: Directory) -> None:
        assert geocoder.geocode("Fritton") is None
        found = geocoder.geocode("Fritton", exactly_one=False)
        assert found[0].address == "Fritton, Great Yarmouth"
        assert len(found) == 3
        assert geocoder.geocode("qqqqqqqq") is None
        assert geocoder.geocode("qqqqqqqq", exactly_one=False) is None

    def test_the_carried_county_needs_no_database(self, held: Held) -> None:
        alone = carried().held()
        for text in (
            "NR3 1FH",
            "PE36 5EF",
            "IP22",
            "Cromer",
            "Fritton",
            "SW1A 1AA",
            "52.6309, 1.2974",
            "Zone 3",
        ):
            assert understand.answer(alone, text) == understand.answer(held, text), text

    def test_an_empty_query_and_no_point_are_refused(self, geocoder: Directory) -> None:
        with pytest.raises(GeocoderQueryError):
            geocoder.geocode("  ")
        with pytest.raises(GeocoderQueryError):
            geocoder.reverse("nowhere at all")

    def test_a_point_has_a_nearest_postcode(self, geocoder: Directory) -> None:
        for query in ((52.9313, 1.2990), "52.9313, 1.2990"):
            found = geocoder.reverse(query)
            assert found.address.startswith("NR27 ")
            assert "Cromer" in found.address
        assert len(geocoder.reverse((52.9313, 1.2990), exactly_one=False)) == 1
        assert geocoder.reverse((10.0, 10.0)) is None

    async def test_an_asynchronous_adapter_gives_coroutines(self, held: Held) -> None:
        geocoder = Directory(held, adapter_factory=NoNetworkAsync)
        assert (await geocoder.geocode("Cromer")).address == "Cromer, Norfolk"
        assert (await geocoder.reverse((52.9313, 1.2990))).address.startswith("NR27")

    def test_its_adapter_refuses_to_ask_anybody(self, geocoder: Directory) -> None:
        with pytest.raises(GeocoderServiceError):
            geocoder._call_geocoder("https://example.org/", lambda found: found)


class Elsewhere(Geocoder):  # type: ignore[misc]
    """A council's own gazetteer, as it were."""

    def __init__(self, answer: Any) -> None:
        super().__init__(adapter_factory=NoNetwork)
        self.answer = answer
        self.asked: list[str] = []

    def geocode(self, query: str, **_: Any) -> Any:
        self.asked.append(query)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_another_geocoder_is_asked_only_for_what_is_not_known(loaded: Database, held: Held) -> None:
    other = Elsewhere(Location("The Old Mill, Cromer", (52.93, 1.30), {}))
    places = Places(loaded, beyond=other)
    answer = await places.resolve("qqqqqqqq mill")
    assert (answer.kind, answer.match, answer.home) == ("place", "The Old Mill, Cromer", True)
    assert answer.vintage == "Elsewhere"
    await places.resolve("Cromer")
    await places.resolve("NR3 1FH")
    assert other.asked == ["qqqqqqqq mill"]


async def test_another_geocoder_that_fails_or_finds_nothing_changes_no_answer(
    loaded: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for answer in (None, GeocoderTimedOut("qqqqqqqq mill took too long")):
        places = Places(loaded, beyond=Elsewhere(answer))
        assert (await places.resolve("qqqqqqqq mill")).kind == "unknown"
    assert "qqqq" not in caplog.text


async def test_an_asynchronous_one_is_awaited(loaded: Database, held: Held) -> None:
    places = Places(loaded, beyond=Directory(held, adapter_factory=NoNetworkAsync))
    assert (await places.resolve("qqqqqqqq mill")).kind == "unknown"


def test_a_setting_names_the_other_geocoder() -> None:
    assert configured("") is None
    assert type(configured("geopy.geocoders:Photon")).__name__ == "Photon"
    for name in ("nothing", "geopy.geocoders:Nothing", "builtins:dict", "no.such.module:Thing"):
        with pytest.raises(ValueError, match="DIRECTORY_GEOCODER"):
            configured(name)
