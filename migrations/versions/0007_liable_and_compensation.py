"""Answers say which department is liable and what was granted.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-23 12:45:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIABLE = "fk_answer_liable_unit_id_unit"


def upgrade() -> None:
    op.add_column("answer", sa.Column("compensation_minor", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a foreign key only together with its column.
        op.execute(
            "ALTER TABLE answer ADD COLUMN liable_unit_id CHAR(32)"
            f" CONSTRAINT {LIABLE} REFERENCES unit (id)"
        )
        return
    op.add_column("answer", sa.Column("liable_unit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(LIABLE, "answer", "unit", ["liable_unit_id"], ["id"])


def downgrade() -> None:
    raise RuntimeError(
        "An older schema is reached by restoring the backup from before the upgrade."
    )
