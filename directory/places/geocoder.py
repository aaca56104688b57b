"""The same answers as a geopy geocoder, for whoever uses geopy: offline, without a database.

    from directory.places.geocoder import Directory
    Directory().geocode("12 High Street, NR27 9HS")      # Location(NR27 9HS, (52.93104, 1.29782, 0.0))
    Directory().reverse((52.93, 1.30))                   # Location(NR27 9EA, Cromer, ...)

It takes its place among geopy's own: `exactly_one`, lists, coroutines with an asynchronous adapter. It never opens a
socket. And the other way round: `beyond` of `Places` takes any geopy geocoder, to be asked what is not known here.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from geopy.adapters import BaseAsyncAdapter, BaseSyncAdapter
from geopy.exc import GeocoderQueryError, GeocoderServiceError, GeopyError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point
from msgspec import to_builtins

from directory.places import answers, understand
from directory.places.carried import carried
from directory.places.held import Held
from directory.places.points import Typed
from directory.places.shapes import Answer


class NoNetwork(BaseSyncAdapter):  # type: ignore[misc]
    """The adapter of a geocoder that asks nobody."""

    def get_json(self, url: str, **_: Any) -> Any:
        raise GeocoderServiceError("this geocoder uses no network")

    get_text = get_json


class NoNetworkAsync(BaseAsyncAdapter):  # type: ignore[misc]
    """The same for asyncio: with it `geocode` and `reverse` give coroutines."""

    async def get_json(self, url: str, **_: Any) -> Any:
        raise GeocoderServiceError("this geocoder uses no network")

    get_text = get_json


def configured(name: str) -> Any:
    """The geocoder that a setting names, as "module:name" of something that makes one when called; None for "".

    Raises ValueError when there is no such thing.
    """
    if not name:
        return None
    module, _, attribute = name.partition(":")
    try:
        made = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError, GeopyError) as error:
        raise ValueError(f"DIRECTORY_GEOCODER: {name} makes no geocoder: {error}") from error
    if not isinstance(made, Geocoder):
        raise ValueError(f"DIRECTORY_GEOCODER: {name} is no geopy geocoder")
    return made


class Directory(Geocoder):  # type: ignore[misc]
    """Postcodes, places and points of the home county and its border, and all outcodes of Great Britain."""

    def __init__(
        self, held: Held | None = None, *, adapter_factory: Callable[..., Any] = NoNetwork, **options: Any
    ) -> None:
        """`held` is a snapshot (`await places.load()`); without one the carried county is read, in two seconds."""
        super().__init__(adapter_factory=adapter_factory, **options)
        self._held = held or carried().held()

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        near: tuple[float, float] | None = None,
    ) -> Any:
        """A Location, or None where the place is not known or more than one is meant; with `exactly_one=False` a
        list of all that may be meant. `raw` is the typed answer. Raises GeocoderQueryError for an empty text."""
        answer = understand.answer(self._held, str(query), near)
        if answer.kind == "invalid":
            raise GeocoderQueryError(answer.sentence)
        return self._given(_locations(answer), exactly_one, single=answer.point is not None)

    def reverse(self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The nearest postcode and place to a point, or None far from any. Raises GeocoderQueryError for no point."""
        try:
            point = Point(query) if not isinstance(query, Point) else query
        except (TypeError, ValueError) as error:
            raise GeocoderQueryError("that is not a point") from error
        held, lat, lon = self._held, point.latitude, point.longitude
        text = f"{lat:.5f}, {lon:.5f}"
        answer = answers.point(held, Typed(lat, lon, 1.0, "latlon", text))
        nearest = held.units.nearest(lat, lon)
        found = []
        if nearest and nearest[1] < 10_000:
            unit = held.units.unit(nearest[0])
            address = ", ".join(filter(None, [unit.postcode, answer.near, answer.county]))
            found = [Location(address, (unit.lat, unit.lon), to_builtins(answer))]
        return self._given(found, exactly_one, single=True)

    def _given(self, found: list[Location], exactly_one: bool, *, single: bool) -> Any:
        given: Any = found or None
        if exactly_one:
            given = found[0] if found and single else None
        if isinstance(self.adapter, BaseAsyncAdapter):
            return _later(given)
        return given


async def _later(given: Any) -> Any:
    return given


def _locations(answer: Answer) -> list[Location]:
    raw = to_builtins(answer)
    if answer.point:
        county = answer.county if answer.county != answer.match else ""
        address = ", ".join(filter(None, [answer.match, county]))
        return [Location(address, (answer.point.lat, answer.point.lon), raw)]
    return [Location(one.text, (one.point.lat, one.point.lon), raw) for one in answer.candidates if one.point]
