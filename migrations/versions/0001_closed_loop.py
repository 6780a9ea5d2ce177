"""Everything the closed loop stores.

Revision ID: 0001
Revises:
Create Date: 2026-11-23 03:17:24.098063
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ATTEMPT = (
    "fk_complaint_closing_attempt",
    "callback_attempt",
    ["closing_attempt_id", "id", "cycle", "closing_holds"],
    ["id", "complaint_id", "cycle", "closes"],
)
APPROVAL = (
    "fk_complaint_closing_approval",
    "approval",
    ["closing_approval_id", "id", "cycle", "closing_holds"],
    ["id", "complaint_id", "cycle", "granted"],
)


def closing_keys() -> list[sa.ForeignKeyConstraint]:
    """What a closing rests on refers back to the complaint. SQLite takes a key to a table that
    does not exist yet and cannot add one later; PostgreSQL is the other way round."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        sa.ForeignKeyConstraint(columns, [f"{table}.{each}" for each in target], name=name)
        for name, table, columns, target in (ATTEMPT, APPROVAL)
    ]


def add_closing_keys() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for name, table, columns, target in (ATTEMPT, APPROVAL):
        op.create_foreign_key(name, "complaint", table, columns, target)


def drop_closing_keys() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for name, *_ in (ATTEMPT, APPROVAL):
        op.drop_constraint(name, "complaint", type_="foreignkey")


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["category.id"], name=op.f("fk_category_parent_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "cause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
        sa.UniqueConstraint("code", name=op.f("uq_cause_code")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("town", sa.String(length=120), nullable=False),
        sa.Column(
            "group_tier",
            sa.Enum("A1", "A2", "B1", "B2", "C", name="grouptier", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column(
            "card",
            sa.Enum("diamond", "gold", "silver", name="card", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_name"), ["name"], unique=False)

    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempt_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempt_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempt_login"), ["login"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_is_initial", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "policy_setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policy_setting")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "branch",
                "desk",
                "department",
                name="unitkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=800), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["unit.id"], name=op.f("fk_unit_branch_id_unit")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_path"), ["path"], unique=False)

    op.create_table(
        "admin_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=80), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_admin_event_actor_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_event")),
    )
    with op.batch_alter_table("admin_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_event_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_admin_event_subject", ["subject", "subject_id", "at"], unique=False
        )

    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "in_progress",
                "dispatched",
                "waiting_customer",
                "resolved",
                "closed",
                "withdrawn",
                "merged",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("normal", "serious", "major", name="severity", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "counter",
                "phone",
                "email",
                "web",
                "letter",
                "account_manager",
                "regulator",
                "social",
                "other",
                name="channel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("received_by_id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("town", sa.String(length=120), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("tier_rank", sa.Integer(), nullable=False),
        sa.Column("callback_number", sa.String(length=200), nullable=False),
        sa.Column(
            "callback_channel",
            sa.Enum(
                "phone",
                "mobile",
                "visit",
                "video",
                "on_the_spot",
                name="callchannel",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("callback_wish", sa.String(length=200), nullable=False),
        sa.Column("refuses_contact", sa.Boolean(), nullable=False),
        sa.Column("first_contact_solution", sa.Boolean(), nullable=False),
        sa.Column("repeat_contact", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "wait_reason",
            sa.Enum(
                "documents",
                "details",
                "access",
                "trial",
                "customer_away",
                name="waitreason",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("urges", sa.Integer(), nullable=False),
        sa.Column("reopens", sa.Integer(), nullable=False),
        sa.Column("closing_attempt_id", sa.Uuid(), nullable=True),
        sa.Column("closing_approval_id", sa.Uuid(), nullable=True),
        sa.Column("closing_holds", sa.Boolean(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("repeat_of_id", sa.Uuid(), nullable=True),
        sa.Column("external_source", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "status <> 'closed' OR closing_attempt_id IS NOT NULL OR closing_approval_id IS NOT NULL",
            name=op.f("ck_complaint_closed_rests_on_callback"),
        ),
        sa.CheckConstraint(
            "(closing_attempt_id IS NULL AND closing_approval_id IS NULL AND closing_holds IS NULL) OR (closing_holds IS NOT NULL AND closing_holds AND (closing_attempt_id IS NULL) <> (closing_approval_id IS NULL))",
            name=op.f("ck_complaint_closing_holds"),
        ),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_complaint_cycle")),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_complaint_level")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_complaint_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["closing_approval_id", "id", "cycle", "closing_holds"],
            ["approval.id", "approval.complaint_id", "approval.cycle", "approval.granted"],
            name="fk_complaint_closing_approval",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["closing_attempt_id", "id", "cycle", "closing_holds"],
            [
                "callback_attempt.id",
                "callback_attempt.complaint_id",
                "callback_attempt.cycle",
                "callback_attempt.closes",
            ],
            name="fk_complaint_closing_attempt",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["person.id"], name=op.f("fk_complaint_coordinator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["complaint.id"], name=op.f("fk_complaint_merged_into_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_complaint_received_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["repeat_of_id"], ["complaint.id"], name=op.f("fk_complaint_repeat_of_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["person.id"], name=op.f("fk_complaint_responsible_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_complaint_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint(
            "external_source", "external_id", name=op.f("uq_complaint_external_source_external_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
        *closing_keys(),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_category_id"), ["category_id"], unique=False)
        batch_op.create_index(
            "ix_complaint_customer", ["customer_id", "registered_at"], unique=False
        )
        batch_op.create_index(
            "ix_complaint_customer_waiting",
            ["responsible_id"],
            unique=False,
            sqlite_where=sa.text("customer_waiting_since IS NOT NULL"),
            postgresql_where=sa.text("customer_waiting_since IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_complaint_follow_up_at"), ["follow_up_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_complaint_line"), ["line"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complaint_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index("ix_complaint_raised", ["status", "level", "unit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complaint_registered_at"), ["registered_at"], unique=False
        )
        batch_op.create_index(
            "ix_complaint_responsible", ["responsible_id", "status", "registered_at"], unique=False
        )
        batch_op.create_index("ix_complaint_status", ["status", "registered_at"], unique=False)
        batch_op.create_index(
            "ix_complaint_unit", ["unit_id", "status", "registered_at"], unique=False
        )

    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "phone",
                "email",
                "account",
                "address",
                name="contactkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("given", sa.String(length=200), nullable=False),
        sa.Column("normal", sa.String(length=200), nullable=False),
        sa.Column("tail", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_normal"), ["normal"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_tail"), ["tail"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "path", name=op.f("uq_draft_person_id_path")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "front_desk",
                "agent",
                "lead",
                "supervisor",
                "executive",
                "quality",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "person_id", "unit_id", "role", name=op.f("uq_membership_person_id_unit_id_role")
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_session_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sign_in_session_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld", "partly", "not_upheld", name="resolution", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column(
            "remedy",
            sa.Enum(
                "none",
                "explanation",
                "apology",
                "repair",
                "replacement",
                "credit",
                "refund",
                "compensation",
                "contract_change",
                name="remedy",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_answer_by_id_person")),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_answer_cause_id_cause")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_answer_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("complaint_id", "cycle", name=op.f("uq_answer_complaint_id_cycle")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_cause_id"), ["cause_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "unreachable", "refuses_contact", name="closingground", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "granted",
                "denied",
                "void",
                name="approvalstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("granted = (state = 'granted')", name=op.f("ck_approval_granted")),
        sa.CheckConstraint(
            "NOT granted OR decided_by_id IS NOT NULL", name=op.f("ck_approval_granted_by_somebody")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> responsible_id",
            name=op.f("ck_approval_not_by_oneself"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_approval_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_approval_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_approval_requested_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["person.id"], name=op.f("fk_approval_responsible_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "id",
            "complaint_id",
            "cycle",
            "granted",
            name=op.f("uq_approval_id_complaint_id_cycle_granted"),
        ),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_complaint", ["complaint_id", "cycle"], unique=False)
        batch_op.create_index("ix_approval_state", ["state", "requested_at"], unique=False)

    op.create_table(
        "callback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("schedule_note", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["person.id"], name=op.f("fk_callback_caller_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_callback_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("complaint_id", "cycle", name=op.f("uq_callback_complaint_id_cycle")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(
            "ix_callback_queue", ["done_at", "caller_id", "due_since"], unique=False
        )

    op.create_table(
        "merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status_before",
            sa.Enum(
                "registered",
                "in_progress",
                "dispatched",
                "waiting_customer",
                "resolved",
                "closed",
                "withdrawn",
                "merged",
                name="status",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_merge_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["complaint.id"], name=op.f("fk_merge_into_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_into_id"), ["into_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("sms", "letter", "email", name="noticechannel", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_notice_by_id_person")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_notice_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_presence_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_presence_person_id_person")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "person_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "declined",
                "cancelled",
                name="transferstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_transfer_to_somebody_else")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_transfer_by_id_person")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_transfer_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["person.id"], name=op.f("fk_transfer_from_id_person")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_transfer_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_complaint", ["complaint_id", "state"], unique=False)
        batch_op.create_index("ix_transfer_state", ["state"], unique=False)
        batch_op.create_index("ix_transfer_to", ["to_id", "state"], unique=False)

    op.create_table(
        "watch",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_watch_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_watch_person_id_person")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "person_id", name=op.f("pk_watch")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_person_id"), ["person_id"], unique=False)

    op.create_table(
        "work_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "sent",
                "accepted",
                "answered",
                "returned",
                "recalled",
                "arbitration",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejections", sa.Integer(), nullable=False),
        sa.Column("urges", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_work_order_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["person.id"], name=op.f("fk_work_order_handler_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_work_order_sent_by_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_work_order_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index("ix_work_order_complaint", ["complaint_id", "unit_id"], unique=False)
        batch_op.create_index("ix_work_order_ended", ["unit_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index("ix_work_order_status", ["status", "sent_at"], unique=False)
        batch_op.create_index("ix_work_order_unit", ["unit_id", "status", "sent_at"], unique=False)

    op.create_table(
        "callback_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "mobile",
                "visit",
                "video",
                "on_the_spot",
                name="callchannel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "accepted",
                "understood",
                "not_solved",
                "dissatisfied",
                "no_answer",
                "busy",
                "wrong_number",
                "call_later",
                "refused",
                "third_party",
                name="calloutcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "closes = (outcome IN ('accepted', 'understood'))",
            name=op.f("ck_callback_attempt_closes"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_callback_attempt_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_callback_attempt_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_callback_attempt_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempt")),
        sa.UniqueConstraint(
            "id",
            "complaint_id",
            "cycle",
            "closes",
            name=op.f("uq_callback_attempt_id_complaint_id_cycle_closes"),
        ),
    )
    with op.batch_alter_table("callback_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_callback_attempt_callback_id"), ["callback_id"], unique=False
        )
        batch_op.create_index(
            "ix_callback_attempt_complaint", ["complaint_id", "cycle", "at"], unique=False
        )

    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=80), nullable=True),
        sa.Column("work_order_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id_person")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_event_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_event_work_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("complaint_id", "seq", name=op.f("uq_event_complaint_id_seq")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_kind", ["complaint_id", "kind", "seq"], unique=False)

    op.create_table(
        "interim_measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_interim_measure_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_interim_measure_complaint_id_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_order.id"],
            name=op.f("fk_interim_measure_work_order_id_work_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interim_measure")),
    )
    with op.batch_alter_table("interim_measure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interim_measure_complaint_id"), ["complaint_id"], unique=False
        )

    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_attachment_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_attachment_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_complaint_id"), ["complaint_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachment_event_id"), ["event_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("internal", "customer", name="audience", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_entry_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_entry_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_event_id"), ["event_id"], unique=False)

    add_closing_keys()


def downgrade() -> None:
    drop_closing_keys()
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_event_id"))
        batch_op.drop_index(batch_op.f("ix_entry_complaint_id"))

    op.drop_table("entry")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_event_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_complaint_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("interim_measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interim_measure_complaint_id"))

    op.drop_table("interim_measure")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_kind")

    op.drop_table("event")
    with op.batch_alter_table("callback_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_callback_attempt_complaint")
        batch_op.drop_index(batch_op.f("ix_callback_attempt_callback_id"))

    op.drop_table("callback_attempt")
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_index("ix_work_order_unit")
        batch_op.drop_index("ix_work_order_status")
        batch_op.drop_index(batch_op.f("ix_work_order_handler_id"))
        batch_op.drop_index("ix_work_order_ended")
        batch_op.drop_index("ix_work_order_complaint")

    op.drop_table("work_order")
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_person_id"))

    op.drop_table("watch")
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.drop_index("ix_transfer_to")
        batch_op.drop_index("ix_transfer_state")
        batch_op.drop_index("ix_transfer_complaint")

    op.drop_table("transfer")
    op.drop_table("presence")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_complaint_id"))

    op.drop_table("notice")
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merge_into_id"))
        batch_op.drop_index(batch_op.f("ix_merge_complaint_id"))

    op.drop_table("merge")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index("ix_callback_queue")

    op.drop_table("callback")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index("ix_approval_state")
        batch_op.drop_index("ix_approval_complaint")

    op.drop_table("approval")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_cause_id"))

    op.drop_table("answer")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_session_expires_at"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_unit_id"))

    op.drop_table("membership")
    op.drop_table("draft")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_tail"))
        batch_op.drop_index(batch_op.f("ix_contact_normal"))
        batch_op.drop_index(batch_op.f("ix_contact_customer_id"))

    op.drop_table("contact")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_unit")
        batch_op.drop_index("ix_complaint_status")
        batch_op.drop_index("ix_complaint_responsible")
        batch_op.drop_index(batch_op.f("ix_complaint_registered_at"))
        batch_op.drop_index("ix_complaint_raised")
        batch_op.drop_index(batch_op.f("ix_complaint_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_line"))
        batch_op.drop_index(batch_op.f("ix_complaint_follow_up_at"))
        batch_op.drop_index(
            "ix_complaint_customer_waiting",
            sqlite_where=sa.text("customer_waiting_since IS NOT NULL"),
            postgresql_where=sa.text("customer_waiting_since IS NOT NULL"),
        )
        batch_op.drop_index("ix_complaint_customer")
        batch_op.drop_index(batch_op.f("ix_complaint_category_id"))

    op.drop_table("complaint")
    with op.batch_alter_table("admin_event", schema=None) as batch_op:
        batch_op.drop_index("ix_admin_event_subject")
        batch_op.drop_index(batch_op.f("ix_admin_event_at"))

    op.drop_table("admin_event")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_path"))
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("policy_setting")
    op.drop_table("person")
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_attempt_login"))
        batch_op.drop_index(batch_op.f("ix_login_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_login_attempt_address"))

    op.drop_table("login_attempt")
    op.drop_table("installation")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_name"))

    op.drop_table("customer")
    op.drop_table("cause")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_parent_id"))

    op.drop_table("category")
