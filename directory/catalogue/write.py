"""Many services into the catalogue at once: COPY, then whole-set statements that touch only what differs.

An identical record changes no row, so its version stays and nothing is told to the search index; the triggers
of the tables do the rest.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import asyncpg
from msgspec import Struct

from directory.catalogue import hsds
from directory.catalogue.rows import (
    COLUMNS,
    PARENTS,
    ROOTS,
    TABLES,
    Flattener,
    Rows,
    Term,
    term_id,
    terms_of,
)
from directory.catalogue.shared import Shared
from directory.db import Connection
from directory.errors import Conflict
from directory.words import TAXONOMIES

_PARENT_TABLES = {f"{table}_id": table for table in TABLES}


class Stored(Struct, frozen=True):
    """How many services were new, differed, or were the same already."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(self.added + other.added, self.changed + other.changed, self.same + other.same)


async def store(
    connection: Connection,
    feed: str,
    services: Sequence[hsds.Service],
    *,
    sources: Mapping[str, str] | None = None,
    shared: Shared | None = None,
    begun: Callable[[], None] = lambda: None,
) -> Stored:
    """Insert or bring up to date, inside the caller's transaction; ids must be UUIDs, organizations whole.

    `sources` maps an id to what its feed calls the record, where that is not the id itself. Every part of a
    service that is not in its record goes. `shared` (see `sharing`) is carried from batch to batch of one transaction.
    `begun` is told when it is the database's turn to work. Raises Conflict where an id belongs to another feed.
    """
    if not services:
        return Stored()
    done = set() if shared is None else shared.seen(services, await _kept(connection, shared.marks(services)))
    await ensure_feed(connection, feed)
    terms = await _terms(connection, terms_of(services), shared)
    before = exists = await _existing(connection, feed, services)
    flat = _flatten(feed, services, exists, terms, sources or {}, (), done)
    begun()
    try:
        async with connection.transaction():
            await _copy_fresh(connection, flat.fresh)
    except asyncpg.UniqueViolationError:
        # A part's id is taken by another root's part: compare everything, which gives such parts ids of their own.
        exists = {*exists, *(root[0] for table in ROOTS for root in flat.fresh.tables[table])}
        flat = _flatten(feed, services, exists, terms, sources or {}, (), done)
    if flat.known:
        flat = await _stage(connection, flat, feed, services, exists, terms, sources or {}, done)
        await _merge(connection, flat.known)
    await _parents(connection, services)
    if shared is not None:
        await connection.execute(
            "insert into stored_now select unnest($1::bigint[]) on conflict do nothing",
            shared.keep(services, flat, exists),
        )
    known = {service.id for service in services} & before
    changed = await connection.fetchval(
        "select count(*) from service where id = any($1::uuid[]) and touched_by = this_transaction()",
        list(known),
    )
    return Stored(
        added=len({service.id for service in services}) - len(known),
        changed=changed,
        same=len(known) - changed,
    )


async def sharing(connection: Connection) -> Shared:
    """What the batches of the transaction that is open share; it goes with the transaction."""
    await connection.execute("create temporary table stored_now (mark bigint primary key) on commit drop")
    return Shared()


async def _kept(connection: Connection, marks: Sequence[int]) -> list[int]:
    found: list[int] = await connection.fetchval(
        "select coalesce(array_agg(mark), '{}') from stored_now where mark = any($1::bigint[])", marks
    )
    return found


async def ensure_feed(connection: Connection, feed: str, label: str = "", url: str = "") -> None:
    await connection.execute(
        "insert into feed (id, label, url, dialect, publisher, licence) values ($1, $2, $3, '', '', '')"
        " on conflict (id) do nothing",
        feed,
        label or feed,
        url,
    )


async def withdraw(connection: Connection, ids: Collection[str]) -> int:
    """Remove services for good; the triggers remember their ids. Returns how many there were."""
    done = await connection.execute("delete from service where id = any($1::uuid[])", list(ids))
    return _count(done)


async def prune(connection: Connection, feed: str) -> None:
    """Forget the feed's locations and organizations that nothing uses any more."""
    await connection.execute(
        "delete from location l where feed_id = $1"
        " and not exists (select 1 from service_at_location s where s.location_id = l.id)",
        feed,
    )
    await connection.execute(
        "delete from organization o where feed_id = $1"
        " and not exists (select 1 from service s where s.organization_id = o.id)"
        " and not exists (select 1 from organization c where c.parent_organization_id = o.id)",
        feed,
    )


async def store_terms(connection: Connection, wanted: Mapping[Term, hsds.TaxonomyTerm]) -> dict[Term, str]:
    """The id of each wanted term; a taxonomy or term that is not there yet is added. Existing ones stay."""
    if not wanted:
        return {}
    names = sorted({name for name, _ in wanted})
    await connection.executemany(
        "insert into taxonomy (id, name, description) values ($1, $2, $3) on conflict (name) do nothing",
        [(term_id((name, "")), name, _describe(name)) for name in names],
    )
    ids = await _term_ids(connection, names)
    missing = {key: term for key, term in wanted.items() if key not in ids}
    if missing:
        found = [
            (term_id(key), key[0], key[1], term.name, term.description, term.language, term.term_uri)
            for key, term in missing.items()
        ]
        await connection.execute(
            "insert into taxonomy_term (id, taxonomy_id, code, name, description, language, term_uri)"
            " select given.id, taxonomy.id, code, given.name, given.description, language, term_uri"
            " from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])"
            " given (id, taxonomy, code, name, description, language, term_uri)"
            " join taxonomy on taxonomy.name = given.taxonomy on conflict do nothing",
            *map(list, zip(*found, strict=True)),
        )
        await connection.executemany(
            "update taxonomy_term t set parent_id = p.id from taxonomy_term p"
            " where t.id = $1 and p.taxonomy_id = t.taxonomy_id and p.code = $2",
            [(term_id(key), term.parent_id) for key, term in missing.items() if term.parent_id],
        )
        ids = await _term_ids(connection, names)
    return {key: ids[key] for key in wanted if key in ids}


async def _terms(
    connection: Connection, wanted: Mapping[Term, hsds.TaxonomyTerm], shared: Shared | None
) -> dict[Term, str]:
    if shared is None:
        return await store_terms(connection, wanted)
    if missing := {key: term for key, term in wanted.items() if key not in shared.terms}:
        if len(shared.terms) > 50_000:
            shared.terms.clear()
            missing = dict(wanted)
        shared.terms |= await store_terms(connection, missing)
    return {key: shared.terms[key] for key in wanted if key in shared.terms}


async def _term_ids(connection: Connection, names: Iterable[str]) -> dict[Term, str]:
    found = await connection.fetch(
        "select x.name, t.code, t.id from taxonomy_term t join taxonomy x on x.id = t.taxonomy_id"
        " where x.name = any($1)",
        list(names),
    )
    return {(row[0], row[1]): str(row[2]) for row in found}


def _describe(taxonomy: str) -> str:
    return f"The {taxonomy} codes of this directory" if taxonomy in TAXONOMIES else f"Terms of {taxonomy}"


async def _existing(connection: Connection, feed: str, services: Sequence[hsds.Service]) -> set[str]:
    wanted = {
        "service": {service.id for service in services},
        "organization": {service.organization.id for service in services if service.organization},
        "location": {
            each.location.id for service in services for each in service.service_at_locations if each.location
        },
    }
    found: set[str] = set()
    for table, ids in wanted.items():
        records = await connection.fetch(
            f"select id, feed_id from {table} where id = any($1::uuid[])",  # noqa: S608
            list(ids),
        )
        for id_, owner in records:
            if owner != feed:
                raise Conflict(f"the {table} {id_} belongs to the source {owner}, not to {feed}")
            found.add(str(id_))
    return found


def _flatten(
    feed: str,
    services: Sequence[hsds.Service],
    exists: Collection[str],
    terms: Mapping[Term, str],
    sources: Mapping[str, str],
    taken: Collection[str],
    done: Collection[str],
) -> Flattener:
    flat = Flattener(feed, exists, terms, sources=sources, taken=taken)
    flat.done |= set(done)
    for service in services:
        flat.service(service)
    return flat


async def _copy_fresh(connection: Connection, rows: Rows) -> None:
    """Roots that are new, with all their parts: no part's trigger need look for a service that it changes."""
    await connection.execute("set local directory.fresh = on")
    for table in TABLES:
        if found := rows.tables[table]:
            await connection.copy_records_to_table(table, records=found, columns=COLUMNS[table])
    await connection.execute("set local directory.fresh = off")


async def _stage(
    connection: Connection,
    flat: Flattener,
    feed: str,
    services: Sequence[hsds.Service],
    exists: Collection[str],
    terms: Mapping[Term, str],
    sources: Mapping[str, str],
    done: Collection[str],
) -> Flattener:
    """Put the known rows into temporary tables and take away what is no longer said. Ids of others' parts are
    changed for our own first, so that nothing of theirs is touched."""
    await _copy_staged(connection, flat.known)
    if taken := await _taken(connection, flat.known):
        flat = _flatten(feed, services, exists, terms, sources, taken, done)
        await _copy_staged(connection, flat.known)
    await _delete_unsaid(connection, flat.known)
    return flat


async def _copy_staged(connection: Connection, rows: Rows) -> None:
    made = await connection.fetchval("select to_regclass('pg_temp.in_service') is not null")
    await connection.execute(_TRUNCATE if made else _CREATE)
    for table in TABLES:
        if found := rows.tables[table]:
            await connection.copy_records_to_table(f"in_{table}", records=found, columns=COLUMNS[table])


async def _delete_unsaid(connection: Connection, rows: Rows) -> None:
    statements = [
        f"delete from {table} t using in_{_PARENT_TABLES[column]} p where t.{column} = p.id"  # noqa: S608
        f" and not exists (select 1 from in_{table} s where s.id = t.id and {_same(parents, 's', 't')})"
        f"{_KEPT if table == 'attribute' else ''}"
        for table, parents in PARENTS.items()
        for column in (parents if table != "service_at_location" else ("service_id",))
        if rows.tables[_PARENT_TABLES[column]]
    ]
    if rows.tables["attribute"]:
        # The feed says now what was suggested here, or says it under another id: its own row takes the place.
        statements.append(
            "delete from attribute t using in_attribute s where t.service_id = s.service_id"
            " and t.taxonomy_term_id = s.taxonomy_term_id and t.id <> s.id"
        )
    await connection.execute(";".join(statements))


async def _taken(connection: Connection, rows: Rows) -> set[str]:
    checks = [
        f"select s.id from in_{table} s join {table} t using (id) where not ({_owned(table, 't')})"  # noqa: S608
        for table in PARENTS
        if rows.tables[table]
    ]
    if not checks:
        return set()
    # Not a prepared statement: the temporary tables are new ones in each transaction.
    found = await connection.fetchval(
        "select coalesce(json_agg(id), '[]')::text from (" + " union all ".join(checks) + ") taken(id)"  # noqa: S608
    )
    return set(json.loads(found))


async def _merge(connection: Connection, rows: Rows) -> None:
    statements = []
    for table in TABLES:
        if not rows.tables[table]:
            continue
        own = [column for column in COLUMNS[table] if column not in {"id", "feed_id", "last_modified"}]
        if table not in ROOTS:
            own = [column for column in own if column not in PARENTS[table]]
        differs = f"({_list(own, 't')}) is distinct from ({_list(own, 's')})"
        sets = ", ".join(f"{column} = s.{column}" for column in own)
        if table == "service":
            sets += ", last_modified = coalesce(s.last_modified, t.last_modified)"
            differs += " or t.last_modified <> s.last_modified"
        statements += [
            f"update {table} t set {sets} from in_{table} s where t.id = s.id and ({differs})",  # noqa: S608
            f"insert into {table} ({_list(COLUMNS[table])}) select {_list(COLUMNS[table])} from in_{table} s"  # noqa: S608
            f" where not exists (select 1 from {table} t where t.id = s.id)",
        ]
    await connection.execute(";".join(statements))


async def _parents(connection: Connection, services: Sequence[hsds.Service]) -> None:
    """Link organizations to their parents, last: a parent may come in the same load, or never."""
    pairs = {
        (service.organization.id, service.organization.parent_organization_id)
        for service in services
        if service.organization and service.organization.parent_organization_id
    }
    if pairs:
        await connection.executemany(
            "update organization set parent_organization_id = p.id from (select id from organization"
            " where id = $2::uuid) p where organization.id = $1::uuid and parent_organization_id is distinct from p.id",
            sorted(pairs),
        )


def _owned(table: str, alias: str) -> str:
    """SQL: whether a row belongs, over whatever parents, to an organization, location or service of this load."""
    ways = []
    for column in PARENTS[table]:
        parent = _PARENT_TABLES[column]
        if parent in ROOTS:
            ways.append(f"{alias}.{column} in (select id from in_{parent})")  # noqa: S608
        else:
            inner = f"{alias}_{parent}"
            ways.append(
                f"exists (select from {parent} {inner} where {inner}.id = {alias}.{column}"
                f" and ({_owned(parent, inner)}))"
            )
    # A service at a location is the service's; the location does not say which services are there.
    return f"coalesce({ways[0]}, false)" if table == "service_at_location" else _either(ways)


def _either(ways: Sequence[str]) -> str:
    return " or ".join(f"coalesce({way}, false)" for way in ways)


def _list(columns: Iterable[str], alias: str = "") -> str:
    return ", ".join(f"{alias}.{column}" if alias else column for column in columns)


def _same(columns: Sequence[str], left: str, right: str) -> str:
    return " and ".join(f"{left}.{column} is not distinct from {right}.{column}" for column in columns)


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])


# Tags that were suggested or confirmed here are not the feed's to take away.
_KEPT = " and t.link_type is distinct from 'suggested here' and t.link_type is distinct from 'confirmed here'"
_CREATE = ";".join(
    f"create temporary table in_{table} on commit drop as select {_list(COLUMNS[table])} from {table} with no data"  # noqa: S608
    for table in TABLES
)
_TRUNCATE = "truncate " + ", ".join(f"in_{table}" for table in TABLES)
