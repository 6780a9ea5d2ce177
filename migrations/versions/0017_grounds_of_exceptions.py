"""What an exception rests on, and who held what at the moment a limit was missed: counted again.

One that nobody had asked for, or that was asked for on a ground that had been denied, was counted
under the wrong ground. A limit that ran out at the very moment at which a department answered and
the complaint was handed over was missed by the desk instead of the department.

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
    op.execute(
        "UPDATE complaint SET counted_events = -1 WHERE id IN"
        " (SELECT h.complaint_id FROM held_fact h JOIN clock_fact c"
        " ON c.complaint_id = h.complaint_id AND c.certain_at = h.starts_at WHERE h.seconds = 0)"
    )


def downgrade() -> None:
    """Facts that are right now stay so."""
