"""One service in a list, as HTML: a page holds ten and more, so it is put together here and not in a template. Pure.

Everything that a service, a council or an address says goes through `escape`; a test holds the result against a
template that escapes by itself.
"""

from typing import Protocol
from uuid import UUID

from markupsafe import Markup, escape

from directory.search.request import Hit
from directory.web.wording import Wording


class Around(Protocol):
    """What a card needs of the page that it stands on (`render.Frame`)."""

    @property
    def own(self) -> Markup: ...

    @property
    def words(self) -> Wording: ...

    def link(self, address: str) -> str: ...

    def saving(self, id_: UUID | str) -> tuple[str, bool]: ...


def card(frame: Around, hit: Hit, number: int | None = None, level: int = 3) -> Markup:
    """`number` is its place in the list and on the map; `level` that of its heading."""
    own, name, words = frame.own, escape(hit.name), frame.words
    pin = "" if number is None else f'<span class="pin-number" aria-hidden="true">{number}</span> '
    summary = f'<p class="card-summary"{own}>{escape(hit.summary)}</p>' if hit.summary else ""
    why = ""
    if hit.reasons:
        title, said = words.marked("Why this is here:"), escape("; ".join(hit.reasons))
        why = f'<p class="why"><span class="why-title">{title}</span> <span{own}>{said}</span></p>'
    return Markup(  # noqa: S704 - every part is escaped
        f'<article class="card" id="s-{escape(hit.id)}">\n'
        f'<h{level} class="card-name">{pin}'
        f'<a href="{escape(frame.link(f"/services/{hit.id}"))}"{own}>{name}</a></h{level}>\n'
        f'<p class="card-org"{own}>{escape(hit.organization)}</p>\n{summary}'
        f'<ul class="facts">\n{_facts(hit, words, own)}</ul>\n{why}'
        f'<p class="card-foot">{save(frame, hit.id, name)}</p>\n</article>'
    )


def _facts(hit: Hit, words: Wording, own: Markup) -> str:
    away = "" if hit.distance_miles is None else words.miles(hit.distance_miles)
    place = " · ".join(part for part in (away, hit.venue) if part)
    made = [f'<li class="fact fact-place">{escape(place)}</li>\n'] if place else []
    made += [f'<li class="fact">{escape(words.remote(way))}</li>\n' for way in hit.remote]
    if hit.open:
        made.append(f'<li class="fact fact-open">{words.marked("Open now")}</li>\n')
    elif hit.next_open:
        made.append(f'<li class="fact">{escape(words.opens(hit.next_open))}</li>\n')
    made += [f'<li class="fact"{own}>{escape(said)}</li>\n' for said in (hit.ages, hit.cost) if said]
    if hit.kind:
        made.append(f'<li class="fact">{escape(words.kind(hit.kind))}</li>\n')
    return "".join(made)


def save(frame: Around, id_: UUID | str, name: str) -> Markup:
    """The link that puts a service on the short list; where it is on it, the one that shows the list."""
    address, kept = frame.saving(id_)
    words = frame.words
    mark, says = ("✓", words.marked("On your list")) if kept else ("+", words.marked("Save to my list"))
    look = "save is-saved" if kept else "save"
    return Markup(  # noqa: S704 - every part is escaped
        f'<a class="{look}" href="{escape(address)}"><span aria-hidden="true">{mark}</span> '
        f'{says}<span class="unseen">: {escape(name)}</span></a>'
    )
