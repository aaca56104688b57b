"""From what search and router say to what the widget shows. Pure."""

from collections.abc import Container, Sequence

from msgspec.structs import replace

from directory.query import text
from directory.routing import shapes as routing
from directory.routing.hearing import listen
from directory.routing.route import Router
from directory.routing.safety import Safety, check
from directory.routing.safety_rules import Contact
from directory.search.request import Hit, SearchPage, SearchRequest
from directory.search.stop import is_sentence
from directory.web.chosen import FLAGS, GROUPS
from directory.web.embed.shapes import Answer, Box, Boxes, Finding, Ring, Seen, Warned
from directory.web.languages import LANGUAGES
from directory.web.render import EXIT_TO
from directory.web.wording import Wording

SHOWN = ("outcome", "kind", "day")
TITLES = dict(GROUPS)
FIRST = 4  # numbers of a warning; 999 is never left out


def judged(router: Router, words: str) -> Safety:
    """What the safety rules say to the words: the patterns always, the trained ear where it is said as to a person.

    A word or two as people search for ("food bank") is not enough for the ear. Nothing of the words is kept.
    """
    if is_sentence(words):
        ask = routing.Ask(text=words)
        return listen(ask, router.book, router.danger, router.reader, router.levels, router.alarm).safety
    return check(words, router.danger)


def sensitive(router: Router, words: str, needs: Sequence[str], safety: Safety) -> bool:
    """Whether no address should hold these words, and a quick way out be offered."""
    codes = {*needs, *(code for code, _ in router.hear(words)[:1])} if words else set(needs)
    return safety.quick_exit or any(need.sensitive and need.code in codes for need in router.book.needs)


def warned(safety: Safety, *, quiet: bool) -> Warned | None:
    """The safety answer in words, with a quick way out where they are `quiet`; None where nothing has to be said
    beyond the numbers that are always there."""
    foreign = safety.language not in ("en", "")
    if not safety.tier and not foreign:
        return None
    return Warned(
        tier=safety.tier,
        ask=safety.ask,
        message=safety.message,
        contacts=ring(_few(safety.contacts)),
        leave=EXIT_TO if quiet else "",
        lang="en" if safety.language in ("other", "") else safety.language,
        dir="rtl" if safety.right_to_left else "ltr",
    )


def ring(contacts: Sequence[Contact]) -> list[Ring]:
    return [Ring(id=c.id, name=c.name, number=c.number, dial=c.dial, when=c.when) for c in contacts]


def always(contacts: Sequence[Contact], known: Container[str]) -> list[Ring]:
    """The numbers at the top, as short as they go: those of `known` are named by the widget."""
    return [
        Ring(id=c.id, name="" if c.id in known else c.name, number=c.number, dial=c.dial) for c in contacts
    ]


def answer(
    wanted: Finding, found: SearchPage, safety: Safety, words: Wording, lang: str, *, quiet: bool
) -> Answer:
    """`quiet`: the words were about something sensitive."""
    return Answer(
        safety=warned(safety, quiet=quiet),
        total=found.total,
        hits=[seen(each) for each in found.hits],
        place=found.place,
        corrections=found.corrections,
        help=[each for each in found.help if not quiet or "q=" not in each.url],
        groups=_boxes(wanted, found, words) if wanted.full else [],
        lang=lang,
        more=_more(wanted, quiet, lang),
    )


def seen(hit: Hit) -> Seen:
    return Seen(**{name: getattr(hit, name) for name in Seen.__struct_fields__})


def plain(wanted: Finding) -> SearchRequest:
    """The search without what only the widget knows."""
    return SearchRequest(**{name: getattr(wanted, name) for name in SearchRequest.__struct_fields__})


def _few(contacts: Sequence[Contact]) -> list[Contact]:
    return [*contacts[:FIRST], *(each for each in contacts[FIRST:] if each.id == "999")]


def _boxes(wanted: Finding, found: SearchPage, words: Wording) -> list[Boxes]:
    flags = [
        Box(name=name, value="true", label=words.say(label), on=getattr(wanted, name))
        for name, label in FLAGS.items()
    ]
    made = [Boxes(title=words.say("Only show"), choices=flags, open=any(each.on for each in flags))]
    for name in SHOWN:
        on = getattr(wanted, name)
        boxes = [
            Box(
                name=name,
                value=each.code,
                label=words.facet(name, each.code, each.label),
                count=each.count,
                on=each.code in on,
            )
            for each in found.facets.get(name, ())
            if each.count or each.code in on
        ]
        if boxes:
            made.append(Boxes(name=name, title=words.say(TITLES[name]), choices=boxes, open=bool(on)))
    return made


def _more(wanted: Finding, quiet: bool, lang: str) -> str:
    if quiet:
        return "/help"
    defaults = SearchRequest()
    query = text(replace(plain(wanted), page=defaults.page, per_page=defaults.per_page))
    query += f"&lang={lang}" if lang != "en" and lang in LANGUAGES else ""
    return f"/search?{query.removeprefix('&')}" if query else "/search"
