"""Triggers of the promise: what a closing rests on, who decides, who confirms, within what bounds.

Conditions are written in standard SQL; `tickets.models.guards` says them to each database.
"""

from dataclasses import dataclass

from workflow.policy import BOUNDS


@dataclass(frozen=True)
class Guard:
    """One trigger that refuses: on which table, when, under which condition, with which message."""

    name: str
    table: str
    moment: str
    condition: str
    message: str
    on_sqlite: str = ""
    """What is to be refused besides on SQLite, whose rows have a hidden number of their own."""
    only_sqlite: bool = False


@dataclass(frozen=True)
class Consequence:
    """One trigger that puts something down, so that whoever changes a row leaves a trace."""

    name: str
    table: str
    moment: str
    condition: str
    statement: str


FAMILY = """(WITH RECURSIVE family(id) AS (
        SELECT {complaint} UNION SELECT m.complaint_id FROM "merge" m
        JOIN family f ON m.into_id = f.id) SELECT id FROM family)"""
"""A complaint and whatever was ever merged into it: authors go along with what they wrote."""

AUTHORS = """(
    SELECT a.by_id AS person FROM answer a WHERE a.complaint_id IN {family}
    UNION ALL SELECT a.instead_of_id FROM answer a WHERE a.complaint_id IN {family}
    UNION ALL SELECT c.by_id FROM callback_attempt c WHERE c.complaint_id IN {family}
    UNION ALL SELECT c.instead_of_id FROM callback_attempt c WHERE c.complaint_id IN {family}
    UNION ALL SELECT n.by_id FROM notice n WHERE n.complaint_id IN {family}
    UNION ALL SELECT n.instead_of_id FROM notice n WHERE n.complaint_id IN {family}
    UNION ALL SELECT q.requested_by_id FROM approval q WHERE q.complaint_id IN {family}
    UNION ALL SELECT q.requested_instead_of_id FROM approval q WHERE q.complaint_id IN {family}
    UNION ALL SELECT r.person_id FROM responsibility r WHERE r.complaint_id IN {family})"""
"""Who had a hand in how a complaint was handled, in any of its cycles (issue of four eyes, P4).
Rows may name nobody: compare with EXISTS, never with NOT IN."""


def _is_author(person: str, complaint: str) -> str:
    authors = AUTHORS.format(family=FAMILY.format(complaint=complaint))
    return f"EXISTS (SELECT 1 FROM {authors} author WHERE author.person = {person})"


DECIDED_BY_AUTHOR = f"""(NOT EXISTS (SELECT 1 FROM complaint c WHERE c.id = NEW.complaint_id)
    OR NEW.decided_by_id IS NULL
    OR NEW.decided_by_id = NEW.requested_by_id
    OR {_is_author("NEW.decided_by_id", "NEW.complaint_id")}
    OR {_is_author("NEW.decided_instead_of_id", "NEW.complaint_id")})"""

DENIED_BY_AUTHOR = """(NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.requested_by_id
    OR EXISTS (SELECT 1 FROM complaint c WHERE c.id = NEW.complaint_id
        AND c.responsible_id = NEW.decided_by_id))"""

UNSPENT = """NOT EXISTS (SELECT 1 FROM spent_basis s
    WHERE s.basis_id IN (NEW.closing_attempt_id, NEW.closing_approval_id))"""

CLOSING_HOLDS = f"""(
    EXISTS (SELECT 1 FROM callback_attempt a WHERE a.id = NEW.closing_attempt_id
        AND a.complaint_id = NEW.id AND a.cycle = NEW.cycle AND a.closes
        AND a.outcome IN ('accepted', 'understood') AND {UNSPENT})
    OR EXISTS (SELECT 1 FROM approval p WHERE p.id = NEW.closing_approval_id
        AND p.complaint_id = NEW.id AND p.cycle = NEW.cycle AND p.granted
        AND p.decided_by_id IS NOT NULL AND {UNSPENT}
        AND (p.before_rule OR NOT (p.decided_by_id = p.requested_by_id
            OR {_is_author("p.decided_by_id", "NEW.id")}
            OR {_is_author("p.decided_instead_of_id", "NEW.id")})))
)"""


def of_closing() -> list[Guard]:
    rests_anew = " OR ".join(
        f"NEW.{name} IS DISTINCT FROM OLD.{name}"
        for name in ("status", "cycle", "closing_attempt_id", "closing_approval_id")
    )
    return [
        Guard(
            "complaint_closing_insert",
            "complaint",
            "BEFORE INSERT",
            "NEW.status = 'closed'",
            "no complaint begins as closed",
        ),
        Guard(
            "complaint_closing_update",
            "complaint",
            "BEFORE UPDATE",
            f"NEW.status = 'closed' AND ({rests_anew}) AND NOT {CLOSING_HOLDS}",
            "a complaint closes only on a callback the customer accepted"
            " or on an approved exception",
        ),
        Guard(
            "complaint_cycle",
            "complaint",
            "BEFORE UPDATE",
            "NEW.cycle < OLD.cycle",
            "the cycle of a complaint never goes back",
        ),
        Guard(
            "complaint_responsible",
            "complaint",
            "BEFORE UPDATE",
            "NEW.status = 'closed' AND OLD.status = 'closed'"
            " AND NEW.responsible_id IS DISTINCT FROM OLD.responsible_id",
            "the responsible person of a closed complaint is fixed",
        ),
    ]


def of_deciding() -> list[Guard]:
    """Requests begin undecided; who decides is compared with what the complaint itself says."""
    return [
        Guard(
            "approval_pending",
            "approval",
            "BEFORE INSERT",
            "NEW.state <> 'pending' OR NEW.granted OR NEW.decided_by_id IS NOT NULL"
            " OR NEW.decided_at IS NOT NULL OR NOT EXISTS"
            " (SELECT 1 FROM complaint c WHERE c.id = NEW.complaint_id)",
            "an approval begins as a request about a complaint",
        ),
        Guard(
            "approval_granting",
            "approval",
            "BEFORE UPDATE",
            f"NEW.granted AND NOT OLD.granted AND (NEW.decided_at IS NULL OR {DECIDED_BY_AUTHOR})",
            "somebody else decides: not an author of this complaint",
            on_sqlite=f"NEW.granted AND NOT OLD.granted AND {_written_otherwise('decided_by_id')}",
        ),
        Guard(
            "approval_denying",
            "approval",
            "BEFORE UPDATE",
            f"NEW.state = 'denied' AND OLD.state <> 'denied' AND {DENIED_BY_AUTHOR}",
            "somebody else denies: neither who asked nor the responsible person",
            on_sqlite="NEW.state = 'denied' AND OLD.state <> 'denied'"
            f" AND {_written_otherwise('decided_by_id')}",
        ),
    ]


def _written_otherwise(column: str) -> str:
    """Only somebody who is there, written as their own row has it, decides or confirms."""
    return f"NOT EXISTS (SELECT 1 FROM person p WHERE p.id = NEW.{column})"


def is_spelt_oddly(column: str) -> str:
    """SQLite keeps keys as text, and the same key can be written in several ways: written
    otherwise, a person would not be found among the authors."""
    name = f"NEW.{column}"
    usual = f"typeof({name}) = 'text' AND length({name}) = 32 AND {name} NOT GLOB '*[^0-9a-f]*'"
    return f"({name} IS NOT NULL AND NOT ({usual}))"


def of_confirming() -> list[Guard]:
    """What its own author says twice is still one person's word."""
    return [
        Guard(
            f"{table}_by_another",
            table,
            "BEFORE INSERT",
            f"NOT EXISTS (SELECT 1 FROM {of} o WHERE o.id = NEW.{of_id}"
            " AND o.complaint_id = NEW.complaint_id AND o.by_id <> NEW.by_id"
            " AND o.by_id IS DISTINCT FROM NEW.instead_of_id"
            " AND o.instead_of_id IS DISTINCT FROM NEW.by_id)",
            f"{table}: somebody other than its author",
            on_sqlite=_written_otherwise("by_id"),
        )
        for table, of, of_id in (
            ("attempt_confirmation", "callback_attempt", "attempt_id"),
            ("notice_posting", "notice", "notice_id"),
        )
    ]


def of_marks() -> list[Guard]:
    """Only an upgrade marks rows as older than the rule."""
    found = [
        Guard(
            f"{table}_mark",
            table,
            "BEFORE INSERT",
            "NEW.before_rule",
            f"{table}: the rule is older than this row",
        )
        for table in ("callback_attempt", "notice", "approval")
    ]
    changed = "NEW.before_rule IS DISTINCT FROM OLD.before_rule"
    message = "approval: its mark never changes"
    return [*found, Guard("approval_mark_kept", "approval", "BEFORE UPDATE", changed, message)]


def of_settings() -> list[Guard]:
    """Settings out of their bounds would let a rule hold for nothing (P11)."""
    outside = " OR ".join(
        f"(NEW.name = '{name}' AND NOT ({{number}} BETWEEN {bounds.least} AND {bounds.most}))"
        for name, bounds in BOUNDS.items()
    )
    names = ", ".join(f"'{name}'" for name in BOUNDS)
    no_number = f"NEW.name IN ({names}) AND NOT ({{is_number}})"
    return [
        Guard(
            f"policy_setting_{what}_{verb.lower()}",
            "policy_setting",
            f"BEFORE {verb}",
            condition,
            "a setting of the policy is out of its bounds",
        )
        for verb in ("INSERT", "UPDATE")
        for what, condition in (("number", no_number), ("bounds", outside))
    ]


ANSWERS_NOW = """INSERT INTO responsibility (complaint_id, person_id)
    SELECT NEW.id, NEW.responsible_id WHERE NOT EXISTS (SELECT 1 FROM responsibility r
    WHERE r.complaint_id = NEW.id AND r.person_id = NEW.responsible_id)"""

SPENT_NOW = """INSERT INTO spent_basis (basis_id, complaint_id)
    SELECT b.basis, NEW.id FROM (SELECT OLD.closing_attempt_id AS basis
    UNION ALL SELECT OLD.closing_approval_id) b WHERE b.basis IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM spent_basis s WHERE s.basis_id = b.basis)"""

CONSEQUENCES = [
    Consequence("complaint_answering_first", "complaint", "AFTER INSERT", "1 = 1", ANSWERS_NOW),
    Consequence(
        "complaint_answering",
        "complaint",
        "AFTER UPDATE",
        "NEW.responsible_id IS DISTINCT FROM OLD.responsible_id",
        ANSWERS_NOW,
    ),
    Consequence(
        "complaint_basis_spent",
        "complaint",
        "AFTER UPDATE",
        "OLD.status = 'closed' AND (NEW.status <> 'closed'"
        " OR NEW.closing_attempt_id IS DISTINCT FROM OLD.closing_attempt_id"
        " OR NEW.closing_approval_id IS DISTINCT FROM OLD.closing_approval_id)",
        SPENT_NOW,
    ),
]
"""What the database itself puts down."""
