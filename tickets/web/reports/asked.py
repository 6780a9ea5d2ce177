"""What an address asks a report for: which days, and narrowed to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import or_, select
from wtforms import Form, SelectField, StringField

from tickets.config import operators_zone
from tickets.database import db
from tickets.models import Category, Person, Unit
from tickets.reports.period import DEFAULT, BadPeriod, Span, before, named, read
from tickets.reports.shape import Period, Report, Scope
from tickets.visibility import led_departments, overseen_paths
from tickets.web.shell.labels import choices_of, name_in
from tickets.web.shell.options import options
from workflow.words import Card, Channel, GroupTier, UnitKind

NAMES = ("period", "from", "to", "unit", "category", "channel", "tier")
WITHIN = "in_"
"""Before the names of a report's scope in the address of a list that it drills down to."""
SPANS = {
    Span.THIS_WEEK: lazy_gettext("This week"),
    Span.LAST_WEEK: lazy_gettext("Last week"),
    Span.THIS_MONTH: lazy_gettext("This month"),
    Span.LAST_MONTH: lazy_gettext("Last month"),
    Span.THIS_QUARTER: lazy_gettext("This quarter"),
    Span.LAST_QUARTER: lazy_gettext("Last quarter"),
    Span.THIS_YEAR: lazy_gettext("This year"),
    Span.LAST_YEAR: lazy_gettext("Last year"),
    Span.TWELVE_MONTHS: lazy_gettext("The last twelve months"),
    Span.DAYS: lazy_gettext("From day to day"),
}
EVERYTHING = lazy_gettext("Everything")


class ScopeForm(Form):
    """The scope as the page shows it."""

    period = SelectField(lazy_gettext("Period"), choices=options(SPANS.items()))
    first = StringField(lazy_gettext("From"), name="from")
    last = StringField(lazy_gettext("To"), name="to")
    unit = SelectField(lazy_gettext("Unit and below"))
    category = SelectField(lazy_gettext("Category and below"))
    channel = SelectField(lazy_gettext("Channel"))
    tier = SelectField(lazy_gettext("Tier"))


@dataclass(frozen=True)
class AskedReport:
    """The scope, or why there is none: then the form holds what was typed and what is wrong."""

    form: ScopeForm
    scope: Scope
    wrong: bool

    @property
    def earlier(self) -> Scope:
        """The same for the period before."""
        return earlier(self.scope)

    @property
    def address(self) -> dict[str, str]:
        """The scope as it travels in addresses."""
        return {name: value for name in NAMES if (value := request.args.get(name, ""))}

    @property
    def address_of_list(self) -> dict[str, str]:
        """The same with its days instead of their name: what is kept as a link to the list of
        “last month” stays with that month."""
        period = self.scope.period
        days = {"period": Span.DAYS, "from": str(period.first), "to": str(period.last)}
        return {f"{WITHIN}{name}": value for name, value in {**self.address, **days}.items()}


def earlier(scope: Scope) -> Scope:
    """The same for the period before. While a period runs, the one before is counted up to the
    same point, or every month would begin with a collapse."""
    period = before(scope.period)
    as_far = period.starts + (scope.now - scope.period.starts)
    return replace(scope, period=period, now=min(scope.now, as_far))


def asked_for(person: Person, now: datetime, report: Report | None = None) -> AskedReport:
    """The address read, for this report or for whatever counts by unit. What the lists do not
    know counts as not chosen; bad days are said at their fields, and the default period stands
    in."""
    units, categories = units_for(person, report), every_category()
    given = {name: request.args.get(name, "") for name in NAMES}
    form = _form(units, categories)
    if report is not None and report.of_departments:
        form.unit.label.text = gettext("Department")
    try:
        period, wrong = read(given, now, operators_zone().key), False
    except BadPeriod as bad:
        period, wrong = _say(bad, form, now), True
    return AskedReport(form, _scope(person, now, period, given, units), wrong)


def scope_of_list(person: Person, now: datetime, report: Report | None = None) -> Scope | None:
    """The scope that a list drilled down to names; None when it makes no sense."""
    given = {name: request.args.get(f"{WITHIN}{name}", "") for name in NAMES}
    try:
        period = read(given, now, operators_zone().key)
    except BadPeriod:
        return None
    return _scope(person, now, period, given, units_for(person, report))


def stored_scope(person: Person, now: datetime, given: Mapping[str, str], report: Report) -> Scope:
    """The scope of a schedule; raises BadPeriod."""
    period = read(given, now, operators_zone().key)
    return _scope(person, now, period, given, units_for(person, report))


def _scope(
    person: Person,
    now: datetime,
    period: Period,
    given: Mapping[str, str],
    units: Sequence[Unit],
) -> Scope:
    unit = next((each for each in units if str(each.id) == given.get("unit")), None)
    tiers = {each.value for each in (*GroupTier, *Card)}
    channel, tier = given.get("channel", ""), given.get("tier", "")
    return Scope(
        person,
        period,
        now,
        unit_path=unit.path if unit else "",
        categories=_category(given.get("category", "")),
        channel=channel if channel in set(Channel) else "",
        tier=tier if tier in tiers else "",
    )


def _category(given: str) -> frozenset[UUID]:
    try:
        return frozenset({UUID(given)}) if given else frozenset()
    except ValueError:
        return frozenset()


def _say(bad: BadPeriod, form: ScopeForm, now: datetime) -> Period:
    by_name = {"from": form.first, "to": form.last, "period": form.period}
    for reason in bad.reasons:
        field = by_name[reason.field or "period"]
        field.errors = [*field.errors, gettext(reason.sentence)]
    zone = operators_zone()
    return named(DEFAULT, now.astimezone(zone).date(), zone.key)


def units_for(person: Person, report: Report | None = None) -> Sequence[Unit]:
    """The units to which this person may narrow figures, of this report or of what counts by
    unit."""
    if report is not None and report.of_departments:
        return led_departments(person)
    return units_of(person)


def units_of(person: Person) -> Sequence[Unit]:
    """What the person oversees, as a tree read from above; no complaint belongs to a
    department."""
    paths = overseen_paths(person)
    if not paths:
        return []
    below = or_(*(Unit.path.startswith(path) for path in paths))
    belonging = Unit.kind != UnitKind.DEPARTMENT
    return db.session.scalars(select(Unit).where(below, belonging).order_by(Unit.path)).all()


def every_category() -> Sequence[Category]:
    return db.session.scalars(select(Category)).all()


def _form(units: Sequence[Unit], categories: Sequence[Category]) -> ScopeForm:
    form = ScopeForm(request.args)
    if not form.period.data or form.period.data not in SPANS:
        form.period.data = Span.DAYS.value if request.args.get("from") else DEFAULT.value
    fill_choices(form, units, categories)
    return form


def fill_choices(form: Form, units: Sequence[Unit], categories: Sequence[Category]) -> None:
    """What figures may be narrowed to; of units those that the reader oversees or leads (S-08)."""
    shallowest = min((unit.path.count("/") for unit in units), default=0)
    form["unit"].choices = [
        ("", EVERYTHING),
        *(
            (str(unit.id), "\u3000" * (unit.path.count("/") - shallowest) + name_in(unit.names))
            for unit in units
        ),
    ]
    form["category"].choices = [
        ("", EVERYTHING),
        *sorted(((str(each.id), name_in(each.names)) for each in categories), key=_label),
    ]
    form["channel"].choices = [("", EVERYTHING), *choices_of(Channel)]
    form["tier"].choices = [("", EVERYTHING), *choices_of(GroupTier), *choices_of(Card)]


def _label(choice: tuple[str, str]) -> str:
    return choice[1]
