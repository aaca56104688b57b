"""what each feed last said of a service, and the runs of imports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
