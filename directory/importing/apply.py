"""One run of an import: read, clean, plan, and, unless it is a dry run, apply, all in one locked transaction.

Whatever goes wrong on the way rolls everything back: a run is done or it has not happened.
"""

import contextlib
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice

import asyncpg
import msgspec

from directory.catalogue.shared import Shared
from directory.catalogue.write import ensure_feed, prune, sharing, store, withdraw
from directory.db import Connection, Database, lock_key
from directory.errors import Conflict, SourceError
from directory.importing.clean import Cleaner, Raw
from directory.importing.forward import Forward
from directory.importing.plan import CRAWLS, plan, withdrawals
from directory.importing.report import Tally
from directory.importing.shapes import Cleaned, Item, Report
from directory.importing.tags import Tags
from directory.importing.vocabulary import load_vocabulary, vocabulary
from directory.search.ahead import Ahead

BATCH = 1000


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a run goes. `crawls`: complete runs that a record may miss; `complete`: the source holds all there is."""

    dry_run: bool = False
    complete: bool = True
    crawls: int = CRAWLS
    allow_withdrawals: bool = False
    label: str = ""
    url: str = ""


async def run(
    database: Database,
    feed: str,
    source: str,
    items: Iterable[Item],
    options: Options,
    *,
    organizations: dict[str, Raw] | None = None,
    terms: dict[str, Raw] | None = None,
    told: Callable[[int], None] = lambda done: None,
    remarks: Iterable[str] = (),
    may_be_empty: bool = False,
    ahead: Ahead | None = None,
) -> Report:
    """Import `items` as the records of `feed`. Raises SourceError where the source fails; then nothing has changed.

    `organizations` and `terms` are what the source lists apart from its services, by its own ids. A source with no
    record at all is taken for broken unless it `may_be_empty`. `ahead` makes the documents of the search meanwhile.
    """
    started = time.monotonic()
    async with unhurried(database) as connection, _fewer_collections():
        if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", lock_key(f"import {feed}")):
            raise Conflict(f"another import of {feed} is running")
        job = Run(connection, feed, source, options, organizations or {}, terms or {}, ahead)
        report = await job.whole(items, told, may_be_empty)
        report.remarks = [*remarks, *report.remarks]
        report.seconds = round(time.monotonic() - started, 2)
        if not options.dry_run:
            await connection.execute(
                "insert into import_run (feed_id, complete, report) values ($1, $2, $3)",
                feed,
                report.complete,
                msgspec.json.encode(report).decode(),
            )
            if ahead is not None:
                await ahead.ready(connection, job.shared.compared)
    return report


@contextlib.asynccontextmanager
async def unhurried(database: Database) -> AsyncIterator[Connection]:
    """One transaction on a connection of its own, where a statement may take as long as a great feed needs."""
    connection = await asyncpg.connect(database.url, timeout=5)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def _fewer_collections() -> AsyncIterator[None]:
    """Raw records are many short-lived dicts without rings: looking for rings among them would take half the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Run:
    def __init__(
        self,
        connection: Connection,
        feed: str,
        source: str,
        options: Options,
        organizations: dict[str, Raw],
        terms: dict[str, Raw],
        ahead: Ahead | None = None,
    ) -> None:
        self.ahead = ahead
        self.connection, self.feed, self.options = connection, feed, options
        self.report = Report(source=source, feed=feed, dry_run=options.dry_run, complete=options.complete)
        self.tally = Tally()
        self.shared = Shared()
        tags = Tags(feed, vocabulary(), terms=terms)
        self.cleaner = Cleaner(feed, tags, organizations)
        self.mender = Cleaner(feed, tags, organizations)  # for records whose ids another feed had first

    async def whole(self, items: Iterable[Item], told: Callable[[int], None], may_be_empty: bool) -> Report:
        batches = _batches(items)
        # While the database stores one batch, a thread reads and cleans the next.
        async with Forward(lambda: self._next(batches)) as reader:
            reader.begin()
            before = await self._begin()
            while batch := await reader.take():
                await self._batch(batch, reader.begin)
                told(self.report.read)
        if self.report.read == 0 and before and not may_be_empty:
            raise SourceError(
                f"{self.report.source} holds no record, but {self.feed} had {before}: nothing is changed"
            )
        await self._missing(before)
        if not self.options.dry_run:
            await self._finish()
        report = self.report
        report.dialect = max(
            self.cleaner.dialects, key=self.cleaner.dialects.__getitem__, default="no record"
        )
        report.quarantined, report.quarantined_count = self.tally.quarantined, self.tally.count
        report.findings = self.tally.findings()
        return report

    async def _begin(self) -> int:
        """How many services the feed has before the run."""
        if not self.options.dry_run:
            await ensure_feed(self.connection, self.feed, self.options.label, self.options.url)
            await load_vocabulary(self.connection)
        self.shared = await sharing(self.connection)
        await self.connection.execute("create temporary table seen_now (id uuid primary key) on commit drop")
        return int(
            await self.connection.fetchval("select count(*) from service where feed_id = $1", self.feed)
        )

    def _next(self, batches: Iterator[list[Item]]) -> list[tuple[Item, Cleaned]]:
        return [(item, self.cleaner.clean(item)) for item in next(batches, ())]

    async def _batch(self, batch: list[tuple[Item, Cleaned]], begun: Callable[[], None]) -> None:
        self.report.read += len(batch)
        records = await self._own(batch)
        stored = {
            str(row[0]): row[1]
            for row in await self.connection.fetch(
                "select service_id, fingerprint from feed_record where service_id = any($1::uuid[])",
                [record.service.id for record in records if record.service],
            )
        }
        ids = [record.service.id for record in records if record.service]
        known = await self.connection.fetchval(
            "select coalesce(array_agg(id::text), '{}') from seen_now where id = any($1::uuid[])", ids
        )
        found, prints = plan(stored, records, set(known))
        await self.connection.execute(
            "insert into seen_now select distinct unnest($1::uuid[]) on conflict do nothing", ids
        )
        for record in found.refuse:
            self.tally.refuse(record, record.reasons)
        for record in found.twice:
            self.tally.refuse(record, ["has the id of an earlier record of this source; that one is kept"])
        wanted = [*found.add, *found.change]
        for record in (*wanted, *found.same):
            self.tally.notes(record)
        refused = set() if self.options.dry_run else await self._store(wanted, prints, begun)
        self.report.added += sum(1 for record in found.add if _id(record) not in refused)
        self.report.changed += sum(1 for record in found.change if _id(record) not in refused)
        self.report.same += len(found.same)

    async def _own(self, batch: list[tuple[Item, Cleaned]]) -> list[Cleaned]:
        """The batch's records; ids that another feed had first are replaced by ones of our own."""
        ids = {id_ for _, record in batch for id_ in record.sources}
        foreign = {
            str(row[0])
            for row in await self.connection.fetch(
                "select id from service where id = any($1::uuid[]) and feed_id <> $2"
                " union all select id from organization where id = any($1::uuid[]) and feed_id <> $2"
                " union all select id from location where id = any($1::uuid[]) and feed_id <> $2",
                list(ids),
                self.feed,
            )
        }
        if not foreign:
            return [record for _, record in batch]
        mender = self.mender
        mender.foreign |= foreign
        return [mender.clean(item) if foreign & record.sources.keys() else record for item, record in batch]

    async def _store(
        self, wanted: list[Cleaned], prints: dict[str, bytes], begun: Callable[[], None]
    ) -> set[str]:
        """Store the batch; where the database refuses it, record by record. Returns the ids it refused."""
        try:
            async with self.connection.transaction():
                await self._stored(wanted, prints, begun)
            if self.ahead is not None:
                await self.ahead.put(self.shared.settled)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            self.shared.forget()
            if len(wanted) == 1:
                self.tally.refuse(wanted[0], [f"is refused by the database: {error}"])
                return {_id(wanted[0])}
            refused: set[str] = set()
            for record in wanted:
                refused |= await self._store([record], prints, begun)
            return refused
        return set()

    async def _stored(
        self, wanted: list[Cleaned], prints: dict[str, bytes], begun: Callable[[], None]
    ) -> None:
        services = [record.service for record in wanted if record.service]
        self.shared.settled = []
        sources = {id_: source for record in wanted for id_, source in record.sources.items()}
        await store(self.connection, self.feed, services, sources=sources, shared=self.shared, begun=begun)
        ids = [service.id for service in services]
        await self.connection.execute(
            "insert into feed_record (service_id, feed_id, fingerprint)"
            " select id, $1, fingerprint from unnest($2::uuid[], $3::bytea[]) r (id, fingerprint)"
            " on conflict (service_id) do update set fingerprint = excluded.fingerprint",
            self.feed,
            ids,
            [prints[id_] for id_ in ids],
        )
        await self.connection.execute(
            "update service s set kind = r.kind_here from feed_record r where r.service_id = s.id"
            " and r.kind_here is not null and s.kind is null and s.id = any($1::uuid[])",
            ids,
        )

    async def _missing(self, total: int) -> None:
        missing = {
            str(row[0]): row[1]
            for row in await self.connection.fetch(
                "select id, missed_crawls from service where feed_id = $1"
                " and not exists (select from seen_now where seen_now.id = service.id)",
                self.feed,
            )
        }
        found = withdrawals(
            missing,
            total,
            complete=self.options.complete,
            crawls=self.options.crawls,
            allow=self.options.allow_withdrawals,
        )
        if found.refused:
            raise SourceError(f"{found.refused}; nothing is changed")
        self.report.withdrawn, self.report.missing = len(found.withdraw), len(found.wait)
        if not self.options.dry_run:
            await withdraw(self.connection, found.withdraw)
            await self.connection.execute(
                "update service set missed_crawls = missed_crawls + 1 where id = any($1::uuid[])", found.wait
            )

    async def _finish(self) -> None:
        await prune(self.connection, self.feed)
        await self.connection.execute(
            "update service set last_seen = now(), missed_crawls = 0 where feed_id = $1"
            " and (missed_crawls > 0 or last_seen < now() - interval '1 hour')"
            " and exists (select from seen_now where seen_now.id = service.id)",
            self.feed,
        )
        await self.connection.execute(
            "update feed set last_run = now(), dialect = $2, url = coalesce(nullif($4, ''), url),"
            " last_complete = case when $3 then now() else last_complete end where id = $1",
            self.feed,
            max(self.cleaner.dialects, key=self.cleaner.dialects.__getitem__, default=""),
            self.options.complete,
            self.options.url,
        )


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    waiting = iter(items)
    size = BATCH // 4 or BATCH  # the database waits for the first
    while batch := list(islice(waiting, size)):
        yield batch
        size = BATCH


def _id(record: Cleaned) -> str:
    return record.service.id if record.service else ""
