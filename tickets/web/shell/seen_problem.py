"""Loading a problem and asking whether it may be seen, in one call."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from tickets.database import db
from tickets.models import Person, Problem
from tickets.problems.seeing import seen_by


def visible_problem(number: str, person: Person) -> Problem:
    """The problem with this number, or NotFound: unknown and foreign look alike."""
    found = db.session.scalar(
        select(Problem)
        .where(Problem.number == number.strip().upper(), seen_by(person))
        .options(
            joinedload(Problem.unit),
            joinedload(Problem.category),
            joinedload(Problem.cause),
            joinedload(Problem.owner).lazyload(Person.memberships),
        )
    )
    if found is None:
        raise NotFound()
    return found
