"""Figures in the reader's language: numbers, shares, spans; names of rows and columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from babel.dates import get_day_names
from flask_babel import format_decimal, format_percent, get_locale, gettext
from sqlalchemy import select

from tickets.config import minor_digits, settings_now
from tickets.database import db
from tickets.models import Category, ReportSchedule, Rhythm, Unit
from tickets.reports.groupings import NOBODY
from tickets.reports.shape import Column, ColumnKind, Report, ReportRow, Scope, Table
from tickets.web.shell.labels import channel_label, label_of, name_in, tier_label
from tickets.web.shell.moments import length_of_time
from tickets.web.shell.money import money

NOTHING = "–"
HOUR = 3600
Number = int | float
Figure = Number | str | None


def shown(column: Column, value: Figure) -> str:
    """One figure as people read it; a dash where there is nothing to say."""
    if value is None:
        return NOTHING
    return value if isinstance(value, str) else WRITTEN[column.kind](value)


WRITTEN: Mapping[ColumnKind, Callable[[Number], str]] = {
    ColumnKind.COUNT: format_decimal,
    ColumnKind.SHARE: lambda value: str(format_percent(value, format="0.0%")),
    ColumnKind.SPAN: lambda value: length_of_time(timedelta(seconds=float(value))),
    ColumnKind.NUMBER: lambda value: str(format_decimal(value, format="#,##0.0")),
    ColumnKind.MONEY: lambda value: money(int(value)),
    ColumnKind.TEXT: str,
}


def by_row(tables: Sequence[Table]) -> Mapping[tuple[str, str], ReportRow]:
    """The rows of the period before, to be put beside those of the same key."""
    return {(table.key, row.key): row for table in tables for row in table.rows}


def difference(value: Figure, before: Figure) -> Number | None:
    """How much more or less than before; None where one of the two is not there."""
    if value is None or before is None or isinstance(value, str) or isinstance(before, str):
        return None
    return value - before


def changed(column: Column, value: Figure, before: Figure) -> str:
    """How much more or less than before, with its sign; shares in points."""
    by = difference(value, before)
    if by is None:
        return ""
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    if column.kind is ColumnKind.SHARE:
        return gettext("%(change)s points", change=f"{sign}{format_decimal(abs(by) * 100, '0.0')}")
    return f"{sign}{shown(column, abs(by))}"


def raw(column: Column, value: Figure) -> float | int | str | None:
    """One figure for a chart or a spreadsheet: shares in percent, spans in hours."""
    if value is None or isinstance(value, str):
        return value
    if column.kind is ColumnKind.SHARE:
        return round(value * 100, 2)
    if column.kind is ColumnKind.SPAN:
        return round(value / HOUR, 2)
    if column.kind is ColumnKind.MONEY:
        return float(Decimal(value).scaleb(-minor_digits()))
    return round(value, 4) if isinstance(value, float) else value


def unit_of(column: Column) -> str:
    """In which unit `raw` gives the column's figures."""
    if column.kind is ColumnKind.SHARE:
        return "%"
    if column.kind is ColumnKind.MONEY:
        return settings_now().currency
    return gettext("hours") if column.kind is ColumnKind.SPAN else ""


def title_of_column(column: Column) -> str:
    return _title(column.title)


def title_of_row(row: ReportRow) -> str:
    """What the row is called; one without a name says so."""
    if row.total:
        return gettext("Total")
    if row.says is not None and row.key != NOBODY:
        return label_of(row.says(row.key))
    return _title(row.title) or gettext("None")


def _title(title: str | Mapping[str, str]) -> str:
    if not isinstance(title, str):
        return name_in(title)
    return gettext(title) if title else ""


def scope_lines(scope: Scope, report: Report | None = None) -> Iterator[tuple[str, str]]:
    """What the figures were narrowed to, for files and paper (REP-04)."""
    everything = gettext("Everything")
    unit = (
        db.session.scalar(select(Unit.names).where(Unit.path == scope.unit_path))
        if scope.unit_path
        else None
    )
    if report is not None and report.of_departments:
        yield gettext("Department"), name_in(unit) if unit else gettext("All that you lead")
    else:
        yield gettext("Unit and below"), name_in(unit) if unit else gettext("All that you oversee")
    categories = db.session.scalars(
        select(Category.names).where(Category.id.in_(scope.categories))
    ).all()
    named = gettext(", ").join(name_in(each) for each in categories)
    yield gettext("Category and below"), named or everything
    yield gettext("Channel"), channel_label(scope.channel) if scope.channel else everything
    yield gettext("Tier"), tier_label(scope.tier) if scope.tier else everything


def standing(report: Report) -> Iterator[tuple[str, str]]:
    """How every report counts, besides its own definitions (REP-03)."""
    yield gettext("Whose complaints"), _whose(report)
    yield (
        gettext("The period before"),
        gettext(
            "As many whole months before, else as many days; while a period runs, the one before"
            " is counted up to the same point. What has a row only in the period before is not"
            " shown, but is in its total. Changes of shares are in points."
        ),
    )
    yield (
        gettext("How fresh"),
        gettext(
            "Figures follow what happens within seconds; they are counted beside the work, never"
            " in its way."
        ),
    )


def _whose(report: Report) -> str:
    if report.of_departments:
        return gettext(
            "What the departments did that you lead, and nobody else. Numbers lead to their"
            " complaints; where a complaint can be counted several times, its list shows it once."
        )
    return gettext(
        "Those of the units that you oversee, in today's organisation. Numbers lead to their"
        " complaints; where a complaint can be counted several times, its list shows it once."
    )


def rhythm_says(schedule: ReportSchedule) -> str:
    """When a schedule sends, as a sentence."""
    hour = f"{schedule.hour:02}:00"
    match schedule.rhythm:
        case Rhythm.DAILY:
            return gettext("Every day at %(hour)s", hour=hour)
        case Rhythm.WEEKLY:
            day = get_day_names("wide", locale=get_locale())[schedule.day - 1]
            return gettext("Every week on %(day)s at %(hour)s", day=day, hour=hour)
    return gettext("Every month on day %(day)s at %(hour)s", day=schedule.day, hour=hour)
