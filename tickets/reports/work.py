"""What the work was: causes, departments that sent back, pauses."""

from tickets.facts.words import Happened
from tickets.models import ComplaintFact, HappenedFact
from tickets.reports.callbacks import happened
from tickets.reports.counting import Counted, Measure, Specified, drill, tables
from tickets.reports.groupings import by_category, by_cause, by_code, by_unit
from tickets.reports.matrix import Matrix
from tickets.reports.scoped import Within
from tickets.reports.shape import Chart, Column, ColumnKind, Condition, Definition, Drawing, Report
from workflow.words import N_, Remedy, Resolution, Ruling, WaitReason

TO_AND_FRO: tuple[Specified, ...] = (
    Counted(
        "returned",
        N_("Departments that sent work back"),
        HappenedFact,
        lambda within: happened(within, Happened.RETURNED),
        by_unit(HappenedFact.from_id, N_("Department")),
        (Measure(Column("returns", N_("Returns"))),),
    ),
    Matrix(
        "matrix",
        N_("Who sent back to whom"),
        N_("Sent back by"),
        HappenedFact,
        lambda within: happened(within, Happened.RETURNED),
        HappenedFact.from_id,
        HappenedFact.to_id,
    ),
    Matrix(
        "sent_on",
        N_("Where it went next"),
        N_("Sent back by"),
        HappenedFact,
        lambda within: happened(within, Happened.SENT_ON),
        HappenedFact.from_id,
        HappenedFact.to_id,
    ),
    Counted(
        "rulings",
        N_("Arbitrations"),
        HappenedFact,
        lambda within: happened(within, Happened.ARBITRATED),
        by_code(HappenedFact.detail, N_("Ruling"), Ruling),
        (Measure(Column("rulings", N_("Rulings"))),),
    ),
)


def _paused(within: Within) -> list[Condition]:
    return happened(within, Happened.PAUSED)


PAUSES = (
    Counted(
        "reasons",
        N_("By reason"),
        HappenedFact,
        _paused,
        by_code(HappenedFact.detail, N_("Reason"), WaitReason),
        (
            Measure(Column("pauses", N_("Pauses"))),
            Measure(Column("over", N_("of these over")), HappenedFact.seconds.is_not(None)),
            Measure(Column("time", N_("Time"), ColumnKind.SPAN), value=HappenedFact.seconds),
        ),
        (Column("average", N_("On average"), ColumnKind.SPAN, ("time", "over")),),
    ),
    Counted(
        "units",
        N_("By unit"),
        HappenedFact,
        _paused,
        by_unit(HappenedFact.unit_id),
        (
            Measure(Column("pauses", N_("Pauses"))),
            Measure(Column("time", N_("Time"), ColumnKind.SPAN), value=HappenedFact.seconds),
        ),
    ),
)


def _ended(within: Within) -> list[Condition]:
    """Complaints that were closed in the period and have not come back since."""
    return [*within.during(ComplaintFact.ended_at), ComplaintFact.ended_as == "closed"]


ALL = Measure(Column("all", N_("Complaints")))
GRANTED = Measure(Column("granted", N_("With compensation")), ComplaintFact.compensation > 0)
SUM = Measure(
    Column("compensation", N_("Compensation"), ColumnKind.MONEY), value=ComplaintFact.compensation
)


def _resolution(key: str, title: str, code: Resolution) -> Measure:
    return Measure(Column(key, title), ComplaintFact.resolution == code.value)


CAUSES = (
    Counted(
        "causes",
        N_("Root causes, the most frequent first"),
        ComplaintFact,
        _ended,
        by_cause(ComplaintFact.cause_id, most_first="all"),
        (
            ALL,
            _resolution("upheld", N_("Upheld"), Resolution.UPHELD),
            _resolution("partly", N_("Partly upheld"), Resolution.PARTLY),
            _resolution("not_upheld", N_("Not upheld"), Resolution.NOT_UPHELD),
        ),
    ),
    Counted(
        "categories",
        N_("By category"),
        ComplaintFact,
        _ended,
        by_category(ComplaintFact.category_id),
        (
            ALL,
            _resolution("upheld", N_("Upheld"), Resolution.UPHELD),
            _resolution("partly", N_("Partly upheld"), Resolution.PARTLY),
            _resolution("not_upheld", N_("Not upheld"), Resolution.NOT_UPHELD),
        ),
    ),
    Counted(
        "liable",
        N_("By liable department"),
        ComplaintFact,
        _ended,
        by_unit(ComplaintFact.liable_id, N_("Liable department")),
        (ALL, GRANTED, SUM),
    ),
    Counted(
        "remedies",
        N_("Remedies"),
        ComplaintFact,
        _ended,
        by_code(ComplaintFact.remedy, N_("Remedy"), Remedy, most_first="all"),
        (ALL, GRANTED, SUM),
    ),
)

REPORTS = (
    Report(
        "returns",
        N_("Returns and arbitrations"),
        N_("Who sends work back, to whom, and where does it go then?"),
        N_("Work"),
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
                N_("Arbitration"), N_("A supervisor's ruling after a second return, in the period")
            ),
        ),
        tables(TO_AND_FRO),
        drill(TO_AND_FRO),
        (
            Chart("returned", Drawing.BARS, ("returns",)),
            Chart("sent_on", Drawing.MATRIX, ()),
        ),
    ),
    Report(
        "pauses",
        N_("Pauses"),
        N_("Why were customers waited for, and how long?"),
        N_("Time"),
        (
            Definition(
                N_("Pause"),
                N_(
                    "From asking the customer until work went on, by the wall clock; it counts in"
                    " the period in which it began. One that is not over yet has no time."
                ),
            ),
        ),
        tables(PAUSES),
        drill(PAUSES),
        (Chart("reasons", Drawing.BARS, ("pauses",)),),
    ),
    Report(
        "causes",
        N_("Causes and remedies"),
        N_("What goes wrong most, and what was done about it?"),
        N_("Work"),
        (
            Definition(
                N_("Complaints"),
                N_(
                    "Closed in the period and not reopened since; cause, result, liable"
                    " department, remedy and compensation are those of the last answer."
                ),
            ),
        ),
        tables(CAUSES),
        drill(CAUSES),
        (
            Chart("causes", Drawing.PARETO, ("all",)),
            Chart("liable", Drawing.BARS, ("all",)),
            Chart("remedies", Drawing.BARS, ("all",)),
        ),
    ),
)
