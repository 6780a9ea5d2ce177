"""The paths that complaints took, as facts; all facts are counted again to fill them.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-23 12:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _told() -> list[sa.Column[object]]:
    return [
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "path_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("loops", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        *_told(),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_path_fact_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_path_fact")),
    )
    op.create_index("ix_path_fact_ended", "path_fact", ["ended_at", "variant"])
    op.create_table(
        "stay_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("onward", sa.String(length=32), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("spell", sa.Integer(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("first_move", sa.Boolean(), nullable=False),
        sa.Column("back", sa.Boolean(), nullable=False),
        *_told(),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_stay_fact_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "place", name=op.f("pk_stay_fact")),
    )
    op.create_index("ix_stay_fact_ended", "stay_fact", ["ended_at"])
    op.create_index("ix_stay_fact_step", "stay_fact", ["step", "onward", "ended_at"])
    # What ended before has its path told as well; the background remakes all facts.
    op.execute("UPDATE complaint SET counted_events = -1")


def downgrade() -> None:
    op.drop_table("stay_fact")
    op.drop_table("path_fact")
