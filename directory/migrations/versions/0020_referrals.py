"""accounts, requests, referrals, their log, messages and links"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "attempt",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket"),
    )
    op.create_index(op.f("ix_attempt_until"), "attempt", ["until"], unique=False)
    op.create_table(
        "encryption_key",
        sa.Column("id", sa.String(8), nullable=False),
        sa.Column("first_used", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "record_read",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_record_read_actor"), "record_read", ["actor"], unique=False)
    op.create_index(op.f("ix_record_read_at"), "record_read", ["at"], unique=False)
    op.create_index("record_read_of", "record_read", ["request_id", "at"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("last_action", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("outcomes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("ages", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("safety_tier", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("safety_kinds", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("safeguarding", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("safeguarding_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("safeguarding_read_by", sa.String(), nullable=True),
        sa.Column("lawful_basis", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("got_help", sa.String(), nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("route", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("rules_version", sa.Text(), server_default="", nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erase_on", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_key", sa.LargeBinary(), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (outcome is not null)", name="closed_with_outcome"),
        sa.CheckConstraint(
            "(state in ('closed', 'entered_in_error')) = (closed_at is not null)", name="closed_at"
        ),
        sa.CheckConstraint("asker in ('self', 'someone', 'professional')", name="asker"),
        sa.CheckConstraint(
            "door in ('web', 'phone', 'school', 'health', 'council', 'voluntary', 'partner_site', 'other')",
            name="door",
        ),
        sa.CheckConstraint(
            "lawful_basis in ('agreement', 'public_task', 'vital_interests', 'legal_obligation')",
            name="lawful_basis",
        ),
        sa.CheckConstraint(
            "outcome is null or outcome in ('need_met', 'partly_met', 'info_only', 'family_declined', 'could_not_contact', 'moved_away', 'stepped_up', 'stepped_down', 'duplicate', 'not_met_no_service')",
            name="outcome",
        ),
        sa.CheckConstraint("priority in ('routine', 'urgent')", name="priority"),
        sa.CheckConstraint(
            "state in ('received', 'in_triage', 'needs_info', 'advice_given', 'routed', 'handed_over', 'emergency_advised', 'withdrawal_asked', 'closed', 'entered_in_error')",
            name="state",
        ),
        sa.CheckConstraint(
            "state not in ('closed', 'entered_in_error') or not safeguarding or safeguarding_read_at is not null",
            name="safeguarding_read",
        ),
        sa.CheckConstraint("score between 1 and 10", name="score"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(op.f("ix_request_changed_at"), "request", ["changed_at"], unique=False)
    op.create_index(op.f("ix_request_created_at"), "request", ["created_at"], unique=False)
    op.create_index(op.f("ix_request_created_by"), "request", ["created_by"], unique=False)
    op.create_index(op.f("ix_request_erase_on"), "request", ["erase_on"], unique=False)
    op.create_index(op.f("ix_request_follow_up_at"), "request", ["follow_up_at"], unique=False)
    op.create_index(op.f("ix_request_owner"), "request", ["owner"], unique=False)
    op.create_index("request_areas", "request", ["areas"], unique=False, postgresql_using="gin")
    op.create_index(
        "request_open", "request", ["due_at"], unique=False, postgresql_where=sa.text("closed_at is null")
    )
    op.create_index("request_queue", "request", ["state", "due_at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("oidc_subject", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role <> 'provider' or organization_id is not null", name="provider_of"),
        sa.CheckConstraint("role in ('front_door', 'provider', 'editor', 'manager', 'admin')", name="role"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("oidc_subject"),
    )
    op.create_table(
        "transition",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "from_state", "action", "to_state"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_webhook_owner"), "webhook", ["owner"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("scope", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("override_reason", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('to_service', 'to_share', 'to_hand_over', 'to_contact')", name="kind"),
        sa.CheckConstraint("given or override_reason is not null", name="given_or_overridden"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_agreement_request_id"), "agreement", ["request_id"], unique=False)
    op.create_table(
        "handover_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fact_kind", sa.String(), nullable=False),
        sa.Column("fact", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_handover_code_request_id"), "handover_code", ["request_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("caller", "key"),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_index(op.f("ix_idempotency_key_request_id"), "idempotency_key", ["request_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("business", sa.Text(), server_default="", nullable=False),
        sa.Column("resume", sa.Text(), server_default="", nullable=False),
        sa.Column("last_action", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("service_name", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("alert", sa.Text(), server_default="", nullable=False),
        sa.Column("contacted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("replaced", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("receiver_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_sheet", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(status = 'completed') = (outcome is not null)", name="completed_with_outcome"),
        sa.CheckConstraint(
            "(status in ('rejected', 'failed', 'completed', 'cancelled', 'entered_in_error')) = (ended_at is not null)",
            name="ended_at",
        ),
        sa.CheckConstraint("alert in ('', 'unread', 'read')", name="alert"),
        sa.CheckConstraint(
            "business in ('', 'opened', 'needs_info', 'waitlist', 'contact_attempted', 'scheduled', 'no_show', 'cancel_requested')",
            name="business",
        ),
        sa.CheckConstraint("kind in ('referral', 'phone_handover')", name="kind"),
        sa.CheckConstraint(
            "outcome is null or outcome in ('need_met', 'partly_met', 'info_only', 'family_declined', 'could_not_contact', 'moved_away', 'stepped_up', 'stepped_down', 'duplicate', 'not_met_no_service')",
            name="outcome",
        ),
        sa.CheckConstraint(
            "reason is null or reason in ('no_capacity', 'waitlist_closed', 'not_eligible', 'out_of_area', 'wrong_age', 'wrong_service', 'need_too_high', 'need_too_low', 'already_supported', 'not_enough_information', 'no_agreement', 'could_not_contact', 'safety_of_staff_or_family', 'duplicate', 'other', 'no_answer', 'family_withdrew', 'circumstances_changed', 'entered_in_error')",
            name="reason",
        ),
        sa.CheckConstraint(
            "status in ('draft', 'requested', 'accepted', 'in_progress', 'on_hold', 'rejected', 'failed', 'completed', 'cancelled', 'entered_in_error')",
            name="status",
        ),
        sa.CheckConstraint(
            "status not in ('rejected', 'failed', 'cancelled', 'entered_in_error') or reason is not null",
            name="ended_with_reason",
        ),
        sa.CheckConstraint(
            "status not in ('rejected', 'failed', 'completed') or not flagged or alert = 'read' or (reason is distinct from 'could_not_contact' and outcome is distinct from 'could_not_contact')",
            name="alert_read",
        ),
        sa.ForeignKeyConstraint(["replaces"], ["referral.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replaces"),
    )
    op.create_index(op.f("ix_referral_request_id"), "referral", ["request_id"], unique=False)
    op.create_index(op.f("ix_referral_service_id"), "referral", ["service_id"], unique=False)
    op.create_index(
        "referral_due", "referral", ["due_at"], unique=False, postgresql_where=sa.text("ended_at is null")
    )
    op.create_index("referral_queue", "referral", ["organization_id", "status", "due_at"], unique=False)
    op.create_table(
        "request_index",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("request_id", "kind", "digest"),
    )
    op.create_index("request_index_digest", "request_index", ["digest"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_staff_session_expires_at"), "staff_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "action_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_action_link_referral_id"), "action_link", ["referral_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("webhook_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("channel in ('email', 'text', 'desk', 'webhook')", name="channel"),
        sa.CheckConstraint("state in ('waiting', 'sent', 'dead', 'held')", name="state"),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("once"),
    )
    op.create_index(op.f("ix_outbox_message_created_at"), "outbox_message", ["created_at"], unique=False)
    op.create_index(op.f("ix_outbox_message_referral_id"), "outbox_message", ["referral_id"], unique=False)
    op.create_index(op.f("ix_outbox_message_request_id"), "outbox_message", ["request_id"], unique=False)
    op.create_index(
        "outbox_due",
        "outbox_message",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "referral_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("business", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_referral_event_at"), "referral_event", ["at"], unique=False)
    op.create_index(op.f("ix_referral_event_referral_id"), "referral_event", ["referral_id"], unique=False)
    op.create_index("referral_event_of", "referral_event", ["request_id", "id"], unique=False)


def downgrade() -> None:

    op.drop_index("referral_event_of", table_name="referral_event")
    op.drop_index(op.f("ix_referral_event_referral_id"), table_name="referral_event")
    op.drop_index(op.f("ix_referral_event_at"), table_name="referral_event")
    op.drop_table("referral_event")
    op.drop_index("outbox_due", table_name="outbox_message", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f("ix_outbox_message_request_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_referral_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_created_at"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_action_link_referral_id"), table_name="action_link")
    op.drop_table("action_link")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_index(op.f("ix_staff_session_expires_at"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index("request_index_digest", table_name="request_index")
    op.drop_table("request_index")
    op.drop_index("referral_queue", table_name="referral")
    op.drop_index("referral_due", table_name="referral", postgresql_where=sa.text("ended_at is null"))
    op.drop_index(op.f("ix_referral_service_id"), table_name="referral")
    op.drop_index(op.f("ix_referral_request_id"), table_name="referral")
    op.drop_table("referral")
    op.drop_index(op.f("ix_idempotency_key_request_id"), table_name="idempotency_key")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_index(op.f("ix_handover_code_request_id"), table_name="handover_code")
    op.drop_table("handover_code")
    op.drop_index(op.f("ix_agreement_request_id"), table_name="agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_webhook_owner"), table_name="webhook")
    op.drop_table("webhook")
    op.drop_table("transition")
    op.drop_table("staff")
    op.drop_index("request_queue", table_name="request")
    op.drop_index("request_open", table_name="request", postgresql_where=sa.text("closed_at is null"))
    op.drop_index("request_areas", table_name="request", postgresql_using="gin")
    op.drop_index(op.f("ix_request_owner"), table_name="request")
    op.drop_index(op.f("ix_request_follow_up_at"), table_name="request")
    op.drop_index(op.f("ix_request_erase_on"), table_name="request")
    op.drop_index(op.f("ix_request_created_by"), table_name="request")
    op.drop_index(op.f("ix_request_created_at"), table_name="request")
    op.drop_index(op.f("ix_request_changed_at"), table_name="request")
    op.drop_table("request")
    op.drop_index("record_read_of", table_name="record_read")
    op.drop_index(op.f("ix_record_read_at"), table_name="record_read")
    op.drop_index(op.f("ix_record_read_actor"), table_name="record_read")
    op.drop_table("record_read")
    op.drop_table("erasure")
    op.drop_table("encryption_key")
    op.drop_index(op.f("ix_attempt_until"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_table("api_key")
