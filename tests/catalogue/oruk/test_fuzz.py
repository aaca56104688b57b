"""Whatever is asked of `/oruk/v3` and `/api/services`, the answer is no server error and has the shape it promises."""

import urllib.parse
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from directory.catalogue.oruk.openapi import document

SCHEMA = schemathesis.openapi.from_dict(document("http://test"))
CASES = st.one_of(*(found.ok().as_strategy() for found in SCHEMA.get_all_operations()))
PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
odd = st.text(max_size=30) | st.sampled_from(
    ["nan", "1e999", "0x1", "-0", "%00", "é", "'; drop table service", "٣"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=CASES)
async def test_every_answer_has_the_shape_that_is_promised(client: httpx.AsyncClient, case: Any):
    path = urllib.parse.quote(case.formatted_path, safe="/")
    answer = await client.get(f"/oruk/v3{path}", params=case.query)
    case.validate_response(answer, checks=PROMISES)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(["services", "service_at_locations", "organizations", "taxonomy_terms", "changes"]),
    asked=st.dictionaries(
        st.sampled_from(
            ["search", "page", "per_page", "after", "since", "format", "taxonomy_id", "modified_after", "postcode",
             "proximity", "minimum_age", "start_time", "day", "full", "minimal"]
        ), odd, min_size=1, max_size=3,
    ),
    tail=st.none() | odd,
)  # fmt: skip
async def test_odd_words_are_refused_and_never_break_anything(
    client: httpx.AsyncClient, path: str, asked: dict[str, str], tail: str | None
):
    end = "" if tail is None else "/" + urllib.parse.quote(tail, safe="")
    for url in (f"/oruk/v3/{path}{end}", f"/api/services{end}"):
        answer = await client.get(url, params=asked if url.startswith("/oruk") else {})
        assert answer.status_code < 500, (url, asked, answer.text)
        assert (
            answer.status_code in {200, 404, 410}
            or answer.headers["content-type"] == "application/problem+json"
        )
