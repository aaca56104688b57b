"""A page of Structs and the same page in JSON."""

import datetime as dt

import msgspec
import pytest

from directory.search.find import find, outcome
from directory.search.index import SearchIndex
from directory.search.request import SearchRequest
from directory.search.shapes import Ask
from tests.search.made import CROMER, NORWICH, Atlas, at, covering, doc

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
ODD = [
    doc(
        'The "quoted" \\ group\u2028 for <b>all</b> 👶',
        description="Line\none\ttwo \x7f",
        service_at_locations=[at(*NORWICH, 'The "Hall" \\ Ö'), at(*CROMER, "Pier"), at(52.7, 1.4, "Barn")],
        tags={"needs": ["social_isolation"], "flourish": ["healthy"], "kind": ["help_hub"]},
    ),
    doc("Helpline", remote=["phone"], service_areas=covering("county:E10000020"), capacity_status="full"),
    doc("Bare group", attributes=[], assured_date=None),
]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "group"},
        {"q": 'gruop "'},
        {"near": "Norwich", "q": "quoted"},
        {"near": "Cromer", "age": 0},
        {"near": 'No "such" place\\', "q": "group"},
        {"q": "nothing holds this"},
        {"sort": "name", "per_page": 1, "page": 2},
    ],
)
async def test_the_json_is_the_page(engine: SearchIndex, asked: dict[str, object]) -> None:
    await engine.change(ODD, [])
    request = msgspec.convert(asked, SearchRequest)
    page = await find(engine, Atlas(), request, moment=NOW)
    written = (await outcome(engine, Atlas(), request, moment=NOW)).json()
    assert msgspec.json.decode(written) == msgspec.to_builtins(page)


async def test_age_nought_is_a_filter_like_any_other(engine: SearchIndex) -> None:
    await engine.change(ODD, [])
    page = await find(engine, Atlas(), SearchRequest(age=0))
    assert page.applied == {"age": 0}


async def test_who_wants_no_facets_and_no_cards_gets_the_same_hits(engine: SearchIndex) -> None:
    await engine.change(ODD, [])
    whole = await engine.search(Ask(point=NORWICH, today=739_900))
    bare = await engine.search(Ask(point=NORWICH, today=739_900, facets=False, cards=False))
    assert [(hit.id, hit.metres) for hit in bare.hits] == [(hit.id, hit.metres) for hit in whole.hits]
    assert bare.total == whole.total == 3
    assert not bare.facets
    assert whole.facets["need"]
