"""All reports, by name, in the order in which they are listed."""

from collections.abc import Mapping

from tickets.models import Person
from tickets.reports import backlog, callbacks, departments, ends, limits, quality, work
from tickets.reports.regulator import returns
from tickets.reports.shape import Report
from tickets.visibility import led_departments, overseen_paths
from workflow.words import Role

ANSWERING = frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.AUDITOR})

REPORTS: Mapping[str, Report] = {
    report.name: report
    for module in (backlog, limits, callbacks, ends, quality, work)
    for report in module.REPORTS
}


OF_DEPARTMENTS: Mapping[str, Report] = {report.name: report for report in departments.REPORTS}


def reports_for(person: Person) -> Mapping[str, Report]:
    """Those that this person may open: of units for those who oversee one, of departments for
    those who lead one; the regulators' figures are for those who answer for them and for those
    who audit. Everybody else has none."""
    found: dict[str, Report] = {}
    if overseen_paths(person):
        found |= REPORTS
        found |= returns.REPORTS if person.roles & ANSWERING else {}
    if led_departments(person):
        found |= OF_DEPARTMENTS
    return found
