"""a word that a family chooses, and that alone opens its request: kept as an Argon2id hash"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("word_hash", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("request", "word_hash")
