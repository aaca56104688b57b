"""what was needed and could not be offered, by day, need, area and reason"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route_gap",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("need", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "need", "area", "reason"),
    )


def downgrade() -> None:
    op.drop_table("route_gap")
