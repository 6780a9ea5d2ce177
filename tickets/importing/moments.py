"""When the customer complained, from what a row says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tickets.importing.mapping import Dates


class Unreadable(Exception):
    """The row does not say for certain when it was; every reason is in `reasons`."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Received:
    """The instant, and what is doubtful about it although it can be read."""

    at: datetime
    doubts: tuple[str, ...]


def received(dates: Dates, zone: ZoneInfo, cells: Mapping[str, str], now: datetime) -> Received:
    """The instant at which this row was received; raises Unreadable."""
    said, reasons = _moments(dates, cells)
    clock = _time(dates, cells, reasons)
    said = {column: _at(each, clock) for column, each in said.items()}
    if len(set(said.values())) > 1:
        words = ", ".join(f"{column} says {each}" for column, each in said.items())
        reasons.append(f"received_at: the columns contradict each other: {words}")
    if reasons:
        raise Unreadable(reasons)
    local = next(iter(said.values()))
    at = _instant(local, zone)
    if at > now:
        raise Unreadable([f"received_at: {local} has not come yet"])
    return Received(at, tuple(_doubts(local.date(), dates)))


def _moments(dates: Dates, cells: Mapping[str, str]) -> tuple[dict[str, datetime], list[str]]:
    moments, reasons = {}, []
    for column in dates.columns:
        found = _parsed(cells[column], dates.formats)
        if found is None:
            reasons.append(f"{column}: “{cells[column]}” is none of {' '.join(dates.formats)}")
            continue
        moments[column] = found
    return moments, reasons


def _time(dates: Dates, cells: Mapping[str, str], reasons: list[str]) -> time | None:
    """The time of day, where it has a column of its own."""
    if dates.time is None:
        return None
    found = _parsed(cells[dates.time], dates.time_formats)
    if found is None:
        formats = " ".join(dates.time_formats)
        reasons.append(f"{dates.time}: “{cells[dates.time]}” is none of {formats}")
        return None
    return found.time()


def _at(moment: datetime, clock: time | None) -> datetime:
    """The time of day in the date's own column counts where there is no other."""
    return moment if clock is None else datetime.combine(moment.date(), clock, moment.tzinfo)


def _parsed(said: str, formats: Sequence[str]) -> datetime | None:
    """By the first format that fits."""
    for each in formats:
        try:
            return datetime.strptime(said.strip(), each)  # noqa: DTZ007 - the zone is the mapping's
        except ValueError:
            continue
    return None


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time; of two (clocks set back), the first. A time that says its own
    offset needs no zone."""
    try:
        at = (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise Unreadable([f"received_at: {local} is out of reach"]) from error
    if local.tzinfo is None and at.astimezone(zone).replace(tzinfo=None) != local:
        raise Unreadable([f"received_at: {local} does not exist in {zone} (clocks set forward)"])
    return at


def _doubts(day: date, dates: Dates) -> list[str]:
    if _expected(day, dates):
        return []
    what = f"the date lies outside {dates.earliest or '…'} to {dates.latest or '…'}"
    swapped = _swapped(day)
    if swapped is not None and _expected(swapped, dates):
        return [f"{what}, but not with day and month exchanged"]
    return [what]


def _expected(day: date, dates: Dates) -> bool:
    early = dates.earliest is not None and day < dates.earliest
    late = dates.latest is not None and day > dates.latest
    return not (early or late)


def _swapped(day: date) -> date | None:
    try:
        return date(day.year, day.day, day.month)
    except ValueError:
        return None
