import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from directory.db import Database
from directory.errors import SourceError
from directory.importing import apply, mirror, sources
from directory.importing.spool import Spool
from tests.importing.conftest import everything, service, uid

LIST = ("id", "name", "status", "description", "organization")


class Server(httpx.AsyncBaseTransport):
    """A feed of `count` services in pages of ten; says less, refuses or fails as a test wants."""

    def __init__(self, count: int, **how: Any) -> None:
        self.services = [service(number) for number in range(1, count + 1)]
        self.how = how
        self.asked: Counter[str] = Counter()
        self.at_once = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path] += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        try:
            return self.answer(request)
        finally:
            self.at_once -= 1

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, request.url.params
        if failing := self.how.get("fail"):
            found = failing(self, request)
            if found is not None:
                return found
        if path == "/api/services":
            return self.page(query)
        if path.startswith("/api/services/"):
            for each in self.services:
                if path.endswith(each["id"]):
                    return httpx.Response(200, json=each)
        return httpx.Response(404, json={"detail": "not here"})

    def page(self, query: httpx.QueryParams) -> httpx.Response:
        known = {"page", *self.how.get("honours", ("per_page", "full", "modified_after"))}
        if self.how.get("strict") and (set(query) - known):
            return httpx.Response(400, json={"detail": "unknown parameter"})
        services = self.services
        if "lines" in self.how and query.get("format") == "ndjson":
            self.asked["lines"] += 1
            text = "".join(json.dumps(each) + "\n" for each in self.how["lines"](services))
            return httpx.Response(200, text=text, headers={"Content-Type": "application/x-ndjson"})
        if "modified_after" in query and "modified_after" in known:
            services = [each for each in services if each["last_modified"] >= query["modified_after"]]
        number = int(query.get("page", "1"))
        pages = (len(services) + 9) // 10
        shown = services[10 * (number - 1) : 10 * number]
        if "full" not in known or "full" not in query:
            shown = [{name: each[name] for name in LIST} for each in shown]
        return httpx.Response(
            200,
            json={
                "total_items": len(services) + self.how.get("overstates", 0),
                "total_pages": pages,
                "page_number": number,
                "contents": shown,
            },
        )


async def crawl(server: Server, folder: Path, **more: Any) -> tuple[sources.Crawled, list[dict[str, Any]]]:
    spool = Spool(folder)
    found = await sources.fetch("http://feed.test/api/", spool, transport=server, pause=0.001, **more)
    return found, [item.record for item in spool.read("feed.test")]


async def test_a_feed_that_honours_full_needs_no_look_ups_beyond_the_probe(tmp_path: Path) -> None:
    server = Server(35)
    found, records = await crawl(server, tmp_path)
    assert (found.records, found.complete, found.honoured.full) == (35, True, True)
    assert records == server.services
    assert sum(count for path, count in server.asked.items() if path != "/api/services") == 3


async def test_a_feed_that_gives_all_as_lines_is_read_in_one_request(tmp_path: Path) -> None:
    honours = ("per_page", "full", "format")
    server = Server(35, honours=honours, lines=lambda services: services)
    found, records = await crawl(server, tmp_path)
    assert (found.records, found.complete) == (35, True)
    assert records == server.services
    assert (server.asked["lines"], server.asked["/api/services"]) == (1, 2)  # the probe, and the lines


@pytest.mark.parametrize("said", ["too few", "shallow", "broken"])
async def test_lines_that_are_not_all_or_not_whole_are_not_believed(tmp_path: Path, said: str) -> None:
    def lines(services: list[dict[str, Any]]) -> list[Any]:
        if said == "too few":
            return services[:20]
        if said == "shallow":
            return [{name: each[name] for name in LIST} for each in services]
        return [*services[:5], "not a record"]

    server = Server(35, honours=("per_page", "full", "format"), lines=lines)
    found, records = await crawl(server, tmp_path)
    assert (found.records, found.complete) == (35, True)
    assert sorted(records, key=lambda each: each["id"]) == sorted(
        server.services, key=lambda each: each["id"]
    )


async def test_a_shallow_list_is_filled_up_record_by_record_with_bounded_concurrency(tmp_path: Path) -> None:
    server = Server(35, honours=())
    found, records = await crawl(server, tmp_path)
    assert not found.honoured.full
    assert records == server.services
    assert server.most <= sources.AT_ONCE


async def test_a_strict_feed_that_refuses_our_parameters_is_read_without_them(tmp_path: Path) -> None:
    found, records = await crawl(Server(25, honours=(), strict=True), tmp_path)
    assert found.complete
    assert len(records) == 25


async def test_too_many_requests_and_passing_failures_are_waited_out(tmp_path: Path) -> None:
    trouble = iter([429, 503, None, 502, None, 500, 429] + [None] * 200)

    def fail(server: Server, request: httpx.Request) -> httpx.Response | None:
        status = next(trouble)
        if status == 502:
            raise httpx.ReadTimeout("slow", request=request)
        return httpx.Response(status, headers={"Retry-After": "0"}) if status else None

    found, records = await crawl(Server(25, fail=fail), tmp_path)
    assert found.records == len(records) == 25


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(200, text="<!doctype html><title>Sign in</title>"),
            "an HTML page where JSON was promised",
        ),
        (httpx.Response(200, text='{"contents": [{"id"'), "broken JSON where JSON was promised"),
        (httpx.Response(200, json={"hello": "world"}), "no list of services"),
        (httpx.Response(200, json="hello"), "no list of services"),
        (httpx.Response(404), "is this the address of a feed"),
        (httpx.Response(403), "answers 403 for /api/services"),
        (httpx.Response(503), "answers 503 for /api/services"),
    ],
)
async def test_what_is_no_feed_is_told_in_one_line(
    tmp_path: Path, answer: httpx.Response, words: str
) -> None:
    server = Server(3, fail=lambda *_: httpx.Response(answer.status_code, content=answer.content))
    with pytest.raises(SourceError, match=words) as refused:
        await crawl(server, tmp_path)
    assert "\n" not in str(refused.value)


async def test_a_feed_that_dies_half_way_changes_nothing_and_is_taken_up_where_it_broke(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(45)
    server.how["fail"] = lambda _, request: (
        httpx.Response(500) if request.url.params.get("page") == "4" else None
    )
    patched(monkeypatch, server)
    before = await everything(database)
    with pytest.raises(SourceError, match="answers 500"):
        await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options())
    assert await everything(database) == before
    asked = server.asked["/api/services"]
    del server.how["fail"]
    report = await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options())
    assert (report.added, report.read) == (45, 45)
    assert any("taken up again after page 3" in each for each in report.remarks)
    assert server.asked["/api/services"] - asked == 3  # the probe and two pages
    assert list((tmp_path / "feed").iterdir()) == []


def patched(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    real = sources.fetch

    async def fetch(*given: Any, **more: Any) -> sources.Crawled:
        return await real(*given, **more, transport=server, pause=0.001)

    monkeypatch.setattr(sources, "fetch", fetch)


async def test_a_feed_that_gives_fewer_than_it_counts_withdraws_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(25)
    patched(monkeypatch, server)
    await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options())
    server.services.pop()
    server.how["overstates"] = 1
    report = await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options(crawls=1))
    assert (report.withdrawn, report.missing, report.complete) == (0, 0, False)
    assert any("counts 25 services and gave 24" in each for each in report.remarks)
    server.how["overstates"] = 0
    report = await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options(crawls=1))
    assert report.withdrawn == 1


async def test_changes_are_asked_for_only_where_the_feed_can_tell(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(25)
    patched(monkeypatch, server)
    address = "http://feed.test/api"
    await mirror.mirror(database, tmp_path, "feed", address, apply.Options())
    changed = service(3, name="New name", last_modified="2998-01-01T00:00:00.000Z")
    server.services[2] = changed
    report = await mirror.mirror(database, tmp_path, "feed", address, apply.Options(crawls=1), changes=True)
    assert (report.read, report.changed, report.withdrawn) == (1, 1, 0)
    server.services[2] = service(3, name="New name")
    report = await mirror.mirror(database, tmp_path, "feed", address, apply.Options(), changes=True)
    assert (report.read, report.complete) == (0, False)
    server.how["honours"] = ("per_page", "full")
    report = await mirror.mirror(database, tmp_path, "feed", address, apply.Options(), changes=True)
    assert report.read == 25
    assert any("does not honour modified_after" in each for each in report.remarks)


async def test_records_that_come_twice_while_pages_move_are_one(tmp_path: Path) -> None:
    server = Server(25)

    def fail(_: Server, request: httpx.Request) -> None:
        if request.url.params.get("page") == "2" and len(server.services) == 25:
            server.services.insert(0, service(99))

    server.how["fail"] = fail
    found, records = await crawl(server, tmp_path)
    ids = [each["id"] for each in records]
    assert len(ids) == len(set(ids))
    assert set(ids) >= {uid(f"s{number}") for number in range(1, 26)}
    assert not found.complete  # one that came in at the front was never seen: nothing may be taken for gone


async def test_a_schedule_mirrors_what_is_due_and_notes_what_fails(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(12)
    patched(monkeypatch, server)
    await mirror.mirror(database, tmp_path, "feed", "http://feed.test/api", apply.Options(), every_hours=24)
    assert await mirror.mirror_due(database, tmp_path) == 0
    await database.pool.execute("update feed set last_run = now() - interval '25 hours' where id = 'feed'")
    server.services.append(service(13, last_modified="2998-01-01T00:00:00.000Z"))
    server.how["fail"] = lambda *_: httpx.Response(500)
    assert await mirror.mirror_due(database, tmp_path) == 1
    state = json.loads(await database.pool.fetchval("select state from feed where id = 'feed'"))
    assert "answers 500" in state["failed"]
    assert await mirror.mirror_due(database, tmp_path) == 0
    del server.how["fail"]
    await database.pool.execute(
        "update feed set last_run = now() - interval '25 hours', state = state - 'tried' where id = 'feed'"
    )
    assert await mirror.mirror_due(database, tmp_path) == 1
    assert await database.pool.fetchval("select count(*) from service") == 13
