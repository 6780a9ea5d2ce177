"""All reports, by name, in the order in which they are listed."""

from collections.abc import Mapping

from tickets.models import Person
from tickets.reports import backlog, callbacks, limits, quality, work
from tickets.reports.shape import Report
from tickets.visibility import overseen_paths

REPORTS: Mapping[str, Report] = {
    report.name: report
    for module in (backlog, limits, callbacks, quality, work)
    for report in module.REPORTS
}


def reports_for(person: Person) -> Mapping[str, Report]:
    """Those that this person may open: all for whoever oversees a unit, none for others."""
    return REPORTS if overseen_paths(person) else {}
