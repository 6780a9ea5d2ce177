"""What the rules of time zones were when last looked at.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-23 13:24:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("zone_rules", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("installation", "zone_rules")
