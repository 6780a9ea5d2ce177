"""Problems in the background: many links, progress to every linked complaint, reminders."""

from datetime import timedelta
from uuid import UUID

from tickets.database import db
from tickets.jobs.registry import every, job
from tickets.jobs.work import Work
from tickets.models import Person, ProblemEvent
from tickets.problems import linking, reminding
from workflow.values import needed

STEP = 20


@job(linking.LINK_JOB, lease=timedelta(minutes=5))
def link_complaints(work: Work) -> None:
    """Goes on where it stood when killed; what is linked already is passed over."""
    ids = [UUID(key) for key in needed(work.payload, "complaints", list)]
    problem_id, actor_id = (UUID(needed(work.payload, name, str)) for name in ("problem", "by"))
    for start in range(work.done, len(ids), STEP):
        actor = db.session.get_one(Person, actor_id)
        linking.link_batch(problem_id, ids[start : start + STEP], actor, work.now())
        work.save(done=min(start + STEP, len(ids)), total=len(ids))


@job(linking.SHARE_JOB, lease=timedelta(minutes=5))
def share_progress(work: Work) -> None:
    """Each complaint in a transaction of its own, so that no two customers depend on another."""
    event_id, done = UUID(needed(work.payload, "event", str)), work.done
    while True:
        event = db.session.get_one(ProblemEvent, event_id)
        batch = linking.next_to_tell(event, UUID(work.cursor) if work.cursor else None)
        if not batch:
            return
        for complaint_id in batch:
            linking.tell_one(db.session.get_one(ProblemEvent, event_id), complaint_id, work.now())
            done += 1
            work.save(str(complaint_id), done=done)
        work.cursor = str(batch[-1])


@every(timedelta(hours=1), name="remind_problems")
def remind_owners(work: Work) -> None:
    reminding.remind(work.now())
