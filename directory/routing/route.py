"""need -> safety, needs, level, pathway, services with reasons: `route()`, the same at every door. Nothing is stored.

Gather (the index and one SELECT), judge (pure), rank (pure, with words). The door is read last, and changes only
`wording`.
"""

import datetime as dt
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import msgspec
from msgspec import Struct

from directory.catalogue.hours import LONDON
from directory.db import Reader
from directory.places.resolve import Places
from directory.routing import shapes
from directory.routing.alarm import Alarm
from directory.routing.eligibility import Asked, Facts
from directory.routing.embedding import Embedding, one_answer, open_embedding
from directory.routing.examples import read_examples
from directory.routing.gaps import Gaps
from directory.routing.hearing import Hearing, listen
from directory.routing.kept import kept
from directory.routing.level import LevelRules
from directory.routing.needs import MeaningModel, NeedReader, taught
from directory.routing.offers import offers
from directory.routing.pathway import HUBS, judged, steps
from directory.routing.ranking import Ranked
from directory.routing.rule_shapes import OUT_OF_SCOPE
from directory.routing.rulebook import OWN, RuleBook, load_rulebook, rule_files, version_of
from directory.routing.safety_rules import Book, Contact, load
from directory.routing.whereabouts import place_said
from directory.search.index import SearchIndex
from directory.search.places import names_near_home
from directory.search.shapes import Ask as IndexAsk
from directory.settings import Settings

METRES_PER_MILE = 1609.344
PERSON = "ncc-public"
FIRST, FURTHER, LOCAL = (
    28,
    10,
    24,
)  # services gathered for the first need, for each further one, and local teams
CLEAR = {"postcode", "terminated", "sector", "place", "point", "outcode", "area"}


class Router(Struct, frozen=True):
    """The rule book, compiled once and shared by all requests."""

    book: RuleBook
    danger: Book
    reader: NeedReader
    levels: LevelRules
    alarm: Alarm
    embedding: str = ""
    """The sentence model that has its say, by package, version and hash of its weights; empty: none."""

    def hear(self, text: str) -> list[tuple[str, float]]:
        """(need, how sure), surest first; empty where nothing is clear."""
        heard = self.reader.hear(text, why=False)
        return [(guess.code, guess.confidence) for guess in heard.needs] if heard.status == "clear" else []


_routers: dict[
    tuple[str, ...], Router
] = {}  # (rules folder, version, sentence model): compiled once a process


def open_router(settings: Settings, *, apart: bool = False, helper: Executor | None = None) -> Router:
    """The router of the settings' rules. They are compiled once, in a process of their own if `apart`; a restart finds
    them in the data folder. A `helper` teaches the alarm meanwhile, which halves the time on two processors."""
    own = Path(settings.rules_dir) if settings.rules_dir else None
    version = version_of(rule_files(OWN) | (rule_files(own) if own else {}))
    embedding = open_embedding(settings.data_dir) if settings.embedding else None
    stamp = embedding.stamp() if embedding else ""
    key = (settings.rules_dir, version, stamp)
    if key not in _routers:
        name = f"{version}-{stamp}" if stamp else version
        command = compiling(settings) if apart else ()
        chosen = embedding if stamp else None
        _routers[key] = kept(settings.data_dir, name, lambda: _compiled(own, chosen, helper), command)
    return _routers[key]


def compiling(settings: Settings) -> list[str]:
    """The command that leaves the compiled rules in the data folder."""
    folder, rules = (
        str(settings.data_dir.resolve()),
        settings.rules_dir and str(Path(settings.rules_dir).resolve()),
    )
    return [sys.executable, "-m", "directory.routing.compiled", folder, rules, str(int(settings.embedding))]


def _compiled(own: Path | None, embedding: Embedding | None = None, helper: Executor | None = None) -> Router:
    book = load_rulebook(own)
    danger = load(own if own and (own / "safety.toml").exists() else OWN)
    examples = own if own and (own / "danger").is_dir() else OWN
    taught_apart = helper.submit(_alarm, book, examples, danger) if helper else None
    rows = embedding.exemplars(taught(book)) if embedding else None
    second = MeaningModel(book, embedding, rows) if embedding and rows is not None else None
    reader = NeedReader(book, second)
    model = embedding.model if embedding and second else ""
    alarm = taught_apart.result() if taught_apart else _alarm(book, examples, danger)
    return Router(book, danger, reader, LevelRules(book), alarm, model)


def _alarm(book: RuleBook, examples: Path, danger: Book) -> Alarm:
    return Alarm(book, read_examples(examples, danger.kinds), danger)


async def route(
    reader: Reader,
    index: SearchIndex,
    places: Places,
    router: Router,
    ask: shapes.Ask,
    moment: dt.datetime | None = None,
    gaps: Gaps | None = None,
) -> shapes.Route:
    """The answer to `ask`. Raises Unavailable while the database or the search engine is away.

    What could not be offered is counted in `gaps`, where given: once for what a person asks, not when judged again.
    """
    now = moment or dt.datetime.now(dt.UTC)
    place = await _place(places, ask)
    if place is not None and place.said:
        ask = msgspec.structs.replace(ask, near=place.text)
    with one_answer():
        hearing = listen(ask, router.book, router.danger, router.reader, router.levels, router.alarm)
    needs = tuple(need.code for need in hearing.sure) if hearing.status == "clear" else ()
    asked = Asked(
        needs=needs,
        ages=hearing.ages,
        point=_point(place),
        areas=frozenset(place.areas) if place else frozenset(),
        reach=router.book.pathways.weights.reach_miles,
        harmed=True,
        heard=frozenset(need.code for need in hearing.needs),
        soon=hearing.urgency in ("now", "today"),
    )
    facts, miles = await _gather(reader, index, asked, now)
    level = hearing.level.code
    found = judged(facts, asked, miles, level=level, book=router.book)
    if gaps is not None:
        gaps.count(asked.needs, asked.areas, found.fit, ((each, no.rule) for each, no in found.out))
    return _answer(ask, hearing, place, asked, found.fit, found.told(), router)


async def _place(places: Places, ask: shapes.Ask) -> shapes.PlaceHeard | None:
    """Where it is asked for; else where the text says, as far as that is one place for certain."""
    near = (ask.near or "").strip()
    said = "" if near else place_said(ask.text, (await names_near_home(places)).known)
    if not near and not said:
        return None
    answer = await places.resolve(near or said)
    if said and answer.kind not in CLEAR:
        return None
    return shapes.PlaceHeard(
        text=answer.match or near or said,
        kind=answer.kind,
        latitude=answer.point.lat if answer.point else None,
        longitude=answer.point.lon if answer.point else None,
        areas=[f"{area.kind}:{area.code}" for area in answer.areas if not area.near_edge],
        sentence=answer.sentence,
        said=bool(said),
    )


def _point(place: shapes.PlaceHeard | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


async def _gather(
    reader: Reader, index: SearchIndex, asked: Asked, now: dt.datetime
) -> tuple[list[Facts], dict[str, float | None]]:
    """Facts of the services that may fill a step, and miles to each: for every need, and the local teams."""
    today = now.astimezone(LONDON).date().toordinal()
    looks = [({"need": [code]}, FURTHER if number else FIRST) for number, code in enumerate(asked.needs[:3])]
    looks.append(({"kind": list(HUBS)}, LOCAL))
    miles: dict[str, float | None] = {}
    for filters, limit in looks:
        answer = await index.search(
            IndexAsk(
                filters=filters,
                point=asked.point,
                areas=sorted(asked.areas),
                limit=limit,
                minute=int(now.timestamp()) // 60,
                today=today,
                facets=False,
                cards=False,
            )
        )
        for hit in answer.hits:
            miles[hit.id] = None if hit.metres is None else hit.metres / METRES_PER_MILE
    return await offers(reader, list(miles), now), miles


def _answer(
    ask: shapes.Ask,
    hearing: Hearing,
    place: shapes.PlaceHeard | None,
    asked: Asked,
    fit: Sequence[Ranked],
    out: list[shapes.RuledOut],
    router: Router,
) -> shapes.Route:
    book, safety = router.book, hearing.safety
    pathway = steps(fit, asked, level=hearing.level.code, book=book)
    serious = hearing.level.code in ("targeted", "specialist")
    return shapes.Route(
        safety=shapes.SafetyAnswer(
            tier=safety.tier,
            urgent=safety.urgent,
            flags=[
                shapes.FlagSeen(rule=f.rule, kind=f.kind, tier=f.tier, span=f.span, words=f.words)
                for f in safety.flags
            ],
            contacts=[_contact(each) for each in safety.contacts],
            message=safety.message,
            ask=safety.ask,
            quick_exit=safety.quick_exit,
            language=safety.language,
        ),
        needs=list(hearing.heard),
        outcomes=list(dict.fromkeys(o for need in hearing.sure[:3] for o in (need.outcome, *need.also[:1]))),
        ages=list(hearing.ages),
        urgency=hearing.urgency,
        days=list(hearing.days),
        level=hearing.level,
        pathway=pathway,
        ruled_out=out,
        questions=_questions(hearing, place, ask, book),
        rather_talk=book.pathways.rather_talk,
        person=_person(pathway, router),
        plan=_plan(book) if hearing.assessment else None,
        call_sheet=_call_sheet(book) if serious else None,
        place=place,
        sensitive=hearing.sensitive,
        in_scope=hearing.status != OUT_OF_SCOPE,
        rules_version=book.version,
        model=router.embedding,
        wording=_wording(ask.door, hearing, router),
    )


def _questions(
    hearing: Hearing, place: shapes.PlaceHeard | None, ask: shapes.Ask, book: RuleBook
) -> list[shapes.Question]:
    asked = list(hearing.questions)
    lost = place is not None and place.kind not in CLEAR and hearing.status != OUT_OF_SCOPE
    if lost and not any(question.missing == "place" for question in asked):
        again = [question for question in book.questions.question if question.missing == "place"]
        asked = [*asked[: max(0, book.questions.most - 1)], *again]
    return [
        shapes.Question(
            id=question.id,
            text=question.text,
            why=question.why,
            options=[shapes.Option(code=option.code, label=option.label) for option in question.options],
            free=question.free,
        )
        for question in asked[: book.questions.most]
    ]


def _person(pathway: Sequence[shapes.Step], router: Router) -> shapes.Person:
    """The county line, and the family's own hub and zone team where they are known."""
    line = router.danger.contacts[PERSON]
    local = [service for step in pathway if step.step == "hub_and_zone" for service in step.services]
    hub = next((each for each in local if each.kind == "help_hub"), None)
    zone = next((each for each in local if each.kind == "school_and_community_zone"), None)
    return shapes.Person(
        name=line.name,
        phone=line.number,
        dial=line.dial,
        why=router.book.pathways.person,
        hub=hub.name if hub else None,
        hub_id=hub.id if hub else None,
        hub_phone=hub.phone if hub else None,
        zone=zone.name if zone else None,
    )


def _plan(book: RuleBook) -> shapes.Plan:
    rule = book.levels.assessment
    return shapes.Plan(
        name=rule.name, short=rule.short, first=rule.first, consent=rule.consent, elements=list(rule.elements)
    )


def _call_sheet(book: RuleBook) -> shapes.CallSheet:
    rule = book.pathways.call_sheet
    return shapes.CallSheet(
        title=rule.title, before=list(rule.before), asks=list(rule.asks), after=list(rule.after)
    )


def _wording(door: str, hearing: Hearing, router: Router) -> shapes.Wording:
    found = router.book.door(door)
    safety = hearing.safety
    staff = found.audience == "staff"
    return shapes.Wording(
        door=found.code,
        intro=found.intro,
        message=safety.staff_message if staff else safety.message,
        contacts=[_contact(each) for each in (safety.staff_contacts if staff else safety.contacts)],
        channel=found.channel,
        consent=found.consent,
        who_presses=found.who_presses,
    )


def _contact(contact: Contact) -> shapes.Contact:
    return shapes.Contact(
        id=contact.id, name=contact.name, number=contact.number, dial=contact.dial, when=contact.when
    )
