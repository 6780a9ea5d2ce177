"""Promises that a manager moved: which time the customer was told first, and whether that one
would have been kept (PAU-07). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from workflow.words import ClockKind


class TimedPromise(Protocol):
    """What of a clock decides whether a promise was kept."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> ClockKind: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


def kept_at_first(
    clocks: Iterable[TimedPromise], moved: Mapping[datetime, datetime]
) -> dict[UUID, bool]:
    """For every promise that replaced one that still waited: whether the customer was told by the
    time promised before the first move.

    `moved` holds, for each moment at which a manager set another time, the time until then. What
    was promised anew after the customer had been told moves nothing: no clock ended for it.
    """
    promises = sorted(
        (each for each in clocks if each.kind is ClockKind.PROMISE),
        key=lambda each: each.starts_at,
    )
    ends, starts = {each.ended_at: each for each in promises}, {each.starts_at for each in promises}
    first: dict[UUID, datetime] = {}
    for each in promises:
        replaced = ends.get(each.starts_at)
        if replaced is not None and each.starts_at in moved:
            first[each.id] = first.get(replaced.id, moved[each.starts_at])
    return {
        each.id: each.ended_at is not None
        and each.ended_at not in starts
        and each.ended_at <= first[each.id]
        for each in promises
        if each.id in first
    }
