"""Stories about one complaint for the tests of time: who did what when, told as happenings.

The effects are those of the lifecycle, so a story changes when the table does. Times are walls in
Shanghai; 10 March 2025 is a Monday. The office is open Monday to Friday, 09:00 to 17:00.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflow.clocks import Clock, Happening, History, clocks
from workflow.effects import Effect
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.limits import DatedCalendar, Facts, Limits, Rule, Rung, SpanUnit, Tell
from workflow.table import Action
from workflow.words import Channel, ClockKind, Severity, Status
from workflow.working_time import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

WEEK = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
HOLIDAY = date(2025, 3, 20)
OFFICE = DatedCalendar("office", WorkingCalendar("Asia/Shanghai", WEEK, [HOLIDAY]))
ALWAYS = DatedCalendar("always", WorkingCalendar.always("Asia/Shanghai"))

K = ClockKind
MAJOR = frozenset({Severity.MAJOR})
HOURS = SpanUnit.HOURS

RULES = (
    Rule("acknowledge", K.ACKNOWLEDGE, 30, SpanUnit.MINUTES),
    Rule("accept", K.ACCEPT, 2, HOURS),
    Rule("answer", K.ANSWER, 8, HOURS),
    Rule("progress", K.PROGRESS, 16, HOURS),
    Rule("resolution", K.RESOLUTION, 16, HOURS, reopened=4),
    Rule("resolution-major", K.RESOLUTION, 4, HOURS, reopened=2, severities=MAJOR),
    Rule("callback", K.CALLBACK, 8, HOURS),
    Rule("regulator", K.REGULATOR, 15, SpanUnit.DAYS, statutory=True),
)
LADDER = (
    Rung("resolution-1h", K.RESOLUTION, before=HOUR, tell=(Tell.RESPONSIBLE,)),
    Rung("resolution-75", K.RESOLUTION, percent=75, tell=(Tell.RESPONSIBLE,)),
    Rung("resolution-100", K.RESOLUTION, percent=100, tell=(Tell.LEAD,), raise_to=1),
    Rung("resolution-150", K.RESOLUTION, percent=150, tell=(Tell.EXECUTIVE,)),
)


def limits(*rules: Rule, key: str = "first", **said: Any) -> Limits:
    """The usual limits, or others; rules given replace those of the same name."""
    replaced = {rule.id: rule for rule in (*RULES, *rules)}
    said = {"ladder": LADDER, "default_calendar": "office", **said}
    said.setdefault("calendars", {"office": OFFICE, "always": ALWAYS})
    return Limits(key=key, number=1, rules=tuple(replaced.values()), **said)


LIMITS = limits()


def at(wall: str, zone: ZoneInfo = ZONE) -> datetime:
    """A wall time: "10T10:00" is that of the tenth of March 2025."""
    whole = f"2025-03-{wall}" if wall[2] == "T" else wall
    return datetime.fromisoformat(whole).replace(tzinfo=zone)


def did(name: str, when: str | datetime, /, to: str | None = None, **said: Any) -> Happening:
    """An action of the lifecycle (`order_…` for a work order's) with the effects it has there;
    `to` chooses among its moves."""
    moment = at(when) if isinstance(when, str) else when
    return Happening(moment, effects(name, to), **said)


def effects(name: str, to: str | None = None) -> tuple[Effect, ...]:
    action = action_of(name)
    moves = [each for each in action.moves if len(action.moves) == 1 or each.to == to]
    return (*action.then, *(effect for move in moves for effect in move.then))


def action_of(name: str) -> Action:
    return ACTIONS[name] if name in ACTIONS else ORDER_ACTIONS[name.removeprefix("order_")]


def history(*happenings: Happening, **said: Any) -> History:
    """A story; by e-mail, so that nobody was answered by the registering itself."""
    facts = said.pop("facts", Facts(channel=Channel.EMAIL))
    return History(facts, said.pop("under", LIMITS), happenings, zone=ZONE, **said)


def told(*happenings: Happening, now: str | datetime, **said: Any) -> tuple[Clock, ...]:
    """The clocks of a story at that moment."""
    moment = at(now) if isinstance(now, str) else now
    return clocks(history(*happenings, **said), moment)


def only(found: tuple[Clock, ...], kind: ClockKind, **which: Any) -> Clock:
    """The one clock of this kind, of a cycle, order or turn if given."""
    fitting = [
        clock
        for clock in found
        if clock.id.kind is kind
        and all(getattr(clock.id, name) == value for name, value in which.items())
    ]
    assert len(fitting) == 1, f"{len(fitting)} clocks {kind} {which}: {fitting}"
    return fitting[0]


def resolution(*happenings: Happening, now: str | datetime, **said: Any) -> Clock:
    """The resolution clock of the newest cycle."""
    found = [each for each in told(*happenings, now=now, **said) if each.id.kind is K.RESOLUTION]
    return found[-1]


def severe(when: str, severity: Severity = Severity.MAJOR) -> Happening:
    """The details were corrected."""
    facts = Facts(severity, channel=Channel.EMAIL)
    return did("correct", when, facts=facts)


REGISTERED = did("register", "10T09:00")
MONTH = "2025-04-10T12:00"


def asked(when: str, until: str = "28T09:00", why: str = "documents") -> Happening:
    return did("ask_customer", when, why=why, date=at(until))


def reopened(when: str) -> Happening:
    return did("reopen", when)


def not_solved(when: str) -> Happening:
    return did("record_callback", when, to=Status.IN_PROGRESS)


def accepted(when: str) -> Happening:
    return did("record_callback", when, to=Status.CLOSED)


def sent(when: str, *orders: str) -> Happening:
    return did("dispatch", when, sent=orders, date=at("14T17:00"))
