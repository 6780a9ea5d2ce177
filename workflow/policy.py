"""What an operator may decide differently: every number of the rules, with its default.

Rules read a `Policy`; they hold no numbers of their own. Defaults are those of design §3–4.
"""

from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DayPart:
    """A named stretch of the local day; attempts must fall in different ones."""

    name: str
    starts: time
    ends: time


DAY_PARTS = (
    DayPart("morning", time(8), time(12)),
    DayPart("afternoon", time(12), time(18)),
    DayPart("evening", time(18), time(21)),
)


@dataclass(frozen=True)
class CallbackPolicy:
    """When a customer counts as unreachable, and when nobody may ring them (design §3)."""

    attempts: int = 3
    days: int = 2
    day_parts: int = 2
    gap: timedelta = timedelta(hours=2)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    wait_after_notice: timedelta = timedelta(days=3)
    entry_limit: timedelta = timedelta(minutes=30)
    """How long after a call its attempt may be entered and count by itself."""
    parts: tuple[DayPart, ...] = DAY_PARTS


@dataclass(frozen=True)
class Policy:
    """The settings that the rules of this installation run on."""

    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    region: str = "CN"
    """ISO 3166 code of the country whose phone numbers may be typed without their prefix."""
    callback: CallbackPolicy = field(default_factory=CallbackPolicy)
    writer_may_call_back: bool = True
    """Whether whoever wrote the answer may also record the callback (CLO-09)."""
    on_the_spot_counts: bool = False
    """Whether the customer's word at the counter may stand for the callback."""
    reopen_window: timedelta = timedelta(days=30)
    undo_window: timedelta = timedelta(minutes=10)
    """How long a closing can be taken back as a slip of the hand; until then nothing about it
    is sent to the customer (CLO-13)."""
    longest_wait: timedelta = timedelta(days=15)
    """Total time one complaint may wait for its customer."""
    rejections_per_order: int = 1
    returns_before_arbitration: int = 2
    repeat_contacts: int = 3
    """This many complaints of one customer within `repeat_window` raise the level (REO-05)."""
    repeat_window: timedelta = timedelta(days=30)
    quality_share: int = 5
    """Percent of each person's closings of a week that are called a second time."""
    quality_least: int = 1
    quality_level: int = 2
    """Complaints of this level and above are all called a second time."""
    quality_exceptions: bool = True
    """Whether closings without the customer's word all are."""
    quality_low: int = 60
    """A score below this many percent makes a task for the supervisor."""
    quality_review: timedelta = timedelta(days=5)
    """How long the supervisor has for it."""
    largest_compensation: int = 5_000
    """What may be granted for one cycle of a complaint, in whole units of the currency."""
    minor_digits: int = 2
    """Decimal places of the currency (ISO 4217): amounts are kept in its minor units."""
    tell_ends: bool = True
    """Whether every end is told to the customer in writing, with how to object."""


DEFAULT = Policy()


@dataclass(frozen=True)
class Bounds:
    """The least and the most of a setting, in the unit it is stored in: pieces or seconds."""

    least: int
    most: int


_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

BOUNDS = {
    "callback.attempts": Bounds(1, 20),
    "callback.days": Bounds(1, 14),
    "callback.day_parts": Bounds(1, 3),
    "callback.gap": Bounds(15 * _MINUTE, 2 * _DAY),
    "callback.wait_after_notice": Bounds(_DAY, 90 * _DAY),
    "callback.entry_limit": Bounds(_MINUTE, 4 * _HOUR),
    "undo_window": Bounds(0, _HOUR),
    "reopen_window": Bounds(_DAY, 366 * _DAY),
}
"""Between what an operator may choose; outside of it the unreachable rule, the undo window or the
customer's time to object would mean nothing. The database refuses other values too (P11)."""
