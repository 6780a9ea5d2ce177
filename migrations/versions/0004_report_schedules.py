"""Reports by mail: schedules, who gets them, and files that go along with e-mails.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-23 12:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RHYTHM = sa.Enum("daily", "weekly", "monthly", name="rhythm", native_enum=False, length=24)
FORMAT = sa.Enum("xlsx", "csv", name="fileformat", native_enum=False, length=24)


def upgrade() -> None:
    op.create_table(
        "message_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_file_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
    )
    op.create_index(op.f("ix_message_file_message_id"), "message_file", ["message_id"])
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("rhythm", RHYTHM, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("format", FORMAT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_report_schedule_hour")),
        sa.CheckConstraint("day BETWEEN 1 AND 31", name=op.f("ck_report_schedule_day")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_report_schedule_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
    )
    op.create_index("ix_report_schedule_due", "report_schedule", ["active", "next_at"])
    op.create_index(op.f("ix_report_schedule_created_by_id"), "report_schedule", ["created_by_id"])
    op.create_table(
        "report_recipient",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_recipient_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["report_schedule.id"],
            name=op.f("fk_report_recipient_schedule_id_report_schedule"),
        ),
        sa.PrimaryKeyConstraint("schedule_id", "person_id", name=op.f("pk_report_recipient")),
    )
    op.create_index(op.f("ix_report_recipient_person_id"), "report_recipient", ["person_id"])


def downgrade() -> None:
    op.drop_table("report_recipient")
    op.drop_table("report_schedule")
    op.drop_table("message_file")
