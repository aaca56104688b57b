"""The sentence that goes with an answer: plain English, reading age 9 to 11. Pure; nothing that was typed is
repeated."""

import calendar
from collections.abc import Sequence

from msgspec.structs import replace

from directory.places.distance import words
from directory.places.shapes import Answer, AreaShare, Candidate

_MONTHS = tuple(calendar.month_name)
_LISTED = 5
_SAID = ("district", "zone")
"""Kinds of areas whose names mean something to a family."""


def explained(answer: Answer, home: str = "Norfolk") -> Answer:
    """The answer with its `sentence` written from its other fields."""
    parts = [_sentence(answer, home)]
    parts += [f"We changed what you typed: {one.what}." for one in answer.corrected]
    if answer.shared:
        parts.append("This postcode is used for business mail, so it may not be where you live.")
    edge = [area.name for area in answer.areas if area.near_edge and area.kind in _SAID]
    if edge and answer.kind in ("postcode", "terminated", "place", "point"):
        parts.append(f"It is close to the edge of {listed(edge, 'and')}.")
    return replace(answer, sentence=" ".join(parts))


def listed(words: Sequence[str], joint: str) -> str:
    """ "A", "A and B", "A, B and C"; with more than five, "A, B, C, D, E and 3 more"."""
    if len(words) > _LISTED + 1:
        return f"{', '.join(words[:_LISTED])} and {len(words) - _LISTED} more"
    return f" {joint} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _sentence(answer: Answer, home: str) -> str:
    match, inside = answer.match, _inside(answer.areas)
    if answer.kind == "postcode":
        return f"{match} is {inside}." if inside else f"We found {match}."
    if answer.kind == "terminated":
        last = f" It was last seen in {_month(answer.ended)}." if answer.ended else ""
        return f"{match} is an old postcode that is no longer used.{last} We used the place where it was."
    if answer.kind in ("sector", "outcode"):
        return _wide(answer)
    if answer.kind == "place":
        near = f", near {answer.near}" if answer.near and answer.near not in match else ""
        return f"{match} is {inside}{near}." if inside else f"We found {match}{near}."
    if answer.kind == "area":
        return (
            f"{match} is a whole area, so we cannot say how far away things are. "
            "Add a postcode, town or village."
        )
    if answer.kind == "point":
        return f"This point is {inside}." if inside else "We found this point."
    if answer.kind == "ambiguous":
        return _which(answer.candidates)
    if answer.kind == "partial":
        more = f" We used the area around {match} for now." if answer.point else ""
        return f"That looks like part of a postcode. Please type all of it.{more}"
    if answer.kind == "outside":
        return _outside(answer, home)
    if answer.kind == "invalid":
        return "Please type a postcode, town or village."
    if answer.candidates:
        return f"We could not find that. Did you mean {_named(answer.candidates)}?"
    return "We could not find that place. Check the spelling, or try a postcode or a town near you."


def _inside(areas: Sequence[AreaShare]) -> str:
    districts = [area.name for area in areas if area.kind == "district" and not area.near_edge]
    return f"in {districts[0]}" if districts else ""


def _wide(answer: Answer) -> str:
    districts = [area.name for area in answer.areas if area.kind == "district"]
    what = f"{answer.match} is an area, not one place."
    if len(districts) > 1:
        return (
            f"{answer.match} covers {len(districts)} districts: {listed(districts, 'and')}. "
            "Add your full postcode or village."
        )
    covers = f" It is in {districts[0]}." if districts else ""
    return f"{what}{covers} Add your full postcode for exact distances."


def _which(candidates: Sequence[Candidate]) -> str:
    if len(candidates) == 1:
        return f"Did you mean {candidates[0].text}?"
    if len({one.name for one in candidates}) == 1:
        many = f"There are {len(candidates)} places called {candidates[0].name}."
        return f"{many} Which one: {_named(candidates)}?"
    return f"Which one did you mean: {_named(candidates)}?"


def _named(candidates: Sequence[Candidate]) -> str:
    return listed([one.text for one in candidates], "or")


def _outside(answer: Answer, home: str) -> str:
    if answer.candidates and answer.point is None:
        return f"That seems to be outside {home}. Did you mean {_named(answer.candidates)} in {home}?"
    county = f", {answer.county}" if answer.county and answer.county not in answer.match else ""
    name = f"{answer.match}{county}" if answer.match else "This"
    if answer.outside_metres is None:
        return f"{name} is outside {home}."
    sorted_by = " We still put the nearest first." if answer.point else ""
    return f"{name} is {words(answer.outside_metres)} outside {home}.{sorted_by}"


def _month(when: str) -> str:
    year, _, month = when.partition("-")
    return f"{_MONTHS[int(month)]} {year}" if month.isdigit() and 1 <= int(month) <= 12 else year
