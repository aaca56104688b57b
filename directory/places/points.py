"""Typed coordinates -> a point: decimal degrees, degrees-minutes-seconds, National Grid, geo: URI. Pure.

A number counts as seen: "52.63" is good to about half a kilometre, and the radius says so.
"""

import math
import re
from typing import Literal, NamedTuple

from directory.places.grids import british_to_latlon

Form = Literal["latlon", "dms", "grid", "geo"]

LONGEST = 120
"""Characters of typed text beyond which it is not read as a point."""

_BRITAIN = (49.8, 60.95, -8.75, 1.8)
_NUMBER = r"[+\-]?[0-9]{1,8}(?:\.[0-9]{0,12})?"
_PAIR = re.compile(
    rf"[\s(\[]*([NSEW]?)\s*({_NUMBER})\s*°?\s*([NSEW]?)\s*[,;/\s]\s*([NSEW]?)\s*({_NUMBER})\s*°?\s*([NSEW]?)[\s)\]]*\Z",
    re.I,
)
_LABELLED = re.compile(
    rf"\s*lat(?:itude)?\s*[:=]?\s*({_NUMBER})\s*[,;&\s]\s*(?:lon|lng|long|longitude)\s*[:=]?\s*({_NUMBER})\s*\Z",
    re.I,
)
_GEO = re.compile(
    rf"\s*geo:({_NUMBER}),({_NUMBER})(?:,{_NUMBER})?((?:;[a-z0-9\-]{{1,20}}=[^;\s]{{0,20}}){{0,5}})\s*(?:\?.*)?\Z",
    re.I,
)
_DMS_PART = (
    r"([NSEW]?)\s*(-?[0-9]{1,3})\s*[°d:\s]\s*([0-9]{1,2}(?:\.[0-9]{1,8})?)\s*['’′m:\s]?\s*"
    r"(?:([0-9]{1,2}(?:\.[0-9]{1,6})?)\s*(?:[\"”″s]|''|’’)?)?\s*([NSEW]?)"
)
_DMS = re.compile(rf"\s*{_DMS_PART}\s*[,;\s]\s*{_DMS_PART}\s*\Z", re.I)
_GRID = re.compile(r"\s*([HJNOST][A-HJ-Z])\s*([0-9]{4,10}|[0-9]{2,5}[\s,]{1,3}[0-9]{2,5})\s*\Z", re.I)
_METRES = re.compile(
    r"[\s(]*(?:E\s*[:=]?\s*)?([0-9]{4,6}(?:\.[0-9]{1,3})?)\s*(?:m?E)?\s*[,;\s]\s*"
    r"(?:N\s*[:=]?\s*)?([0-9]{4,7}(?:\.[0-9]{1,3})?)\s*(?:m?N)?[\s)]*\Z",
    re.I,
)


class Typed(NamedTuple):
    """A point as typed. `radius` in metres: how far off it can be by its own last digit. `swapped`: the two
    numbers came as longitude, latitude. `text` is canonical: "52.63090, 1.29740" or "TG 23243 08787"."""

    lat: float
    lon: float
    radius: float
    form: Form
    text: str
    swapped: bool = False


def read(text: str) -> Typed | None:
    """The point that the whole text spells, or None. It may lie anywhere on Earth: the caller says if it is
    outside.

    Two bare decimals are taken as latitude, longitude; the other way round when only that lies in Great
    Britain.
    """
    if len(text) > LONGEST:
        return None
    for reader in (_geo, _letters, _metres, _degrees, _sexagesimal):
        if found := reader(text):
            return found
    return None


def in_britain(lat: float, lon: float) -> bool:
    """Whether the point is in the box of Great Britain and its near waters; a coarse test, for order only."""
    south, north, west, east = _BRITAIN
    return south <= lat <= north and west <= lon <= east


def _geo(text: str) -> Typed | None:
    found = _GEO.match(text)
    if not found:
        return None
    parameters = dict(pair.split("=", 1) for pair in found[3].lower().split(";") if pair)
    if parameters.get("crs", "wgs84") != "wgs84":
        return None
    radius = _digits_radius(found[1], found[2])
    if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,3})?", parameters.get("u", "")):
        radius = max(radius, float(parameters["u"]))
    return _made(float(found[1]), float(found[2]), radius, "geo")


def _letters(text: str) -> Typed | None:
    found = _GRID.match(text)
    if not found:
        return None
    digits = re.sub(r"[^0-9]", "", found[2])
    halves = re.split(r"[\s,]+", found[2])
    if len(digits) % 2 or (len(halves) == 2 and len(halves[0]) != len(halves[1])):
        return None
    half = len(digits) // 2
    size = 10 ** (5 - half)
    first, second = ("ABCDEFGHJKLMNOPQRSTUVWXYZ".index(letter) for letter in found[1].upper())
    east = ((first - 2) % 5) * 5 + second % 5
    north = 19 - (first // 5) * 5 - second // 5
    easting = east * 100_000 + int(digits[:half]) * size
    northing = north * 100_000 + int(digits[half:]) * size
    spelt = f"{found[1].upper()} {digits[:half]} {digits[half:]}"
    # A reference names the square's south-west corner; its middle is the better point for a coarse one.
    return _on_grid(easting + size / 2, northing + size / 2, size, spelt)


def _metres(text: str) -> Typed | None:
    found = _METRES.match(text)
    if not found:
        return None
    return _on_grid(float(found[1]), float(found[2]), 1, f"{found[1]}, {found[2]}")


def _on_grid(easting: float, northing: float, size: float, spelt: str) -> Typed | None:
    if not (0 <= easting <= 700_000 and 0 <= northing <= 1_300_000):
        return None
    lat, lon = british_to_latlon(easting, northing)
    if not (math.isfinite(lat[0]) and math.isfinite(lon[0])):
        return None
    return Typed(float(lat[0]), float(lon[0]), float(math.ceil(size * math.sqrt(0.5))), "grid", spelt)


def _degrees(text: str) -> Typed | None:
    if labelled := _LABELLED.match(text):
        return _made(
            float(labelled[1]), float(labelled[2]), _digits_radius(labelled[1], labelled[2]), "latlon"
        )
    found = _PAIR.match(text)
    if not found:
        return None
    if (found[1] and found[3]) or (found[4] and found[6]):
        return None
    one, one_way, two, two_way = (
        found[2],
        (found[1] or found[3]).upper(),
        found[5],
        (found[4] or found[6]).upper(),
    )
    if not (one_way or two_way) and "." not in one + two:
        # Two small whole numbers are a house and a flat before they are a place in the sea.
        return None
    return _placed(float(one), one_way, float(two), two_way, _digits_radius(one, two), "latlon")


def _sexagesimal(text: str) -> Typed | None:
    found = _DMS.match(text)
    if not found:
        return None
    values = []
    for start in (1, 6):
        before, degrees, minutes, seconds, after = found.group(*range(start, start + 5))
        if float(minutes) >= 60 or float(seconds or 0) >= 60 or (before and after):
            return None
        size = abs(int(degrees)) + float(minutes) / 60 + float(seconds or 0) / 3600
        values.append((-size if degrees.startswith("-") else size, (before or after).upper()))
    (one, one_way), (two, two_way) = values
    if not (one_way or two_way or re.search("[°d'’′]", text)):
        return None
    return _placed(one, one_way, two, two_way, 20.0 if found[4] and found[9] else 1000.0, "dms")


def _placed(one: float, one_way: str, two: float, two_way: str, radius: float, form: Form) -> Typed | None:
    one = -abs(one) if one_way in ("S", "W") and one_way else one
    two = -abs(two) if two_way in ("S", "W") and two_way else two
    if one_way or two_way:
        swap = (one_way in ("E", "W") and bool(one_way)) or (not one_way and two_way in ("N", "S"))
        if one_way and two_way and (one_way in "NS") == (two_way in "NS"):
            return None
        return _made(two, one, radius, form) if swap else _made(one, two, radius, form)
    if not in_britain(one, two) and in_britain(two, one):
        return _made(two, one, radius, form, swapped=True)
    return _made(one, two, radius, form)


def _made(lat: float, lon: float, radius: float, form: Form, swapped: bool = False) -> Typed | None:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return Typed(lat, lon, radius, form, f"{lat:.5f}, {lon:.5f}", swapped)


def _digits_radius(*numbers: str) -> float:
    digits = min(len(number.partition(".")[2]) for number in numbers)
    return float(max(1, math.ceil(111_320 * 0.5 * 10**-digits)))
