"""The board: when clocks turn amber, and wallboards that are opened by a link.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-23 12:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clock", sa.Column("amber_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "wallboard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_wallboard_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["person.id"], name=op.f("fk_wallboard_revoked_by_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_wallboard_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallboard")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_wallboard_token_digest")),
    )


def downgrade() -> None:
    op.drop_table("wallboard")
    op.drop_column("clock", "amber_at")
