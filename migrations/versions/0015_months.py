"""Months of facts summed up; when the limit that runs out next turns amber, on the complaint.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-30 16:10:00.000000
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_month",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_counted_month")),
    )
    months = sa.table(
        "counted_month", sa.column("month"), sa.column("zone"), sa.column("counted_at")
    )
    # The row that whoever changes sums locks.
    op.execute(
        months.insert().values(month=0, zone="", counted_at=datetime(2026, 11, 30, tzinfo=UTC))
    )
    _sums(
        "clock_month",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
    )
    _sums(
        "held_month",
        sa.Column("holder", sa.String(length=24), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
    )
    op.add_column("complaint", sa.Column("amber_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE complaint SET amber_at = (SELECT MIN(c.amber_at) FROM clock c"
        " WHERE c.complaint_id = complaint.id AND c.kind = complaint.due_clock"
        " AND c.due_at = complaint.due_at AND c.state = 'running') WHERE due_at IS NOT NULL"
    )
    op.create_index(
        "ix_complaint_due_next",
        "complaint",
        ["due_at", "id"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )


def _sums(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        *columns,
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_month", name, ["month"])


def downgrade() -> None:
    op.drop_index("ix_complaint_due_next", "complaint")
    op.drop_column("complaint", "amber_at")
    for name in ("held_month", "clock_month"):
        op.drop_index(f"ix_{name}_month", name)
        op.drop_table(name)
    op.drop_table("counted_month")
