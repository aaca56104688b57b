"""what keeps a service's version, its search document and the change feed true

A statement on any part of a service raises that service's version once a transaction, sets `last_modified` and
`changed_at`, and leaves a row in `search_change`. The triggers work on whole statements, so that bulk loads stay fast.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Bookkeeping that no reader sees: a change to these alone is no change.
QUIET = "'{last_seen,first_seen,missed_crawls,touched_by,version,changed_at,source_id}'::text[]"

FUNCTIONS = f"""
create sequence search_seq;

create function this_transaction() returns bigint language sql stable as
$$ select pg_current_xact_id()::text::bigint $$;

create function service_stamped() returns trigger language plpgsql as $$
declare
    here bigint := this_transaction();
begin
    if tg_op = 'INSERT' then
        new.touched_by := here;
        new.changed_at := now();
        new.last_modified := coalesce(new.last_modified, now());
        return new;
    end if;
    if new.touched_by is distinct from old.touched_by
       or to_jsonb(new) - {QUIET} is distinct from to_jsonb(old) - {QUIET} then
        new.touched_by := here;
        if old.touched_by is distinct from here then
            new.version := old.version + 1;
            new.changed_at := now();
            if new.last_modified is not distinct from old.last_modified then
                new.last_modified := now();
            end if;
        end if;
    end if;
    return new;
end $$;

create function service_noticed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into removed (id, entity) select id, 'service' from old_rows
            on conflict (id) do update set removed_at = now();
        insert into search_change (service_id, seq) select id, nextval('search_seq') from old_rows order by id
            on conflict (service_id) do update set seq = excluded.seq;
    elsif tg_op = 'INSERT' then
        delete from removed r using new_rows n where r.id = n.id;
        insert into search_change (service_id, seq) select id, nextval('search_seq') from new_rows order by id
            on conflict (service_id) do update set seq = excluded.seq;
    else
        insert into search_change (service_id, seq)
            select n.id, nextval('search_seq') from new_rows n join old_rows o using (id)
            where n.version <> o.version or n.touched_by is distinct from o.touched_by or n.touched_by = this_transaction()
            order by n.id
            on conflict (service_id) do update set seq = excluded.seq;
    end if;
    return null;
end $$;

create function part_changed() returns trigger language plpgsql as $$
declare
    changed text;
begin
    if tg_op = 'INSERT' then
        changed := 'select * from new_rows';
    elsif tg_op = 'DELETE' then
        changed := 'select * from old_rows';
    else
        changed := $q$
            with moved as (
                select id from new_rows n join old_rows o using (id)
                where to_jsonb(n) - {QUIET} is distinct from to_jsonb(o) - {QUIET})
            select n.* from new_rows n join moved using (id)
            union all select o.* from old_rows o join moved using (id) $q$;
    end if;
    execute format(
        'with changed as (%s), touched as (select service.id from service where service.id in (%s) order by id for update)
         update service set touched_by = this_transaction() from touched
         where service.id = touched.id and service.touched_by is distinct from this_transaction()',
        changed, tg_argv[0]);
    return null;
end $$;
"""

DIRECT = "select service_id from changed where service_id is not null"
AT_LOCATION = (
    """select sal.service_id from changed join service_at_location sal on sal.id = service_at_location_id"""
)
LOCATION = "select sal.service_id from changed join service_at_location sal using (location_id)"
ORGANIZATION = "select s.id from changed join service s using (organization_id)"

PARTS: dict[str, list[str]] = {
    "service_at_location": [DIRECT],
    "cost_option": [DIRECT],
    "attribute": [DIRECT, LOCATION, ORGANIZATION],
    "service_area": [DIRECT, AT_LOCATION],
    "schedule": [DIRECT, AT_LOCATION, LOCATION],
    "contact": [DIRECT, AT_LOCATION, LOCATION, ORGANIZATION],
    "phone": [
        DIRECT,
        AT_LOCATION,
        LOCATION,
        ORGANIZATION,
        "select c.service_id from changed join contact c on c.id = contact_id where c.service_id is not null",
        "select s.id from changed join contact c on c.id = contact_id join service s on s.organization_id = c.organization_id",
        "select sal.service_id from changed join contact c on c.id = contact_id"
        " join service_at_location sal on sal.location_id = c.location_id or sal.id = c.service_at_location_id",
    ],
    "language": [
        DIRECT,
        LOCATION,
        "select p.service_id from changed join phone p on p.id = phone_id where p.service_id is not null",
    ],
    "funding": [DIRECT, ORGANIZATION],
    "address": [LOCATION],
    "accessibility": [LOCATION],
    "location": [
        "select sal.service_id from changed join service_at_location sal on sal.location_id = changed.id"
    ],
    "organization": ["select s.id from changed join service s on s.organization_id = changed.id"],
    "organization_identifier": [ORGANIZATION],
    "taxonomy_term": [
        "select a.service_id from changed join attribute a on a.taxonomy_term_id = changed.id"
        " where a.service_id is not null"
    ],
}
EVENTS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}


def upgrade() -> None:
    for statement in FUNCTIONS.strip().split("\n\ncreate "):
        op.execute(statement if statement.startswith("create") else f"create {statement}")
    op.execute(
        "create trigger stamped before insert or update on service for each row execute function service_stamped()"
    )
    for event, tables in EVENTS.items():
        op.execute(
            f"create trigger noticed_{event} after {event} on service {tables}"
            " for each statement execute function service_noticed()"
        )
        for part, queries in PARTS.items():
            services = " union ".join(queries).replace("'", "''")
            op.execute(
                f"create trigger part_{event} after {event} on {part} {tables}"
                f" for each statement execute function part_changed('{services}')"
            )


def downgrade() -> None:
    for event in EVENTS:
        for part in ("service", *PARTS):
            name = "noticed" if part == "service" else "part"
            op.execute(f"drop trigger {name}_{event} on {part}")
    op.execute("drop trigger stamped on service")
    for function in ("part_changed", "service_noticed", "service_stamped", "this_transaction"):
        op.execute(f"drop function {function}")
    op.execute("drop sequence search_seq")
