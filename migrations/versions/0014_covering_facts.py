"""Indexes of facts that hold all that a report reads, so that a year is counted from them alone.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-30 15:45:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

READ_BY_ALL = ("unit_id", "category_id", "channel", "tier", "complaint_id")
COVERING = (
    ("clock_fact", "ix_clock_fact_certain", ("certain_at",), ("kind", "met", "department_id")),
    ("held_fact", "ix_held_fact_ended", ("ended_at",), ("holder", "holder_id", "seconds")),
    (
        "happened_fact",
        "ix_happened_fact_what",
        ("what", "at"),
        ("detail", "number", "from_id", "to_id", "person_id", "seconds"),
    ),
    (
        "stay_fact",
        "ix_stay_fact_ended",
        ("ended_at",),
        ("step", "onward", "spell", "seconds", "first", "first_move", "back"),
    ),
)
"""Each table's index: what it was, and what it holds besides."""


def upgrade() -> None:
    for table, name, was, more in COVERING:
        op.drop_index(name, table)
        op.create_index(name, table, [*was, *more, *READ_BY_ALL])
    op.create_index(
        "ix_clock_fact_missed",
        "clock_fact",
        ["certain_at", "holder", "holder_id", "held_by_id", *READ_BY_ALL],
        postgresql_where=sa.text("met IS false"),
        sqlite_where=sa.text("met IS 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_fact_missed", "clock_fact")
    for table, name, was, _more in COVERING:
        op.drop_index(name, table)
        op.create_index(name, table, [*was])
