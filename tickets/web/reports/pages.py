"""The pages of reports; files hold the same tables (S-33, REP-02)."""

from collections.abc import Mapping

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.models import FileFormat, Person
from tickets.reports.registry import reports_for
from tickets.reports.shape import Report
from tickets.visibility import overseen_paths
from tickets.web.files import books
from tickets.web.reports import files
from tickets.web.reports.asked import AskedReport, asked_for
from tickets.web.reports.words import by_row, standing
from tickets.web.shell.viewer import reader


def index() -> ResponseReturnValue:
    person = reader()
    reports = _reports(person)
    groups: dict[str, list[Report]] = {}
    for each in reports.values():
        groups.setdefault(each.group, []).append(each)
    return render_template(
        "reports/index.html", groups=groups, oversees=bool(overseen_paths(person))
    )


def report(name: str) -> ResponseReturnValue:
    person, moment = reader(), now()
    found = _report(name, person)
    asked = asked_for(person, moment, found)
    tables = found.tables(asked.scope)
    return render_template(
        "reports/report.html",
        report=found,
        asked=asked,
        tables=tables,
        charts={(chart.table): chart for chart in found.charts},
        before=by_row(found.tables(asked.earlier)),
        standing=standing(found),
        now=moment,
    )


def as_csv(name: str) -> ResponseReturnValue:
    return _file(name, FileFormat.CSV)


def as_xlsx(name: str) -> ResponseReturnValue:
    return _file(name, FileFormat.XLSX)


def _file(name: str, format: FileFormat) -> ResponseReturnValue:
    found, asked = _counted(name)
    scope = asked.scope
    return books.answer(files.about(found, scope), files.sheets(found, scope), name, format)


def _counted(name: str) -> tuple[Report, AskedReport]:
    """The report and its scope; a file has no field to say at what is wrong with the days."""
    person = reader()
    found = _report(name, person)
    asked = asked_for(person, now(), found)
    if asked.wrong:
        abort(400)
    return found, asked


def _reports(person: Person) -> Mapping[str, Report]:
    found = reports_for(person)
    if not found:
        abort(404)
    return found


def _report(name: str, person: Person) -> Report:
    """The report, or 404: unknown and not for this person look alike."""
    found = _reports(person).get(name)
    if found is None:
        abort(404)
    return found
