"""The engine that a directory outgrows into: one Meilisearch server, any number of application processes.

The server holds the documents and says which of them hold a word; columns and rank are those of the embedded engine.
Every call of the client blocks, so each runs in a thread. An index is known by one stable name; a rebuild makes another
beside it, under a versioned name, and swaps the two.
"""

import asyncio
import base64
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

import meilisearch
import numpy as np
from meilisearch.errors import MeilisearchApiError, MeilisearchError

from directory.errors import Unavailable
from directory.search import document as documents
from directory.search.columns import FIELDS
from directory.search.evaluate import evaluate
from directory.search.filling import columns, merged
from directory.search.misses import Misses
from directory.search.postings import Rows, Snapshot
from directory.search.prepared import Put, prepared
from directory.search.shapes import Answer, Ask, Status
from directory.search.text import words
from directory.search.weights import meilisearch_settings
from directory.telemetry import log

LOOK = 0.5  # seconds between looks for what another process wrote
_TASK = 120_000  # milliseconds that a task of the server may take
_PAGE = 5_000
_MOST = 1_000_000
T = TypeVar("T")


class Meilisearch:
    """`prefix` tells several directories on one server apart."""

    def __init__(self, url: str, key: str = "", *, prefix: str = "directory") -> None:
        self.misses = Misses()
        self.name = f"{prefix}-v{documents.VERSION}"
        self._client = meilisearch.Client(url, key or None, timeout=20)
        self._writing = asyncio.Lock()
        self._loading = asyncio.Lock()
        self._read: Any = None  # what the server said of the index when the snapshot was taken
        self._words: dict[int, frozenset[str]] = {}  # stamp -> words of that service
        self._snapshot: Snapshot | None = None
        self._away = False  # since a call failed, until one that looks at the index succeeds

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Meilisearch"]:
        with contextlib.suppress(Unavailable):
            await self._follow_once()
        task = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def ping(self) -> None:
        if not await self._call(self._client.is_healthy):
            raise Unavailable("the search server is away")
        if self._snapshot is None:
            raise Unavailable("the search index is being built")

    async def status(self) -> Status:
        version = (await self._call(self._client.get_version))["pkgVersion"]
        await self._follow_once()
        return Status(
            engine="meilisearch",
            version=str(version),
            generation=self.name,
            documents=len(self._snapshot.columns) if self._snapshot else 0,
            empty=self._snapshot is None,
        )

    async def search(self, ask: Ask) -> Answer:
        snapshot = self._there()
        text = None
        if ask.words:
            text = await self._call(lambda: snapshot.text(ask))
        return evaluate(snapshot.columns, ask, text)

    async def spelt(self, listed: Sequence[str]) -> dict[str, str]:
        return self._there().lexicon.spelt(listed)

    async def suggest(self, text: str, most: int) -> list[str]:
        return self._there().suggest(text, most)

    async def running_out(self, minute: int, most: int) -> list[str]:
        return self._snapshot.columns.running_out(minute, most) if self._snapshot else []

    async def change(self, put: Put, delete: Sequence[str]) -> None:
        async with self._writing:
            await self._call(lambda: self._change(put, delete))
            await self._follow_once()

    @contextlib.asynccontextmanager
    async def rebuild(self) -> AsyncIterator["Beside"]:
        async with self._writing:
            name = f"{self.name}-{time.time_ns():x}"
            await self._call(lambda: self._create(name))
            try:
                yield Beside(self, name)
                await self._call(lambda: self._swap(name))
            finally:
                await self._call(lambda: self._drop(name))
            await self._follow_once()

    async def _add(self, name: str, put: Put) -> None:
        await self._call(lambda: self._wait(self._client.index(name).add_documents(_stored(put))))

    def _there(self) -> Snapshot:
        # What is in memory would answer some questions, and each with less and less of the truth.
        if self._snapshot is None or self._away:
            raise Unavailable("the search server is away, or its index is being built")
        return self._snapshot

    async def _call(self, function: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(function)
        except MeilisearchError as error:
            self._away = self._away or not isinstance(error, MeilisearchApiError)
            raise Unavailable(
                "the search server is away or refuses us; try again in a few seconds"
            ) from error

    async def _follow(self) -> None:
        away = False
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self._follow_once()
                away = False
            except Unavailable:
                if not away:
                    log.warning("the search server is away; trying again")
                away = True

    async def _follow_once(self) -> None:
        async with self._loading:
            await self._call(self._look)
            self._away = False

    # What follows blocks, in a thread.

    def _change(self, put: Put, delete: Sequence[str]) -> None:
        if self._info() is None:
            self._create(self.name)
        index = self._client.index(self.name)
        if put:
            self._wait(index.add_documents(_stored(put)))
        if delete:
            listed = ", ".join(f'"{each}"' for each in delete)
            self._wait(index.delete_documents(filter=f"id IN [{listed}]"))

    def _create(self, name: str) -> None:
        self._wait(self._client.create_index(name, {"primaryKey": "id"}))
        self._wait(self._client.index(name).update_settings(meilisearch_settings()))

    def _swap(self, name: str) -> None:
        if self._info() is None:
            self._create(self.name)
        self._wait(self._client.swap_indexes([{"indexes": [self.name, name]}]))

    def _drop(self, name: str) -> None:
        with contextlib.suppress(MeilisearchApiError):
            self._wait(self._client.index(name).delete())

    def _wait(self, task: Any) -> None:
        done = self._client.wait_for_task(task.task_uid, timeout_in_ms=_TASK, interval_in_ms=10)
        if done.status != "succeeded":
            raise Unavailable(
                f"the search server could not do its task: {(done.error or {}).get('code', '')}"
            )

    def _info(self) -> Any:
        try:
            found = self._client.get_raw_index(self.name)
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                return None
            raise
        return found["createdAt"], found["updatedAt"]

    def _look(self) -> None:
        """Take a snapshot where the index is not as it was. One that moves meanwhile is looked at again next time."""
        info = self._info()
        if info == self._read and (info is None) == (self._snapshot is None):
            return
        if info is None:
            self._snapshot, self._read, self._words = None, None, {}
            return
        before = self._snapshot
        old = before.columns if before else columns([])
        listed = self._documents({"fields": ["stamp"]})
        stamps = np.array(sorted(each["stamp"] for each in listed), dtype=np.int64)
        missing = stamps[~np.isin(stamps, old.stamps)].tolist()
        new = [
            (int(each["stamp"]), documents.decode(base64.b64decode(each["document"])))
            for start in range(0, len(missing), 1_000)
            for each in self._documents(
                {"fields": ["stamp", "document"], "filter": f"stamp IN {missing[start : start + 1_000]}"}
            )
        ]
        if self._info() != info or len(new) != len(missing):
            return
        keep = np.isin(old.stamps, stamps)
        made = columns(new)
        if len(new) and len(old) and made.stamps[0] < old.stamps.max():
            # Another process's clock is behind: take all anew, so that rows stay in order of stamps.
            self._snapshot, self._read = None, None
            return
        self._words = {stamp: self._words[stamp] for stamp in old.stamps[keep].tolist()} | {
            stamp: frozenset(words(" ".join(one.text.values()))) for stamp, one in new
        }
        known: dict[str, int] = {}
        for held in self._words.values():
            for word in held:
                known[word] = known.get(word, 0) + 1
        snapshot = Snapshot(merged(old, keep, made), known, self._holders, before)
        snapshot.columns.warm()  # here, in a thread, and not at the next search
        self._snapshot = snapshot
        self._read = info

    def _documents(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        index = self._client.index(self.name)
        while True:
            page = index.get_documents({**asked, "limit": _PAGE, "offset": len(found)})
            found += [
                each.model_dump() if hasattr(each, "model_dump") else dict(each) for each in page.results
            ]
            if len(found) >= page.total or not page.results:
                return found

    def _holders(self, wanted: Sequence[str]) -> dict[str, list[tuple[int, Rows]]]:
        asked = [
            {
                "indexUid": self.name,
                "q": f'"{word}"',  # a phrase of one word: the word itself, no beginning of another
                "attributesToSearchOn": [name],
                "attributesToRetrieve": ["stamp"],
                "sort": ["stamp:asc"],
                "limit": _MOST,
            }
            for word in wanted
            for name in FIELDS
        ]
        answers = self._client.multi_search(asked)["results"]
        found: dict[str, list[tuple[int, Rows]]] = {word: [] for word in wanted}
        for number, answer in enumerate(answers):
            if answer["hits"]:
                stamps = np.array([hit["stamp"] for hit in answer["hits"]], dtype=np.int64)
                found[wanted[number // len(FIELDS)]].append((number % len(FIELDS), stamps))
        return found


class Beside:
    """An index in the making."""

    def __init__(self, engine: Meilisearch, name: str) -> None:
        self._engine, self._name = engine, name

    async def add(self, documents: Put) -> None:
        await self._engine._add(self._name, documents)


def _stored(put: Put) -> list[dict[str, Any]]:
    stamp = time.time_ns() // 1_000  # microseconds: JSON carries whole numbers up to 2**53
    return [
        {
            "id": each.id,
            "stamp": stamp + number,
            "document": base64.b64encode(each.data).decode(),
            **dict(zip(FIELDS, each.words, strict=True)),
        }
        for number, each in enumerate(prepared(put))
    ]
