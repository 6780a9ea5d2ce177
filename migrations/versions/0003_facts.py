"""Facts: what reports count, kept beside the events.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-23 11:50:06.365668
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.String(length=24), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_day", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_day", sa.Integer(), nullable=True),
        sa.Column("ended_as", sa.String(length=24), nullable=False),
        sa.Column("ground", sa.String(length=24), nullable=False),
        sa.Column("first_contact", sa.Boolean(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("arbitrations", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.String(length=24), nullable=False),
        sa.Column("remedy", sa.String(length=24), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_fact_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_fact")),
    )
    op.create_index("ix_complaint_fact_ended", "complaint_fact", ["ended_at"], unique=False)
    op.create_index(
        "ix_complaint_fact_registered", "complaint_fact", ["registered_at"], unique=False
    )

    op.create_table(
        "happened_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("from_id", sa.Uuid(), nullable=True),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_happened_fact_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "place", name=op.f("pk_happened_fact")),
    )
    op.create_index("ix_happened_fact_what", "happened_fact", ["what", "at"], unique=False)

    op.create_table(
        "held_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=24), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_held_fact_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "place", name=op.f("pk_held_fact")),
    )
    op.create_index("ix_held_fact_ended", "held_fact", ["ended_at"], unique=False)

    op.create_table(
        "clock_fact",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "acknowledge",
                "promise",
                "accept",
                "answer",
                "progress",
                "resolution",
                "callback",
                "regulator",
                "follow_up",
                "stale",
                name="clockkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("certain_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=24), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_clock_fact_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_clock_fact")),
    )
    op.create_index("ix_clock_fact_certain", "clock_fact", ["certain_at"], unique=False)
    op.create_index("ix_clock_fact_complaint", "clock_fact", ["complaint_id"], unique=False)

    op.add_column(
        "complaint",
        sa.Column("counted_events", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_index(
        "ix_complaint_uncounted",
        "complaint",
        ["id"],
        unique=False,
        sqlite_where=sa.text("counted_events <> event_count"),
        postgresql_where=sa.text("counted_events <> event_count"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_complaint_uncounted",
        "complaint",
        sqlite_where=sa.text("counted_events <> event_count"),
        postgresql_where=sa.text("counted_events <> event_count"),
    )
    op.drop_column("complaint", "counted_events")

    op.drop_index("ix_clock_fact_complaint", "clock_fact")
    op.drop_index("ix_clock_fact_certain", "clock_fact")

    op.drop_table("clock_fact")
    op.drop_index("ix_held_fact_ended", "held_fact")

    op.drop_table("held_fact")
    op.drop_index("ix_happened_fact_what", "happened_fact")

    op.drop_table("happened_fact")
    op.drop_index("ix_complaint_fact_registered", "complaint_fact")
    op.drop_index("ix_complaint_fact_ended", "complaint_fact")

    op.drop_table("complaint_fact")
