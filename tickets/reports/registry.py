"""All reports, by name, in the order in which they are listed."""

from collections.abc import Mapping

from tickets.models import Person
from tickets.regulator import returns
from tickets.reports import backlog, callbacks, limits, quality, work
from tickets.reports.shape import Report
from tickets.visibility import overseen_paths
from workflow.words import Role

ANSWERING = frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.AUDITOR})

REPORTS: Mapping[str, Report] = {
    report.name: report
    for module in (backlog, limits, callbacks, quality, work)
    for report in module.REPORTS
}


def reports_for(person: Person) -> Mapping[str, Report]:
    """Those that this person may open: none unless they oversee a unit; the regulators' figures
    are for those who answer for them and for those who audit."""
    if not overseen_paths(person):
        return {}
    return {**REPORTS, **returns.REPORTS} if person.roles & ANSWERING else REPORTS
