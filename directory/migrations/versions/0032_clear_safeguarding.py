"""a safeguarding flag is taken off by a person with a reason, once it was read; a family's word goes when erased"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

QUIET = "'{reminded_at,escalated_at,due_at,follow_up_at,data_key,details,call_sheet,erase_on,erased_at,sender_ref,receiver_ref}'::text[]"
QUIET_WITH_WORD = QUIET.replace("details,", "details,word_hash,")
CLEARED = """
    if tg_op = 'UPDATE' and old.safeguarding and not new.safeguarding
       and (new.last_action <> 'clear_safeguarding' or old.safeguarding_read_at is null) then
        raise exception 'a safeguarding flag is taken off by a person who says why' using errcode = '23514',
            constraint = 'safeguarding_cleared';
    end if;"""
STATES = (
    "received", "in_triage", "needs_info", "advice_given", "routed", "handed_over", "emergency_advised",
    "withdrawal_asked",
)  # fmt: skip


def guarded(quiet: str, cleared: str) -> str:
    return f"""
create or replace function request_guarded() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'requests are erased, not deleted' using errcode = '23514', constraint = 'request_kept';
    end if;
    if tg_op = 'UPDATE' and new.version = old.version then
        if to_jsonb(new) - {quiet} is distinct from to_jsonb(old) - {quiet} then
            raise exception 'a request changed without a move' using errcode = '23514', constraint = 'request_version';
        end if;
        return new;
    end if;
{cleared}
    if new.version <> (case tg_op when 'INSERT' then 1 else old.version + 1 end) then
        raise exception 'a version rises by one' using errcode = '23514', constraint = 'request_version';
    end if;
    if not exists (select from transition t where t.entity = 'request' and t.action = new.last_action
                   and t.from_state = case tg_op when 'INSERT' then '' else old.state end
                   and t.to_state = new.state) then
        raise exception 'a request cannot move so' using errcode = '23514', constraint = 'request_transition';
    end if;
    if new.closed_at is not null and exists (
        select from referral r where r.request_id = new.id and (r.ended_at is null or r.alert = 'unread'))
       and (tg_op = 'INSERT' or old.closed_at is null) then
        raise exception 'a referral of the request is open or unread' using errcode = '23514',
            constraint = 'request_referrals_ended';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute(guarded(QUIET_WITH_WORD, CLEARED))
    op.execute(
        """alter table referral_event add constraint cleared_by_a_person
           check (action <> 'clear_safeguarding' or (note is not null and actor like 'staff:%'))"""
    )
    for state in STATES:
        op.execute(f"insert into transition values ('request', '{state}', 'clear_safeguarding', '{state}')")


def downgrade() -> None:
    op.execute("alter table transition disable trigger only_added")
    op.execute("delete from transition where action = 'clear_safeguarding'")
    op.execute("alter table transition enable trigger only_added")
    op.execute("alter table referral_event drop constraint cleared_by_a_person")
    op.execute(guarded(QUIET, ""))
