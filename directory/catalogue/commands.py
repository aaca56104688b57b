"""`directory check oruk`: is a feed what Open Referral UK says, and what is wrong with it."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import rich_click as click

from directory.catalogue.oruk.check import LISTS, Answer, Endpoint, Fetch, Tally, Verdict, check, verdict
from directory.console import as_json, asynchronous, fail, out, print_json, print_table

TIMEOUT = 30.0  # seconds, the official validator's
FILES = {"api_details": ("/", "api_details", True)}  # name of a file: path, what it is judged as, required
for _each in LISTS:
    _stem = _each.page.removesuffix("_list")
    _name = {"place": "service_at_location", "term": "taxonomy_term"}.get(_stem, _stem)
    FILES[f"{_name}_list"] = (_each.path, _each.page, _each.required)
    FILES[_name] = FILES[f"{_name}_full"] = (f"{_each.path}/{{id}}", _each.whole, _each.required)


@click.command(name="oruk")
@click.argument("source")
@as_json
@asynchronous
async def check_oruk(source: str, json_: bool) -> None:
    """Judge a feed by Open Referral UK 3.0.

    SOURCE is its base URL, or a folder of its answers: api_details.json, service_list.json, service_full.json, ...
    Exit code 1 where the feed does not pass.
    """
    if source.startswith(("http://", "https://")):
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=True) as client:
            found = await check(source, fetching(client, source))
    else:
        found = check_folder(Path(source))
    if json_:
        print_json({"errors": found.errors, "warnings": found.warnings, **_plain(found)})
    else:
        show(found)
    if not found.passed:
        sys.exit(1)


def fetching(client: httpx.AsyncClient, base: str) -> Fetch:
    """GET below `base`; whatever goes wrong is said in the answer, never raised."""

    async def fetch(path: str) -> Answer:
        try:
            response = await client.get(base.rstrip("/") + path, headers={"Accept": "application/json"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer(0, wrong=f"nobody answers: {str(error) or type(error).__name__}")
        if response.status_code != 200:
            return Answer(response.status_code)
        return _read(response.content)

    return fetch


def check_folder(folder: Path) -> Verdict:
    """Judge a folder with an answer of the feed in each file."""
    if not folder.is_dir():
        fail(f"{folder} is neither a folder nor an address that starts with http:// or https://")
    endpoints: list[Endpoint] = []
    version = ""
    for path in sorted(folder.glob("*.json")):
        if path.stem not in FILES:
            continue
        where, name, required = FILES[path.stem]
        tally = Tally()
        answer = _read(path.read_bytes())
        if tally.answered(answer):
            tally.judge(name, answer.body)
            if name == "api_details" and isinstance(answer.body, dict):
                version = str(answer.body.get("version", ""))
        endpoints.append(tally.endpoint(where, required, single=where.endswith("}")))
    if not endpoints:
        fail(f"{folder} holds none of {', '.join(sorted(FILES))} (.json)")
    return verdict(str(folder), version, endpoints)


def _read(content: bytes) -> Answer:
    try:
        return Answer(200, json.loads(content))
    except ValueError:
        start = content.lstrip()[:1]
        return Answer(200, wrong="is a web page, not JSON" if start == b"<" else "is not JSON")


def show(found: Verdict) -> None:
    marks = {"pass": "[green]pass[/]", "warning": "[yellow]warning[/]", "fail": "[red]fail[/]"}
    print_table(
        found.source,
        ("Endpoint", "Outcome", "Seen", "Errors", "Warnings", "Remarks"),
        [
            (
                each.path,
                marks[each.outcome],
                each.records,
                *(
                    sum(f.count for f in each.findings if f.level == level)
                    for level in ("error", "warning", "remark")
                ),
            )
            for each in found.endpoints
        ],
    )
    findings = [(each.path, finding) for each in found.endpoints for finding in each.findings]
    if findings:
        print_table(
            "What is wrong, where, and how often",
            ("", "Endpoint", "Where", "What", "Times", "For example"),
            [(f.level, path, f.where, f.message, f.count, f.example) for path, f in findings],
        )
    result = "passes" if found.passed else "does not pass"
    out.print(
        f"It {result}: {found.errors} errors, {found.warnings} warnings. Version: {found.version or 'not said'}."
    )


def _plain(found: Verdict) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__}
