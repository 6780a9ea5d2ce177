"""Whether a promise that a manager moved would have been kept under the time told first.

Only complaints whose promise was moved are counted again.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-30 16:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

READ_BY_ALL = ("unit_id", "category_id", "channel", "tier", "complaint_id")


def upgrade() -> None:
    op.add_column("clock_fact", sa.Column("kept_first", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_clock_fact_promised",
        "clock_fact",
        ["certain_at", "met", "kept_first", "held_by_id", *READ_BY_ALL],
        postgresql_where=sa.text("kind = 'promise'"),
        sqlite_where=sa.text("kind = 'promise'"),
    )
    op.execute(
        "UPDATE complaint SET counted_events = -1 WHERE id IN"
        " (SELECT complaint_id FROM event WHERE action = 'override_deadline')"
    )


def downgrade() -> None:
    op.drop_index("ix_clock_fact_promised", "clock_fact")
    op.drop_column("clock_fact", "kept_first")
