"""The draw: every closed week once, and at once what is always in it.

Nothing is capped, and a row's key keeps a draw from happening twice (CLO-14).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.models import Complaint, QualitySample, SampleState
from tickets.settings import policy_now
from workflow.policy import Policy
from workflow.sampling import Closed, SamplingRule, Why, always_drawn, drawn
from workflow.words import Status

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
    rows = _closed_since(now - LOOKS_BACK)
    weeks: dict[date, list[Any]] = {}
    for row in rows:
        weeks.setdefault(monday_of(row.closed_at), []).append(row)
    added = 0
    for week, closings in sorted(weeks.items()):
        known = [_closed(row) for row in closings]
        if week < this_week:
            sample = drawn(known, rule, week.isoformat())
        else:
            always = {each.id: always_drawn(each, rule) for each in known}
            sample = {key: why for key, why in always.items() if why is not None}
        added += _add(closings, sample, week, now)
    return added


def _closed_since(moment: datetime) -> Sequence[Any]:
    return db.session.execute(
        select(
            Complaint.id,
            Complaint.cycle,
            Complaint.unit_id,
            Complaint.category_id,
            Complaint.channel,
            Complaint.tier,
            Complaint.level,
            Complaint.responsible_id,
            Complaint.closed_at,
            Complaint.closing_approval_id,
        ).where(Complaint.status == Status.CLOSED, Complaint.closed_at >= moment)
    ).all()


def _closed(row: Any) -> Closed:
    return Closed(row.id, row.responsible_id, int(row.level), row.closing_approval_id is not None)


def _add(closings: Sequence[Any], sample: Mapping[UUID, Why], week: date, now: datetime) -> int:
    wanted = [row for row in closings if row.id in sample]
    there = set(
        db.session.execute(
            select(QualitySample.complaint_id, QualitySample.cycle).where(
                QualitySample.complaint_id.in_([row.id for row in wanted])
            )
        ).tuples()
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
                closed_at=row.closed_at,
                drawn_at=now,
            )
        )
    db.session.flush()
    return len(new)
