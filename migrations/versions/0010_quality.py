"""Quality: second calls that were drawn, their scores, what supervisors look at.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-23 12:54:11.921276
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column(
            "why",
            sa.Enum("exception", "level", "share", name="why", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "scored", "skipped", name="samplestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=True),
        sa.Column("informed", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Integer(), nullable=True),
        sa.Column("recorded", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "satisfied",
                "partly",
                "not_satisfied",
                "not_reached",
                name="verdict",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_by_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "state <> 'scored' OR percent IS NOT NULL", name=op.f("ck_quality_sample_scored")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_quality_sample_complaint_id_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quality_sample_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["scored_by_id"], ["person.id"], name=op.f("fk_quality_sample_scored_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_sample")),
        sa.UniqueConstraint(
            "complaint_id", "cycle", name=op.f("uq_quality_sample_complaint_id_cycle")
        ),
    )
    op.create_index("ix_quality_sample_scored", "quality_sample", ["scored_at"], unique=False)
    op.create_index(
        "ix_quality_sample_state", "quality_sample", ["state", "closed_at"], unique=False
    )

    op.create_table(
        "quality_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
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
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_quality_call_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["quality_sample.id"],
            name=op.f("fk_quality_call_sample_id_quality_sample"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_call")),
    )
    op.create_index("ix_quality_call_sample", "quality_call", ["sample_id", "at"], unique=False)

    op.create_table(
        "review_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_review_task_done_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["quality_sample.id"],
            name=op.f("fk_review_task_sample_id_quality_sample"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_task")),
        sa.UniqueConstraint("sample_id", name=op.f("uq_review_task_sample_id")),
    )
    op.create_index("ix_review_task_open", "review_task", ["done_at", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_review_task_open", "review_task")

    op.drop_table("review_task")
    op.drop_index("ix_quality_call_sample", "quality_call")

    op.drop_table("quality_call")
    op.drop_index("ix_quality_sample_state", "quality_sample")
    op.drop_index("ix_quality_sample_scored", "quality_sample")

    op.drop_table("quality_sample")
