"""What the second call found, beside the other reports."""

from sqlalchemy import exists

from tickets.models import QualitySample, ReviewTask, SampleState, Verdict
from tickets.reports.counting import Counted, Measure, drill, tables
from tickets.reports.groupings import by_code, by_person, by_unit
from tickets.reports.scoped import Within
from tickets.reports.shape import Chart, Column, ColumnKind, Condition, Definition, Drawing, Report
from workflow.sampling import Why
from workflow.words import N_


def _handled(within: Within) -> list[Condition]:
    return within.during(QualitySample.scored_at)


def _scored(within: Within) -> list[Condition]:
    return [*_handled(within), QualitySample.state == SampleState.SCORED]


ALL = Measure(Column("all", N_("Scored")))
TASKS = Measure(
    Column("low", N_("Low: a supervisor was asked to look")),
    exists().where(ReviewTask.sample_id == QualitySample.id),
)
SUM = Measure(Column("sum", N_("Sum of percents")), value=QualitySample.percent)
AVERAGE = Column("average", N_("Average percent"), ColumnKind.NUMBER, ("sum", "all"))
MARKS = (
    (QualitySample.heard, N_("Heard")),
    (QualitySample.informed, N_("Kept informed")),
    (QualitySample.solved, N_("Solved")),
    (QualitySample.kept, N_("Promises kept")),
    (QualitySample.recorded, N_("Recorded")),
)
ITEM_SUMS = tuple(
    Measure(Column(f"sum_{mark.key}", title, ColumnKind.COUNT), value=mark) for mark, title in MARKS
)

QUALITY = (
    Counted(
        "units",
        N_("By unit"),
        QualitySample,
        _scored,
        by_unit(QualitySample.unit_id),
        (ALL, TASKS, SUM),
        (AVERAGE,),
    ),
    Counted(
        "people",
        N_("By responsible person"),
        QualitySample,
        _scored,
        by_person(QualitySample.person_id, N_("Responsible person")),
        (ALL, TASKS, SUM),
        (AVERAGE,),
        note=N_("In the order of names. A few calls say little about a person."),
    ),
    Counted(
        "items",
        N_("Points by item and unit, at most two for each call"),
        QualitySample,
        _scored,
        by_unit(QualitySample.unit_id),
        (ALL, *ITEM_SUMS),
    ),
    Counted(
        "verdicts",
        N_("What customers said"),
        QualitySample,
        _scored,
        by_code(QualitySample.verdict, N_("Verdict"), Verdict),
        (ALL,),
    ),
    Counted(
        "reasons",
        N_("Why they were drawn, and what was skipped"),
        QualitySample,
        _handled,
        by_code(QualitySample.why, N_("Drawn because of"), Why),
        (
            Measure(Column("all", N_("Handled"))),
            Measure(
                Column("skipped", N_("Skipped")),
                QualitySample.state == SampleState.SKIPPED,
            ),
        ),
    ),
)

REPORTS = (
    Report(
        "quality",
        N_("Second calls"),
        N_("What do customers say when somebody else calls them again?"),
        N_("Customers"),
        (
            Definition(
                N_("Sample"),
                N_(
                    "Of each person's closings of a week a share, by a draw that can be"
                    " repeated; all of a level set in the policy and above; all closings without"
                    " the customer's word. Always: withdrawals, closings on a call to an unknown"
                    " number, ends that could be told to nobody, ends whose written notice came"
                    " back, and ends of what took in a complaint whose customer was not"
                    " satisfied."
                ),
            ),
            Definition(
                N_("Percent"),
                N_("Points of five items, two at most for each, in percent of ten"),
            ),
        ),
        tables(QUALITY),
        drill(QUALITY),
        (Chart("verdicts", Drawing.BARS, ("all",)),),
    ),
)
