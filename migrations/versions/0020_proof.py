"""What proves a history: baselines, chains of administration events, anchors.

Events from now on say what changed in the rows that they are about. For what older events do not
say, a baseline is taken: the rows as this upgrade finds them, with the number of the last event.
Administration events get their chain. It takes about a minute for 100,000 complaints.

Revision ID: 0020
Revises: 0019
Create Date: 2026-12-01 04:00:00.000000
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 500

COVERED = {
    "complaint": "number status cycle level severity channel unit_id responsible_id received_by_id"
    " coordinator_id customer_id category_id line town on_behalf_of tier tier_rank callback_number"
    " callback_channel callback_wish refuses_contact first_contact_solution repeat_contact"
    " registered_at started_at promised_at last_contact_at resolved_at closed_at withdrawn_at"
    " waiting_since wait_reason follow_up_at customer_waiting_since returns transfers urges reopens"
    " closing_attempt_id closing_approval_id closing_holds merged_into_id repeat_of_id"
    " external_source external_id limits_id",
    "answer": "cycle outcome cause_id remedy liable_unit_id compensation_minor by_id instead_of_id"
    " at",
    "callback": "cycle caller_id created_at due_since scheduled_for done_at",
    "callback_attempt": "callback_id cycle at number channel outcome closes by_id instead_of_id"
    " wished_at recorded_at number_known before_rule",
    "notice": "cycle channel address sent_at by_id instead_of_id address_known posting_number"
    " before_rule",
    "attempt_confirmation": "attempt_id by_id instead_of_id at",
    "notice_posting": "notice_id posted_at by_id instead_of_id at",
    "notice_return": "notice_id by_id at",
    "approval": "cycle ground state granted requested_by_id requested_at requested_instead_of_id"
    " responsible_id named_id before_rule decided_by_id decided_instead_of_id decided_at",
    "transfer": "from_id to_id by_id rule at state decided_at",
    "work_order": "cycle unit_id status bound sent_at sent_by_id handler_id accepted_at answered_at"
    " ended_at rejections urges",
    "interim_measure": "work_order_id at by_id told_at",
    "merge": "into_id at status_before because kept undone_at",
}
DERIVED = {"responsibility": "person_id", "spent_basis": "basis_id"}
HIDDEN = {
    ("complaint", name)
    for name in ("line", "town", "on_behalf_of", "callback_number", "callback_wish")
} | {("callback_attempt", "number"), ("notice", "address")}


def upgrade() -> None:
    _create_tables()
    _add_columns()
    connection = op.get_bind()
    _chain_admin_events(connection)
    _demand_the_chain()
    _take_baselines(connection)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_tables() -> None:
    op.create_table(
        "baseline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        _moment("taken_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
        sa.UniqueConstraint("subject", "subject_id", name=op.f("uq_baseline_subject_subject_id")),
    )
    op.create_table(
        "admin_head",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("anchored", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_admin_head")),
    )
    op.create_table(
        "anchor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=120), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_anchor_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
        sa.UniqueConstraint("number", name=op.f("uq_anchor_number")),
    )
    op.create_table(
        "anchor_leaf",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("named", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_leaf")),
        sa.UniqueConstraint("number", "place", name=op.f("uq_anchor_leaf_number_place")),
    )
    op.create_index(
        "ix_anchor_leaf_subject", "anchor_leaf", ["subject", "subject_id", "number"], unique=False
    )
    op.create_table(
        "anchor_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_address")),
        sa.UniqueConstraint("address", name=op.f("uq_anchor_address_address")),
    )


def _add_columns() -> None:
    op.add_column(
        "complaint",
        sa.Column("anchored_events", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_index(
        "ix_complaint_unanchored",
        "complaint",
        ["id"],
        sqlite_where=sa.text("anchored_events <> event_count"),
        postgresql_where=sa.text("anchored_events <> event_count"),
    )
    for column in (
        sa.Column("rows", sa.JSON(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
    ):
        op.add_column("admin_event", column)
    # Add-only until now; every guard is put back at the end of the upgrade.
    on_table = "" if op.get_bind().dialect.name == "sqlite" else " ON admin_event"
    op.execute(f"DROP TRIGGER IF EXISTS guard_admin_event_update{on_table}")


def _demand_the_chain() -> None:
    with op.batch_alter_table("admin_event") as batch:
        batch.alter_column("seq", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("previous", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        batch.create_unique_constraint(op.f("uq_admin_event_subject_seq"), ["subject", "seq"])


def _canonical(document: Any) -> str:
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    return value


def _chain_admin_events(connection: sa.Connection) -> None:
    events = sa.Table("admin_event", sa.MetaData(), autoload_with=connection)
    heads = sa.table("admin_head", *map(sa.column, ("subject", "count", "head", "anchored")))
    subjects = connection.scalars(sa.select(events.c.subject).distinct()).all()
    for subject in sorted(subjects):
        previous, seq, changes = "", 0, []
        rows = connection.execute(
            sa.select(events).where(events.c.subject == subject).order_by(events.c.at, events.c.id)
        ).all()
        for seq, row in enumerate(rows, 1):
            link = _link(row, seq, previous)
            changes.append({"key": row.id, "s": seq, "p": previous, "h": link})
            previous = link
        connection.execute(
            events.update()
            .where(events.c.id == sa.bindparam("key"))
            .values(seq=sa.bindparam("s"), previous=sa.bindparam("p"), hash=sa.bindparam("h")),
            changes,
        )
        connection.execute(
            heads.insert().values(subject=subject, count=seq, head=previous, anchored=0)
        )


def _link(row: Any, seq: int, previous: str) -> str:
    told = {
        "id": _plain(row.id),
        "seq": seq,
        "at": _plain(row.at),
        "actor": _plain(row.actor_id),
        "rule": row.rule,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "action": row.action,
        "before": row.before,
        "after": row.after,
        "rows": None,
        "previous": previous,
    }
    return _digest(_canonical(told))


def _take_baselines(connection: sa.Connection) -> None:
    known = sa.MetaData()
    names = (*COVERED, *DERIVED, "baseline", "person", "membership", "policy_setting")
    shape = sa.inspect(connection)
    for name in (*names, "limits_version", "admin_head"):
        columns = (sa.Column(each["name"], each["type"]) for each in shape.get_columns(name))
        sa.Table(name, known, *columns)
    kept = known.tables["baseline"]
    now = datetime.now(UTC)
    at = now.replace(tzinfo=None) if connection.dialect.name == "sqlite" else now
    sqlite = connection.dialect.name == "sqlite"

    def keep(found: list[tuple[str, str, int, Any]]) -> None:
        rows = [
            {
                "id": uuid.uuid4().hex if sqlite else uuid.uuid4(),
                "subject": subject,
                "subject_id": subject_id,
                "seq": seq,
                "rows": rows,
                "taken_at": at,
            }
            for subject, subject_id, seq, rows in found
        ]
        if rows:
            connection.execute(kept.insert(), rows)

    if connection.scalar(sa.select(sa.func.count()).select_from(known.tables["person"])) == 0:
        return  # a new database: everything will be said by events
    administration = sorted(_administration(connection, known), key=lambda each: each[:2])
    keep(administration)
    count = len(administration)
    for batch in _complaints(connection, known):
        keep(batch)
        count += len(batch)
    _say_what_was_taken(connection, administration, count, now)


def _say_what_was_taken(
    connection: sa.Connection,
    administration: list[tuple[str, str, int, Any]],
    count: int,
    now: datetime,
) -> None:
    """In a chain of its own, so that a baseline that is put in later shows."""
    events = sa.Table("admin_event", sa.MetaData(), autoload_with=connection, resolve_fks=False)
    sqlite = connection.dialect.name == "sqlite"
    told = _canonical([list(each) for each in administration])
    event = {
        "id": uuid.uuid4(),
        "at": now,
        "actor_id": None,
        "rule": "upgrade: baseline",
        "subject": "baseline",
        "subject_id": "baseline",
        "action": "taken",
        "before": None,
        "after": {"count": count, "digest": _digest(told)},
        "rows": None,
        "seq": 1,
        "previous": "",
    }
    event["hash"] = _link(SimpleNamespace(**event), 1, "")
    if sqlite:
        event |= {"id": event["id"].hex, "at": now.replace(tzinfo=None)}
    connection.execute(events.insert().values(**event))
    heads = sa.table("admin_head", *map(sa.column, ("subject", "count", "head", "anchored")))
    connection.execute(
        heads.insert().values(subject="baseline", count=1, head=event["hash"], anchored=0)
    )


def _complaints(
    connection: sa.Connection, known: sa.MetaData
) -> Iterator[list[tuple[str, str, int, Any]]]:
    complaint = known.tables["complaint"]
    last: Any = None
    while True:
        query = sa.select(complaint.c.id, complaint.c.event_count).order_by(complaint.c.id)
        if last is not None:
            query = query.where(complaint.c.id > last)
        batch = connection.execute(query.limit(BATCH)).all()
        if not batch:
            return
        last = batch[-1].id
        found: dict[str, dict[str, Any]] = {_plain(row.id): {} for row in batch}
        ids = [row.id for row in batch]
        for name, columns in COVERED.items():
            _read(connection, known.tables[name], columns.split(), ids, found)
        for name, key in DERIVED.items():
            table = known.tables[name]
            rows = connection.execute(
                sa.select(table.c.complaint_id, table.c[key]).where(table.c.complaint_id.in_(ids))
            )
            for whose, row_id in rows:
                found[_plain(whose)].setdefault(name, {})[_plain(row_id)] = {}
        yield [
            ("complaint", _plain(row.id), row.event_count, found[_plain(row.id)]) for row in batch
        ]


def _read(
    connection: sa.Connection,
    table: sa.Table,
    columns: list[str],
    ids: list[Any],
    found: dict[str, dict[str, Any]],
) -> None:
    whose = table.c.id if table.name == "complaint" else table.c.complaint_id
    query = sa.select(whose, table.c.id, *(table.c[name] for name in columns))
    for belongs, row_id, *values in connection.execute(query.where(whose.in_(ids))):
        found[_plain(belongs)].setdefault(table.name, {})[_plain(row_id)] = {
            name: _shown(table.name, name, value)
            for name, value in zip(columns, values, strict=True)
        }


def _shown(table: str, name: str, value: Any) -> Any:
    if (table, name) in HIDDEN and value:
        return _digest(str(value))
    return _plain(value)


def _administration(
    connection: sa.Connection, known: sa.MetaData
) -> Iterator[tuple[str, str, int, Any]]:
    heads = known.tables["admin_head"]
    counts = {row.subject: row.count for row in connection.execute(sa.select(heads))}
    people: dict[str, Any] = {}
    for row in connection.execute(sa.select(known.tables["person"])):
        key = str(uuid.UUID(_plain(row.id)))
        people[key] = {
            "login": row.login,
            "name": row.name,
            "active": bool(row.active),
            "roles": {},
        }
    for row in connection.execute(sa.select(known.tables["membership"])):
        given = f"{row.role}@{_plain(row.unit_id)}"
        people[str(uuid.UUID(_plain(row.person_id)))]["roles"][_plain(row.id)] = given
    for key, state in people.items():
        yield "person", key, counts.get("person", 0), state
    rows = connection.execute(sa.select(known.tables["policy_setting"])).all()
    yield "policy", "policy", counts.get("policy", 0), {row.name: row.value for row in rows}
    versions = connection.execute(sa.select(known.tables["limits_version"])).all()
    in_force = next((_plain(row.id) for row in versions if row.active), None)
    for row in versions:
        state = {
            "number": row.number,
            "title": row.title,
            "pack": row.pack,
            "document": _digest(_canonical(row.document)),
            "in_force": in_force,
        }
        yield "limits", str(uuid.UUID(_plain(row.id))), counts.get("limits", 0), state


def downgrade() -> None:
    raise RuntimeError(
        "An older schema is reached by restoring the backup from before the upgrade."
    )
