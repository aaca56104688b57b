"""a safeguarding concern is marked as read with a note alone; what was logged before stays as it was"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """create function read_with_a_word() returns trigger language plpgsql as $$
begin
    raise exception 'a safeguarding concern is read with a word on what was done' using errcode = '23514',
        constraint = 'read_with_a_word';
end $$"""
    )
    op.execute(
        """create trigger read_with_a_word before insert on referral_event for each row
           when (new.action = 'read_safeguarding' and new.note is null) execute function read_with_a_word()"""
    )


def downgrade() -> None:
    op.execute("drop trigger read_with_a_word on referral_event")
    op.execute("drop function read_with_a_word()")
