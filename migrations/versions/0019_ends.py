"""Ends and objections are counted: the facts of whatever ended are told again.

Reasons for second calls that are new need no change here: their column has no check.

Revision ID: 0019
Revises: 0018
Create Date: 2026-12-01 04:00:00.000000
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE complaint SET counted_events = -1 WHERE status IN ('closed', 'withdrawn')"
        " OR reopens > 0 OR id IN (SELECT complaint_id FROM event"
        " WHERE action IN ('withdraw', 'close_unreached', 'undo_closing'))"
    )


def downgrade() -> None:
    """Facts that are right now stay so."""
