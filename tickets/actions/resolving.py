"""From what was typed or chosen to the rows it names, checked for being visible (S-03, S-04)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select

from tickets import numbers
from tickets.actions.callback_facts import as_attempt
from tickets.actors import ANSWERING, HANDLING, Actor, System
from tickets.database import db
from tickets.models import (
    CallbackAttempt,
    Category,
    Cause,
    Complaint,
    Entry,
    Notice,
    Person,
    Problem,
    Unit,
    WorkOrder,
)
from tickets.policy import policy_now
from tickets.visibility import visible_to
from workflow.callbacks import needs_confirming
from workflow.case import Candidate, Other, Signed
from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.table import Action, Ask, Kind
from workflow.values import Inputs
from workflow.words import N_, NoticeChannel, UnitKind


@dataclass
class Resolved:
    """Inputs as rows (`values`), as the rules see them (`for_rules`), and what was not found."""

    values: dict[str, object] = field(default_factory=dict)
    for_rules: dict[str, object] = field(default_factory=dict)
    unknown: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class _Context:
    actor: Actor
    complaint: Complaint | None
    order: WorkOrder | None


def resolve(
    action: Action,
    inputs: Inputs,
    *,
    actor: Actor,
    complaint: Complaint | None,
    order: WorkOrder | None = None,
) -> Resolved:
    """Look up what the inputs name; unknown and invisible are the same reason, at the field."""
    context = _Context(actor, complaint, order)
    resolved = Resolved(dict(inputs), dict(inputs))
    for ask in action.asks:
        if ask.kind in FINDERS:
            _look_up(ask, resolved, context)
        elif ask.codes is not None:
            _read_code(ask, ask.codes, resolved)
    return resolved


def _look_up(ask: Ask, resolved: Resolved, context: _Context) -> None:
    value = resolved.values.get(ask.name)
    if value in (None, "", [], ()):
        # An empty field names nothing: for the rules it is not there.
        resolved.for_rules.pop(ask.name, None)
        return
    found = FINDERS[ask.kind](value, context)
    if found is None:
        # A rule that compares rows must not meet what is none.
        del resolved.for_rules[ask.name]
        resolved.unknown.append(_not_found(ask))
        return
    resolved.values[ask.name] = found
    resolved.for_rules[ask.name] = _for_rules(found, context)


def _read_code(ask: Ask, codes: type[StrEnum], resolved: Resolved) -> None:
    """Text that is a code becomes that code; what is none is refused by the rules."""
    value = resolved.values.get(ask.name)
    code = next((each for each in codes if each == value), None)
    if code is not None:
        resolved.values[ask.name] = resolved.for_rules[ask.name] = code


def _not_found(ask: Ask) -> Reason:
    return Reason("unknown", N_("This was not found; please choose again."), {}, ask.name)


def _for_rules(found: object, context: _Context) -> object:
    if isinstance(found, Person):
        return candidate(found, context.order)
    if isinstance(found, Complaint):
        return Other(found.id, found.status, found.customer_id)
    if isinstance(found, CallbackAttempt):
        return signed_attempt(found, policy_now())
    if isinstance(found, Notice):
        return signed_letter(found, context.complaint)
    return found


def signed_letter(found: Notice, complaint: Complaint | None) -> Signed:
    """A written notice as the rules see it; open while a posting is to be confirmed."""
    is_letter = found.channel is NoticeChannel.LETTER and not found.before_rule
    is_current = complaint is not None and found.cycle == complaint.cycle
    waits = is_letter and is_current and not found.posting and not found.returned
    return Signed(found.by_id, found.instead_of_id, found.sent_at, waits)


def signed_attempt(found: CallbackAttempt, policy: Policy) -> Signed:
    """A call as the rules see it; open while it needs somebody who lets it count."""
    attempt = as_attempt(found, policy.region)
    waits = needs_confirming(attempt, policy) and not attempt.confirmed
    return Signed(found.by_id, found.instead_of_id, found.at, waits)


def candidate(person: Person, order: WorkOrder | None = None) -> Candidate:
    """What the rules need to know of somebody who is to take something over."""
    in_department = order is not None and any(
        each.unit_id == order.unit_id and each.role in HANDLING for each in person.memberships
    )
    return Candidate(person.id, person.active, bool(person.roles & ANSWERING), in_department)


def _person(value: object, _context: _Context) -> Person | None:
    return value if isinstance(value, Person) else db.session.get(Person, value)


def _department(value: object, _context: _Context) -> Unit | None:
    unit = value if isinstance(value, Unit) else db.session.get(Unit, value)
    fits = unit is not None and unit.active and unit.kind is UnitKind.DEPARTMENT
    return unit if fits else None


def _departments(values: object, context: _Context) -> list[Unit] | None:
    """All of them, each once, or None when one of them is none."""
    if not isinstance(values, Iterable):
        return None
    found = [_department(value, context) for value in values]
    there = {unit.id: unit for unit in found if unit is not None}
    return list(there.values()) if None not in found else None


def _category(value: object, _context: _Context) -> Category | None:
    found = value if isinstance(value, Category) else db.session.get(Category, value)
    return found if found is not None and found.active else None


def _cause(value: object, _context: _Context) -> Cause | None:
    found = value if isinstance(value, Cause) else db.session.get(Cause, value)
    return found if found is not None and found.active else None


def _complaint(value: object, context: _Context) -> Complaint | None:
    """Held and as it is now: what the rules ask of it must still be so when it is stored."""
    number = value.number if isinstance(value, Complaint) else numbers.plain(str(value))
    query = select(Complaint).where(Complaint.number == number)
    if not isinstance(context.actor, System):
        query = query.where(visible_to(context.actor))
    return db.session.scalar(
        query.with_for_update(of=Complaint).execution_options(populate_existing=True)
    )


def _problem(value: object, _context: _Context) -> Problem | None:
    return value if isinstance(value, Problem) else db.session.get(Problem, value)


def _attempt(value: object, context: _Context) -> CallbackAttempt | None:
    """One of the cycle that runs now: what counted in an earlier one is settled."""
    row = value if isinstance(value, CallbackAttempt) else db.session.get(CallbackAttempt, value)
    complaint = context.complaint
    if row is None or complaint is None or row.cycle != complaint.cycle:
        return None
    return row if row.complaint_id == complaint.id else None


def _notice(value: object, context: _Context) -> Notice | None:
    row = value if isinstance(value, Notice) else db.session.get(Notice, value)
    complaint = context.complaint
    return row if row and complaint and row.complaint_id == complaint.id else None


def _entry(value: object, context: _Context) -> Entry | None:
    entry = value if isinstance(value, Entry) else db.session.get(Entry, value)
    belongs = (
        entry is not None
        and context.complaint is not None
        and entry.complaint_id == context.complaint.id
        and entry.redacted_at is None
    )
    return entry if belongs else None


FINDERS: Mapping[Kind, Callable[[object, _Context], object]] = {
    Kind.PERSON: _person,
    Kind.UNIT: _department,
    Kind.UNITS: _departments,
    Kind.CATEGORY: _category,
    Kind.CAUSE: _cause,
    Kind.COMPLAINT: _complaint,
    Kind.PROBLEM: _problem,
    Kind.ENTRY: _entry,
    Kind.ATTEMPT: _attempt,
    Kind.NOTICE: _notice,
}
