"""the moves that record a shared plan (an early help assessment and plan)"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ACTIONS = ("start_plan", "close_plan")
OPEN = (
    "received", "in_triage", "needs_info", "advice_given", "routed", "handed_over", "emergency_advised",
    "withdrawal_asked",
)  # fmt: skip


def upgrade() -> None:
    for action in ACTIONS:
        for state in OPEN:
            op.execute(f"insert into transition values ('request', '{state}', '{action}', '{state}')")


def downgrade() -> None:
    op.execute("alter table transition disable trigger only_added")
    op.execute("delete from transition where action in ('start_plan', 'close_plan')")
    op.execute("alter table transition enable trigger only_added")
