"""Requests that a second administrator decides on: who oversees, and with what password.

Revision ID: 0021
Revises: 0020
Create Date: 2026-12-01 03:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "rights_request"
PEOPLE = ("person_id", "successor_id", "requested_by_id", "decided_by_id")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> requested_by_id", name=op.f("ck_rights_request_another_decides")
        ),
        sa.CheckConstraint(
            "person_id <> requested_by_id", name=op.f("ck_rights_request_not_for_oneself")
        ),
        sa.CheckConstraint(
            "decided_by_id <> person_id OR act IN ('take_role', 'disable')",
            name=op.f("ck_rights_request_not_by_who_gains"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_by_id IS NULL)"
            " AND (state = 'pending') = (decided_at IS NULL)",
            name=op.f("ck_rights_request_decided"),
        ),
        sa.CheckConstraint("decided_at < expires_at", name=op.f("ck_rights_request_in_time")),
        sa.CheckConstraint(
            "(act IN ('grant_role', 'take_role')) = (role IS NOT NULL)"
            " AND (role IS NULL) = (unit_id IS NULL)",
            name=op.f("ck_rights_request_role"),
        ),
        sa.CheckConstraint(
            "act IN ('grant_role', 'issue_password', 'enable', 'take_role', 'disable')",
            name=op.f("ck_rights_request_rightsact"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'declined')",
            name=op.f("ck_rights_request_rightsstate"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_rights_request_{column}_person")
            )
            for column in PEOPLE
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_rights_request_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    for column in ("person_id", "requested_at"):
        op.create_index(op.f(f"ix_rights_request_{column}"), TABLE, [column], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
