"""The draw: every week that is over once, and at once what is always in it.

Nothing is capped, and a row's key keeps a draw from happening twice (CLO-14).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, select

from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.models import Complaint, QualitySample, SampleState
from tickets.policy import policy_now
from tickets.quality.certainties import certainties_since, ended_since
from workflow.policy import Policy
from workflow.sampling import Closed, SamplingRule, Why, always_drawn, drawn
from workflow.words import Channel

LOOKS_BACK = timedelta(days=15)
"""The last whole week and what came since; older ones were drawn or never will be."""


def rule_of(policy: Policy) -> SamplingRule:
    return SamplingRule(
        policy.quality_share, policy.quality_least, policy.quality_level, policy.quality_exceptions
    )


def monday_of(at: datetime) -> date:
    """The Monday of the local week in which a moment lies."""
    day = at.astimezone(operators_zone()).date()
    return day - timedelta(days=day.weekday())


def draw(now: datetime) -> int:
    """Add what is to be in the sample and is not yet; returns how many. The caller commits."""
    rule, this_week = rule_of(policy_now()), monday_of(now)
    since = now - LOOKS_BACK
    certain = certainties_since(since)
    added = 0
    for week, rows in _by_week(_ended_since(since)):
        known = [_ended(row, certain) for row in rows]
        is_over = week < this_week
        sample = drawn(known, rule, week.isoformat()) if is_over else _always(known, rule)
        added += _add(rows, sample, week, now)
    # A notice may come back long after the end; the draw of that week is over.
    for week, rows in _by_week(_ended_before(since, certain)):
        added += _add(rows, _always([_ended(row, certain) for row in rows], rule), week, now)
    return added


def _always(known: Sequence[Closed], rule: SamplingRule) -> Mapping[UUID, Why]:
    found = {each.id: always_drawn(each, rule) for each in known}
    return {key: why for key, why in found.items() if why is not None}


class _Ended(NamedTuple):
    """One complaint that has ended, as far as the draw goes."""

    id: UUID
    cycle: int
    unit_id: UUID
    category_id: UUID
    channel: Channel
    tier: str
    level: int
    responsible_id: UUID
    ended_at: datetime
    closing_approval_id: UUID | None


def _by_week(rows: Sequence[_Ended]) -> list[tuple[date, list[_Ended]]]:
    weeks: dict[date, list[_Ended]] = {}
    for row in rows:
        weeks.setdefault(monday_of(row.ended_at), []).append(row)
    return sorted(weeks.items())


def _ended_since(moment: datetime) -> Sequence[_Ended]:
    return _ends(ended_since(moment))


def _ended_before(moment: datetime, certain: Mapping[UUID, set[Why]]) -> Sequence[_Ended]:
    """What ended before that moment and whose notice has come back since."""
    ids = [key for key, reasons in certain.items() if Why.NOTICE_RETURNED in reasons]
    return _ends(and_(Complaint.id.in_(ids), not_(ended_since(moment)))) if ids else ()


def _ends(condition: ColumnElement[bool]) -> Sequence[_Ended]:
    rows = db.session.execute(
        select(
            Complaint.id,
            Complaint.cycle,
            Complaint.unit_id,
            Complaint.category_id,
            Complaint.channel,
            Complaint.tier,
            Complaint.level,
            Complaint.responsible_id,
            func.coalesce(Complaint.closed_at, Complaint.withdrawn_at),
            Complaint.closing_approval_id,
        ).where(condition)
    )
    return [_Ended._make(row) for row in rows]


def _ended(row: _Ended, certain: Mapping[UUID, set[Why]]) -> Closed:
    by_exception = row.closing_approval_id is not None
    reasons: Collection[Why] = certain.get(row.id, ())
    return Closed(row.id, row.responsible_id, int(row.level), by_exception, reasons)


def _add(closings: Sequence[_Ended], sample: Mapping[UUID, Why], week: date, now: datetime) -> int:
    wanted = [row for row in closings if row.id in sample]
    there: set[tuple[UUID, int]] = set(
        db.session.execute(
            select(QualitySample.complaint_id, QualitySample.cycle).where(
                QualitySample.complaint_id.in_([row.id for row in wanted])
            )
        )
    )
    new = [row for row in wanted if (row.id, row.cycle) not in there]
    for row in new:
        db.session.add(
            QualitySample(
                id=new_id(),
                complaint_id=row.id,
                cycle=row.cycle,
                unit_id=row.unit_id,
                category_id=row.category_id,
                channel=row.channel.value,
                tier=row.tier,
                person_id=row.responsible_id,
                period=week.isoformat(),
                why=sample[row.id],
                state=SampleState.OPEN,
                closed_at=row.ended_at,
                drawn_at=now,
            )
        )
    db.session.flush()
    return len(new)
