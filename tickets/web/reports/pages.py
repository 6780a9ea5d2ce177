"""The pages of reports; files hold the same tables (S-33, REP-02)."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.models import FileFormat, Person
from tickets.reports.registry import reports_for
from tickets.reports.shape import Report, Row, Table
from tickets.visibility import overseen_paths
from tickets.web.reports import files
from tickets.web.reports.asked import Asked, asked_for
from tickets.web.taking import reader


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
        now=moment,
    )


def by_row(tables: Sequence[Table]) -> Mapping[tuple[str, str], Row]:
    """The rows of the period before, to be put beside those of the same key."""
    return {(table.key, row.key): row for table in tables for row in table.rows}


def as_csv(name: str) -> ResponseReturnValue:
    found, asked = _counted(name)
    response = Response(files.as_csv(found, asked.scope), mimetype="text/csv")
    return _named(response, f"{name}.csv")


def as_xlsx(name: str) -> ResponseReturnValue:
    found, asked = _counted(name)
    response = Response(
        files.as_xlsx(found, asked.scope), mimetype=files.MEDIA_TYPES[FileFormat.XLSX]
    )
    return _named(response, f"{name}.xlsx")


def _counted(name: str) -> tuple[Report, Asked]:
    """The report and its scope; a file has no field to say at what is wrong with the days."""
    person = reader()
    found = _report(name, person)
    asked = asked_for(person, now(), found)
    if asked.wrong:
        abort(400)
    return found, asked


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
