"""What each regulator's return counts: limits, source, and what is our own reading of it.

"Final answer" is the moment of closing: with the customer's word, or approved without it. Sources
are those of the packs (see `tools/limit_pack_tables.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, not_, or_

from tickets.models import ComplaintFact
from tickets.reports.counting import Counted, Measure, drill, tables
from tickets.reports.groupings import by_category, by_cause, by_code
from tickets.reports.regulator.working_days import within_days, within_working_days
from tickets.reports.scoped import Within
from tickets.reports.shape import Column, ColumnKind, Condition, Definition, Report
from workflow.words import APPEALS, N_, Channel, Resolution, Status

Fact = ComplaintFact
REGULATORS = N_("Figures for the regulator")


class ReturnRhythm(StrEnum):
    """How often the return is made."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"


@dataclass(frozen=True)
class Limit:
    """One limit of the return: what its column is called, and who kept it."""

    key: str
    title: str
    kept: Condition


@dataclass(frozen=True)
class Return:
    """One regulator's return. `own` says what in it the source does not define; `redress` that
    it asks for redress and causes as well."""

    pack: str
    title: str
    rhythm: ReturnRhythm
    limits: tuple[Limit, ...]
    source: str
    own: str
    redress: bool = False

    @property
    def name(self) -> str:
        return f"regulator-{self.pack}"


OWN_READING = N_(
    "The source states the limit and no columns of a periodic return: which figures stand here"
    " is our own reading."
)

RETURNS = (
    Return(
        "cn-telecom",
        N_("China: answers to complaints"),
        ReturnRhythm.MONTH,
        (Limit("days_15", N_("Within 15 days"), within_days(15)),),
        "电信用户申诉处理办法 (MIIT order 35, 2016) art. 10(4)",
        OWN_READING,
    ),
    Return(
        "uk-ofcom",
        N_("United Kingdom, Ofcom: complaints and the way to dispute resolution"),
        ReturnRhythm.QUARTER,
        (
            Limit("weeks_6", N_("Within 6 weeks"), within_days(42)),
            Limit("weeks_8", N_("Within 8 weeks"), within_days(56)),
        ),
        "Ofcom decision of 8 July 2025, in force 8 April 2026 (6 weeks); Annex to GC C4 (8 weeks)",
        OWN_READING,
    ),
    Return(
        "uk-fca",
        N_("United Kingdom, FCA: complaints return"),
        ReturnRhythm.HALF_YEAR,
        (
            Limit("days_3", N_("Within 3 business days"), within_working_days("uk-fca", 3)),
            Limit("weeks_8", N_("Within 8 weeks"), within_days(56)),
        ),
        "DISP 1.10.1R, Annex 1R; DISP 1.5 (3 business days), DISP 1.6.2R (8 weeks)",
        N_(
            "From the source: open at the start, opened, closed within 3 business days, then"
            " within 8 weeks, then later, upheld, redress, by product and by cause; the exact names"
            " of its columns were not to be had. Our reading: products are our categories; redress"
            " is the compensation granted with the last answer of complaints closed in the period,"
            " in the operator's currency, whether or not it has been paid out by then; partly"
            " upheld, not upheld, how many had redress, open at the end and the channels are shown"
            " besides."
        ),
        redress=True,
    ),
    Return(
        "au-acma",
        N_("Australia, ACMA: quarterly complaints record"),
        ReturnRhythm.QUARTER,
        (
            Limit("days_2", N_("Within 2 working days"), within_working_days("au-acma", 2)),
            Limit("days_10", N_("Within 10 working days"), within_working_days("au-acma", 10)),
        ),
        "Record-Keeping Rules 2018 (quarterly); acma.gov.au/how-telcos-must-handle-complaints",
        N_(
            "That the record is quarterly is the rules'; which columns it has is our own reading."
            " Working days are those of New South Wales."
        ),
    ),
    Return(
        "in-trai",
        N_("India, TRAI: complaints"),
        ReturnRhythm.QUARTER,
        (
            Limit("days_3", N_("Within 3 days"), within_days(3)),
            Limit("weeks_4", N_("Within 4 weeks"), within_days(28)),
        ),
        "trai.gov.in, frequently asked questions on complaints (3 days; billing 4 weeks)",
        OWN_READING,
    ),
)


def _registered(within: Within) -> list[Condition]:
    return within.during(Fact.registered_at)


def _ended(within: Within) -> list[Condition]:
    return within.during(Fact.ended_at)


def _open_at_start(within: Within) -> list[Condition]:
    starts = within.scope.period.starts
    return [Fact.registered_at < starts, or_(Fact.ended_at.is_(None), Fact.ended_at >= starts)]


def _open_at_end(within: Within) -> list[Condition]:
    ends = within.moment
    return [Fact.registered_at < ends, or_(Fact.ended_at.is_(None), Fact.ended_at >= ends)]


_CLOSED = Fact.ended_as == Status.CLOSED.value


def _closed_as(*resolutions: Resolution) -> Condition:
    codes = [each.value for each in resolutions]
    return and_(_CLOSED, Fact.resolution.in_(codes))


OPENED = (
    Measure(Column("opened", N_("Complaints opened"))),
    Measure(
        Column("referred", N_("of these brought by the regulator")),
        Fact.channel.in_([channel.value for channel in APPEALS]),
    ),
)


def _in_limits(limits: tuple[Limit, ...]) -> tuple[Measure, ...]:
    """Each closed complaint in the shortest limit that it kept, or in none."""
    found: list[Measure] = []
    for place, limit in enumerate(limits):
        shorter = limits[:place]
        found.append(Measure(Column(limit.key, limit.title), _only(limit, shorter)))
    return (*found, Measure(Column("later", N_("Later")), _in_none(limits)))


def _only(limit: Limit, shorter: tuple[Limit, ...]) -> Condition:
    return and_(_CLOSED, limit.kept, *(not_(each.kept) for each in shorter))


def _in_none(limits: tuple[Limit, ...]) -> Condition:
    return and_(_CLOSED, *(not_(each.kept) for each in limits))


CLOSED = Measure(Column("closed", N_("Closed")), _CLOSED)
OUTCOMES = (
    Measure(Column("upheld", N_("Upheld")), _closed_as(Resolution.UPHELD)),
    Measure(Column("partly", N_("Partly upheld")), _closed_as(Resolution.PARTLY)),
    Measure(Column("not_upheld", N_("Not upheld")), _closed_as(Resolution.NOT_UPHELD)),
)
REDRESS = (
    Measure(
        Column("redressed", N_("With redress")),
        and_(_CLOSED, Fact.compensation > 0),
    ),
    Measure(Column("redress", N_("Redress"), ColumnKind.MONEY), _CLOSED, value=Fact.compensation),
)


def _causes(row: Return) -> tuple[Counted, ...]:
    """By cause what was closed, where the return asks for it."""
    if not row.redress:
        return ()
    measures = (CLOSED, *OUTCOMES, *REDRESS)
    title = N_("Closed in the period, by cause")
    return (
        Counted(
            "causes",
            title,
            Fact,
            lambda within: [*_ended(within), _CLOSED],
            by_cause(Fact.cause_id),
            measures,
        ),
    )


def _tables(row: Return) -> tuple[Counted, ...]:
    category = by_category(Fact.category_id)
    standing = (Measure(Column("open", N_("Still open"))),)
    closed = (
        CLOSED,
        *_in_limits(row.limits),
        *OUTCOMES,
        *(REDRESS if row.redress else ()),
        Measure(Column("otherwise", N_("Withdrawn or merged")), not_(_CLOSED)),
    )
    channel = by_code(Fact.channel, N_("Channel"), Channel)
    return (
        Counted("start", N_("Open at the start"), Fact, _open_at_start, category, standing),
        Counted("opened", N_("Opened in the period"), Fact, _registered, category, OPENED),
        Counted("closed", N_("Closed in the period"), Fact, _ended, category, closed),
        *_causes(row),
        Counted("end", N_("Open at the end"), Fact, _open_at_end, category, standing),
        Counted("channels", N_("Opened by channel"), Fact, _registered, channel, OPENED[:1]),
    )


DEFINITIONS = (
    Definition(N_("Complaints opened"), N_("Complaints registered in the period.")),
    Definition(
        N_("Closed"),
        N_(
            "Complaints whose closing lies in the period and still holds; the closing counts as"
            " the final answer. A complaint that was reopened counts when it closes again."
        ),
    ),
    Definition(
        N_("Within a limit"),
        N_(
            "Each closed complaint in the shortest limit that it kept. Days are those of the"
            " operator's zone, the day of receipt is not counted; working days follow the calendar"
            " of the pack, and the week alone in years for which it has none."
        ),
    ),
    Definition(
        N_("Upheld, partly, not upheld"),
        N_("The outcome of the last answer of a closed complaint."),
    ),
    Definition(
        N_("Complaints"),
        N_("Every number but an amount leads to exactly its complaints; none is counted twice."),
    ),
    Definition(
        N_("Open at the start, at the end"),
        N_("Registered before that moment, and ended after it or not at all as things stand."),
    ),
)


def _report(row: Return) -> Report:
    counted = _tables(row)
    return Report(
        row.name,
        row.title,
        N_("What does the regulator ask for in this period?"),
        REGULATORS,
        (*DEFINITIONS, Definition(N_("Source"), row.source), Definition(N_("Reading"), row.own)),
        tables(counted),
        drill(counted),
    )


REPORTS: Mapping[str, Report] = {row.name: _report(row) for row in RETURNS}
