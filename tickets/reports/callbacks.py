"""The callback, the first contact, and who came back: what the desk promises, counted."""

from tickets.facts.words import Happened
from tickets.models import ClockFact, ComplaintFact, HappenedFact
from tickets.reports.counting import Counted, Measure, drill, tables
from tickets.reports.groupings import Grouping, by_category, by_code, by_person, by_unit
from tickets.reports.scoped import Within
from tickets.reports.shape import Chart, Column, ColumnKind, Condition, Definition, Drawing, Report
from workflow.callbacks import CLOSING, REACHED
from workflow.words import N_, CallOutcome, Channel, ClockKind, ClosingGround

CALLBACK = "callback"


def happened(within: Within, *what: Happened) -> list[Condition]:
    """Happenings of these kinds in the period."""
    return [HappenedFact.what.in_(what), *within.during(HappenedFact.at)]


def _registered(within: Within) -> list[Condition]:
    return within.during(ComplaintFact.registered_at)


REGISTERED = Measure(Column("all", N_("Registered")))
AT_ONCE = Measure(Column("at_once", N_("Solved at first contact")), ComplaintFact.first_contact)
SHARE_AT_ONCE = Column("share", N_("Rate"), ColumnKind.SHARE, ("at_once", "all"))


def _first_contact(key: str, title: str, by: Grouping) -> Counted:
    counted = (REGISTERED, AT_ONCE)
    return Counted(key, title, ComplaintFact, _registered, by, counted, (SHARE_AT_ONCE,))


FIRST_CONTACT = (
    _first_contact("units", N_("By unit"), by_unit(ComplaintFact.unit_id)),
    _first_contact("categories", N_("By category"), by_category(ComplaintFact.category_id)),
    _first_contact(
        "channels",
        N_("By channel"),
        by_code(ComplaintFact.channel, N_("Channel"), Channel),
    ),
)


def _detail(*codes: str) -> Condition:
    return HappenedFact.detail.in_(codes)


CLOSED = Measure(Column("closed", N_("Closed")))
ON_CALLBACK = Measure(Column("on_callback", N_("With the customer's word")), _detail(CALLBACK))
UNREACHABLE = Measure(
    Column("unreachable", N_("Exception: unreachable")), _detail(ClosingGround.UNREACHABLE)
)
REFUSED = Measure(
    Column("refused", N_("Exception: refuses contact")), _detail(ClosingGround.REFUSES_CONTACT)
)
CALLS = Measure(Column("calls", N_("Attempts before closing")), value=HappenedFact.number)
PER_CLOSE = Column("per_close", N_("Attempts per closing"), ColumnKind.NUMBER, ("calls", "closed"))
BY_EXCEPTION = Column(
    "by_word", N_("Share with the word"), ColumnKind.SHARE, ("on_callback", "closed")
)

ATTEMPTS = Measure(Column("attempts", N_("Attempts")))
TALKED = Measure(Column("reached", N_("Reached")), _detail(*REACHED))
SHARE_REACHED = Column("share", N_("Reached rate"), ColumnKind.SHARE, ("reached", "attempts"))
FIRSTS = Measure(Column("firsts", N_("First callbacks")), HappenedFact.number == 1)
ACCEPTED = Measure(
    Column("accepted", N_("Accepted at the first callback")),
    (HappenedFact.number == 1) & HappenedFact.detail.in_(CLOSING),
)
SHARE_ACCEPTED = Column(
    "accepted_share", N_("Accepted at first"), ColumnKind.SHARE, ("accepted", "firsts")
)


def _attempted(within: Within) -> list[Condition]:
    return happened(within, Happened.ATTEMPT)


IN_TIME = Measure(Column("met", N_("In time")), ClockFact.met)
LATE = Measure(Column("missed", N_("Late")), ClockFact.met.is_(False))
DUE = Measure(Column("all", N_("Callbacks due")))
SHARE_IN_TIME = Column("share", N_("Share in time"), ColumnKind.SHARE, ("met", "all"))

CALLBACKS = (
    Counted(
        "in_time",
        N_("Callbacks in time"),
        ClockFact,
        lambda within: [
            *within.during(ClockFact.certain_at),
            ClockFact.kind == ClockKind.CALLBACK,
        ],
        by_unit(ClockFact.unit_id),
        (DUE, IN_TIME, LATE),
        (SHARE_IN_TIME,),
    ),
    Counted(
        "closings",
        N_("Closings: what they rest on"),
        HappenedFact,
        lambda within: happened(within, Happened.CLOSED),
        by_unit(HappenedFact.unit_id),
        (CLOSED, ON_CALLBACK, UNREACHABLE, REFUSED, CALLS),
        (PER_CLOSE, BY_EXCEPTION),
    ),
    Counted(
        "attempts",
        N_("Attempts, and how the first one went"),
        HappenedFact,
        _attempted,
        by_unit(HappenedFact.unit_id),
        (ATTEMPTS, TALKED, FIRSTS, ACCEPTED),
        (SHARE_REACHED, SHARE_ACCEPTED),
    ),
    Counted(
        "outcomes",
        N_("Outcomes of attempts"),
        HappenedFact,
        _attempted,
        by_code(HappenedFact.detail, N_("Outcome"), CallOutcome),
        (ATTEMPTS,),
    ),
)

RESOLVED = Measure(Column("resolved", N_("Answers")), HappenedFact.what == Happened.RESOLVED.value)
BACK = Measure(Column("back", N_("Came back")), HappenedFact.what == Happened.CAME_BACK.value)
REOPENED = Measure(
    Column("reopened", N_("of these reopened after their end")),
    (HappenedFact.what == Happened.CAME_BACK.value) & (HappenedFact.detail == "reopened"),
)
SHARE_BACK = Column("share", N_("Rate"), ColumnKind.SHARE, ("back", "resolved"))


def _answered(within: Within) -> list[Condition]:
    return happened(within, Happened.RESOLVED, Happened.CAME_BACK)


def _came_back(key: str, title: str, by: Grouping, note: str = "") -> Counted:
    counted = (RESOLVED, BACK, REOPENED)
    return Counted(key, title, HappenedFact, _answered, by, counted, (SHARE_BACK,), note)


REPEATED = Measure(Column("repeated", N_("Repeated")), ComplaintFact.repeat)
SHARE_REPEATED = Column("share", N_("Rate"), ColumnKind.SHARE, ("repeated", "all"))

CAME_BACK = (
    _came_back("categories", N_("By category"), by_category(HappenedFact.category_id)),
    _came_back(
        "departments",
        N_("By the department that answered last"),
        by_unit(HappenedFact.from_id, N_("Department")),
        N_("Without a department: the desk answered by itself."),
    ),
    _came_back(
        "people",
        N_("By the person who verified the answer"),
        by_person(HappenedFact.person_id, N_("Person")),
        N_("In the order of names. How much each person had to carry is in “Load”."),
    ),
    Counted(
        "repeats",
        N_("Repeated complaints about the same"),
        ComplaintFact,
        _registered,
        by_category(ComplaintFact.category_id),
        (REGISTERED, REPEATED),
        (SHARE_REPEATED,),
    ),
)

REPORTS = (
    Report(
        "first_contact",
        N_("Solved at first contact"),
        N_("How much is solved by whoever hears it first, at once?"),
        N_("Customers"),
        (
            Definition(
                N_("Solved at first contact"),
                N_(
                    "Answered in the same step as registering. The callback was owed all the"
                    " same, unless the customer confirmed on the spot."
                ),
            ),
            Definition(N_("Registered"), N_("Complaints that came in the period, merged ones too")),
        ),
        tables(FIRST_CONTACT),
        drill(FIRST_CONTACT),
        (Chart("categories", Drawing.BARS, ("all", "at_once")),),
    ),
    Report(
        "callbacks",
        N_("Callbacks"),
        N_("Were customers called back in time, reached, and satisfied?"),
        N_("Customers"),
        (
            Definition(
                N_("Callback in time"),
                N_("The callback clock of one cycle was met; a late one counts when it ran out."),
            ),
            Definition(
                N_("Closing"),
                N_(
                    "Every closing in the period that was not undone; one that was reopened later"
                    " stays counted. Exceptions rest on a supervisor's approval."
                ),
            ),
            Definition(
                N_("Attempt"),
                N_(
                    "One recorded call. Reached: the customer said whether the answer is"
                    " accepted. The first one of each cycle is a first callback."
                ),
            ),
        ),
        tables(CALLBACKS),
        drill(CALLBACKS),
        (
            Chart("in_time", Drawing.STACKED, ("met", "missed")),
            Chart("outcomes", Drawing.BARS, ("attempts",)),
        ),
    ),
    Report(
        "came_back",
        N_("Reopened and repeated"),
        N_("Whose answers did not hold?"),
        N_("Customers"),
        (
            Definition(
                N_("Came back"),
                N_(
                    "The customer was not satisfied at the callback, or the complaint was"
                    " reopened after its end; counted when that happened, for the person and the"
                    " department of the answer before."
                ),
            ),
            Definition(
                N_("Rate"),
                N_("What came back in the period, divided by the answers of the same period"),
            ),
            Definition(
                N_("Repeated"),
                N_("Registered in the period as a repetition of an earlier complaint"),
            ),
        ),
        tables(CAME_BACK),
        drill(CAME_BACK),
        (Chart("categories", Drawing.BARS, ("resolved", "back")),),
    ),
)
