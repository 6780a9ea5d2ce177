"""Opening, changing and closing problems; every change is kept beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tickets.database import db, new_id
from tickets.history.problem_events import ProblemDataKey, ProblemEventName
from tickets.models import Person, Problem, ProblemEvent
from workflow.reasons import Reason, Refused
from workflow.values import Json
from workflow.words import N_, ProblemKind


@dataclass(frozen=True)
class ProblemPlan:
    """What a person says about a problem, as the form holds it."""

    title: str
    kind: ProblemKind
    unit_id: UUID
    category_id: UUID
    owner_id: UUID
    cause_id: UUID | None = None
    measure: str = ""
    due_at: datetime | None = None
    effective_at: datetime | None = None


def open_problem(plan: ProblemPlan, *, actor: Person, now: datetime) -> Problem:
    """A new problem with the next number of its year; raises Refused."""
    _check(plan, now)
    problem = Problem(
        id=new_id(),
        number=_next_number(now),
        opened_at=now,
        opened_by_id=actor.id,
        **_columns(plan),
    )
    db.session.add(problem)
    db.session.flush()
    note(problem, ProblemEventName.OPENED, {}, actor=actor, now=now)
    return problem


def change(problem: Problem, plan: ProblemPlan, *, actor: Person, now: datetime) -> None:
    """Put the plan into force; what stood there before stays in the history. Raises Refused."""
    _refuse_closed(problem)
    _check(plan, now, before=problem)
    changed: dict[str, Json] = {
        name: [_plain(getattr(problem, name)), _plain(value)]
        for name, value in _columns(plan).items()
        if getattr(problem, name) != value
    }
    if not changed:
        return
    for name in changed:
        setattr(problem, name, getattr(plan, name))
    note(problem, ProblemEventName.CHANGED, changed, actor=actor, now=now)


def close(problem: Problem, effect: str, *, actor: Person, now: datetime) -> None:
    """End it with what was achieved; its complaints go their own way. Raises Refused."""
    _refuse_closed(problem)
    if not effect.strip():
        raise Refused([Reason("missing", N_("Please fill this in."), {}, "effect")])
    problem.closed_at, problem.closed_by_id, problem.effect = now, actor.id, effect
    note(
        problem,
        ProblemEventName.CLOSED,
        {ProblemDataKey.EFFECT: effect},
        actor=actor,
        now=now,
    )


def note(
    problem: Problem,
    name: ProblemEventName,
    data: Mapping[str, Json],
    *,
    actor: Person,
    now: datetime,
) -> ProblemEvent:
    """One line of its history."""
    event = ProblemEvent(
        id=new_id(),
        problem_id=problem.id,
        at=now,
        by_id=actor.id,
        action=name.value,
        data=dict(data),
    )
    db.session.add(event)
    return event


def _refuse_closed(problem: Problem) -> None:
    if problem.closed_at is not None:
        raise Refused([Reason("closed", N_("This problem is closed."))])


def _check(plan: ProblemPlan, now: datetime, *, before: Problem | None = None) -> None:
    found = []
    owner = db.session.get(Person, plan.owner_id)
    if owner is None or not owner.active:
        sentence = N_("This was not found; please choose again.")
        found.append(Reason("unknown", sentence, {}, "owner"))
    moved = before is None or before.due_at != plan.due_at
    if moved and plan.due_at is not None and plan.due_at <= now:
        found.append(Reason("not_ahead", N_("This must lie in the future."), {}, "due_at"))
    if plan.effective_at is not None and plan.effective_at > now:
        sentence = N_("A measure takes effect when it does; this lies in the future.")
        found.append(Reason("ahead", sentence, {}, "effective_at"))
    if found:
        raise Refused(found)


def _columns(plan: ProblemPlan) -> dict[str, object]:
    return {each.name: getattr(plan, each.name) for each in fields(plan)}


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if value is not None else None


def _next_number(now: datetime) -> str:
    """P, the year and a running number. Two who open one at the same moment want the same: the
    database refuses the second, who sends the form again."""
    year = f"P-{now:%Y}"
    last = db.session.scalar(
        select(func.max(Problem.number)).where(Problem.number.startswith(year))
    )
    count = int(last.removeprefix(year)) + 1 if last else 1
    return f"{year}{count:04}"
