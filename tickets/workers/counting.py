"""Facts go on behind the events: found by index, remade a batch at a time."""

from datetime import timedelta

from tickets.database import db
from tickets.facts import building, months
from tickets.jobs.registry import every
from tickets.jobs.work import Work

FEW = 20
"""Complaints at a time where there is one writer: whoever saves waits for so many at most."""


@every(timedelta(seconds=10), name="count_facts", lease=timedelta(minutes=5))
def count_facts(work: Work) -> None:
    """Everything that is behind, each batch in a transaction of its own; what comes in between
    is found by the next round. Then the months that are over and not summed yet."""
    done = work.done
    total = done + building.behind()
    batch = FEW if db.engine.dialect.name == "sqlite" else building.BATCH
    while done < total and (ids := building.next_behind(batch)):
        building.count(ids)
        done += len(ids)
        work.save(done=done, total=max(total, done))
    while (month := months.next_uncounted(work.now())) is not None:
        months.count(month, work.now())
        work.save(done=done)
