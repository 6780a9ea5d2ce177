"""Which ended complaints are called a second time: by rule, explainable and repeatable (CLO-14).

Nobody chooses. Each complaint has a rank among those of its responsible person in a period: the
digest of the period and its own key. The first share of the ranks is drawn, so that the draw can
be repeated years later and comes out the same.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from workflow.words import Level


class Why(StrEnum):
    """Why a complaint is in the sample; the strongest reason is kept."""

    NOTICE_RETURNED = "notice_returned"
    """The written notice that its closing rests on came back after the end."""
    UNKNOWN_NUMBER = "unknown_number"
    """Closed on a callback to a number that was not known of the customer."""
    WITHDRAWN = "withdrawn"
    UNTOLD = "untold"
    """There was no address at which the customer could be told of the end."""
    MERGED = "merged"
    """What was merged into it had a callback at which the customer was not satisfied."""
    EXCEPTION = "exception"
    LEVEL = "level"
    SHARE = "share"


CERTAIN = (
    Why.NOTICE_RETURNED,
    Why.UNKNOWN_NUMBER,
    Why.WITHDRAWN,
    Why.UNTOLD,
    Why.MERGED,
)
"""What no policy takes out of the sample, the strongest reason first: there the customer's own
word is all that stands against one person alone (decisions P6, P7)."""


@dataclass(frozen=True)
class SamplingRule:
    """`share` is in percent of each person's closings in a period, `least` how many at least of
    whoever closed any; complaints of `level` and above, and closings without the customer's
    word, are all in it."""

    share: int = 5
    least: int = 1
    level: int = int(Level.SUPERVISOR)
    exceptions: bool = True


@dataclass(frozen=True)
class Closed:
    """One end, as the draw sees it; `certain` are reasons that hold whatever the policy says."""

    id: UUID
    person: UUID
    level: int
    by_exception: bool
    certain: Collection[Why] = ()

    @property
    def is_closing(self) -> bool:
        return Why.WITHDRAWN not in self.certain


def always_drawn(closed: Closed, rule: SamplingRule) -> Why | None:
    """The reason for which it is in every sample, or None."""
    certain = next((each for each in CERTAIN if each in closed.certain), None)
    if certain is not None:
        return certain
    if closed.by_exception and rule.exceptions:
        return Why.EXCEPTION
    return Why.LEVEL if closed.level >= rule.level else None


def drawn(closings: Iterable[Closed], rule: SamplingRule, period: str) -> Mapping[UUID, Why]:
    """The sample of one period: every one with its reason."""
    found: dict[UUID, Why] = {}
    by_person: dict[UUID, list[Closed]] = {}
    for closed in closings:
        if closed.is_closing:  # the share is one of closings; each withdrawal is in it anyway
            by_person.setdefault(closed.person, []).append(closed)
        why = always_drawn(closed, rule)
        if why is not None:
            found[closed.id] = why
    for theirs in by_person.values():
        for closed in sorted(theirs, key=lambda each: rank(each.id, period))[: _many(theirs, rule)]:
            found.setdefault(closed.id, Why.SHARE)
    return found


def _many(theirs: list[Closed], rule: SamplingRule) -> int:
    """The share, rounded up, and never less than the least."""
    return max(-(-len(theirs) * rule.share // 100), min(rule.least, len(theirs)))


def rank(key: UUID, period: str) -> str:
    """The place of a complaint in the draw of a period: SHA-256 of both."""
    return hashlib.sha256(f"{period}:{key.hex}".encode()).hexdigest()
