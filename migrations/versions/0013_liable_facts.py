"""Liable departments and compensation among the facts that reports count.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-23 13:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaint_fact", sa.Column("liable_id", sa.Uuid(), nullable=True))
    op.add_column(
        "complaint_fact",
        sa.Column("compensation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.execute("UPDATE complaint SET counted_events = -1")


def downgrade() -> None:
    op.drop_column("complaint_fact", "compensation")
    op.drop_column("complaint_fact", "liable_id")
