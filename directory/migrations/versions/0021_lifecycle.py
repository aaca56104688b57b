"""the moves of requests and referrals, and what the database refuses by itself

A row's version rises by one with each move; the move must be in `transition`; at commit the log must hold the move. The
log, the record of reads and the record of erasures can only be added to.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# (entity, action, "from>to ..."): as they were when this migration was written; a later change is a later migration.
MOVES = (
    ("referral", "draft", ">draft"),
    ("referral", "send", ">requested draft>requested"),
    ("referral", "ask_info", "accepted>on_hold in_progress>on_hold requested>on_hold"),
    (
        "referral",
        "call_made",
        "accepted>accepted in_progress>in_progress on_hold>on_hold requested>requested",
    ),
    ("referral", "confirm_cancel", "accepted>cancelled in_progress>cancelled on_hold>cancelled"),
    ("referral", "contact_attempt", "accepted>accepted in_progress>in_progress on_hold>on_hold"),
    (
        "referral",
        "decline",
        "accepted>failed accepted>rejected in_progress>failed in_progress>rejected on_hold>failed on_hold>rejected requested>failed requested>rejected",
    ),
    (
        "referral",
        "escalate",
        "accepted>accepted draft>draft in_progress>in_progress on_hold>on_hold requested>requested",
    ),
    ("referral", "first_contact", "accepted>in_progress on_hold>in_progress"),
    (
        "referral",
        "letter_received",
        "accepted>accepted cancelled>cancelled completed>completed draft>draft entered_in_error>entered_in_error failed>failed in_progress>in_progress on_hold>on_hold rejected>rejected requested>requested",
    ),
    (
        "referral",
        "mark_error",
        "accepted>entered_in_error draft>entered_in_error in_progress>entered_in_error on_hold>entered_in_error requested>entered_in_error",
    ),
    ("referral", "no_show", "accepted>accepted in_progress>in_progress"),
    (
        "referral",
        "note",
        "accepted>accepted cancelled>cancelled completed>completed draft>draft entered_in_error>entered_in_error failed>failed in_progress>in_progress on_hold>on_hold rejected>rejected requested>requested",
    ),
    ("referral", "outcome", "accepted>completed in_progress>completed on_hold>completed"),
    (
        "referral",
        "read_alert",
        "accepted>accepted cancelled>cancelled completed>completed draft>draft entered_in_error>entered_in_error failed>failed in_progress>in_progress on_hold>on_hold rejected>rejected requested>requested",
    ),
    (
        "referral",
        "request_cancel",
        "accepted>accepted accepted>cancelled in_progress>cancelled in_progress>in_progress on_hold>cancelled on_hold>on_hold requested>cancelled requested>requested",
    ),
    ("referral", "schedule", "accepted>accepted in_progress>in_progress"),
    ("referral", "unable", "accepted>failed in_progress>failed on_hold>failed"),
    ("referral", "waitlist", "accepted>on_hold requested>on_hold"),
    ("referral", "re_route", "cancelled>cancelled failed>failed rejected>rejected"),
    ("referral", "accept", "on_hold>accepted requested>accepted"),
    ("referral", "give_info", "on_hold>accepted on_hold>in_progress on_hold>requested"),
    ("referral", "lapse", "requested>cancelled"),
    ("referral", "open", "requested>requested"),
    ("request", "submit", ">received"),
    (
        "request",
        "add",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "advise_emergency",
        "advice_given>emergency_advised emergency_advised>emergency_advised handed_over>emergency_advised in_triage>emergency_advised needs_info>emergency_advised received>emergency_advised routed>emergency_advised",
    ),
    (
        "request",
        "ask_info",
        "advice_given>needs_info in_triage>needs_info received>needs_info routed>needs_info",
    ),
    (
        "request",
        "assign",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "call",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "close",
        "advice_given>closed emergency_advised>closed handed_over>closed in_triage>closed needs_info>closed received>closed routed>closed withdrawal_asked>closed",
    ),
    (
        "request",
        "correct",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "flag_safeguarding",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "hand_over",
        "advice_given>handed_over emergency_advised>handed_over handed_over>handed_over in_triage>handed_over needs_info>handed_over received>handed_over routed>handed_over",
    ),
    (
        "request",
        "mark_error",
        "advice_given>entered_in_error emergency_advised>entered_in_error handed_over>entered_in_error in_triage>entered_in_error needs_info>entered_in_error received>entered_in_error routed>entered_in_error withdrawal_asked>entered_in_error",
    ),
    (
        "request",
        "note",
        "advice_given>advice_given closed>closed emergency_advised>emergency_advised entered_in_error>entered_in_error handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "override",
        "advice_given>advice_given emergency_advised>emergency_advised handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "read_safeguarding",
        "advice_given>advice_given closed>closed emergency_advised>emergency_advised entered_in_error>entered_in_error handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "route",
        "advice_given>routed emergency_advised>routed handed_over>routed in_triage>routed needs_info>routed received>routed routed>routed",
    ),
    (
        "request",
        "score",
        "advice_given>advice_given closed>closed emergency_advised>emergency_advised entered_in_error>entered_in_error handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    (
        "request",
        "withdraw",
        "advice_given>withdrawal_asked emergency_advised>withdrawal_asked handed_over>withdrawal_asked in_triage>withdrawal_asked needs_info>withdrawal_asked received>withdrawal_asked routed>withdrawal_asked",
    ),
    (
        "request",
        "withdraw_agreement",
        "advice_given>advice_given closed>closed emergency_advised>emergency_advised entered_in_error>entered_in_error handed_over>handed_over in_triage>in_triage needs_info>needs_info received>received routed>routed withdrawal_asked>withdrawal_asked",
    ),
    ("request", "reopen", "closed>in_triage"),
    ("request", "advise", "in_triage>advice_given needs_info>advice_given received>advice_given"),
    ("request", "give_info", "needs_info>in_triage"),
    ("request", "triage", "needs_info>in_triage received>in_triage"),
)

# What may change without being a move: bookkeeping of clocks, reminders, keys and erasure.
QUIET = "'{reminded_at,escalated_at,due_at,follow_up_at,data_key,details,call_sheet,erase_on,erased_at,sender_ref,receiver_ref}'::text[]"

FUNCTIONS = (
    f"""
create function request_guarded() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'requests are erased, not deleted' using errcode = '23514', constraint = 'request_kept';
    end if;
    if tg_op = 'UPDATE' and new.version = old.version then
        if to_jsonb(new) - {QUIET} is distinct from to_jsonb(old) - {QUIET} then
            raise exception 'a request changed without a move' using errcode = '23514', constraint = 'request_version';
        end if;
        return new;
    end if;
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
""",
    f"""
create function referral_guarded() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'referrals are erased, not deleted' using errcode = '23514', constraint = 'referral_kept';
    end if;
    if tg_op = 'UPDATE' and new.version = old.version then
        if to_jsonb(new) - {QUIET} is distinct from to_jsonb(old) - {QUIET} then
            raise exception 'a referral changed without a move' using errcode = '23514', constraint = 'referral_version';
        end if;
        return new;
    end if;
    if new.version <> (case tg_op when 'INSERT' then 1 else old.version + 1 end) then
        raise exception 'a version rises by one' using errcode = '23514', constraint = 'referral_version';
    end if;
    if not exists (select from transition t where t.entity = 'referral' and t.action = new.last_action
                   and t.from_state = case tg_op when 'INSERT' then '' else old.status end
                   and t.to_state = new.status) then
        raise exception 'a referral cannot move so' using errcode = '23514', constraint = 'referral_transition';
    end if;
    if tg_op = 'INSERT' then
        perform from request r where r.id = new.request_id and r.closed_at is null for share;
        if not found then
            raise exception 'the request has ended' using errcode = '23514', constraint = 'request_open';
        end if;
    elsif new.request_id <> old.request_id or new.service_id <> old.service_id then
        raise exception 'a referral stays with its request and service' using errcode = '23514',
            constraint = 'referral_of';
    end if;
    return new;
end $$
""",
    """
create function move_logged() returns trigger language plpgsql as $$
declare
    found boolean;
begin
    if tg_table_name = 'request' then
        select exists (select from referral_event e where e.request_id = new.id and e.referral_id is null
                       and e.version = new.version and e.action = new.last_action and e.to_state = new.state)
            into found;
    else
        select exists (select from referral_event e where e.request_id = new.request_id and e.referral_id = new.id
                       and e.version = new.version and e.action = new.last_action and e.to_state = new.status)
            into found;
    end if;
    if not found then
        raise exception 'a move is missing from the log' using errcode = '23514', constraint = 'move_logged';
    end if;
    return null;
end $$
""",
    """
create function only_added() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are only added', tg_table_name using errcode = '23514', constraint = 'only_added';
end $$
""",
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    for entity, action, moves in MOVES:
        for move in moves.split():
            source, _, target = move.partition(">")
            op.execute(f"insert into transition values ('{entity}', '{source}', '{action}', '{target}')")
    for table in ("request", "referral"):
        op.execute(
            f"create trigger guarded before insert or update or delete on {table}"
            f" for each row execute function {table}_guarded()"
        )
        op.execute(
            f"create constraint trigger logged after insert or update on {table} deferrable initially deferred"
            " for each row execute function move_logged()"
        )
    for table in ("referral_event", "record_read", "erasure", "transition"):
        op.execute(
            f"create trigger only_added before update or delete or truncate on {table}"
            " for each statement execute function only_added()"
        )


def downgrade() -> None:
    for table in ("referral_event", "record_read", "erasure", "transition"):
        op.execute(f"drop trigger only_added on {table}")
    for table in ("request", "referral"):
        op.execute(f"drop trigger logged on {table}")
        op.execute(f"drop trigger guarded on {table}")
    for function in ("only_added", "move_logged", "referral_guarded", "request_guarded"):
        op.execute(f"drop function {function}")
    op.execute("delete from transition")
