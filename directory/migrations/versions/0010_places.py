"""postcodes whose end is not known, outcodes, places without a point, editions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("postcode", "terminated")
    op.add_column("postcode", sa.Column("ended", sa.String(10), server_default="", nullable=False))
    op.alter_column("postcode", "live", nullable=True, server_default=None)
    op.execute("update postcode set district = '' where district is null")
    op.alter_column("postcode", "district", nullable=False, server_default="")
    op.alter_column("place", "latitude", nullable=True)
    op.alter_column("place", "longitude", nullable=True)
    op.create_table(
        "outcode",
        sa.Column("outcode", sa.String(4), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("radius", sa.Float(), nullable=False),
        sa.Column("districts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("outcode"),
    )
    op.create_table(
        "place_data",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.PrimaryKeyConstraint("dataset"),
    )


def downgrade() -> None:
    op.drop_table("place_data")
    op.drop_table("outcode")
    op.execute("delete from place where latitude is null")
    op.alter_column("place", "longitude", nullable=False)
    op.alter_column("place", "latitude", nullable=False)
    op.alter_column("postcode", "district", nullable=True, server_default=None)
    op.execute("update postcode set live = true where live is null")
    op.alter_column("postcode", "live", nullable=False, server_default="true")
    op.drop_column("postcode", "ended")
    op.add_column("postcode", sa.Column("terminated", sa.Date(), nullable=True))
