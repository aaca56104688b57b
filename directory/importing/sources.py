"""Records out of a feed by its address: pages of the list, and the whole record where the list is shallow.

Everything is first written to a file beside the data (the spool): no transaction is open while a slow feed answers,
and a feed that dies half way leaves the directory as it was.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from directory import __version__
from directory.errors import SourceError
from directory.importing.shapes import Item

AT_ONCE = 5  # requests under way at a time: what the official validator does too
TRIES = 5
LONGEST_WAIT = 60.0  # seconds that a Retry-After is honoured for
MOST_PAGES = 20_000
MANY = 100  # records asked for in a page; a feed may give fewer
LISTS = ("contents", "content", "services", "items")
PARTS = ("service_at_locations", "locations", "contacts", "schedules", "regular_schedules", "phones",
         "service_areas", "attributes", "service_taxonomys", "cost_options", "eligibilitys", "languages")  # fmt: skip
Told = Callable[[int, int], None]
"""How many records are here, and how many the feed says there are."""
Raw = Mapping[str, Any]


def is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


async def fetch(
    address: str,
    spool: Path,
    told: Told = lambda done, total: None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    pause: float = 0.5,
) -> int:
    """Write every service of the feed at `address` to the file `spool`, a line each; returns how many.

    Raises SourceError, one line, where the feed does not answer, is no feed, or dies on the way. `pause` is the
    first wait in seconds before a request is tried again; each further one is twice as long.
    """
    async with _opened(address, transport, pause) as feed:
        return await feed.whole(spool, told)


def read_spool(spool: Path, address: str) -> Iterator[Item]:
    """The records that `fetch` wrote."""
    with spool.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            yield Item(f"{address}, record {number}", msgspec.json.decode(line))


@asynccontextmanager
async def _opened(
    address: str, transport: httpx.AsyncBaseTransport | None, pause: float
) -> AsyncIterator["Feed"]:
    base = address.partition("?")[0].rstrip("/").removesuffix("/services")
    async with httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(30, connect=10),
        limits=httpx.Limits(max_connections=AT_ONCE),
        follow_redirects=True,
        headers={"User-Agent": f"FlourishDirectory/{__version__}", "Accept": "application/json"},
    ) as client:
        yield Feed(base, client, pause)


class Feed:
    def __init__(self, base: str, client: httpx.AsyncClient, pause: float) -> None:
        self.base, self.client, self.pause = base, client, pause
        self.host = urlsplit(base).netloc
        self.slots = asyncio.Semaphore(AT_ONCE)

    async def whole(self, spool: Path, told: Told) -> int:
        first = await self._page(1)
        records = _records(first, self.host)
        total = _number(first, "total_items", "totalElements")
        shallow = await self._shallow(records)
        seen: set[str] = set()
        page = 1
        spool.parent.mkdir(parents=True, exist_ok=True)
        with spool.open("wb") as out:
            while records:
                fresh = [each for each in records if _key(each) not in seen]
                seen |= {_key(each) for each in fresh}
                if shallow:
                    fresh = [
                        each for each in await asyncio.gather(*map(self._detail, fresh)) if each is not None
                    ]
                out.writelines(msgspec.json.encode(each) + b"\n" for each in fresh)
                told(len(seen), max(total, len(seen)))
                last = _number(first, "total_pages", "totalPages")
                if page >= max(last, 1) or page >= MOST_PAGES:
                    break
                page += 1
                first = await self._page(page)
                records = _records(first, self.host)
        return len(seen)

    async def _page(self, number: int) -> Raw:
        address = f"{self.base}/services?page={number}&per_page={MANY}&full=true"
        found = await self.get(address)
        if found is None and number == 1:
            # A strict feed refuses what it does not know: ask for no more than every feed must answer.
            found = await self.get(f"{self.base}/services?page=1")
        if found is None:
            raise SourceError(
                f"{self.host} has no {urlsplit(address).path}: is this the base address of a feed?"
            )
        if isinstance(found, list):
            return {"contents": found, "total_pages": 1}
        if not isinstance(found, Mapping):
            raise SourceError(f"{self.host} answered /services with something that is no page of services")
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
        found = await self.get(f"{self.base}/services/{quote(_key(record), safe='')}")
        return found if isinstance(found, Mapping) else None

    async def get(self, address: str) -> Any:
        """The JSON at `address`; None for 404 and 410 (and 400: a parameter it does not know)."""
        wait, said = self.pause, ""
        for attempt in range(TRIES):
            try:
                async with self.slots:
                    answer = await self.client.get(address)
            except httpx.InvalidURL as error:
                raise SourceError(f"{address} is not an address: {error}") from None
            except httpx.HTTPError as error:
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
        return json.loads(body)
    except (ValueError, RecursionError):
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "broken JSON"
        raise SourceError(f"{host} answered {answer.url.path} with {kind} where JSON was promised") from None


def _records(page: Raw, host: str) -> list[Raw]:
    for name in LISTS:
        found = page.get(name)
        if isinstance(found, list):
            return [each for each in found if isinstance(each, Mapping)]
    raise SourceError(f"{host} answered /services with no list of services")


def _number(page: Raw, *names: str) -> int:
    return next((page[name] for name in names if isinstance(page.get(name), int)), 0)


def _key(record: Raw) -> str:
    return str(record.get("id"))


def _retry_after(answer: httpx.Response) -> float:
    try:
        return min(float(answer.headers.get("Retry-After", "0")), LONGEST_WAIT)
    except ValueError:
        return 5.0
