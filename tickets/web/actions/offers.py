"""What can be chosen in an action's form: only what is in use, named in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import ColumnElement, false, or_, select

from tickets import numbers
from tickets.actors import ANSWERING, HANDLING
from tickets.customers.privacy import masked
from tickets.database import db
from tickets.history.vocabulary import action_of
from tickets.models import (
    CallbackAttempt,
    Category,
    Cause,
    Complaint,
    Entry,
    Event,
    Membership,
    Notice,
    Person,
    Unit,
    WorkOrder,
)
from tickets.storage import attachments
from tickets.visibility import visible_to
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.moments import stamp
from workflow.words import OPEN, UnitKind

Choices = list[tuple[str, str]]

TEXTS_OFFERED = 200
SIBLINGS_SHOWN = 5
LABEL_LENGTH = 60


@dataclass(frozen=True)
class ActionSubject:
    """What a form is about: a complaint, or one work order of it."""

    complaint: Complaint
    order: WorkOrder | None = None

    @property
    def version(self) -> int:
        return self.order.version if self.order is not None else self.complaint.version


def departments(subject: ActionSubject) -> Choices:
    """The departments of the complaint's branch, and those that serve every branch."""
    return departments_near([subject.complaint.unit])


def departments_near(units: Iterable[Unit]) -> Choices:
    """The departments of these units' branches, and those that serve every branch."""
    near = or_(false(), *(_near(unit) for unit in units))
    rows = db.session.scalars(
        select(Unit).where(Unit.kind == UnitKind.DEPARTMENT, Unit.active, near)
    )
    return sorted(((str(unit.id), name_in(unit.names)) for unit in rows), key=_by_label)


def people(subject: ActionSubject) -> Choices:
    """Who may take this over: for a work order its department's members, for a complaint whoever
    may answer for complaints in its branch or above."""
    if subject.order is not None:
        fits = (Membership.unit_id == subject.order.unit_id) & Membership.role.in_(HANDLING)
    else:
        fits = Membership.role.in_(ANSWERING) & _near(subject.complaint.unit)
    rows = db.session.execute(
        select(Person.id, Person.name, Unit.names)
        .select_from(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Membership.unit_id == Unit.id)
        .where(Person.active, fits)
        .order_by(Person.name, Person.id)
    )
    offered: dict[UUID, str] = {}
    for person_id, name, names in rows:
        unit = name_in(names)
        offered[person_id] = f"{offered.get(person_id, name)} · {unit}"
    return [(str(person_id), label) for person_id, label in offered.items()]


def categories(_subject: ActionSubject) -> Choices:
    """The tree of categories, each with the names above it."""
    named = ((str(row.id), " › ".join(way)) for way, row in ways_to_categories())
    return sorted(named, key=_by_label)


def ways_to_categories() -> list[tuple[list[str], Category]]:
    """Every category in use with the names from the top of the tree down to it."""
    rows = {row.id: row for row in db.session.scalars(select(Category))}
    return [(_way_to(row, rows), row) for row in rows.values() if row.active]


def _way_to(category: Category, rows: Mapping[UUID, Category]) -> list[str]:
    names = [name_in(category.names)]
    above = rows.get(category.parent_id) if category.parent_id else None
    while above is not None and len(names) < len(rows):
        names.insert(0, name_in(above.names))
        above = rows.get(above.parent_id) if above.parent_id else None
    return names


def causes(_subject: ActionSubject) -> Choices:
    return causes_in_use()


def causes_in_use() -> Choices:
    rows = db.session.scalars(select(Cause).where(Cause.active))
    return sorted(((str(row.id), name_in(row.names)) for row in rows), key=_by_label)


def entries(subject: ActionSubject) -> Choices:
    """The latest texts of the complaint that still have their words."""
    rows = db.session.execute(
        select(Entry.id, Entry.text, Entry.field, Event.seq, Event.action)
        .join(Event, Entry.event_id == Event.id)
        .where(Entry.complaint_id == subject.complaint.id, Entry.redacted_at.is_(None))
        .order_by(Event.seq.desc(), Entry.id)
        .limit(TEXTS_OFFERED)
    )
    return [
        (str(row.id), f"#{row.seq} {_action_label(row.action)}: {shortened(row.text)}")
        for row in rows
    ]


def attempts(subject: ActionSubject) -> Choices:
    """The calls of this cycle, each with its time, outcome and number."""
    rows = db.session.scalars(
        select(CallbackAttempt)
        .where(
            CallbackAttempt.complaint_id == subject.complaint.id,
            CallbackAttempt.cycle == subject.complaint.cycle,
        )
        .order_by(CallbackAttempt.at)
    )
    return [
        (str(row.id), f"{stamp(row.at)} · {label_of(row.outcome)} · {masked(row.number) or '–'}")
        for row in rows
    ]


def notices(subject: ActionSubject) -> Choices:
    """The written notices of this complaint."""
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.complaint_id == subject.complaint.id)
        .order_by(Notice.sent_at.desc())
    )
    return [
        (str(row.id), f"{stamp(row.sent_at)} · {label_of(row.channel)} · {masked(row.address)}")
        for row in rows
    ]


def _action_label(name: str) -> str:
    action = action_of(name)
    return gettext(action.label) if action is not None else name


def siblings(complaint: Complaint) -> list[Complaint]:
    """Other open complaints of the same customer that the reader may see: a merge's survivors."""
    return list(
        db.session.scalars(
            select(Complaint)
            .where(
                Complaint.customer_id == complaint.customer_id,
                Complaint.id != complaint.id,
                Complaint.status.in_(OPEN),
                visible_to(current_user),
            )
            .order_by(Complaint.registered_at.desc())
            .limit(SIBLINGS_SHOWN)
        )
    )


def siblings_in_words(subject: ActionSubject) -> str:
    found = [
        f"{numbers.spoken(each.number)} ({shortened(each.description, 24)})"
        for each in siblings(subject.complaint)
    ]
    if not found:
        return gettext("This customer has no other open complaint that you may see.")
    return gettext("Open complaints of this customer: %(numbers)s", numbers="; ".join(found))


def file_rules() -> str:
    """Told before the upload (OPS-03)."""
    return gettext(
        "At most %(largest)s MB; allowed are: %(types)s.",
        largest=attachments.LARGEST // 1024**2,
        types=", ".join(sorted(attachments.TYPES)),
    )


def shortened(text: str, length: int = LABEL_LENGTH) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[: length - 1]}…"


def _near(unit: Unit) -> ColumnElement[bool]:
    """Units of the same branch, and those that stand above all branches."""
    branch = select(Unit.path).where(Unit.id == unit.branch_id).scalar_subquery()
    company = select(Unit.id).where(Unit.parent_id.is_(None))
    return or_(
        Unit.path.startswith(branch),
        Unit.branch_id.in_(company),
        Unit.branch_id.is_(None),
    )


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1]
