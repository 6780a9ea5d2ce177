"""A run of what if as CSV and as a workbook: the rows of its page, and what was changed."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from flask_babel import gettext

from tickets.limits.comparison import Difference
from tickets.models import WhatIf
from tickets.web.files.books import FileSheet
from tickets.web.limits.words import changed_fields, section_label
from tickets.web.shell.labels import label_of
from tickets.web.shell.moments import stamp
from tickets.web.what_if.figures import ResultLine
from tickets.web.what_if.words import definitions, sum_after, sum_before


def about(run: WhatIf, scope: Sequence[str], whole: ResultLine) -> Iterator[tuple[str, str]]:
    """What was asked, of how many complaints, as of when, and how it is counted (REP-03)."""
    yield gettext("What if"), run.name
    yield gettext("Period"), f"{run.first_month} – {run.last_month}"
    yield gettext("Unit and below"), gettext(", ").join(scope)
    yield gettext("Begin with"), run.base_title
    yield gettext("Complaints reckoned"), str(run.looked)
    yield gettext("Counted at"), stamp(run.asked_at, "exact")
    yield gettext("As it was"), sum_before(whole)
    yield gettext("Would have been"), sum_after(whole)
    yield from definitions()


def sheets(
    lines: Sequence[ResultLine], names: Mapping[UUID, str], differences: Sequence[Difference]
) -> Iterator[FileSheet]:
    """The figures and the changed limits, as on the page."""
    title = gettext("Met and missed, by clock and department")
    yield FileSheet(title, _headings(), [_cells(line, names) for line in lines])
    parts = [
        gettext("Part"),
        gettext("Name"),
        gettext("Difference"),
        gettext("As it was"),
        gettext("Would have been"),
    ]
    yield FileSheet(gettext("What was changed"), parts, list(_changes(differences)))


def _headings() -> list[str]:
    return [
        gettext("Clock"),
        gettext("Department"),
        gettext("Clocks"),
        gettext("Met, as it was"),
        gettext("Met, would have been"),
        gettext("Missed, as it was"),
        gettext("Missed, would have been"),
        gettext("Share met, as it was (%)"),
        gettext("Share met, would have been (%)"),
        gettext("Newly met"),
        gettext("Newly missed"),
        gettext("All that change"),
    ]


def _cells(line: ResultLine, names: Mapping[UUID, str]) -> list[str | int | None]:
    """One row; a clock as a whole and the whole itself stand without a department."""
    return [
        label_of(line.kind) if line.kind is not None else gettext("All clocks"),
        names.get(line.unit_id, "") if line.unit_id is not None else "",
        line.clocks,
        line.before("met"),
        line.after("met"),
        line.before("missed"),
        line.after("missed"),
        line.share_before,
        line.share_after,
        line.newly("met"),
        line.newly("missed"),
        line.changed,
    ]


def _changes(differences: Sequence[Difference]) -> Iterator[list[str]]:
    for each in differences:
        for field, before, after in changed_fields(each):
            yield [section_label(each.section), each.name, field, before or "", after or ""]
