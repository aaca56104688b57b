"""What a search page says about its own filters: each that is on as a tag with the address that takes it off. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from msgspec import Struct

from directory.query import part, parts
from directory.search.request import Facet, SearchRequest
from directory.web.wording import N_, Wording

LISTS = ("outcome", "need", "kind", "day", "zone", "district", "language", "accessible")
FLAGS = {"open_now": N_("Open now"), "free": N_("Free"), "remote": N_("Online, phone or text")}
GROUPS = (
    ("need", N_("What it helps with")),
    ("outcome", N_("What would be better")),
    ("kind", N_("Kind of help")),
    ("day", N_("Day of the week")),
    ("district", N_("District")),
    ("zone", N_("School and Community Zone")),
    ("accessible", N_("Access")),
    ("language", N_("Language")),
)
SORTS = (
    ("best", N_("Best match")),
    ("nearest", N_("Nearest")),
    ("name", N_("A to Z")),
    ("fresh", N_("Last checked")),
)


class Tag(Struct, frozen=True):
    """`query` is the query string of the page without this filter."""

    label: str
    query: str


class Group(Struct, frozen=True):
    """One filter of the form: `choices` are its boxes as HTML. `open`: something in it is chosen."""

    name: str
    title: str
    choices: Markup
    open: bool


class Bare:
    """The query strings of a search and of those beside it, on the first page and without what travels along on its
    own. `bare(sort="name")` is the same search with that change; what stays as it was is written out once."""

    def __init__(self, wanted: SearchRequest) -> None:
        self._kind = type(wanted)
        self._parts = parts(wanted) | dict.fromkeys(("page", "saved", "lang", "quiet"), "")

    def __call__(self, **change: Any) -> str:
        changed = {name: part(self._kind, name, value) for name, value in change.items()}
        return "&".join(filter(None, (self._parts | changed).values()))


def tags(
    wanted: SearchRequest, facets: Mapping[str, Sequence[Facet]], words: Wording, bare: Bare
) -> list[Tag]:
    found: list[Tag] = []
    if wanted.near:
        found.append(Tag(words.say("Near %s") % wanted.near, bare(near="", within=None)))
    if wanted.within and wanted.near:
        found.append(Tag(words.say("Within %s") % words.miles(wanted.within), bare(within=None)))
    if wanted.age is not None:
        found.append(Tag(words.say("Age %s") % f"{wanted.age:g}", bare(age=None)))
    for name, label in FLAGS.items():
        if getattr(wanted, name):
            found.append(Tag(words.say(label), bare(**{name: False})))
    for name in LISTS:
        codes = getattr(wanted, name)
        labels = {each.code: each.label for each in facets.get(name, ())} if codes else {}
        for code in codes:
            label = words.facet(name, code, labels.get(code, ""))
            found.append(Tag(label, bare(**{name: [each for each in codes if each != code]})))
    return found


def groups(wanted: SearchRequest, facets: Mapping[str, Sequence[Facet]], words: Wording) -> list[Group]:
    """The groups of the filter form; one with nothing to choose is left out."""
    made = []
    for name, title in GROUPS:
        on = getattr(wanted, name)
        known = {each.code: each for each in facets.get(name, ())}
        rest = [Facet(code, "", 0) for code in on if code not in known]
        choices = [
            f"{_box(words, name, number, each.code, each.label, each.code in on)}{each.count}</span></label></div>"
            for number, each in enumerate((*known.values(), *rest), 1)
            if each.count or each.code in on
        ]
        if choices:
            made.append(Group(name, words.say(title), Markup("\n".join(choices)), bool(on)))  # noqa: S704 - escaped in _box
    return made


@lru_cache(4096)
def _box(words: Wording, name: str, number: int, code: str, label: str, on: bool) -> str:
    """One box up to its count: the same on page after page, so worded and escaped once."""
    label = words.facet(name, code, label)
    id_, checked = f"f-{name}-{number}", " checked" if on else ""
    box = f'type="checkbox" form="find" id="{id_}" name="{name}" value="{escape(code)}"{checked}'
    return f'<div class="check"><input {box}><label for="{id_}">{escape(label)} <span class="tally">'
