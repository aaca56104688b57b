"""`find()`: the one search behind the API, the pages, the widget and the command line."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from directory.catalogue.hours import LONDON
from directory.search.hints import both, read_hints
from directory.search.homophones import as_meant
from directory.search.index import SearchIndex
from directory.search.matters import matters
from directory.search.outcome import Outcome
from directory.search.places import Names, PlaceFinder, names_near_home
from directory.search.rank import METRES_PER_MILE
from directory.search.request import Correction, Found, Help, SearchPage, SearchRequest
from directory.search.shapes import Answer, Ask
from directory.search.stop import asked_words, is_sentence, meaningful
from directory.search.synonyms import told_by_small_words
from directory.search.text import words
from directory.search.understand import Understood, misspelt_place, understand
from directory.search.ways import ROUTER, ways_out
from directory.search.weights import weights

Hear = Callable[[str], Sequence[tuple[str, float]]]
"""What the router makes of a text: (need, how sure from 0 to 1), surest first. Search may not import routing."""


async def find(
    index: SearchIndex,
    places: PlaceFinder,
    request: SearchRequest,
    *,
    hear: Hear | None = None,
    moment: dt.datetime | None = None,
) -> SearchPage:
    """`outcome` as a page of Structs."""
    return (await outcome(index, places, request, hear=hear, moment=moment)).page()


async def outcome(
    index: SearchIndex,
    places: PlaceFinder,
    request: SearchRequest,
    *,
    hear: Hear | None = None,
    moment: dt.datetime | None = None,
) -> Outcome:
    """What `request` asks for, as of `moment` (now). Raises Unavailable while the engine is away.

    Nothing that was typed is kept; where nothing is found, that there was a miss is counted by need and area.
    """
    now = moment or dt.datetime.now(dt.UTC)
    names = await names_near_home(places)
    read = understood(request, names)
    found = await _asked(index, places, request, read, now, hear)
    strange = found.answer.unknown if not found.wanted.near and "place" not in request.keep else []
    # What the index does not know may be a place: only then is that worth a look.
    if strange and (meant := misspelt_place(request.q, strange, names.nearest)):
        read = understood(replace(request, near=meant.read_as), names, without=meant)
        found = await _asked(index, places, request, read, now, hear)
    wanted, place, ask, answer, sentence = found
    ways: list[Help] = []
    if not answer.total:
        ways = await ways_out(index, request, wanted, read, ask)
        index.misses.count(next(iter([*request.need, *ask.needs]), ""), _area(place))
    elif sentence:
        ways = [ROUTER]
    return Outcome(wanted, read.said, ask.today, place, answer, ways)


class _Found(NamedTuple):
    wanted: SearchRequest
    place: Found | None
    ask: Ask
    answer: Answer
    sentence: bool


async def _asked(
    index: SearchIndex,
    places: PlaceFinder,
    request: SearchRequest,
    read: Understood,
    now: dt.datetime,
    hear: Hear | None,
) -> _Found:
    """One question to the index, and a second where few words hold the first."""
    wanted = with_understood(request, read)
    place = await where(places, wanted.near) if wanted.near else None
    misspelt = {} if "spelling" in request.keep else await index.spelt(meaningful(read.words))
    said = _respelt(read.words, misspelt)
    ask = asked(wanted, read, place, now, said)
    sentence = is_sentence(request.q)
    worth = weights().need
    needs: dict[str, float] = {}
    long = sentence or len(said) >= worth.least_words
    if said:
        meant = as_meant(said)
        told = matters().told(meant, worded=long)
        ask = replace(ask, matters=told.matters, akin=told.words)
        needs = sure_enough(hear(" ".join(meant))) if long and hear is not None else {}
    if needs:
        # What its words name by themselves counts for less than what the whole says.
        named = {code: sure * worth.aside for code, sure in ask.needs.items()}
        how = (worth.heard, worth.floor) if sentence else (worth.named, worth.named_floor)
        ask = with_needs(ask, named | needs, *how)
    answer = await index.search(ask)
    if ask.words and hear is not None and not ask.needs and answer.total < worth.few:
        # Few words hold these: what the router makes of them is asked for as well.
        spelt = " ".join(misspelt.get(word, word) for word in words(request.q))
        told = matters().told(spelt.split())
        ask = replace(ask, matters=told.matters, akin=told.words)
        ask = with_needs(ask, sure_enough(hear(spelt)), worth.fill, worth.fill_floor)
        answer = await index.search(ask) if ask.needs else answer
    return _Found(wanted, place, ask, answer, sentence)


def _respelt(listed: Sequence[str], misspelt: Mapping[str, str]) -> list[str]:
    """The words as they are spelt rightly; two that were one word once."""
    found: list[str] = []
    for word in listed:
        right = misspelt.get(word, word)
        if not (word in misspelt and found and found[-1] == right):
            found.append(right)
    return found


def understood(request: SearchRequest, names: Names, without: Correction | None = None) -> Understood:
    """What the words mean; `without` names a misspelt place in them, which is read as one."""
    text = request.q
    if without is not None:
        text = " ".join(words(text)).replace(without.text, " ", 1)
    read = understand(
        text,
        names.known,
        names.nearest,
        keep=request.keep,
        placed=bool(request.near),
        aged=request.age is not None,
        dayed=bool(request.day),
    )
    if without is None:
        return read
    return replace(read, place=without.read_as, said=[without, *read.said])


def with_needs(ask: Ask, needs: dict[str, float], worth: float, floor: float) -> Ask:
    """The question with needs that were heard in its words, and as before where none were."""
    return replace(ask, needs=needs, need_worth=worth, need_floor=floor) if needs else ask


def sure_enough(heard: Sequence[tuple[str, float]]) -> dict[str, float]:
    return {code: sure for code, sure in heard[:3] if sure >= weights().need.confident}


def with_understood(request: SearchRequest, read: Understood) -> SearchRequest:
    """The request as if what its words mean had been chosen."""
    return replace(
        request,
        near=request.near or read.place,
        age=request.age if request.age is not None else read.age,
        day=request.day or [*read.days],
        free=request.free or read.free,
    )


def _area(place: Found | None) -> str:
    refs = place.areas if place else []
    return next((ref for kind in ("zone", "district") for ref in refs if ref.startswith(f"{kind}:")), "")


async def where(places: PlaceFinder, text: str) -> Found:
    answer = await places.resolve(text)
    areas = [f"{each.kind}:{each.code}" for each in answer.areas if not each.near_edge]
    point = answer.point
    return Found(
        text=answer.match or text.strip(),
        kind=answer.kind,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        areas=areas,
        candidates=[each.text for each in answer.candidates],
        sentence=answer.sentence,
    )


def asked(
    request: SearchRequest, read: Understood, place: Found | None, now: dt.datetime, said: list[str]
) -> Ask:
    """The question; `said` are the words that are left, as they are spelt rightly."""
    filters: dict[str, list[str]] = {
        "outcome": list(request.outcome),
        "need": request.need,
        "kind": list(request.kind),
        "day": list(request.day),
        "language": [each.lower() for each in request.language],
        "accessible": request.accessible,
        "zone": request.zone,
        "district": request.district,
        "free": ["true"] if request.free else [],
        "remote": ["true"] if request.remote else [],
    }
    point = (place.lat, place.lon) if place and place.lat is not None and place.lon is not None else None
    hints = read_hints(said)
    if (meant := as_meant(said)) != said:
        hints = both(hints, read_hints(meant))
    return Ask(
        words=[*asked_words(read.words, request.q), *told_by_small_words(read.words)],
        needs=dict(hints.needs),
        need_worth=weights().need.named,
        need_floor=weights().need.named_floor,
        ages=list(hints.ages),
        forms=list(hints.forms),
        whom=list(hints.whom),
        spelling="spelling" not in request.keep,
        filters={name: codes for name, codes in filters.items() if codes},
        age=request.age,
        any_age=read.age is not None,
        open_now=request.open_now,
        suggested=request.suggested,
        point=point,
        areas=place.areas if place else [],
        within=request.within * METRES_PER_MILE if request.within else None,
        sort=request.sort,
        offset=(request.page - 1) * request.per_page,
        limit=request.per_page,
        minute=int(now.timestamp()) // 60,
        today=_today(int(now.timestamp()) // 60),
    )


@lru_cache(maxsize=4)
def _today(minute: int) -> int:
    return dt.datetime.fromtimestamp(minute * 60, LONDON).toordinal()
