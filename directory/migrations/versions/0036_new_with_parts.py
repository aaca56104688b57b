"""storing a new service with its parts costs less: its triggers need not look for it, its indexes hold what is there

What stores services that are new with all their parts says so for the statements that it is true of
(`directory.fresh`, see catalogue/write.py): each is marked as new in this transaction already, and the triggers of its
parts would only look it up again. A part has one parent of several: the index of each parent holds its own parts
alone. What a unique index begins with has no index of its own.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# Bookkeeping that no reader sees: a change to these alone is no change.
QUIET = "'{last_seen,first_seen,missed_crawls,touched_by,version,changed_at,source_id}'::text[]"
CHANGED = f"""
create or replace function part_changed() returns trigger language plpgsql as $$
declare
    changed text;
begin
    %s
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
        'with changed as (%%s), touched as (
             select service.id from service where service.id in (%%s)
             and service.touched_by is distinct from this_transaction() order by id for update)
         update service set touched_by = this_transaction() from touched
         where service.id = touched.id and service.touched_by is distinct from this_transaction()',
        changed, tg_argv[0]);
    return null;
end $$
"""
FRESH = """if tg_op = 'INSERT' and current_setting('directory.fresh', true) = 'on' then
        return null;
    end if;"""

SEVERAL_PARENTS = {
    "contact": ("service_id", "organization_id", "location_id", "service_at_location_id"),
    "phone": ("service_id", "organization_id", "location_id", "service_at_location_id", "contact_id"),
    "language": ("service_id", "location_id", "phone_id"),
    "schedule": ("service_id", "location_id", "service_at_location_id"),
    "service_area": ("service_id", "service_at_location_id"),
    "funding": ("service_id", "organization_id"),
    "attribute": ("organization_id", "location_id"),
}
TWICE = (
    ("service", "feed_id"),
    ("organization", "feed_id"),
    ("location", "feed_id"),
    ("attribute", "service_id"),
    ("service_at_location", "service_id"),
)


def upgrade() -> None:
    op.execute(CHANGED % FRESH)
    for table, columns in SEVERAL_PARENTS.items():
        for column in columns:
            op.execute(f"drop index ix_{table}_{column}")
            op.execute(f"create index ix_{table}_{column} on {table} ({column}) where {column} is not null")
    for table, column in TWICE:
        op.execute(f"drop index ix_{table}_{column}")


def downgrade() -> None:
    for table, column in TWICE:
        op.execute(f"create index ix_{table}_{column} on {table} ({column})")
    for table, columns in SEVERAL_PARENTS.items():
        for column in columns:
            op.execute(f"drop index ix_{table}_{column}")
            op.execute(f"create index ix_{table}_{column} on {table} ({column})")
    op.execute(CHANGED % "")
