"""A moment typed on the operator's clock, kept as an aware instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext
from wtforms import Field
from wtforms.widgets import DateTimeLocalInput

from tickets.web.shell.languages import chosen_timezone

PATTERNS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


class MomentField(Field):
    """`data` is aware; what is shown and typed is the wall clock that every page shows.

    A wall-clock time that the zone leaves out in spring is refused: it never was.
    """

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(_zone()).strftime(PATTERNS[0]) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        self.data = typed_moment(typed)
        if self.data is None:
            raise ValueError(gettext("Please give date and time like 2026-01-31 08:30."))


def typed_moment(typed: str) -> datetime | None:
    """The instant that this wall-clock time names, or None when it names none."""
    for pattern in PATTERNS:
        try:
            wall = datetime.strptime(typed, pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return _placed(wall)
    return None


def _placed(wall: datetime) -> datetime | None:
    placed = wall.replace(tzinfo=_zone())
    try:
        moment = placed.astimezone(UTC)
    except OverflowError:
        return None
    there = moment.astimezone(_zone()).replace(tzinfo=None)
    return moment if abs(there - wall) < timedelta(minutes=1) else None


def _zone() -> ZoneInfo:
    """The zone that moments are shown in: what is read and what is typed is one clock."""
    return ZoneInfo(chosen_timezone())
