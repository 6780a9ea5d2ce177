"""What came, what ended, what is open: flow, ageing, and who carries how much."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal, or_, select

from tickets.database import db
from tickets.facts.months import midnight
from tickets.facts.words import Age
from tickets.models import Complaint, ComplaintFact
from tickets.reports.counting import Counted, Measure, Specified, drill, tables
from tickets.reports.groupings import Grouping, UnknownRow, by_category, by_person, by_unit
from tickets.reports.scoped import Within
from tickets.reports.shape import (
    Chart,
    Column,
    ColumnKind,
    Condition,
    Definition,
    Drawing,
    Report,
    ReportRow,
    Scope,
    Table,
)
from workflow.words import N_, Severity, Status

Fact = ComplaintFact

# What is open at a moment, and for how long.

OLDER_THAN = {
    Age.DAY: timedelta(days=1),
    Age.THREE: timedelta(days=3),
    Age.WEEK: timedelta(days=7),
    Age.TWO_WEEKS: timedelta(days=15),
    Age.MONTH: timedelta(days=30),
}
"""An age reaches up to, and not including, this span."""


def _open(within: Within) -> list[Condition]:
    """Registered before the moment and not ended by then."""
    moment = within.moment
    return [Fact.registered_at < moment, or_(Fact.ended_at.is_(None), Fact.ended_at >= moment)]


def _age(within: Within) -> ColumnElement[str]:
    bounds = [(Fact.registered_at > within.moment - span, age) for age, span in OLDER_THAN.items()]
    return case(
        *((condition, literal(age.value)) for condition, age in bounds),
        else_=literal(Age.OLDER.value),
    )


BY_AGE = Grouping(
    N_("Age"),
    _age,
    lambda written: Age(written).value,
    says=Age,
    fixed=tuple(each.value for each in Age),
)
OPEN = Measure(Column("open", N_("Still open")))
RAISED = Measure(Column("raised", N_("Raised")), Fact.level >= 1)
SERIOUS = Measure(Column("serious", N_("Serious or major")), Fact.severity != Severity.NORMAL)
AGAIN = Measure(Column("again", N_("In a further cycle")), Fact.cycles > 1)
OLDEST = Measure(Column("oldest", N_("Oldest"), ColumnKind.SPAN), since=Fact.registered_at)

AGEING = (
    Counted("ages", N_("By age"), Fact, _open, BY_AGE, (OPEN, SERIOUS, RAISED, OLDEST)),
    Counted(
        "units", N_("By unit"), Fact, _open, by_unit(Fact.unit_id), (OPEN, SERIOUS, RAISED, OLDEST)
    ),
    Counted(
        "categories",
        N_("By category"),
        Fact,
        _open,
        by_category(Fact.category_id),
        (OPEN, SERIOUS, RAISED, OLDEST),
    ),
)

LOAD = (
    Counted(
        "people",
        N_("What each person answers for"),
        Fact,
        _open,
        by_person(Fact.responsible_id, N_("Person")),
        (OPEN, SERIOUS, RAISED, AGAIN, OLDEST),
        note=N_(
            "In the order of names: this shows who needs relief, not who is better. Serious,"
            " raised and returning complaints take longer than others."
        ),
    ),
)


# What came and went, day by day or week by week.

LONGEST_BY_DAY = 45
LONGEST_BY_WEEK = 200
CAME = Column("came", N_("Came"))
WENT = Column("went", N_("Ended"))
LEFT = Column("left", N_("Open at the end"))


@dataclass(frozen=True)
class BacklogStretch:
    """Some days of a period, both included."""

    first: date
    last: date

    @property
    def key(self) -> str:
        return self.first.isoformat()


def stretches(first: date, last: date) -> Iterator[BacklogStretch]:
    """The period in days, weeks (from Monday) or months, whichever is readable."""
    length = (last - first).days + 1
    at = first
    while at <= last:
        if length <= LONGEST_BY_DAY:
            end = at
        elif length <= LONGEST_BY_WEEK:
            end = at + timedelta(days=6 - at.weekday())
        else:
            end = (at.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield BacklogStretch(at, min(end, last))
        at = end + timedelta(days=1)


class Flow:
    """Open before + came − ended = open after, stretch by stretch."""

    key = "flow"

    def table(self, within: Within) -> Table:
        came = _by_day(within, Fact.registered_day, Fact.registered_at)
        went = _by_day(within, Fact.ended_day, Fact.ended_at)
        before = left = _open_before(within)
        rows: list[ReportRow] = []
        for each in _stretches(within):
            more, fewer = _sum(came, each), _sum(went, each)
            left += more - fewer
            rows.append(_row(each.key, _title(each), more, fewer, left))
        total = _row(
            "total",
            "",
            sum(came.values()),
            sum(went.values()),
            left if rows else before,
            total=True,
        )
        columns = (CAME, WENT, LEFT)
        return Table(self.key, N_("Came, ended, open"), columns, [*rows, total], N_("Days"))

    def drill(self, within: Within, row: str, column: str) -> Condition | None:
        period = within.scope.period
        found = BacklogStretch(period.first, period.last) if row == "total" else _found(within, row)
        first, last = found.first.toordinal(), found.last.toordinal()
        conditions = {
            "came": [Fact.registered_day.between(first, last), Fact.registered_at < within.moment],
            "went": [Fact.ended_day.between(first, last), Fact.ended_at < within.moment],
            "left": [
                Fact.registered_day <= last,
                Fact.registered_at < within.moment,
                or_(
                    Fact.ended_at.is_(None),
                    Fact.ended_day > last,
                    Fact.ended_at >= within.moment,
                ),
            ],
        }
        if column not in conditions:
            return None
        belongs = [*within.of(Fact), *conditions[column]]
        return Complaint.id.in_(select(Fact.complaint_id).where(*belongs))


def _stretches(within: Within) -> list[BacklogStretch]:
    """Those of the period that have begun."""
    period, moment = within.scope.period, within.moment
    return [
        each
        for each in stretches(period.first, period.last)
        if _midnight(each.first, within) < moment
    ]


def _midnight(day: date, within: Within) -> datetime:
    return midnight(day, within.scope.period.zone)


def _found(within: Within, row: str) -> BacklogStretch:
    found = next((each for each in _stretches(within) if each.key == row), None)
    if found is None:
        raise UnknownRow(row)
    return found


def _title(each: BacklogStretch) -> str:
    if each.first == each.last:
        return each.first.isoformat()
    return f"{each.first.isoformat()} – {each.last.isoformat()}"


def _row(
    key: str, title: str, came: int, went: int, left: int, *, total: bool = False
) -> ReportRow:
    values = {"came": came, "went": went, "left": left}
    return ReportRow(
        key, title, values, frozenset(name for name in values if values[name]), total=total
    )


def _by_day(
    within: Within, day: SQLColumnExpression[int | None], at: SQLColumnExpression[datetime | None]
) -> dict[int, int]:
    rows = db.session.execute(
        select(day, func.count()).where(*within.of(Fact), *within.during(at)).group_by(day)
    )
    return {number: count for number, count in rows if number is not None}


def _sum(by_day: dict[int, int], stretch: BacklogStretch) -> int:
    days = range(stretch.first.toordinal(), stretch.last.toordinal() + 1)
    return sum(by_day.get(day, 0) for day in days)


def _open_before(within: Within) -> int:
    start = within.scope.period.starts
    return (
        db.session.scalar(
            select(func.count()).where(
                *within.of(Fact),
                Fact.registered_at < start,
                or_(Fact.ended_at.is_(None), Fact.ended_at >= start),
            )
        )
        or 0
    )


def _how_ended(key: str, title: str, status: Status) -> Measure:
    return Measure(Column(key, title), Fact.ended_as == status.value)


ENDED_BY_UNIT = Counted(
    "ended",
    N_("What ended, by unit"),
    Fact,
    lambda within: within.during(Fact.ended_at),
    by_unit(Fact.unit_id),
    (
        Measure(Column("all", N_("Ended"))),
        _how_ended("closed", N_("Closed"), Status.CLOSED),
        _how_ended("withdrawn", N_("Withdrawn"), Status.WITHDRAWN),
        _how_ended("merged", N_("Merged"), Status.MERGED),
    ),
)
FLOW: Sequence[Specified] = (Flow(), ENDED_BY_UNIT)


def _flow(scope: Scope) -> Sequence[Table]:
    return tables(FLOW)(scope)


_OPEN = Definition(
    N_("Still open"),
    N_("Registered before the end of the period (or now), and not ended by then"),
)

REPORTS = (
    Report(
        "flow",
        N_("Came, ended, open"),
        N_("Does more come than goes?"),
        N_("Work"),
        (
            Definition(
                N_("Came"),
                N_("Registered in the period, in the operator's time zone; merged ones too"),
            ),
            Definition(
                N_("Ended"),
                N_(
                    "Closed, withdrawn or merged in the period and not come back since: a"
                    " complaint ends once, at its last end. Open before + came − ended = open"
                    " after."
                ),
            ),
        ),
        _flow,
        drill(FLOW),
        (Chart("flow", Drawing.LINES, ("came", "went", "left")),),
    ),
    Report(
        "ageing",
        N_("Age of open complaints"),
        N_("How long have open complaints been waiting?"),
        N_("Work"),
        (
            _OPEN,
            Definition(N_("Age"), N_("Since the customer complained, by the wall clock")),
        ),
        tables(AGEING),
        drill(AGEING),
        (Chart("ages", Drawing.BARS, ("open",)),),
        of_the_moment=True,
    ),
    Report(
        "load",
        N_("Load"),
        N_("Who carries how much, and how difficult is it?"),
        N_("Work"),
        (
            _OPEN,
            Definition(
                N_("Person"), N_("Who answers for the complaint today, whoever did at the time")
            ),
        ),
        tables(LOAD),
        drill(LOAD),
        of_the_moment=True,
    ),
)
