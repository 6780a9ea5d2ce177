"""What-if runs in the background: reckoned without writing, kept batch by batch."""

from datetime import timedelta
from uuid import UUID

from tickets.jobs.registry import every, job
from tickets.jobs.work import Work
from tickets.what_if import runs
from workflow.values import needed


@job(runs.JOB, lease=timedelta(minutes=5))
def reckon_what_if(work: Work) -> None:
    """Every complaint of the period; goes on where it stood when killed."""
    run_id = UUID(needed(work.payload, "run", str))
    done = work.done
    while True:
        after = UUID(work.cursor) if work.cursor else None
        batch = runs.next_batch(run_id, after)
        if batch is None:
            return
        runs.keep(run_id, batch, work.now())
        if batch.last is None:
            return
        done += batch.looked
        work.save(str(batch.last), done=done)


@every(timedelta(days=1), name="remove_what_ifs")
def remove_expired(work: Work) -> None:
    runs.remove_expired(work.now())
