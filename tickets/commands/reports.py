"""`flask reports`: docs/reports.md, written from the reports as the application knows them."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from tickets.commands.lifecycle import is_current
from tickets.config import ROOT
from tickets.reports.registry import OF_DEPARTMENTS, REPORTS
from tickets.reports.shape import Report

DOCUMENT = ROOT / "docs" / "reports.md"
PREFACE = """# Reports

Every report, the question that it answers, and how each of its numbers is counted. Written by
`make docs` from `tickets/reports/`; the same definitions stand on each report's page and in its
files, so that a figure can be checked against them.

## What holds for all of them

- **Whose complaints.** Those of the units that the reader oversees, in today's organisation; a
  unit that was moved in the tree takes its complaints along. Chosen units, categories, a channel
  and a tier narrow that further and never widen it.
- **Departments.** Whoever leads departments has the reports at the end of this page: the clocks,
  waiting, returns, liability and answers *of these departments*, whosever the complaints are, and
  nothing of any other. Led is the department itself, not what lies below it. Whoever leads and
  oversees has both kinds beside each other; whoever does neither has no reports (404).
- **Periods** are whole days in the operator's time zone, both ends included; a day on which the
  clocks change has 23 or 25 hours. A complaint closed on 31 March at 23:30 there belongs to
  March. A period that is not over yet is counted until now; one that has not begun is refused.
- **The period before** is as many whole months where the period is whole months, else as many
  days. One that still runs is compared with the one before up to the same point. A row that has
  nothing to count in the period is not shown; what it had before is in the total of the period
  before. Days and weeks of a time line have none before, only their total has.
- **Numbers are links** to exactly their complaints. The list shows a complaint once, also where
  a report counts it several times (two limits missed, three calls made).
- **Shares** divide two numbers of the same table and are never added up; totals divide the sums.
- **Files** (CSV, XLSX) hold the rows of the page, with period, zone, scope and definitions; each
  figure is followed by that of the period before and by the change (of shares in points), as on
  the page. Cells that a spreadsheet could take for a command are made harmless. Mails carry the
  same files.
- **On paper.** “Print or save as PDF” on each report opens the browser's print window, where a
  PDF is a choice; the sheet states period, zone, what the figures were narrowed to, definitions,
  who printed it and when.
- **Closed and reopened, merged, transferred.** A complaint that was reopened is open again and
  ends when it ends for good; one that was merged ends as merged and is counted as come; where
  responsibility moved, each definition says whose number it is.
- **Freshness.** Figures are counted from facts kept beside the events (`flask facts`), some
  seconds behind them, never in the request that saves.

## By mail

Reports → Reports by mail: which report, of which period (as of the moment of sending), every day,
week or month at an hour of the operator's clock. Each reader gets the figures of what they oversee
or lead themselves; whoever may not see the report any more gets none. An hour that the clocks
leave out in spring is the next one. After an outage one report comes late, not several; the same
moment is never sent twice, and what fails is tried again every minute for a day. The files go
through the outbox like every message (see [messages.md](messages.md)), where their delivery can be
followed.
"""


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the document is stale.")
@with_appcontext
def reports(check: bool) -> None:
    """Write docs/reports.md."""
    text = document()
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not is_current(DOCUMENT, text):
        raise click.ClickException(f"{DOCUMENT.name} is stale; run: make docs")


def document() -> str:
    """The whole document; needs the application's context."""
    with force_locale("en"):
        groups: dict[str, list[str]] = {}
        for report in (*REPORTS.values(), *OF_DEPARTMENTS.values()):
            groups.setdefault(gettext(report.group), []).append(chapter(report))
    parts = [f"## {group}\n\n" + "\n".join(chapters) for group, chapters in groups.items()]
    return "\n".join([PREFACE, *parts])


def chapter(report: Report) -> str:
    """One report: its question and its definitions."""
    rows = [
        f"| {gettext(each.term)} | {gettext(each.meaning).replace('|', '/')} |"
        for each in report.definitions
    ]
    heading = [f"### {gettext(report.title)} (`{report.name}`)", "", gettext(report.question), ""]
    return "\n".join([*heading, "| term | how it is counted |", "|---|---|", *rows, ""])
