"""Whom authors stood in for, whether numbers were known and notices left, who ever answered.

What was recorded before holds as it did then and is marked so (`before_rule`). Settings of the
policy below their floors are lifted, on record.

Revision ID: 0018
Revises: 0017
Create Date: 2026-12-01 03:20:00.000000
"""

import json
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TO_PEOPLE = (
    ("answer", "instead_of_id"),
    ("callback_attempt", "instead_of_id"),
    ("notice", "instead_of_id"),
    ("approval", "requested_instead_of_id"),
    ("approval", "named_id"),
    ("approval", "decided_instead_of_id"),
    ("contact", "added_by_id"),
)
MARKED = ("callback_attempt", "notice", "approval")
SEALED = ("callback_attempt", "notice", "approval", "answer")
FLOORS = {
    "callback.attempts": 1,
    "callback.days": 1,
    "callback.day_parts": 1,
    "callback.gap": 900,
    "callback.wait_after_notice": 86_400,
    "reopen_window": 86_400,
}
CEILINGS = {"undo_window": 3_600}
REASONS = ("sent_twice", "same_fault", "same_line", "other_channel")


def upgrade() -> None:
    _unseal()
    _contacts()
    for table, column in TO_PEOPLE:
        _refer(table, column, "person")
    _refer("message", "notice_id", "notice")
    op.create_index(
        "ix_message_notice",
        "message",
        ["notice_id"],
        unique=True,
        postgresql_where=sa.text("notice_id IS NOT NULL"),
        sqlite_where=sa.text("notice_id IS NOT NULL"),
    )
    for table in MARKED:
        op.add_column(
            table,
            sa.Column("before_rule", sa.Boolean(), server_default=sa.false(), nullable=False),
        )
    op.add_column(
        "notice",
        sa.Column("posting_number", sa.String(length=60), server_default="", nullable=False),
    )
    op.add_column("notice", sa.Column("address_known", sa.Boolean(), nullable=True))
    op.add_column("callback_attempt", sa.Column("number_known", sa.Boolean(), nullable=True))
    op.add_column("complaint", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "merge",
        sa.Column(
            "because",
            sa.Enum(*REASONS, name="mergereason", native_enum=False, length=24),
            nullable=True,
        ),
    )
    _tables()
    op.create_index(
        "ix_approval_named",
        "approval",
        ["named_id"],
        postgresql_where=sa.text("named_id IS NOT NULL"),
        sqlite_where=sa.text("named_id IS NOT NULL"),
    )
    _mark_what_is_there()
    _lift_settings()


def _unseal() -> None:
    """Rows that are sealed get new columns filled; the guards are put back after the upgrade."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in SEALED:
        op.execute(
            f"DROP TRIGGER IF EXISTS guard_{table}_update{f' ON {table}' if postgresql else ''}"
        )


def _refer(table: str, column: str, target: str) -> None:
    name = f"fk_{table}_{column}_{target}"
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a foreign key only together with its column.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} CHAR(32)"
            f" CONSTRAINT {name} REFERENCES {target} (id)"
        )
        return
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(name, table, target, [column], ["id"])


def _contacts() -> None:
    op.add_column("contact", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contact", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE contact SET added_at ="
        " (SELECT created_at FROM customer WHERE customer.id = contact.customer_id)"
    )
    with op.batch_alter_table("contact") as batch:
        batch.alter_column("added_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def _key_and(table: str, *columns: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_complaint_id"), table, ["complaint_id"])


def _to(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(f"{target}.id", name=name), nullable=nullable)


def _at(column: str) -> sa.Column:
    return sa.Column(column, sa.DateTime(timezone=True), nullable=False)


def _tables() -> None:
    table = "attempt_confirmation"
    _key_and(
        table,
        _to(table, "attempt_id", "callback_attempt"),
        _to(table, "complaint_id", "complaint"),
        _to(table, "by_id", "person"),
        _to(table, "instead_of_id", "person", nullable=True),
        _at("at"),
        sa.UniqueConstraint("attempt_id", name=op.f(f"uq_{table}_attempt_id")),
    )
    table = "notice_posting"
    _key_and(
        table,
        _to(table, "notice_id", "notice"),
        _to(table, "complaint_id", "complaint"),
        _at("posted_at"),
        _to(table, "by_id", "person"),
        _to(table, "instead_of_id", "person", nullable=True),
        _at("at"),
        sa.UniqueConstraint("notice_id", name=op.f(f"uq_{table}_notice_id")),
    )
    table = "notice_return"
    _key_and(
        table,
        _to(table, "notice_id", "notice"),
        _to(table, "complaint_id", "complaint"),
        _to(table, "by_id", "person", nullable=True),
        _at("at"),
        sa.UniqueConstraint("notice_id", name=op.f(f"uq_{table}_notice_id")),
    )
    table = "responsibility"
    op.create_table(
        table,
        _to(table, "complaint_id", "complaint"),
        _to(table, "person_id", "person"),
        sa.PrimaryKeyConstraint("complaint_id", "person_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    table = "spent_basis"
    op.create_table(
        table,
        sa.Column("basis_id", sa.Uuid(), nullable=False),
        _to(table, "complaint_id", "complaint"),
        sa.PrimaryKeyConstraint("basis_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_complaint_id"), table, ["complaint_id"])


def _mark_what_is_there() -> None:
    op.execute("UPDATE callback_attempt SET before_rule = TRUE")
    op.execute("UPDATE notice SET before_rule = TRUE")
    op.execute("UPDATE approval SET before_rule = TRUE WHERE state IN ('granted', 'denied')")
    op.execute(
        "UPDATE complaint SET withdrawn_at = (SELECT MAX(event.at) FROM event"
        " WHERE event.complaint_id = complaint.id AND event.action = 'withdraw')"
        " WHERE status = 'withdrawn'"
    )
    op.execute(
        "INSERT INTO responsibility (complaint_id, person_id)"
        " SELECT id, responsible_id FROM complaint"
        " UNION SELECT complaint_id, from_id FROM transfer WHERE state = 'accepted'"
        " UNION SELECT complaint_id, to_id FROM transfer WHERE state = 'accepted'"
    )
    op.execute(
        "INSERT INTO spent_basis (basis_id, complaint_id)"
        " SELECT a.id, a.complaint_id FROM callback_attempt a"
        " JOIN complaint c ON c.id = a.complaint_id WHERE a.closes AND c.status <> 'closed'"
    )
    op.execute(
        "INSERT INTO spent_basis (basis_id, complaint_id)"
        " SELECT p.id, p.complaint_id FROM approval p"
        " JOIN complaint c ON c.id = p.complaint_id WHERE p.granted AND c.status <> 'closed'"
    )


def _lift_settings() -> None:
    """What could be set before and would make the rules mean nothing (P11)."""
    connection = op.get_bind()
    settings = sa.table(
        "policy_setting", sa.column("name", sa.String()), sa.column("value", sa.JSON())
    )
    before, after = {}, {}
    for name, value in connection.execute(sa.select(settings.c.name, settings.c.value)).all():
        lifted = _within(name, value)
        if lifted == value:
            continue
        before[name], after[name] = value, lifted
        connection.execute(settings.update().where(settings.c.name == name).values(value=lifted))
        context.config.print_stdout(
            f"The policy's {name} was {value} and is {lifted} now: its bounds are new."
        )
    if after:
        _note(connection, before, after)


def _within(name: str, value: object) -> object:
    if not isinstance(value, int):
        return value
    lifted = max(value, FLOORS.get(name, value))
    return min(lifted, CEILINGS.get(name, lifted))


def _note(connection: sa.Connection, before: dict[str, object], after: dict[str, object]) -> None:
    events = sa.table(
        "admin_event",
        sa.column("id", sa.Uuid()),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("rule", sa.String()),
        sa.column("subject", sa.String()),
        sa.column("subject_id", sa.String()),
        sa.column("action", sa.String()),
        sa.column("before", sa.JSON()),
        sa.column("after", sa.JSON()),
    )
    at = datetime.now(UTC)
    connection.execute(
        events.insert().values(
            id=uuid.uuid4(),
            at=at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at,
            rule="upgrade: settings within their bounds",
            subject="policy",
            subject_id="policy",
            action="changed",
            before=json.loads(json.dumps(before)),
            after=json.loads(json.dumps(after)),
        )
    )


def downgrade() -> None:
    raise RuntimeError(
        "An older schema is reached by restoring the backup from before the upgrade."
    )
