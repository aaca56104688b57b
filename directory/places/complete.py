"""What a half-typed place may become: postcodes by their beginning, then names. Pure."""

import re

from directory.places.answers import candidate
from directory.places.held import Held
from directory.places.named import LatLon
from directory.places.names import fold
from directory.places.shapes import Candidate, Point

_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_BEGUN = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{0,2})?\Z")


def completions(held: Held, prefix: str, limit: int = 8, near: LatLon | None = None) -> list[Candidate]:
    """At most `limit` candidates; none for a text without a letter or figure."""
    found = _postcodes(held, prefix.lstrip().upper(), limit)
    if len(found) < limit:
        name = fold(prefix)
        regions = [
            Candidate(name=one.name, kind=one.kind, text=one.name)
            for key, at in sorted(held.atlas.named.items(), key=lambda one: (len(one[0]), one[0]))
            if name and key.startswith(name) and (one := held.atlas.regions[at])
        ]
        places = [candidate(held, hit) for hit in held.gazetteer.complete(prefix, limit, near)]
        found += places + regions
    return found[: max(limit, 0)]


def _postcodes(held: Held, text: str, limit: int) -> list[Candidate]:
    if re.fullmatch(r"[A-Z]{2}", text):
        near = [one for one in held.outcodes.values() if one.text.startswith(text) and held.at_home(one)]
        codes = sorted((one.text for one in near), key=lambda code: (len(code), code))
        return [found for code in codes[: limit // 2] if (found := _offered(held, code))]
    if not _OUTWARD.match(text) or len(text) > 10:
        return []
    spaced = " " in text
    begun = _BEGUN.match(text)
    outcode, inward = (begun[1], begun[2] or "") if begun else (text, "")
    if not inward and not spaced:
        # "NR1" is NR1, its sectors, and the start of NR10 to NR19.
        longer = sorted(
            (code for code in held.outcodes if code.startswith(outcode) and code != outcode),
            key=lambda code: (not held.at_home(held.outcodes[code]), len(code), code),
        )
        own = [outcode] if outcode in held.outcodes else []
        texts = own + (held.units.sectors(outcode)[: limit // 2] if own else []) + longer
    else:
        if outcode not in held.outcodes and not inward:
            return []
        texts = (
            held.units.starting(f"{outcode} {inward}", limit)
            if inward
            else held.units.sectors(outcode)[:limit]
        )
        if not texts and begun and len(text.replace(" ", "")) > 3:
            shorter = _split_again(text.replace(" ", ""))
            texts = held.units.starting(shorter, limit) if shorter else []
    return [found for one in texts[:limit] if (found := _offered(held, one))]


def _split_again(letters: str) -> str:
    """The text with the other cut between outcode and the rest: "NR31F" as "NR3 1F"."""
    found = re.fullmatch(r"([A-Z]{1,2}[0-9])([0-9][A-Z]{0,2})", letters)
    return f"{found[1]} {found[2]}" if found else ""


def _offered(held: Held, text: str) -> Candidate | None:
    unit = held.units.find(text)
    if unit:
        point = Point(lat=unit.lat, lon=unit.lon)
        return Candidate(
            name=text,
            kind="postcode",
            text=text,
            district=held.districts.get(unit.district, ""),
            point=point,
        )
    wide = held.wide(text)
    if not wide:
        return None
    kind = "sector" if " " in text else "outcode"
    return Candidate(name=text, kind=kind, text=text, point=Point(lat=wide.lat, lon=wide.lon))
