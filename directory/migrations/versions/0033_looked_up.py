"""new requests in the order of their queue; likeness found in an index alone"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """create index request_worklist_new on request ((safeguarding and safeguarding_read_at is null) desc,
             due_at asc nulls last, created_at, id) where state = 'received'"""
    )
    op.execute("drop index request_index_digest")
    op.execute("create index request_index_digest on request_index (digest, kind, request_id)")


def downgrade() -> None:
    op.execute("drop index request_index_digest")
    op.execute("create index request_index_digest on request_index (digest)")
    op.execute("drop index request_worklist_new")
