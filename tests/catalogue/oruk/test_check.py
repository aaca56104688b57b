"""Judging other people's feeds: the official validator's own examples get its verdicts, and its rules are ours."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.catalogue.commands import check_folder, check_oruk
from directory.catalogue.oruk.check import Answer, check
from directory.catalogue.oruk.standard import OBJECTS, schemas, validator
from directory.errors import SourceError
from tests.catalogue.made import SPOILT, spoil
from tests.catalogue.standards import standards

NAMES = {"place": "service_at_location", "term": "taxonomy_term"}


def official(data: Path) -> dict[str, Any]:
    """The standard's schema files by name, where they are at hand."""
    folder = data / "oruk" / "schemas" / "oruk-3.0" / "schema"
    found = {}
    for path in folder.glob("*.json"):
        name = path.stem
        for ours, theirs in NAMES.items():
            name = ours if name == theirs else f"{ours}_list" if name == f"{theirs}_list" else name
        found[name] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("feed", "fails", "warns"),
    [
        ("Default", set(), set()),
        ("Test", set(), set()),
        ("Warn", set(), {"/taxonomy_terms/{id}"}),
        ("Fail", {"/", "/services", "/services/{id}"}, {"/taxonomy_terms/{id}"}),
    ],
)
def test_the_validators_example_feeds_get_its_verdicts(
    data: Path, feed: str, fails: set[str], warns: set[str]
):
    folder = data / "oruk" / "examples" / "oruk-validator-mocks" / f"V3.0-UK-{feed}"
    found = check_folder(folder)
    assert {each.path for each in found.endpoints if each.outcome == "fail"} == fails
    assert {each.path for each in found.endpoints if each.outcome == "warning"} == warns
    assert found.passed == (not fails)
    run = CliRunner().invoke(check_oruk, [str(folder), "--json"])
    assert run.exit_code == (1 if fails else 0)
    assert json.loads(run.stdout)["passed"] == (not fails)


def test_the_rules_are_the_standards(data: Path):
    """Field by field: the same names, types, formats, closed lists and musts, in every object of the standard."""
    theirs = official(data)
    compared = 0
    for name, schema in schemas().items():
        if name.startswith("listed_") or name.endswith("_list"):
            continue
        expected = theirs[name]
        assert set(schema["required"]) == set(expected.get("required", [])), name
        for field, rule in schema["properties"].items():
            said = expected["properties"][field]
            assert rule.get("type", "object") == said.get("type", "object"), (name, field)
            assert rule.get("format") == said.get("format"), (name, field)
            assert rule.get("enum") == said.get("enum"), (name, field)
            compared += 1
        extra = set(expected["properties"]) - set(schema["properties"])
        assert extra <= {"attributes", "accessibility", "metadata"} | ({"fees"} if name == "x" else set()), (
            name,
            extra,
        )
    assert compared > 120
    assert set(OBJECTS) >= {"service_list", "place_list"}


@settings(max_examples=150, deadline=None)
@given(
    rng=st.randoms(use_true_random=False),
    kind=st.sampled_from(SPOILT),
)
def test_a_spoilt_record_is_judged_as_the_standard_judges_it(data: Path, rng: random.Random, kind: Any):
    theirs = standards(data)["ORUK 3.0"]
    record = json.loads((data / "oruk" / "derived" / "sample-valid-service-full.json").read_text("utf-8"))
    spoilt = copy.deepcopy(record)
    spoil(spoilt, kind, rng)
    ours = validator("service")
    assert ours.is_valid(record)
    assert theirs.is_valid(record)
    if theirs.is_valid(spoilt) != ours.is_valid(spoilt):
        # The only fields that the standard looks at and we do not: attributes of parts that nobody publishes.
        found = [error.instance_path for error in theirs.iter_errors(spoilt)]
        assert all("attributes" in path or "accessibility" in path for path in found), (found, kind)


def feed(over: dict[str, Any]) -> Any:
    """A feed of three services with what `over` says instead, by path."""
    id_ = "11111111-1111-4111-8111-11111111111{}"
    services = [{"id": id_.format(n), "name": f"Service {n}", "status": "active"} for n in range(3)]
    root = {
        "version": "HSDS-UK-3.0",
        "profile": "https://example.org/p",
        "openapi_url": "https://example.org/o",
    }
    answers: dict[str, Any] = {
        "": root,
        "/": root,
        "/services?page=1": {"total_pages": 1, "contents": services},
    }
    answers |= {f"/services/{each['id']}": each for each in services}
    answers |= over

    async def fetch(path: str) -> Answer:
        found = answers.get(path, 404)
        return Answer(found) if isinstance(found, int) else Answer(200, found)

    return fetch


async def test_a_feed_with_the_required_endpoints_passes_with_warnings_for_the_rest():
    found = await check("here", feed({}))
    assert found.passed
    assert found.errors == 0
    assert {each.path for each in found.endpoints if each.outcome == "warning"} == {
        f"/{name}{end}"
        for name in ("service_at_locations", "taxonomies", "taxonomy_terms", "organizations")
        for end in ("", "/{id}")
    }


@pytest.mark.parametrize(
    ("over", "where", "what"),
    [
        ({"/": 404}, "", "answers 404"),
        ({"": {"version": "3.0"}}, "", "profile is missing"),
        (
            {"/services?page=1": {"contents": [{"id": "x", "status": "active"}]}},
            "contents[]",
            "name is missing",
        ),
        ({"/services?page=1": {"total_pages": 2, "contents": []}}, "", "answers 404"),
        ({"/services/11111111-1111-4111-8111-111111111111": 500}, "", "answers 500"),
        (
            {"/services/11111111-1111-4111-8111-111111111111": {"id": 5, "name": None, "status": "Active"}},
            "id",
            "is not text",
        ),
        (
            {"/organizations?page=1": {"contents": [{"id": "1", "name": "x", "description": "x"}]}},
            "contents[].id",
            "is not a UUID",
        ),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(over: dict[str, Any], where: str, what: str):
    found = await check("here", feed(over))
    assert not found.passed
    said = {(each.where, each.message) for endpoint in found.endpoints for each in endpoint.findings}
    assert (where, what) in said


async def test_equal_findings_are_counted_together():
    many = [
        {"id": f"11111111-1111-4111-8111-11111111111{n}", "name": "x", "status": "active", "email": "no"}
        for n in range(7)
    ]
    found = await check("here", feed({"/services?page=1": {"contents": many}}))
    listed = next(each for each in found.endpoints if each.path == "/services")
    errors = [each for each in listed.findings if each.level == "error"]
    assert [(each.where, each.message, each.count, each.example) for each in errors] == [
        ("contents[].email", "is not an e-mail address", 7, "'no'")
    ]


async def test_what_the_standards_schema_lets_through_is_remarked_on():
    old = await check("here", feed({"/services?page=1": {"content": [], "totalElements": 3}}))
    assert ("content", "this page is one of version 1.0, whose lists have other names") in {
        (each.where, each.message) for each in old.endpoints[1].findings
    }
    twin = {
        "id": "11111111-1111-4111-8111-111111111111",
        "name": "x",
        "status": "active",
        "assured_date": "1/2/2026",
    }
    twins = await check("here", feed({"/services?page=1": {"contents": [twin, twin]}}))
    remarked = {(each.where, each.message) for each in twins.endpoints[1].findings if each.level == "remark"}
    assert ("contents[].id", "comes twice on one page") in remarked
    assert ("assured_date", "is not a date (YYYY-MM-DD)") in remarked
    assert twins.passed


async def test_a_feed_that_nobody_answers_for_is_one_line():
    async def nobody(path: str) -> Answer:
        return Answer(0, wrong="nobody answers")

    with pytest.raises(SourceError, match="cannot be reached"):
        await check("here", nobody)


def test_a_folder_that_is_none_is_refused_in_one_line(tmp_path: Path):
    for source in (tmp_path / "missing", tmp_path):
        run = CliRunner().invoke(check_oruk, [str(source)])
        assert run.exit_code == 1
        assert run.stderr.count("\n") == 1
    (tmp_path / "service_list.json").write_text("<html>")
    run = CliRunner().invoke(check_oruk, [str(tmp_path)])
    assert run.exit_code == 1
    assert "is a web page, not JSON" in run.stdout
