"""A feed by its address: what it honours is tried first, then its pages are read, and whole records looked up.

Everything goes to the spool first: no transaction is open while a slow feed answers, a feed that dies half way leaves
the directory as it was, and the next run goes on from the last whole page.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec
from msgspec import Struct

from directory import __version__
from directory.errors import SourceError
from directory.importing.spool import Spool, State, key

AT_ONCE = 5  # requests under way at a time: what the official validator does too
TRIES = 5
LONGEST_WAIT = 60.0  # seconds that a Retry-After is honoured for
MOST_PAGES = 20_000
MANY = 100  # records asked for in a page; a feed may give fewer
LISTS = ("contents", "content", "services", "items")
PARTS = ("service_at_locations", "locations", "contacts", "schedules", "regular_schedules", "phones",
         "service_areas", "attributes", "service_taxonomys", "cost_options", "eligibilitys", "languages")  # fmt: skip
FAR = "2999-01-01T00:00:00Z"
Told = Callable[[int, int], None]
"""How many records are here, and how many the feed says there are."""
Raw = Mapping[str, Any]


class Honoured(Struct, frozen=True, kw_only=True):
    """What was seen to work, not what is promised. `full`: the list holds whole records when asked for."""

    full: bool
    modified_after: bool
    page_size: bool


class Crawled(Struct, frozen=True, kw_only=True):
    """One crawl. `complete`: every record that the feed counts is here, so one that is not has gone."""

    records: int
    complete: bool
    query: dict[str, str]
    honoured: Honoured
    remarks: list[str]


def is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


async def fetch(
    address: str,
    spool: Spool,
    told: Told = lambda done, total: None,
    *,
    since: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    pause: float = 0.5,
) -> Crawled:
    """Write the services of the feed at `address` into the spool, those changed `since` a moment or all.

    Raises SourceError, one line, where the feed does not answer, is no feed, or dies on the way. `pause` is the
    first wait in seconds before a request is tried again; each further one is twice as long.
    """
    base = address.partition("?")[0].partition("#")[0].rstrip("/").removesuffix("/services")
    async with httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(30, connect=10),
        limits=httpx.Limits(max_connections=AT_ONCE),
        follow_redirects=True,
        headers={"User-Agent": f"FlourishDirectory/{__version__}", "Accept": "application/json"},
    ) as client:
        return await Feed(base, client, pause).whole(spool, told, since)


class Feed:
    def __init__(self, base: str, client: httpx.AsyncClient, pause: float) -> None:
        self.base, self.client, self.pause = base, client, pause
        self.host = urlsplit(base).netloc
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.query: dict[str, str] = {}
        self.total = 0  # services that the first page counts

    async def whole(self, spool: Spool, told: Told, since: str | None) -> Crawled:
        honoured = await self.honoured(since is not None)
        remarks = []
        if since is not None and honoured.modified_after:
            self.query["modified_after"] = since
        elif since is not None:
            remarks.append(f"{self.host} does not honour modified_after: all of it is read")
        state = spool.open(self.base, urlencode(self.query))
        if state.page:
            remarks.append(f"taken up again after page {state.page}, where the last run broke off")
        total = self.total
        whole = (
            not state.page and "modified_after" not in self.query and await self._lines(spool, state, told)
        )
        while not whole and state.page < MOST_PAGES:
            page = await self._page(state.page + 1)
            records = _records(page, self.host)
            fresh = [each for each in records if key(each) not in spool.seen]
            if not honoured.full:
                fresh = [each for each in await asyncio.gather(*map(self._detail, fresh)) if each is not None]
            state.page += 1
            spool.write(fresh, state)
            total = _number(page, "total_items", "totalElements")
            told(len(spool.seen), max(total, len(spool.seen)))
            if not records or state.page >= max(_number(page, "total_pages", "totalPages"), 1):
                break
        count = len(spool.seen)
        if count < total:
            remarks.append(
                f"{self.host} counts {total} services and gave {count}: none is taken for withdrawn"
            )
        complete = count >= total and "modified_after" not in self.query
        return Crawled(records=count, complete=complete, query=self.query, honoured=honoured, remarks=remarks)

    async def _lines(self, spool: Spool, state: State, told: Told) -> bool:
        """All of it as one stream of lines, where the feed gives whole records so and as many as it counts; otherwise
        what came is kept, and its pages are read after all."""
        query = {name: value for name, value in self.query.items() if name != "per_page"} | {
            "format": "ndjson"
        }
        records: list[Raw] = []
        first = True
        try:
            async with self.client.stream("GET", f"{self.base}/services?{urlencode(query)}") as answer:
                if answer.status_code != 200 or "ndjson" not in answer.headers.get("Content-Type", ""):
                    return False
                async for line in answer.aiter_lines():
                    record = msgspec.json.decode(line) if line.strip() else None
                    if isinstance(record, Mapping):
                        records.append(record)
                    if len(records) == MANY:
                        if first and await self._shallow(records):
                            return False
                        first = False
                        spool.write(records, state)
                        told(len(spool.seen), max(self.total, len(spool.seen)))
                        records = []
        except (httpx.HTTPError, httpx.StreamError, msgspec.DecodeError):
            return False
        if first and await self._shallow(records):
            return False
        spool.write(records, state)
        told(len(spool.seen), max(self.total, len(spool.seen)))
        return 0 < self.total <= len(spool.seen)

    async def honoured(self, ask_changes: bool) -> Honoured:
        """Try the parameters that would help, on the first page and its first records."""
        self.query = {"per_page": str(MANY), "full": "true"}
        page = await self.get(self._list(1))
        if page is None:
            # A strict feed refuses what it does not know: ask for no more than every feed must answer.
            self.query = {}
            page = await self.get(self._list(1))
        if page is None:
            raise SourceError(
                f"{self.host} has no {urlsplit(self._list(1)).path}: is this the address of a feed?"
            )
        records = _records(page, self.host)
        self.total = _number(page, "total_items", "totalElements")
        changes = False
        if ask_changes:
            answer = await self.get(self._list(1) + f"&modified_after={quote(FAR)}")
            changes = isinstance(answer, Mapping) and records != [] and not _records(answer, self.host)
        size = _number(page, "size") or len(records)
        return Honoured(
            full=not await self._shallow(records),
            modified_after=changes,
            page_size=len(records) <= MANY >= size,
        )

    def _list(self, number: int) -> str:
        return f"{self.base}/services?{urlencode({'page': str(number), **self.query})}"

    async def _page(self, number: int) -> Raw:
        found = await self.get(self._list(number))
        if isinstance(found, list):
            return {"contents": found, "total_pages": 1}
        if not isinstance(found, Mapping):
            raise SourceError(f"{self.host} has no page {number} of services, though it counted more")
        return found

    async def _shallow(self, records: list[Raw]) -> bool:
        """Whether the list leaves out what the record itself says: looked up on the first few, not believed."""
        for each in records[:3]:
            whole = await self._detail(each)
            if whole is not None and any(whole.get(part) and not each.get(part) for part in PARTS):
                return True
        return not all(each.get("organization") or each.get("organisation") for each in records)

    async def _detail(self, record: Raw) -> Raw | None:
        """The record itself; None where it has gone meanwhile."""
        found = await self.get(f"{self.base}/services/{quote(key(record), safe='')}")
        return found if isinstance(found, Mapping) else None

    async def get(self, address: str) -> Any:
        """The JSON at `address`; None for 404 and 410, and for 400 and 422: a parameter it does not know."""
        wait, said = self.pause, ""
        for attempt in range(TRIES):
            try:
                async with self.slots:
                    answer = await self.client.get(address)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise SourceError(f"{address} is not an address: {error}") from None
            except (httpx.HTTPError, httpx.StreamError) as error:
                said = f"does not answer ({type(error).__name__})"
            else:
                if answer.status_code in {400, 404, 410, 422}:
                    return None
                if answer.status_code < 300:
                    return _json(answer, self.host)
                said = f"answers {answer.status_code}"
                if answer.status_code < 500 and answer.status_code not in {408, 425, 429}:
                    break
                wait = max(wait, _retry_after(answer))
            if attempt + 1 < TRIES:
                await asyncio.sleep(wait * random.uniform(0.8, 1.2))
                wait = min(wait * 2, LONGEST_WAIT)
        raise SourceError(f"{self.host} {said} for {urlsplit(address).path}; nothing is changed")


def _json(answer: httpx.Response, host: str) -> Any:
    body = answer.content
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "broken JSON"
        raise SourceError(f"{host} answered {answer.url.path} with {kind} where JSON was promised") from None


def _records(page: Any, host: str) -> list[Raw]:
    if isinstance(page, list):
        return [each for each in page if isinstance(each, Mapping)]
    for name in LISTS:
        found = page.get(name) if isinstance(page, Mapping) else None
        if isinstance(found, list):
            return [each for each in found if isinstance(each, Mapping)]
    raise SourceError(f"{host} answered /services with no list of services")


def _number(page: Any, *names: str) -> int:
    if not isinstance(page, Mapping):
        return 0
    return next((page[name] for name in names if isinstance(page.get(name), int)), 0)


def _retry_after(answer: httpx.Response) -> float:
    try:
        return min(float(answer.headers.get("Retry-After", "0")), LONGEST_WAIT)
    except ValueError:
        return 5.0
