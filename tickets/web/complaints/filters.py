"""What a list is asked for in its address: filters, order, page. Unknown values are not taken."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, request
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, select
from wtforms import Form, SelectField, SelectMultipleField, StringField, widgets

from tickets import customers, numbers
from tickets.actors import HANDLING
from tickets.complaints.lists import (
    DEFAULT_SORT,
    DEFAULT_SORTS,
    SORTS,
    STATES,
    Filters,
    Turn,
    read_as_department,
)
from tickets.customers.veil import without_numbers
from tickets.database import db
from tickets.models import Category, Complaint, Customer, Person, Unit
from tickets.policy import policy_now
from tickets.queues import QUEUES, About, Queue
from tickets.visibility import visible_to
from tickets.web.complaints.drilling import Drilled, drilled
from tickets.web.shell.labels import choices_of, name_in
from tickets.web.shell.languages import chosen_timezone
from workflow.words import Card, Channel, GroupTier, Level, Severity, Status, UnitKind

ANY = lazy_gettext("Any")
LONGEST_WORDS = 200
LATE = "late"
WITHIN = (2, 8, 24)
"""Hours within which something runs out, to choose from."""
END = "end"
"""`?before=end` is the last page."""


class Ticks(SelectMultipleField):
    """Several of a list, each with its own box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class FilterForm(Form):
    """The filters as the page shows them."""

    q = StringField(lazy_gettext("Words"))
    status = Ticks(lazy_gettext("Status"))
    level = SelectField(lazy_gettext("Level"))
    severity = SelectField(lazy_gettext("Severity"))
    channel = SelectField(lazy_gettext("Channel"))
    category = SelectField(lazy_gettext("Category"))
    unit = SelectField(lazy_gettext("Unit"))
    tier = SelectField(lazy_gettext("Tier"))
    responsible = SelectField(lazy_gettext("Responsible person"))
    due = SelectField(lazy_gettext("Next due"))
    registered_from = StringField(lazy_gettext("Registered from"), name="from")
    registered_to = StringField(lazy_gettext("Registered to"), name="to")


@dataclass(frozen=True)
class AskedList:
    """What was asked for, as the page shows it again and as the query takes it."""

    form: FilterForm
    filters: Filters
    sort: str
    turn: Turn
    queue: Queue | None
    state: str
    drilled: Drilled | None = None
    too_many_customers: bool = False

    @property
    def narrowed(self) -> int:
        """How many filters are in force, besides the queue and the state."""
        return sum(bool(field.data) for field in self.form) + bool(self.filters.customer_id)


def number_asked_for(person: Person) -> str | None:
    """The ticket number typed into the search, if it is one that this person may open."""
    typed = request.args.get("q", "").strip()
    if not numbers.is_number(typed):
        return None
    return db.session.scalar(
        select(Complaint.number).where(Complaint.number == numbers.plain(typed), visible_to(person))
    )


def asked_for(person: Person, moment: datetime) -> AskedList:
    """The address read: at most five queries, whatever is asked for."""
    queue, behind = _queue(person), drilled(person, moment)
    words = request.args.get("q", "").strip()[:LONGEST_WORDS].replace("\x00", "")
    state = _state("all" if queue is not None or behind is not None or words else "open")
    form, units, categories = _form()
    found = customers.find(words, policy_now().region) if words else []
    called = [each for each in found if _is_called(each, words)]
    counted = called if person.roles <= set(HANDLING) else found
    filters = Filters(
        state=state,
        words=words,
        customers=frozenset(each.id for each in found[: customers.FOUND_AT_MOST]),
        by_name=frozenset(each.id for each in called),
        read_in=read_as_department(words, person),
        queue=_named(queue, behind, person, moment),
    )
    return AskedList(
        form,
        _narrowed(filters, form, units, categories, moment),
        _sort(state),
        _turn(),
        queue,
        state,
        behind,
        too_many_customers=len(counted) > customers.FOUND_AT_MOST,
    )


def _is_called(customer: Customer, words: str) -> bool:
    """Whether the words are this customer's name; one that holds a number is no name."""
    return customers.is_called(customer, words) and without_numbers(customer.name) == customer.name


def _state(otherwise: str) -> str:
    asked = request.args.get("state", "")
    return asked if asked in STATES else otherwise


def _turn() -> Turn:
    """Which stretch of the list the address names."""
    after, before = request.args.get("after", ""), request.args.get("before", "")
    return Turn(after=after, before=before if before != END else "", last=before == END)


def _queue(person: Person) -> Queue | None:
    """The named queue, which must be one about complaints."""
    name = request.args.get("queue")
    if not name:
        return None
    queue = QUEUES.get(name)
    if queue is None or queue.about is not About.COMPLAINT:
        abort(404)
    return queue


def _named(
    queue: Queue | None, behind: Drilled | None, person: Person, moment: datetime
) -> ColumnElement[bool] | None:
    """What the list is of besides its filters: a queue, or what a number was counted from."""
    conditions = []
    if queue is not None:
        conditions.append(queue.condition(person, moment))
    if behind is not None:
        conditions.append(behind.condition)
    return and_(*conditions) if conditions else None


def _sort(state: str) -> str:
    usual = DEFAULT_SORTS.get(state, DEFAULT_SORT)
    asked = request.args.get("sort", usual)
    return asked if asked.removeprefix("-") in SORTS else usual


def _form() -> tuple[FilterForm, dict[str, Unit], list[Category]]:
    units = {str(unit.id): unit for unit in db.session.scalars(select(Unit).order_by(Unit.path))}
    categories = list(db.session.scalars(select(Category)))
    form = FilterForm(request.args)
    form.status.choices = choices_of(Status)
    form.level.choices = [("", ANY), *choices_of(Level)]
    form.severity.choices = [("", ANY), *choices_of(Severity)]
    form.channel.choices = [("", ANY), *choices_of(Channel)]
    form.tier.choices = [("", ANY), *choices_of(GroupTier), *choices_of(Card)]
    form.category.choices = [
        ("", ANY),
        *sorted(((str(each.id), name_in(each.names)) for each in categories), key=_label),
    ]
    form.unit.choices = [
        ("", ANY),
        *((key, name_in(unit.names)) for key, unit in units.items() if _holds_complaints(unit)),
    ]
    form.due.choices = [("", ANY), (LATE, lazy_gettext("Late")), *_within()]
    form.responsible.choices = [("", ANY), ("me", lazy_gettext("Me"))]
    return form, units, categories


def _holds_complaints(unit: Unit) -> bool:
    return unit.kind is not UnitKind.DEPARTMENT


def _label(choice: tuple[str, str]) -> str:
    return choice[1]


def _narrowed(
    filters: Filters,
    form: FilterForm,
    units: dict[str, Unit],
    categories: list[Category],
    moment: datetime,
) -> Filters:
    """The filters with everything that the form's lists know; the rest counts as not chosen."""
    level = _known(form.level)
    severity, channel = _known(form.severity), _known(form.channel)
    due_from, due_until = _due(_known(form.due), moment)
    unit = units.get(form.unit.data or "")
    return replace(
        filters,
        statuses=frozenset(Status(each) for each in form.status.data or () if each in set(Status)),
        level=int(level) if level else None,
        severity=Severity(severity) if severity else None,
        channel=Channel(channel) if channel else None,
        tier=_known(form.tier),
        categories=_with_those_below(_known(form.category), categories),
        unit_path=unit.path if unit else "",
        responsible_id=current_user.id if form.responsible.data == "me" else None,
        since=_midnight(form.registered_from.data),
        until=_midnight(form.registered_to.data, days=1),
        due_from=due_from,
        due_until=due_until,
        customer_id=_id(request.args.get("customer", "")),
    )


def _within() -> list[tuple[str, str]]:
    return [(str(each), gettext("Within %(hours)s hours", hours=each)) for each in WITHIN]


def _due(chosen: str, moment: datetime) -> tuple[datetime | None, datetime | None]:
    """From when until when the next due moment lies."""
    if not chosen:
        return None, None
    if chosen == LATE:
        return None, moment
    return moment, moment + timedelta(hours=int(chosen))


def _known(field: SelectField) -> str:
    """The value if the list has it, else nothing."""
    return field.data if field.data in {value for value, _label in field.choices} else ""


def _with_those_below(chosen: str, categories: list[Category]) -> frozenset[UUID]:
    if not chosen:
        return frozenset()
    found = {UUID(chosen)}
    for _depth in categories:
        more = {each.id for each in categories if each.parent_id in found} - found
        if not more:
            break
        found |= more
    return frozenset(found)


def _midnight(typed: str | None, *, days: int = 0) -> datetime | None:
    """The beginning of the day on the operator's clock, or of a day after it."""
    try:
        day = date.fromisoformat((typed or "").strip()) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), tzinfo=ZoneInfo(chosen_timezone()))


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
