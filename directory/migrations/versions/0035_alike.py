"""families found by two lesser marks at once; a request is erased only once it has ended"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

LESSER = "('postcode', 'name', 'birth')"


# As likeness.fingerprints makes them: from the fingerprints alone, without a word of what they are of.
PAIRS = f"""insert into request_index (request_id, kind, digest)
    select distinct a.request_id, 'pair', substring(sha256(a.digest || b.digest) from 1 for 16)
    from request_index a join request_index b on b.request_id = a.request_id and a.digest < b.digest
    where a.kind in {LESSER} and b.kind in {LESSER}"""


def upgrade() -> None:
    op.execute(PAIRS)
    op.execute(
        "alter table request add constraint erased_when_ended"
        " check (data_key is not null or closed_at is not null)"
    )


def downgrade() -> None:
    op.execute("alter table request drop constraint erased_when_ended")
    op.execute("delete from request_index where kind = 'pair'")
