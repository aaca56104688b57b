"""Typed text to its answer, step by step: a postcode, a point, a postcode inside an address, half a postcode, a name.
Pure: what is not in memory is asked for beforehand by whoever calls.
"""

from collections.abc import Mapping, Sequence

from directory.places import answers, points, postcodes
from directory.places.held import Held
from directory.places.named import LatLon
from directory.places.names import fold
from directory.places.postcodes import Reading
from directory.places.shapes import Answer
from directory.places.units import Unit

LONGEST = 10_000
"""Characters of a text that are looked at; nothing is found in the rest."""


def wanted(held: Held, text: str) -> tuple[str, ...]:
    """Postcodes that the text may mean and that are not in memory."""
    text = _clean(text)
    if held.units.find(text):
        return ()
    readings = [*postcodes.readings(text), *postcodes.repairs(text)]
    found = readings or postcodes.find_in(text)
    codes = dict.fromkeys(one.text for one in found if one.kind == "unit" and one.outcode in held.outcodes)
    return tuple(code for code in codes if not held.units.find(code))


def answer(held: Held, text: str, near: LatLon | None = None, known: Mapping[str, Unit] = {}) -> Answer:
    """Where the text is. `known` are postcodes besides those in memory. Raises nothing for any text."""
    if len(text) < 10 and (unit := held.units.find(text)):
        return answers.unit(held, unit)
    text = _clean(text)
    if not any(character.isalnum() for character in text):
        return answers.invalid()
    readings = postcodes.readings(text)
    return (
        _postcode(held, text, readings, known)
        or _point(held, text)
        or _in_address(held, text, readings, known)
        or _half(held, text, readings)
        or _name(held, text, near)
    )


def _clean(text: str) -> str:
    return text[:LONGEST].replace("\x00", " ").strip()


def _postcode(held: Held, text: str, typed: Sequence[Reading], known: Mapping[str, Unit]) -> Answer | None:
    """The whole text as a postcode, sector or outcode that exists, as typed or with look-alikes put right."""
    if unit := _first(held, known, [one.text for one in typed if one.kind == "unit"]):
        return answers.unit(held, unit)
    for one in typed:
        if one.kind in ("outcode", "sector") and (wide := held.wide(one.text)):
            return answers.wide(held, wide)
    if points.read(text):
        return None
    repairs = postcodes.repairs(text)
    if unit := _first(held, known, [one.text for one in repairs if one.kind == "unit"]):
        return answers.unit(held, unit, answers.respelt(text, unit.postcode))
    for one in repairs:
        if one.kind in ("outcode", "sector") and (wide := held.wide(one.text)):
            return answers.wide(held, wide, answers.respelt(text, wide.text))
    return None


def _point(held: Held, text: str) -> Answer | None:
    typed = points.read(text)
    return answers.point(held, typed) if typed else None


def _in_address(held: Held, text: str, typed: Sequence[Reading], known: Mapping[str, Unit]) -> Answer | None:
    if typed:
        return None
    found = postcodes.find_in(text)
    if unit := _first(held, known, [one.text for one in found]):
        return answers.unit(held, unit)
    # One that we do not know still says more than the street before it: "2 Mill Lane, Leeds LS6 1ZZ".
    for one in found:
        outcode = held.outcodes.get(one.outcode)
        if not one.changes and outcode and (held.wide(one.sector or "") or not held.at_home(outcode)):
            return answers.missing(held, one)
    return None


def _half(held: Held, text: str, typed: Sequence[Reading]) -> Answer | None:
    """A postcode that is not finished, or is none."""
    for one in typed:
        if one.kind == "partial":
            wide = held.wide(one.sector or one.outcode) or held.wide(one.outcode)
            if wide:
                return answers.wide(held, wide, partial=one.text)
            letters = one.text.isalpha() and any(
                code.startswith(one.text) and code[2:3].isdigit() for code in held.outcodes
            )
            if letters and held.gazetteer.look_up(text).how not in ("exact", "alias"):
                return answers.partial(held, one.text)
        elif one.kind == "unit":
            return answers.missing(held, one)
    return None


def _name(held: Held, text: str, near: LatLon | None) -> Answer:
    found = held.gazetteer.look_up(text, near)
    if found.how not in ("exact", "alias"):
        at = held.atlas.named.get(fold(text))
        if at is not None:
            return answers.region(held, at)
    return answers.named(held, found)


def _first(held: Held, known: Mapping[str, Unit], codes: Sequence[str]) -> Unit | None:
    """The first of the postcodes that exists."""
    found = (held.units.find(code) or known.get(code) for code in codes)
    return next((unit for unit in found if unit), None)
