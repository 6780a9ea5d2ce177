"""Reports for whoever leads departments: the same tables, of their departments and nothing else.

A lead's reach is not a subtree of units to which complaints belong, but what their departments
did: `OfDepartments` says for each kind of facts which ones these are. Everything else, periods,
narrowing, drill-down, files and mails, is what all reports have. A kind of facts that is not
listed there cannot be counted for a department: that is an error, never a wider figure (S-08).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import and_, select

from tickets.facts.words import Holder
from tickets.models import ClockFact, ComplaintFact, HappenedFact, HeldFact, WorkOrder
from tickets.reports import callbacks, limits, work
from tickets.reports.counting import Specified, drill, tables
from tickets.reports.groupings import by_category
from tickets.reports.scoped import Within
from tickets.reports.shape import Chart, Condition, Definition, Drawing, FactTable, Report, Scope
from tickets.visibility import led_departments
from workflow.words import N_

Table = TypeVar("Table", bound=Specified)

GROUP = N_("Departments that I lead")


class OfDepartments(Within):
    """What the departments that the reader leads did, or the one of them that was chosen."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        led = led_departments(scope.reader)
        self.led = sorted(each.id for each in led)
        self.chosen = sorted(each.id for each in led if each.path.startswith(scope.unit_path))

    def reach(self, fact: FactTable) -> Iterator[Condition]:
        yield _REACH[fact](self)


def _was_asked(within: OfDepartments) -> Condition:
    """A department may be called liable for what it was never asked about; nobody there may see
    such a complaint, so it is not counted for them either."""
    asked = select(WorkOrder.complaint_id).where(WorkOrder.unit_id.in_(within.led))
    return ComplaintFact.complaint_id.in_(asked)


_REACH: Mapping[FactTable, Callable[[OfDepartments], Condition]] = {
    ClockFact: lambda within: and_(
        ClockFact.kind.in_(limits.DEPARTMENTS_OWN), ClockFact.department_id.in_(within.chosen)
    ),
    HeldFact: lambda within: and_(
        HeldFact.holder == Holder.DEPARTMENT.value, HeldFact.holder_id.in_(within.chosen)
    ),
    HappenedFact: lambda within: HappenedFact.from_id.in_(within.chosen),
    ComplaintFact: lambda within: and_(
        ComplaintFact.liable_id.in_(within.chosen), _was_asked(within)
    ),
}


def _of(specifications: Sequence[Table], *keys: str) -> tuple[Table, ...]:
    """Some tables of another report."""
    by_key = {each.key: each for each in specifications}
    return tuple(by_key[key] for key in keys)


def _report(
    name: str,
    title: str,
    question: str,
    definitions: Sequence[Definition],
    specifications: Sequence[Specified],
    charts: Sequence[Chart],
) -> Report:
    return Report(
        name,
        title,
        question,
        GROUP,
        definitions,
        tables(specifications, OfDepartments),
        drill(specifications, OfDepartments),
        charts,
        of_departments=True,
    )


LIMITS = _of(limits.LIMITS, "kinds", "departments", "categories")
(_IN_DEPARTMENTS,) = _of(limits.TIME, "departments")
TIME = (
    _IN_DEPARTMENTS,
    replace(
        _IN_DEPARTMENTS,
        key="categories",
        title=N_("By category"),
        by=by_category(HeldFact.category_id),
    ),
)
TO_AND_FRO = _of(work.TO_AND_FRO, "returned", "matrix", "sent_on", "rulings")
CAUSES = tuple(
    replace(each, note=N_("Only complaints about which the department was asked."))
    for each in _of(work.CAUSES, "causes", "categories", "liable", "remedies")
)
CAME_BACK = (
    *_of(callbacks.CAME_BACK, "categories"),
    replace(_of(callbacks.CAME_BACK, "departments")[0], note=""),
)

REPORTS = (
    _report(
        "department_limits",
        N_("Time limits of departments"),
        N_("Did the department accept and answer in time?"),
        (
            Definition(
                N_("Limit"),
                N_(
                    "The clock for accepting or for answering of one work order of the department"
                    " whose result became certain in the period: a met one when it ended, a"
                    " missed one at the moment its time ran out, even if the work was done later."
                ),
            ),
        ),
        LIMITS,
        (
            Chart("kinds", Drawing.STACKED, ("met", "missed")),
            Chart("categories", Drawing.STACKED, ("met", "missed")),
        ),
    ),
    _report(
        "department_time",
        N_("Time with departments"),
        N_("Of complaints that ended: how long did they wait for the department?"),
        (
            Definition(
                N_("Segment"),
                N_(
                    "An unbroken stretch in which a complaint waited for the department and the"
                    " same person answered for the complaint. While several departments are"
                    " asked at once, it waits for the one with the oldest open work order."
                ),
            ),
            Definition(
                N_("Time"),
                N_("By the wall clock, nights and holidays included; of complaints that ended"),
            ),
        ),
        TIME,
        (Chart("categories", Drawing.BARS, ("time",)),),
    ),
    _report(
        "department_returns",
        N_("What departments sent back"),
        N_("What did the department send back, where did it go then, and who was right?"),
        (
            Definition(
                N_("Return"),
                N_("A department sent a work order back; a complaint may be counted several times"),
            ),
            Definition(
                N_("Where it went next"),
                N_("The department to which the complaint was sent after a return, in the period"),
            ),
            Definition(
                N_("Arbitration"),
                N_("A supervisor's ruling on a work order of the department, in the period"),
            ),
        ),
        TO_AND_FRO,
        (Chart("returned", Drawing.BARS, ("returns",)), Chart("sent_on", Drawing.MATRIX, ())),
    ),
    _report(
        "department_causes",
        N_("What departments were liable for"),
        N_("Which causes was the department liable for, and what did that cost?"),
        (
            Definition(
                N_("Complaints"),
                N_(
                    "Closed in the period and not reopened since, with the department as liable"
                    " one in the last answer, and only those about which it was asked: others are"
                    " not open to it. Cause, result, remedy and compensation are those of the"
                    " last answer."
                ),
            ),
        ),
        CAUSES,
        (
            Chart("causes", Drawing.PARETO, ("all",)),
            Chart("remedies", Drawing.BARS, ("all",)),
        ),
    ),
    _report(
        "department_came_back",
        N_("Answers that did not hold"),
        N_("What came back after the department had answered?"),
        (
            Definition(
                N_("Answers"),
                N_(
                    "Answers to customers for which the department was the last one that had"
                    " answered the desk"
                ),
            ),
            Definition(
                N_("Came back"),
                N_(
                    "The customer was not satisfied at the callback, or the complaint was"
                    " reopened after closing; counted when that happened, for the department of"
                    " the answer before."
                ),
            ),
            Definition(
                N_("Rate"),
                N_("What came back in the period, divided by the answers of the same period"),
            ),
        ),
        CAME_BACK,
        (Chart("categories", Drawing.BARS, ("resolved", "back")),),
    ),
)
