"""Judge a feed the way the official Open Referral UK validator does, and say what is wrong, where, and how much of it.

The steps: the root with and without a slash; page 1, the middle and the last page of each list; up to ten random
ids of page 1, whole. Services are required, the rest is optional: an optional record that is wrong is a warning,
an optional list that is wrong fails the feed, as it does there. Our own remarks never fail a feed.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal, get_args

from msgspec import Struct

from directory.catalogue.oruk.remarks import remarks
from directory.catalogue.oruk.standard import validator
from directory.errors import SourceError

Outcome = Literal["pass", "warning", "fail"]
Level = Literal["error", "warning", "remark"]
LEVELS: tuple[Level, ...] = get_args(Level)
SAMPLE = 10
AT_ONCE = 5


class Answer(Struct, frozen=True):
    """One GET: the status (0 when nobody answered), the JSON, and in words what kept it from being JSON."""

    status: int
    body: Any = None
    wrong: str = ""


Fetch = Callable[[str], Awaitable[Answer]]


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong, however often: `where` has [] for any item, `example` is the first one met."""

    level: Level
    where: str
    message: str
    count: int = 1
    example: str = ""


class Endpoint(Struct, frozen=True, kw_only=True):
    """`records` is how many were looked at."""

    path: str
    required: bool
    outcome: Outcome
    records: int = 0
    findings: list[Finding] = []


class Verdict(Struct, frozen=True, kw_only=True):
    source: str
    version: str
    passed: bool
    endpoints: list[Endpoint]

    @property
    def errors(self) -> int:
        return self._count("error")

    @property
    def warnings(self) -> int:
        return self._count("warning")

    def _count(self, level: str) -> int:
        return sum(f.count for each in self.endpoints for f in each.findings if f.level == level)


class Listed(Struct, frozen=True):
    path: str
    page: str
    whole: str
    required: bool = False


LISTS = (
    Listed("/services", "service_list", "service", True),
    Listed("/service_at_locations", "place_list", "place"),
    Listed("/taxonomies", "taxonomy_list", "taxonomy"),
    Listed("/taxonomy_terms", "term_list", "term"),
    Listed("/organizations", "organization_list", "organization"),
)


async def check(source: str, fetch: Fetch, rng: random.Random | None = None) -> Verdict:
    """`fetch` gets a path below the feed's base: "" and "/" are the base itself, as typed and with a slash.

    Raises SourceError where nobody answers at all.
    """
    rng = rng or random.Random()
    bases = [await fetch(""), await fetch("/")]
    tally = Tally()
    if not any(answer.status for answer in bases):
        raise SourceError(f"{source} cannot be reached: {bases[0].wrong}")
    for answer in bases:
        if tally.answered(answer):
            tally.judge("api_details", answer.body)
    body = bases[0].body
    version = str(body.get("version", "")) if isinstance(body, dict) else ""
    if bases[0].status and version not in {"HSDS-UK-3.0", "V3", "3.0"}:
        tally.add(
            "warning", "version", f"{version!r} is not understood by the official validator: say HSDS-UK-3.0"
        )
    endpoints = [tally.endpoint("/", required=True)]
    for each in LISTS:
        endpoints += await _list(each, fetch, rng)
    return verdict(source, version, endpoints)


def verdict(source: str, version: str, endpoints: list[Endpoint]) -> Verdict:
    passed = all(each.outcome != "fail" for each in endpoints)
    return Verdict(source=source, version=version, passed=passed, endpoints=endpoints)


async def _list(each: Listed, fetch: Fetch, rng: random.Random) -> list[Endpoint]:
    tally = Tally()
    ids: list[str] = []
    first = await fetch(f"{each.path}?page=1")
    if not tally.answered(first, optional=not each.required):
        whole = Tally()
        whole.add(
            "error" if each.required else "warning", "", "not tested: there is no list to take an id from"
        )
        return [
            tally.endpoint(each.path, each.required),
            whole.endpoint(f"{each.path}/{{id}}", each.required, single=True),
        ]
    tally.judge(each.page, first.body)
    ids = [str(item["id"]) for item in _contents(first.body) if isinstance(item, dict) and "id" in item]
    pages = first.body.get("total_pages") if isinstance(first.body, dict) else 1
    pages = pages if isinstance(pages, int) else 1
    for number in dict.fromkeys([*([pages // 2] if pages > 2 else []), *([pages] if pages > 1 else [])]):
        answer = await fetch(f"{each.path}?page={number}")
        if tally.answered(answer):
            tally.judge(each.page, answer.body)
    if isinstance(first.body, dict) and "content" in first.body and "contents" not in first.body:
        tally.add("warning", "content", "this page is one of version 1.0, whose lists have other names")
    elif not ids:
        tally.add("warning", "contents", "is empty, so no record can be looked at")
    if len(set(ids)) < len(ids):
        tally.add(
            "remark", "contents[].id", "comes twice on one page", next(i for i in ids if ids.count(i) > 1)
        )
    return [tally.endpoint(each.path, each.required), await _records(each, ids, fetch, rng)]


async def _records(each: Listed, ids: list[str], fetch: Fetch, rng: random.Random) -> Endpoint:
    tally = Tally()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(id_: str) -> Answer:
        async with gate:
            return await fetch(f"{each.path}/{id_}")

    wanted = rng.sample(ids, min(SAMPLE, len(ids)))
    for id_, answer in zip(wanted, await asyncio.gather(*map(one, wanted)), strict=True):
        if tally.answered(answer, id_):
            tally.judge(each.whole, answer.body)
    if not wanted:
        tally.add("warning", "", "not tested: the list gives no id")
    return tally.endpoint(f"{each.path}/{{id}}", each.required, single=True)


def _contents(body: Any) -> list[Any]:
    found = body.get("contents") if isinstance(body, dict) else None
    return found if isinstance(found, list) else []


class Tally:
    """Findings of one endpoint, equal ones counted together."""

    def __init__(self) -> None:
        self.found: dict[tuple[Level, str, str], tuple[int, str]] = {}
        self.records = 0

    def add(self, level: Level, where: str, message: str, example: str = "") -> None:
        count, first = self.found.get((level, where, message), (0, example))
        self.found[level, where, message] = (count + 1, first or example)

    def answered(self, answer: Answer, what: str = "", *, optional: bool = False) -> bool:
        if answer.status == 200 and not answer.wrong:
            return True
        said = answer.wrong or f"answers {answer.status}"
        self.add("warning" if optional else "error", "", said, what)
        return False

    def judge(self, name: str, body: Any) -> None:
        """Look at one answer: a record, or a page of them."""
        records = _contents(body) if name.endswith("_list") else [body]
        self.records += len(records)
        for error in validator(name).iter_errors(body):
            self.add("error", pattern(error.instance_path), *words(error))
        for record in records:
            for where, message, example in remarks(name.removesuffix("_list"), record):
                self.add("remark", where, message, example)

    def endpoint(self, path: str, required: bool, *, single: bool = False) -> Endpoint:
        worst_of_all: Level = "error" if required or not single else "warning"
        findings = [
            Finding(
                level=worst_of_all if level == "error" else level,
                where=where,
                message=message,
                count=count,
                example=example,
            )
            for (level, where, message), (count, example) in self.found.items()
        ]
        findings.sort(key=lambda each: (LEVELS.index(each.level), -each.count))
        worst = findings[0].level if findings else "remark"
        outcome: Outcome = "fail" if worst == "error" else "warning" if worst == "warning" else "pass"
        return Endpoint(
            path=path, required=required, outcome=outcome, records=self.records, findings=findings
        )


def pattern(path: Iterable[str | int]) -> str:
    """`contents[].organization.email`: where it is in every item alike."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


FORMATS = {
    "uuid": "a UUID",
    "uri": "a whole web address (https://...)",
    "email": "an e-mail address",
    "date-time": "a moment (2026-11-23T09:30:00.000Z)",
}


def words(error: Any) -> tuple[str, str]:
    """(what is wrong in general, the value it was wrong about), for a person who keeps data, not schemas."""
    message, value = re.sub(r"\s+", " ", str(error.message)), error.instance
    if found := re.fullmatch(r'"(\w+)" is a required property', message):
        return f"{found[1]} is missing", str(value.get("id", ""))
    said = repr(value)[:80]
    if value is None:
        return "is null: leave it out where there is nothing to say", said
    if found := re.search(r'is not an? "([\w-]+)"$', message):
        return f"is not {FORMATS.get(found[1], found[1])}", said
    if found := re.search(r'is not of type "(\w+)"$', message):
        kinds = {"string": "text", "array": "a list", "object": "an object with fields"}
        return f"is not {kinds.get(found[1], f'a {found[1]}')}", said
    if found := re.search(r"is not one of (.+)$", message):
        return f"is not one of {found[1]}", said
    return message[-160:], said
