"""Whether a measure helped: complaints per week before and after it took effect."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, or_, select

from tickets.database import db
from tickets.models import Complaint, Person, Problem, Unit
from tickets.problems.linking import linked_to
from tickets.visibility import visible_to
from workflow.words import UnitKind

WEEKS = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """Seven days from `starts` on, and how many complaints were registered in them. `whole` is
    False while the week still runs: it is shown, and not averaged."""

    starts: datetime
    count: int
    after: bool
    whole: bool


@dataclass(frozen=True)
class MeasuredEffect:
    """The weeks around the moment, oldest first."""

    at: datetime
    weeks: tuple[Week, ...]

    @property
    def most(self) -> int:
        return max((week.count for week in self.weeks), default=0)

    @property
    def before(self) -> Fraction | None:
        """The mean of a week before."""
        return _mean([week.count for week in self.weeks if not week.after])

    @property
    def after(self) -> Fraction | None:
        """The mean of a whole week after; None until there is one."""
        return _mean([week.count for week in self.weeks if week.after and week.whole])


def _mean(counts: list[int]) -> Fraction | None:
    return Fraction(sum(counts), len(counts)) if counts else None


def _area(problem: Problem) -> Unit:
    """A department has no complaints of its own: its branch's are counted."""
    unit = problem.unit
    if unit.kind is not UnitKind.DEPARTMENT or unit.branch_id is None:
        return unit
    return db.session.get_one(Unit, unit.branch_id)


def effect_of(problem: Problem, reader: Person, now: datetime) -> MeasuredEffect:
    """Eight weeks before and up to eight after the measure took effect; of one that has none yet,
    the eight weeks until now. Counted are registered complaints of the problem's category in its
    unit's subtree (a department's branch), and those linked to it, as far as the reader
    may see them: one query."""
    at = problem.effective_at or now
    starts = [at + number * WEEK for number in range(-WEEKS, WEEKS)]
    starts = [each for each in starts if each < now]
    if not starts:
        return MeasuredEffect(at, ())
    below = select(Unit.id).where(Unit.path.startswith(_area(problem).path))
    of_it = or_(
        (Complaint.category_id == problem.category_id) & Complaint.unit_id.in_(below),
        linked_to(problem.id),
    )
    counts = db.session.execute(
        select(
            *(
                func.count(Complaint.id).filter(
                    Complaint.registered_at >= each, Complaint.registered_at < each + WEEK
                )
                for each in starts
            )
        ).where(
            of_it,
            visible_to(reader),
            Complaint.registered_at >= starts[0],
            Complaint.registered_at < min(starts[-1] + WEEK, now),
        )
    ).one()
    pairs = zip(starts, counts, strict=True)
    return MeasuredEffect(
        at, tuple(Week(each, n, each >= at, each + WEEK <= now) for each, n in pairs)
    )
