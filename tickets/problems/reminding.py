"""Telling owners that the measure of their problem falls due, and that it is overdue."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tickets import messages
from tickets.database import db
from tickets.models import Problem
from tickets.people.absences import absences_at
from workflow.absence import present_for

AHEAD = timedelta(days=3)


def remind(now: datetime) -> int:
    """Each due date is told once when it nears and once when it has passed; returns how many."""
    absences, told = absences_at(now), 0
    near = select(Problem).where(Problem.closed_at.is_(None), Problem.due_at <= now + AHEAD)
    for problem in db.session.scalars(near).all():
        if problem.due_at is None:
            continue
        topic = "problem_overdue" if problem.due_at <= now else "problem_due"
        there = present_for(problem.owner_id, absences, now) or problem.owner_id
        told += messages.tell(
            there,
            topic,
            now=now,
            once=f"problem:{problem.id.hex}:{topic}:{int(problem.due_at.timestamp())}",
            values={"problem": problem.number, "due": problem.due_at},
            instead_of=None if there == problem.owner_id else problem.owner_id,
        )
    return told
