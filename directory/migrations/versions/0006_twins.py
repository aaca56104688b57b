"""services that a person said are the same, and kinds confirmed here"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_record", sa.Column("kind_here", sa.String(), nullable=True))
    op.create_table(
        "service_twin",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("preferred_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.CheckConstraint("service_id < other_id", name="in_order"),
        sa.CheckConstraint("decision in ('same', 'apart')", name="decision"),
        sa.CheckConstraint(
            "(decision = 'same') = (preferred_id is not null) and preferred_id in (service_id, other_id)",
            name="preferred",
        ),
        sa.ForeignKeyConstraint(["other_id"], ["service.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", "other_id"),
    )
    op.create_index(op.f("ix_service_twin_other_id"), "service_twin", ["other_id"], unique=False)
    # Whatever is said of a pair, the index looks at both again.
    op.execute(
        "create function twins_changed() returns trigger language plpgsql as $$ declare pair record; begin"
        " pair := case when tg_op = 'DELETE' then old else new end;"
        " insert into search_change (service_id, seq)"
        " select id, nextval('search_seq') from unnest(array[pair.service_id, pair.other_id]) id order by id"
        " on conflict (service_id) do update set seq = excluded.seq;"
        " return null; end $$"
    )
    op.execute(
        "create trigger twins_changed after insert or update or delete on service_twin"
        " for each row execute function twins_changed()"
    )


def downgrade() -> None:
    op.drop_table("service_twin")
    op.execute("drop function twins_changed")
    op.drop_column("feed_record", "kind_here")
