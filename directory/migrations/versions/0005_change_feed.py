"""a place in line for each service, so that pages hold still, and what the change feed asks of removals

A new service goes to the end of the line; a removed one leaves its place empty for a while, so that nobody else
moves to another page meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create sequence service_slot")
    op.add_column(
        "service",
        sa.Column("slot", sa.BigInteger(), server_default=sa.text("nextval('service_slot')"), nullable=False),
    )
    op.create_index("service_in_line", "service", ["slot"], unique=True)
    op.add_column("removed", sa.Column("slot", sa.BigInteger(), nullable=True))
    op.add_column(
        "removed",
        sa.Column(
            "touched_by", sa.BigInteger(), server_default=sa.text("this_transaction()"), nullable=False
        ),
    )
    op.execute(
        "create function place_left() returns trigger language plpgsql as $$ begin"
        " update removed r set slot = o.slot, touched_by = this_transaction() from old_rows o where r.id = o.id;"
        " return null; end $$"
    )
    # Fires after `noticed_delete`, which writes the row: triggers of one event fire in the order of their names.
    op.execute(
        "create trigger place_left after delete on service referencing old table as old_rows"
        " for each statement execute function place_left()"
    )


def downgrade() -> None:
    op.execute("drop trigger place_left on service")
    op.execute("drop function place_left")
    op.drop_column("removed", "touched_by")
    op.drop_column("removed", "slot")
    op.drop_index("service_in_line", table_name="service")
    op.drop_column("service", "slot")
    op.execute("drop sequence service_slot")
