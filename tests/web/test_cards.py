"""A card put together by hand is what a template that escapes by itself makes of the same service."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined
from msgspec.structs import replace

from directory.search.request import Hit
from directory.settings import Settings
from directory.web import cards
from directory.web.render import Frame, Page, wording
from directory.web.saved import Saved

PLAIN = (Path(__file__).parent / "card.html").read_text("utf-8")
HOSTILE = ["<script>alert(1)</script>", '" onmouseover="x', "' & &amp;", "\u202eevil\u202c", "</a></article>"]
SAID = st.sampled_from(HOSTILE) | st.text(max_size=30)
FILLED = SAID.filter(bool)
HITS = st.builds(
    Hit,
    id=st.uuids().map(str),
    name=SAID,
    organization=SAID,
    summary=SAID,
    kind=st.none() | FILLED | st.just("help_hub"),
    outcomes=st.just([]),
    needs=st.just([]),
    distance_miles=st.none() | st.floats(0, 400),
    venue=st.none() | FILLED,
    remote=st.lists(FILLED | st.just("phone"), max_size=2),
    ages=SAID,
    cost=SAID,
    open=st.none() | st.booleans(),
    next_open=st.none() | st.just("2031-03-04T09:30:00+00:00"),
    assured_date=st.none(),
    reasons=st.lists(FILLED, max_size=3),
    url=st.just(""),
)


def frame(hit: Hit, language: str, *, quiet: bool, kept: bool) -> Frame:
    saved = Saved.of([uuid4()]).plus(hit.id if kept else uuid4()).text
    return Frame(Settings(), "/search", Page(lang=language, saved=saved), quiet=quiet)


@given(HITS, st.none() | st.integers(1, 500), st.sampled_from(["en", "pl"]), st.booleans(), st.booleans())
def test_a_card_is_what_a_template_would_make_of_it(
    hit: Hit, number: int | None, language: str, quiet: bool, kept: bool
) -> None:
    around = frame(hit, language, quiet=quiet, kept=kept)
    env = Environment(autoescape=True, undefined=StrictUndefined)
    env.filters.update(wording(language).filters())
    env.globals.update(_=wording(language).say)
    expected = env.from_string(PLAIN).render(frame=around, hit=hit, number=number, level=3)
    assert squeezed(cards.card(around, hit, number)) == squeezed(expected)


def squeezed(html: str) -> str:
    """Without the white space that a template leaves between one line and the next."""
    return re.sub(r">[ \n]*\n[ \n]*<", "><", html.strip())


@pytest.fixture
def hit() -> Hit:
    return Hit(
        id=str(uuid4()), name="A", organization="B", summary="", kind=None, outcomes=[], needs=[],
        distance_miles=None, venue=None, remote=[], ages="", cost="", open=None, next_open=None,
        assured_date=None, reasons=[], url="",
    )  # fmt: skip


def test_saving_from_a_quiet_page_stays_quiet(hit: Hit) -> None:
    quiet = Frame(Settings(), "/search", Page(lang="pl"), quiet=True)
    assert "&amp;lang=pl&amp;quiet=true" in cards.save(quiet, hit.id, hit.name)
    assert "quiet" not in cards.save(Frame(Settings(), "/search", Page()), hit.id, hit.name)


def test_a_service_that_says_little_has_no_empty_marks(hit: Hit) -> None:
    made = cards.card(Frame(Settings(), "/", Page()), hit, level=2)
    assert "<li" not in made
    assert '<p class="card-summary"' not in made
    assert made.startswith('<article class="card"')
    assert '<h2 class="card-name"><a ' in made
    assert "Open now" in cards.card(Frame(Settings(), "/", Page()), replace(hit, open=True))
