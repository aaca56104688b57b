"""an index of the referrals that still run, for the counts of the queues"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "referral_live",
        "referral",
        ["request_id"],
        postgresql_where=sa.text("ended_at is null or alert = 'unread'"),
    )


def downgrade() -> None:
    op.drop_index("referral_live", table_name="referral")
