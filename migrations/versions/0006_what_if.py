"""What if: questions about past months under other limits, and what came out.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23 12:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "what_if",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(length=60), nullable=False),
        sa.Column("base_title", sa.String(length=160), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_what_if_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
    )
    op.create_index(op.f("ix_what_if_asked_by_id"), "what_if", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_what_if_expires_at"), "what_if", ["expires_at"], unique=False)

    op.create_table(
        "what_if_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=False),
        sa.Column("after", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_what_if_change_complaint_id_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["what_if.id"], name=op.f("fk_what_if_change_run_id_what_if")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_what_if_change_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if_change")),
    )
    op.create_index(
        op.f("ix_what_if_change_complaint_id"), "what_if_change", ["complaint_id"], unique=False
    )
    op.create_index(
        "ix_what_if_change_run", "what_if_change", ["run_id", "kind", "unit_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("what_if_change")
    op.drop_table("what_if")
