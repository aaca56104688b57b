"""Typed answers made of what was found; the sentence is written last. Pure."""

from collections.abc import Sequence

from directory.places.explain import explained
from directory.places.gazetteer import Found
from directory.places.held import Held
from directory.places.named import Hit
from directory.places.points import Typed
from directory.places.postcodes import Reading, compact
from directory.places.shapes import Answer, Candidate, Correction, Kind, Point
from directory.places.units import Unit, Wide

MAIL_CENTRE = 8
"""Postcodes on one point from which on it is a sorting office, and nobody's home."""
UNIT_RADIUS = 100.0
RADIUS = {"city": 4000.0, "town": 2000.0, "suburb": 1000.0, "village": 1000.0, "hamlet": 500.0}
"""Metres within which nearly all of a place of this kind lies; other kinds 1,000."""

_FIGURES = {
    "0": "the figure 0",
    "1": "the figure 1",
    "2": "the figure 2",
    "5": "the figure 5",
    "8": "the figure 8",
}


def invalid() -> Answer:
    return explained(Answer(kind="invalid"))


def unit(held: Held, one: Unit, corrected: Sequence[Correction] = ()) -> Answer:
    """A postcode, a terminated one, or one outside the county."""
    areas = held.atlas.of_unit(one)
    home = held.atlas.at_home(areas)
    answer = Answer(
        kind="outside" if not home else "terminated" if one.live is False else "postcode",
        match=one.postcode,
        point=Point(lat=one.lat, lon=one.lon),
        radius=UNIT_RADIUS,
        areas=held.shares(areas) + held.shares(held.atlas.edges_of_unit(one, areas), near_edge=True),
        county=held.home if home else _county(held, one.lat, one.lon, one.district),
        home=home,
        outside_metres=None if home else held.atlas.outside(one.lat, one.lon),
        corrected=list(corrected),
        ended=one.ended if one.live is False else "",
        shared=one.same_point >= MAIL_CENTRE and one.live is not False,
        vintage=held.editions.get("postcodes", ""),
    )
    return explained(answer, held.home)


def wide(held: Held, one: Wide, corrected: Sequence[Correction] = (), *, partial: str = "") -> Answer:
    """A sector or outcode, or a text of which only that much was typed yet."""
    home = held.at_home(one)
    answer = Answer(
        kind="outside" if not home else "partial" if partial else "sector" if " " in one.text else "outcode",
        match=one.text,
        point=Point(lat=one.lat, lon=one.lon),
        radius=max(one.radius, UNIT_RADIUS),
        areas=held.wide_shares(one),
        county=held.home if home else _county(held, one.lat, one.lon, next(iter(one.districts), "")),
        home=home,
        outside_metres=None if home else held.atlas.outside(one.lat, one.lon),
        corrected=list(corrected),
        vintage=held.editions.get("postcodes", ""),
    )
    return explained(answer, held.home)


def partial(held: Held, text: str) -> Answer:
    """The letters of a postcode area and nothing more yet."""
    return explained(
        Answer(kind="partial", match=text, vintage=held.editions.get("postcodes", "")), held.home
    )


def point(held: Held, typed: Typed) -> Answer:
    areas = held.atlas.of_point(typed.lat, typed.lon)
    home = held.atlas.at_home(areas)
    swapped = Correction(what="the two numbers were the other way round", to=typed.text)
    answer = Answer(
        kind="point" if home else "outside",
        match=typed.text,
        point=Point(lat=round(typed.lat, 6), lon=round(typed.lon, 6)),
        radius=typed.radius,
        areas=held.shares(areas) + held.shares(held.atlas.edges(typed.lat, typed.lon, areas), near_edge=True),
        county=held.home if home else _county(held, typed.lat, typed.lon, ""),
        home=home,
        outside_metres=None if home else held.atlas.outside(typed.lat, typed.lon),
        corrected=[swapped] if typed.swapped else [],
        near=_near(held, typed.lat, typed.lon),
        vintage=held.editions.get("postcodes", ""),
    )
    return explained(answer, held.home)


def named(held: Held, found: Found) -> Answer:
    """Whatever the gazetteer found, also nothing."""
    vintage = held.editions.get("places", "")
    if found.status == "none":
        return explained(Answer(kind="unknown", vintage=vintage), held.home)
    if found.status == "elsewhere":
        near = [candidate(held, hit) for hit in found.hits]
        return explained(Answer(kind="outside", candidates=near, vintage=vintage), held.home)
    if found.status == "several":
        several = [candidate(held, hit) for hit in found.hits]
        # Several of one name are a question; several that are only spelt somewhat like it are guesses.
        guessed = found.how == "typo" and (len(several) == 1 or len({one.name for one in several}) > 1)
        kind: Kind = "unknown" if guessed else "ambiguous"
        return explained(Answer(kind=kind, candidates=several, vintage=vintage), held.home)
    return _place(held, found.hits[0], vintage)


def _place(held: Held, hit: Hit, vintage: str) -> Answer:
    place = hit.place
    spelt = [Correction(what="we put the spelling right", to=place.name)] if hit.edits else []
    if place.point is None:
        return _area(held, hit, spelt, vintage)
    lat, lon = place.point
    areas = held.atlas.with_district(held.atlas.of_point(lat, lon), place.district)
    home = held.atlas.at_home(areas)
    answer = Answer(
        kind="place" if home else "outside",
        match=place.name,
        point=Point(lat=lat, lon=lon),
        radius=RADIUS.get(place.kind, 1000.0),
        areas=held.shares(areas) + held.shares(held.atlas.edges(lat, lon, areas), near_edge=True),
        county=place.county,
        home=home,
        outside_metres=None if home else held.atlas.outside(lat, lon),
        corrected=spelt,
        near=hit.near,
        vintage=vintage,
    )
    return explained(answer, held.home)


def _area(held: Held, hit: Hit, spelt: list[Correction], vintage: str) -> Answer:
    """A county, a district or a country: a name without one point."""
    place, atlas = hit.place, held.atlas
    home = place.county == held.home and place.kind != "region"
    own = [at for at, one in enumerate(atlas.regions) if one.name == place.name and one.kind == place.kind]
    if place.kind == "county" and home:
        own += [at for at, one in enumerate(atlas.regions) if one.code in atlas.home_districts]
    elif home:
        own += [at for at, one in enumerate(atlas.regions) if one.kind == "county"]
    answer = Answer(
        kind="area" if home else "outside",
        match=place.name,
        areas=held.shares(tuple(own)),
        county=place.county,
        home=home,
        corrected=spelt,
        vintage=vintage,
    )
    return explained(answer, held.home)


def region(held: Held, at: int) -> Answer:
    """A whole zone, ward or other area by its name."""
    one = held.atlas.regions[at]
    answer = Answer(
        kind="area",
        match=one.name,
        areas=held.shares((at,)),
        county=held.home,
        home=True,
        vintage=held.editions.get("areas", ""),
    )
    return explained(answer, held.home)


def from_elsewhere(held: Held, name: str, lat: float, lon: float, vintage: str) -> Answer:
    """A place that another geocoder found."""
    areas = held.atlas.of_point(lat, lon)
    home = held.atlas.at_home(areas)
    answer = Answer(
        kind="place" if home else "outside",
        match=name[:120],
        point=Point(lat=round(lat, 6), lon=round(lon, 6)),
        radius=1000.0,
        areas=held.shares(areas) + held.shares(held.atlas.edges(lat, lon, areas), near_edge=True),
        county=held.home if home else "",
        home=home,
        outside_metres=None if home else held.atlas.outside(lat, lon),
        vintage=vintage,
    )
    return explained(answer, held.home)


def missing(held: Held, reading: Reading) -> Answer:
    """A text in the shape of a postcode that is none: its sector when that exists, else unknown, with its outcode to
    choose when that does."""
    outcode = held.outcodes.get(reading.outcode)
    sector = held.units.sector(reading.sector) if reading.sector else None
    if sector:
        what = "we do not know that whole postcode, so we used its first part"
        return wide(held, sector, [Correction(what=what, to=sector.text)])
    if outcode is None:
        return explained(Answer(kind="unknown", vintage=held.editions.get("postcodes", "")), held.home)
    if not held.at_home(outcode):
        return wide(held, outcode)
    offered = Candidate(
        name=outcode.text, kind="outcode", text=outcode.text, point=Point(lat=outcode.lat, lon=outcode.lon)
    )
    vintage = held.editions.get("postcodes", "")
    return explained(Answer(kind="unknown", candidates=[offered], vintage=vintage), held.home)


def candidate(held: Held, hit: Hit) -> Candidate:
    place = hit.place
    return Candidate(
        name=place.name,
        kind=place.kind,
        text=hit.label,
        district=held.districts.get(place.district, ""),
        county=place.county,
        near=hit.near,
        point=Point(lat=place.point[0], lon=place.point[1]) if place.point else None,
    )


def respelt(typed: str, found: str) -> list[Correction]:
    """What was read as something else to come from the typed postcode to the one found; empty for case and space."""
    one, other = compact(typed) or "", found.replace(" ", "")
    if len(one) != len(other) or one == other:
        return []
    changes = dict.fromkeys(
        f"{_character(a)} read as {_character(b)}" for a, b in zip(one, other, strict=True) if a != b
    )
    return [Correction(what=" and ".join(changes), to=found)]


def _character(one: str) -> str:
    return _FIGURES.get(one, f"the letter {one}" if one.isalpha() else f"the figure {one}")


def _near(held: Held, lat: float, lon: float) -> str:
    nearest = held.gazetteer.table.nearest((lat, lon))
    return nearest[0].name if nearest else ""


def _county(held: Held, lat: float, lon: float, district: str) -> str:
    """The county of a point outside: that of its district's places, or of the place nearest to it."""
    if district in held.counties:
        return held.counties[district]
    nearest = held.gazetteer.table.nearest((lat, lon))
    return nearest[0].county if nearest and nearest[1] < 5000 else ""
