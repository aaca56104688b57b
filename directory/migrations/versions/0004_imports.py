"""what each feed last said of a service, and the runs of imports; triggers that keep their pace in bulk

Whatever truly changes a service stamps it with this transaction, so the old rows need not be compared once more,
and a service that is stamped already need not be locked once more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0010"
branch_labels = None
depends_on = None

QUIET = "'{last_seen,first_seen,missed_crawls,touched_by,version,changed_at,source_id}'::text[]"

NOTICED = """
create or replace function service_noticed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into removed (id, entity) select id, 'service' from old_rows
            on conflict (id) do update set removed_at = now();
        insert into search_change (service_id, seq) select id, nextval('search_seq') from old_rows order by id
            on conflict (service_id) do update set seq = excluded.seq;
        return null;
    end if;
    if tg_op = 'INSERT' and exists (select from removed) then
        delete from removed where id = any(select id from new_rows);
    end if;
    insert into search_change (service_id, seq)
        select id, nextval('search_seq') from new_rows where touched_by = this_transaction() order by id
        on conflict (service_id) do update set seq = excluded.seq;
    return null;
end $$
"""
CHANGED = f"""
create or replace function part_changed() returns trigger language plpgsql as $$
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
        'with changed as (%s), touched as (
             select service.id from service where service.id in (%s)
             and service.touched_by is distinct from this_transaction() order by id for update)
         update service set touched_by = this_transaction() from touched
         where service.id = touched.id and service.touched_by is distinct from this_transaction()',
        changed, tg_argv[0]);
    return null;
end $$
"""


def upgrade() -> None:
    op.execute(NOTICED)
    op.execute(CHANGED)
    op.create_table(
        "feed_record",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id"),
    )
    op.create_index(op.f("ix_feed_record_feed_id"), "feed_record", ["feed_id"], unique=False)
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("complete", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_import_run_feed_id"), "import_run", ["feed_id"], unique=False)


def downgrade() -> None:
    op.drop_table("import_run")
    op.drop_table("feed_record")
