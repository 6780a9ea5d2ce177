"""Time limits met and missed, where the time went, promises moved (PAU-06, PAU-07, REP-05)."""

from sqlalchemy import literal

from tickets.facts.words import Happened, Holder
from tickets.models import ClockFact, HappenedFact, HeldFact
from tickets.reports.counting import Counted, Measure, drill, tables
from tickets.reports.groupings import by_category, by_code, by_person, by_unit
from tickets.reports.scoped import Within
from tickets.reports.shape import Chart, Column, ColumnKind, Condition, Definition, Drawing, Report
from workflow.words import N_, ClockKind

PROMISE = literal(ClockKind.PROMISE, ClockFact.kind.type, literal_execute=True)
"""Written out in the statement: only so is the index of promises found."""
DEPARTMENTS_OWN = (ClockKind.ACCEPT, ClockKind.ANSWER)


def _certain(within: Within) -> list[Condition]:
    return within.during(ClockFact.certain_at)


def _missed(within: Within) -> list[Condition]:
    return [*_certain(within), ClockFact.met.is_(False)]


_OF_DEPARTMENTS = ClockFact.kind.in_(DEPARTMENTS_OWN)


ALL = Measure(Column("all", N_("Limits")))
MET = Measure(Column("met", N_("Met")), ClockFact.met)
MISSED = Measure(Column("missed", N_("Missed")), ClockFact.met.is_(False))
SHARE_MET = Column("share", N_("Share met"), ColumnKind.SHARE, ("met", "all"))
COUNTED = (ALL, MET, MISSED)
BY_PERSON = by_person(ClockFact.held_by_id, N_("Responsible person"))

LIMITS = (
    Counted(
        "kinds",
        N_("By time limit"),
        ClockFact,
        _certain,
        by_code(ClockFact.kind, N_("Time limit"), ClockKind),
        COUNTED,
        (SHARE_MET,),
    ),
    Counted(
        "units",
        N_("By the unit that answers for the complaint"),
        ClockFact,
        _certain,
        by_unit(ClockFact.unit_id),
        COUNTED,
        (SHARE_MET,),
    ),
    Counted(
        "departments",
        N_("Departments: accepting and answering work orders"),
        ClockFact,
        _certain,
        by_unit(ClockFact.department_id, N_("Department")),
        COUNTED,
        (SHARE_MET,),
        only=_OF_DEPARTMENTS,
    ),
    Counted(
        "waited_for",
        N_("Missed: whom the complaint waited for at that moment"),
        ClockFact,
        _missed,
        by_code(ClockFact.holder, N_("Waited for"), Holder),
        (MISSED,),
    ),
    Counted(
        "held_at",
        N_("Missed: which unit held the complaint at that moment"),
        ClockFact,
        _missed,
        by_unit(ClockFact.holder_id, N_("Unit")),
        (MISSED,),
    ),
    Counted(
        "held_by",
        N_("Missed: who was responsible at that moment"),
        ClockFact,
        _missed,
        BY_PERSON,
        (MISSED,),
        note=N_("In the order of names. How much each person had to carry is in “Load”."),
    ),
    Counted(
        "categories",
        N_("By category"),
        ClockFact,
        _certain,
        by_category(ClockFact.category_id),
        COUNTED,
        (SHARE_MET,),
    ),
)


def _lived(within: Within) -> list[Condition]:
    return within.during(HeldFact.ended_at)


SEGMENTS = Measure(Column("segments", N_("Segments")))
SECONDS = Measure(Column("time", N_("Time"), ColumnKind.SPAN), value=HeldFact.seconds)
AVERAGE = Column("average", N_("On average"), ColumnKind.SPAN, ("time", "segments"))

TIME = (
    Counted(
        "holders",
        N_("Whom complaints waited for"),
        HeldFact,
        _lived,
        by_code(HeldFact.holder, N_("Waited for"), Holder),
        (SEGMENTS, SECONDS),
        (AVERAGE,),
    ),
    Counted(
        "departments",
        N_("Time in departments"),
        HeldFact,
        _lived,
        by_unit(HeldFact.holder_id, N_("Department")),
        (SEGMENTS, SECONDS),
        (AVERAGE,),
        only=HeldFact.holder == Holder.DEPARTMENT.value,
    ),
    Counted(
        "units",
        N_("Time by the unit that answers for the complaint"),
        HeldFact,
        _lived,
        by_unit(HeldFact.unit_id),
        (SEGMENTS, SECONDS),
        (AVERAGE,),
    ),
)


def _promises(within: Within) -> list[Condition]:
    return [*_certain(within), ClockFact.kind == PROMISE]


KEPT = Measure(Column("kept", N_("Kept")), ClockFact.met)
BROKEN = Measure(Column("broken", N_("Broken")), ClockFact.met.is_(False))
PROMISES = Measure(Column("all", N_("Promises")))
SHARE_KEPT = Column("share", N_("Share kept"), ColumnKind.SHARE, ("kept", "all"))


def _moved(within: Within) -> list[Condition]:
    """Another time than before: the first one that a manager gives moves nothing."""
    return [
        *within.during(HappenedFact.at),
        HappenedFact.what == Happened.OVERRIDDEN.value,
        HappenedFact.seconds != 0,
    ]


MOVED = Measure(Column("moved", N_("Moved")))
PUT_OFF = Measure(Column("put_off", N_("to a later time")), HappenedFact.seconds > 0)
LATER = Measure(
    Column("later", N_("Later by, in all"), ColumnKind.SPAN),
    HappenedFact.seconds > 0,
    HappenedFact.seconds,
)
LATER_EACH = Column("later_each", N_("Later by, on average"), ColumnKind.SPAN, ("later", "put_off"))
BROUGHT = Measure(Column("brought", N_("to an earlier time")), HappenedFact.seconds < 0)
EARLIER = Measure(
    Column("earlier", N_("Earlier by, in all"), ColumnKind.SPAN),
    HappenedFact.seconds < 0,
    -HappenedFact.seconds,
)
MOVES = (MOVED, PUT_OFF, LATER, BROUGHT, EARLIER)
KEPT_MOVED = Measure(Column("kept", N_("Kept, as moved")), ClockFact.met)
KEPT_FIRST = Measure(
    Column("kept_first", N_("Kept, as promised first")), ClockFact.kept_first.is_(True)
)
SHARE_MOVED = Column("share", N_("Share kept, as moved"), ColumnKind.SHARE, ("kept", "all"))
SHARE_FIRST = Column(
    "share_first", N_("Share kept, as promised first"), ColumnKind.SHARE, ("kept_first", "all")
)

KEEPING = (
    Counted(
        "units",
        N_("Promised times, by unit"),
        ClockFact,
        _promises,
        by_unit(ClockFact.unit_id),
        (PROMISES, KEPT, BROKEN),
        (SHARE_KEPT,),
    ),
    Counted(
        "people",
        N_("Promised times, by responsible person"),
        ClockFact,
        _promises,
        BY_PERSON,
        (PROMISES, KEPT, BROKEN),
        (SHARE_KEPT,),
        note=N_("In the order of names. How much each person had to carry is in “Load”."),
    ),
    Counted(
        "both",
        N_("Moved promises: kept under the moved and under the first time"),
        ClockFact,
        lambda within: [*_promises(within), ClockFact.kept_first.is_not(None)],
        by_unit(ClockFact.unit_id),
        (PROMISES, KEPT_MOVED, KEPT_FIRST),
        (SHARE_MOVED, SHARE_FIRST),
    ),
    Counted(
        "moves",
        N_("Promised times moved by managers, by unit"),
        HappenedFact,
        _moved,
        by_unit(HappenedFact.unit_id),
        MOVES,
        (LATER_EACH,),
    ),
    Counted(
        "movers",
        N_("Promised times moved, by who moved them"),
        HappenedFact,
        _moved,
        by_person(HappenedFact.person_id, N_("Person")),
        MOVES,
        (LATER_EACH,),
        note=N_("In the order of names. How much each person had to carry is in “Load”."),
    ),
)

_LIMIT = Definition(
    N_("Limit"),
    N_(
        "One clock of a complaint or of a work order whose result became certain in the period:"
        " a met one when it ended, a missed one at the moment its time ran out, even if the work"
        " was done later. Reminders (follow-up dates, silence, progress reports) are not counted."
    ),
)
_UNIT = Definition(
    N_("Unit"),
    N_("The unit that answers for the complaint, in today's organisation."),
)

REPORTS = (
    Report(
        "limits",
        N_("Time limits"),
        N_("Which time limits were met and missed, where, and who held the complaint then?"),
        N_("Time"),
        (
            _LIMIT,
            _UNIT,
            Definition(
                N_("Waited for"),
                N_(
                    "Whom the complaint waited for when the limit was missed: the desk, a"
                    " department (the one with the oldest open work order), the customer, or the"
                    " callback."
                ),
            ),
        ),
        tables(LIMITS),
        drill(LIMITS),
        (
            Chart("kinds", Drawing.STACKED, ("met", "missed")),
            Chart("held_at", Drawing.BARS, ("missed",)),
        ),
    ),
    Report(
        "time",
        N_("Where the time went"),
        N_("Of complaints that ended: how long did they wait, and for whom?"),
        N_("Time"),
        (
            Definition(
                N_("Segment"),
                N_(
                    "An unbroken stretch in which a complaint waited for the same party and the"
                    " same person answered for it. Segments follow each other without gaps, so"
                    " they sum to the whole time for which the complaint was open."
                ),
            ),
            Definition(
                N_("Time"),
                N_("By the wall clock, nights and holidays included; of complaints that ended"),
            ),
            _UNIT,
        ),
        tables(TIME),
        drill(TIME),
        (Chart("holders", Drawing.BARS, ("time",)), Chart("departments", Drawing.BARS, ("time",))),
    ),
    Report(
        "promises",
        N_("Promises"),
        N_("Were customers answered by the time they had been told?"),
        N_("Time"),
        (
            Definition(
                N_("Promise"),
                N_(
                    "The time that a customer was told. Kept when the customer was reached before"
                    " it, or the complaint ended; broken at the moment it passed. Where a manager"
                    " moved it, the moved time counts; one that had passed when it was moved"
                    " stays broken, and the new time is another promise."
                ),
            ),
            Definition(
                N_("Moved"),
                N_(
                    "A manager replaced the promised time by another, with a reason; every time"
                    " counts, when it was done. A first promise moves nothing."
                ),
            ),
            Definition(
                N_("Kept, as promised first"),
                N_(
                    "Of promises that were moved while the customer waited and whose result became"
                    " certain in the period: the customer was reached before the time promised"
                    " before the first move. Beside it what became of them under the moved time."
                ),
            ),
            _UNIT,
        ),
        tables(KEEPING),
        drill(KEEPING),
        (Chart("units", Drawing.STACKED, ("kept", "broken")),),
    ),
)
