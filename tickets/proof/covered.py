"""Which columns events say, so that `flask audit verify` can compare them: one table, one row each.

A column of these tables is said by events, or sealed by the digest of its words, or named here with
the reason why events do not determine it; a test sees to it that none is forgotten.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute

from tickets.database import Model
from tickets.models import (
    Answer,
    Approval,
    AttemptConfirmation,
    Callback,
    CallbackAttempt,
    Complaint,
    InterimMeasure,
    Merge,
    Notice,
    NoticePosting,
    NoticeReturn,
    Responsibility,
    SpentBasis,
    Transfer,
    WorkOrder,
)

Whose = InstrumentedAttribute[UUID]


@dataclass(frozen=True)
class Covered:
    """One table whose rows events speak of.

    `said` are the columns compared with events, `hidden` those of them that tell who or where a
    customer is: events hold their digest only. `texts` are sealed by the digest of an entry.
    `left_out` maps every other column to the reason.
    """

    model: type[Model]
    called: str
    said: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)

    @property
    def whose(self) -> str:
        """The name of the column that says whose row it is."""
        return "id" if self.model is Complaint else "complaint_id"

    def belongs(self) -> Whose:
        """The column that says whose row it is."""
        return self._column(self.whose)

    def key(self) -> Whose:
        """The column that names a row."""
        return self._column("id")

    def _column(self, name: str) -> Whose:
        found: Whose = getattr(self.model, name)
        return found


KEY = ("id", "the key, which ties the row to what events say of it")
WHOSE = ("complaint_id", "the complaint, which ties the row to its history")
SAVES = ("version", "counts saves, for forms that are open at the same time")

_COMPLAINT = Covered(
    Complaint,
    "complaint",
    said=(
        *("number", "status", "cycle", "level", "severity", "channel"),
        *("unit_id", "responsible_id", "received_by_id", "coordinator_id"),
        *("customer_id", "category_id", "line", "town", "on_behalf_of", "tier", "tier_rank"),
        *("callback_number", "callback_channel", "callback_wish"),
        *("refuses_contact", "first_contact_solution", "repeat_contact"),
        *("registered_at", "started_at", "promised_at", "last_contact_at"),
        *("resolved_at", "closed_at", "withdrawn_at", "waiting_since", "wait_reason"),
        *("follow_up_at", "customer_waiting_since", "returns", "transfers", "urges", "reopens"),
        *("closing_attempt_id", "closing_approval_id", "closing_holds"),
        *("merged_into_id", "repeat_of_id", "external_source", "external_id"),
        "limits_id",
    ),
    hidden=frozenset({"line", "town", "on_behalf_of", "callback_number", "callback_wish"}),
    texts=frozenset({"description", "wish"}),
    left_out=(
        KEY,
        SAVES,
        ("due_at", "what the clocks made of the events, for lists"),
        ("due_clock", "what the clocks made of the events, for lists"),
        ("amber_at", "what the clocks made of the events, for lists"),
        ("event_count", "the chain itself, which is checked link by link"),
        ("chain_head", "the chain itself, which is checked link by link"),
        ("counted_events", "how far reports have counted"),
        ("anchored_events", "how far anchors reach; compared with their leaves"),
    ),
)

COVERED = (
    _COMPLAINT,
    Covered(
        Answer,
        "answer",
        said=(
            *("cycle", "outcome", "cause_id", "remedy", "liable_unit_id"),
            *("compensation_minor", "by_id", "instead_of_id", "at"),
        ),
        texts=frozenset({"text"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        Callback,
        "callback",
        said=("cycle", "caller_id", "created_at", "due_since", "scheduled_for", "done_at"),
        left_out=(
            KEY,
            WHOSE,
            ("schedule_note", "a remark of one line, which the event holds where it was made"),
        ),
    ),
    Covered(
        CallbackAttempt,
        "callback attempt",
        said=(
            *("callback_id", "cycle", "at", "number", "channel", "outcome", "closes"),
            *("by_id", "instead_of_id", "wished_at", "recorded_at"),
            *("number_known", "before_rule"),
        ),
        hidden=frozenset({"number"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        Notice,
        "notice",
        said=(
            *("cycle", "channel", "address", "sent_at", "by_id", "instead_of_id"),
            *("address_known", "posting_number", "before_rule"),
        ),
        hidden=frozenset({"address"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        AttemptConfirmation,
        "confirmation of an attempt",
        said=("attempt_id", "by_id", "instead_of_id", "at"),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        NoticePosting,
        "posting of a notice",
        said=("notice_id", "posted_at", "by_id", "instead_of_id", "at"),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        NoticeReturn,
        "return of a notice",
        said=("notice_id", "by_id", "at"),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        Approval,
        "approval",
        said=(
            *("cycle", "ground", "state", "granted", "requested_by_id", "requested_at"),
            *("requested_instead_of_id", "responsible_id", "named_id", "before_rule"),
            *("decided_by_id", "decided_instead_of_id", "decided_at"),
        ),
        texts=frozenset({"reason"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        Transfer,
        "transfer",
        said=("from_id", "to_id", "by_id", "rule", "at", "state", "decided_at"),
        texts=frozenset({"reason"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        WorkOrder,
        "work order",
        said=(
            *("cycle", "unit_id", "status", "bound", "sent_at", "sent_by_id", "handler_id"),
            *("accepted_at", "answered_at", "ended_at", "rejections", "urges"),
        ),
        texts=frozenset({"question", "answer", "return_reason"}),
        left_out=(KEY, WHOSE, SAVES),
    ),
    Covered(
        InterimMeasure,
        "interim measure",
        said=("work_order_id", "at", "by_id", "told_at"),
        texts=frozenset({"text"}),
        left_out=(KEY, WHOSE),
    ),
    Covered(
        Merge,
        "merge",
        said=("into_id", "at", "status_before", "because", "kept", "undone_at"),
        left_out=(KEY, WHOSE),
    ),
)

DERIVED: tuple[tuple[str, Whose, Whose, str], ...] = (
    (
        "responsibility",
        Responsibility.complaint_id,
        Responsibility.person_id,
        "person who was responsible",
    ),
    ("spent_basis", SpentBasis.complaint_id, SpentBasis.basis_id, "spent basis"),
)
"""What the database itself puts down; events determine it by what they say of the complaint: the
table, whose a row is, what names it besides, and what it is called."""

CALLED = {
    **{each.table: each.called for each in COVERED},
    **{table: called for table, _whose, _named, called in DERIVED},
}

BY_TABLE = {each.table: each for each in COVERED}

FILLED_LATER = frozenset({("complaint", "limits_id")})
"""Columns that are filled without an event where they were empty at the upgrade: a complaint from
before there were limits gets those in force when it is next looked at."""


def columns_covered() -> dict[str, list[str]]:
    """The table above, as anchors carry it: a later version may cover more. What is filled without
    an event would not be found again from events."""
    return {
        each.table: sorted(name for name in each.said if (each.table, name) not in FILLED_LATER)
        for each in COVERED
    }
