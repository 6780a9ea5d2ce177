"""What an exception rests on: complaints that were closed by one are counted again.

One that nobody had asked for, or that was asked for on a ground that had been denied, was counted
under the wrong ground.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-30 17:00:00.000000
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE complaint SET counted_events = -1 WHERE id IN"
        " (SELECT complaint_id FROM event WHERE action = 'close_unreached')"
    )


def downgrade() -> None:
    """Facts that are right now stay so."""
