"""indexes in the order of the worklists, so that a page of a queue reads that page alone"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, of in (
        ("request_worklist", ""),
        ("request_worklist_open", " where closed_at is null"),
        ("request_worklist_closed", " where closed_at is not null"),
    ):
        op.execute(
            f"""create index {name} on request ((safeguarding and safeguarding_read_at is null) desc,
                due_at asc nulls last, created_at, id){of}"""
        )
    op.execute(
        """create index referral_worklist on referral ((alert = 'unread') desc, due_at asc nulls last,
             created_at desc, id)"""
    )
    op.execute("create index referral_unread on referral (request_id) where alert = 'unread'")


def downgrade() -> None:
    for name in (
        "request_worklist",
        "request_worklist_open",
        "request_worklist_closed",
        "referral_worklist",
        "referral_unread",
    ):
        op.execute(f"drop index {name}")
