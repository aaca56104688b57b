"""The API of the figures: what it offers, to whom, and that every number is rounded."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from directory.access import keys
from directory.db import Database
from directory.insight.figures import FIGURES
from directory.insight.report import TABLES
from tests.conftest import entered

YARMOUTH = "district:E07000145"


class Door:
    """`get(who, path, **query)`."""

    def __init__(self, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.client, self.tokens = client, tokens

    async def get(self, who: str, path: str, **query: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return await self.client.get(path, params=query, headers=headers)

    async def json(self, path: str, who: str = "board", **query: str) -> Any:
        answer = await self.get(who, path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
async def door(busy: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    tokens = {}
    for name, scopes, areas in (
        ("board", ["insight.read"], []), ("coast", ["insight.read"], [YARMOUTH]), ("school", ["requests.submit"], []),
    ):  # fmt: skip
        _, tokens[name] = await keys.issue(busy, name, scopes, areas=areas)
    async with entered(busy, tmp_path_factory.mktemp("insight"), demo=True) as client:
        yield Door(client, tokens)


async def test_it_says_what_can_be_asked_for(door: Door) -> None:
    found = await door.json("/api/insight")
    assert found["threshold"] == 5
    assert [each["code"] for each in found["figures"]] == [each.code for each in FIGURES]
    assert {each["code"] for each in found["tables"]} == set(TABLES)
    assert len([each for each in found["areas"] if each["code"].startswith("zone:")]) == 15
    assert found["usual"] == found["periods"][0]["code"]
    assert found["usual"].startswith("year-to-")


async def test_every_figure_has_its_definition_and_rounded_counts(door: Door) -> None:
    found = await door.json("/api/insight/figures")
    for each in found["figures"]:
        assert len(each["definition"]) > 60
        assert each["part"] % 5 == 0
        assert each["whole"] % 5 == 0
        if each["unit"] == "share" and each["value"] is not None:
            assert 0 <= each["value"] <= 1
    by_code = {each["code"]: each for each in found["figures"]}
    assert by_code["requests"]["value"] > 300
    for code in ("triage_days", "accept_days", "contact_days", "acceptance", "accuracy", "got_help", "score"):
        assert by_code[code]["value"] is not None, code
    assert by_code["closed_loop"]["value"] != by_code["got_help"]["value"]


@pytest.mark.parametrize("code", sorted(TABLES))
async def test_every_table_has_a_finding_a_definition_and_a_csv_file(door: Door, code: str) -> None:
    found = (await door.json(f"/api/insight/tables/{code}"))["table"]
    assert found["title"]
    assert found["definition"]
    assert found["rows"], code
    counted = code not in {"coverage", "coverage_all", "freshness"}
    for row in found["rows"]:
        assert len(row) == len(found["columns"])
        for column, value in zip(found["columns"], row, strict=True):
            if column["unit"] == "count" and value is not None and counted:
                assert value % 5 == 0
                assert value >= 5
    answer = await door.get("board", f"/api/insight/tables/{code}", format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [each["label"] for each in found["columns"]] in lines
    assert lines[0] == ["Finding", found["title"]]


async def test_figures_come_as_csv_too(door: Door) -> None:
    answer = await door.get("board", "/api/insight/figures", format="csv", area="zone:zone-01")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Area", "Zone 1"] in lines
    assert len(lines) > len(FIGURES)


async def test_filters_narrow_and_are_named(door: Door) -> None:
    everywhere = await door.json("/api/insight/figures")
    here = await door.json("/api/insight/figures", area=YARMOUTH, need="neurodiversity")
    assert here["about"]["area"]["label"] == "Great Yarmouth"
    assert here["about"]["need"]["code"] == "neurodiversity"
    assert here["figures"][0]["part"] < everywhere["figures"][0]["part"]


@pytest.mark.parametrize(
    "query",
    [
        {"period": "2019-q1"}, {"period": "2026-01-01"}, {"area": "zone:zone-77"}, {"area": "county:E10000020"},
        {"outcome": "happy"}, {"need": "nothing"}, {"need": "bullying", "outcome": "healthy"}, {"from": "2026-01-01"},
        {"by": "street"},
    ],
)  # fmt: skip
async def test_what_is_not_offered_is_refused_by_name(door: Door, query: dict[str, str]) -> None:
    answer = await door.get("board", "/api/insight/figures", **query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


async def test_only_those_who_may_read_figures_read_them(door: Door) -> None:
    for path in ("/api/insight", "/api/insight/figures", "/api/insight/tables/ends"):
        assert (await door.get("", path)).status_code == 401
        assert (await door.get("school", path)).status_code == 403
    assert (await door.get("board", "/api/insight/tables/secrets")).status_code == 404


async def test_whoever_is_bound_to_areas_sees_those_alone(door: Door) -> None:
    offered = await door.json("/api/insight", "coast")
    assert [each["code"] for each in offered["areas"]] == [YARMOUTH]
    own = await door.json("/api/insight/figures", "coast")
    all_ = await door.json("/api/insight/figures", area=YARMOUTH)
    assert [each["part"] for each in own["figures"]] == [each["part"] for each in all_["figures"]]
    for area in ("district:E07000148", "zone:zone-01"):
        assert (await door.get("coast", "/api/insight/figures", area=area)).status_code == 403
        assert (await door.get("coast", "/api/insight/tables/unmet", area=area)).status_code == 403
    table = (await door.json("/api/insight/tables/unmet_places", "coast", by="district"))["table"]
    assert {row[0] for row in table["rows"] if any(row[1:])} <= {"Great Yarmouth"}


async def test_the_same_question_has_the_same_answer_whatever_it_is_asked_with(door: Door) -> None:
    once = await door.json("/api/insight/tables/ends", area=YARMOUTH)
    again = await door.json("/api/insight/tables/ends", area=YARMOUTH)
    assert once == again
