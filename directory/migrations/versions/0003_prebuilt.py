"""the prebuilt forms of a service beside its record, and what else changes them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("form", "extras", "card", "rules")


def upgrade() -> None:
    op.execute("delete from service_record")
    op.add_column("service_record", sa.Column("form", sa.String(), nullable=False))
    for name in COLUMNS[1:]:
        op.add_column("service_record", sa.Column(name, sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("service_record", name)
