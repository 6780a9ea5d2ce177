"""What runs under which name. Importing this module registers every kind."""

import time
from datetime import timedelta
from uuid import UUID

from tickets import jobs, sweep
from tickets.clocks import limit_changes, zone_rules
from tickets.delivery import carry
from tickets.jobs.registry import MESSAGES, SWEEP, every, job
from tickets.jobs.rows import remove_old
from tickets.jobs.work import Work
from tickets.log import log
from tickets.messages import digests
from tickets.workers import anchoring as _anchoring  # registers the daily anchor
from tickets.workers import counting as _counting  # registers the counting of facts
from tickets.workers import files as _files  # registers exports and imports
from tickets.workers import problems as _problems  # registers what problems do in the background
from tickets.workers import quality as _quality  # registers the draw of second calls
from tickets.workers import reckoning as _reckoning  # registers the what-if runs
from tickets.workers import reports as _reports  # registers the sending of reports
from workflow.values import needed

_ = _anchoring, _counting, _files, _problems, _quality, _reckoning, _reports

SWEEP_INTERVAL = timedelta(seconds=30)
SWEEP_LEASE = timedelta(seconds=45)
"""Prolonged with each complaint; another worker takes over before health counts it as late."""
SWEEP_SECONDS = 25.0
"""A round of the sweep begins no further complaint after this, so that health hears of it in time
however much is due."""
ROUND = timedelta(seconds=30)
"""A round of deliveries begins nothing new after this; the next one follows within seconds."""
ROUND_LEASE = timedelta(seconds=90)
"""A round and its last message, which may take 4 × SEND_TIMEOUT. A round that nevertheless takes
longer gets a second one beside it, which does no harm: each message is claimed by itself."""


@every(SWEEP_INTERVAL, name="sweep", queue=SWEEP, lease=SWEEP_LEASE)
def sweep_due(work: Work) -> None:
    """Everything that is due, each complaint in a transaction of its own; an error pushes only
    its own complaint ahead. Nothing is capped: what a round does not reach, the next one does,
    and the longest waiting come first (M-01)."""
    until = time.monotonic() + SWEEP_SECONDS
    treated: set[UUID] = set()
    while (due := sweep.due_now(work.now())) and time.monotonic() < until:
        for complaint_id in due:
            if complaint_id in treated:  # still due: it must not hide those behind it
                sweep.push_ahead(complaint_id, work.now())
            else:
                treated.add(complaint_id)
                _treat(work, complaint_id)
            work.save(done=len(treated))
            if time.monotonic() >= until:
                break
    while sweep.remind(work.now()):
        work.save()


def _treat(work: Work, complaint_id: UUID) -> None:
    try:
        sweep.treat(complaint_id, work.now())
    except Exception:
        work.undo()
        log.exception("sweep failed", complaint=str(complaint_id))
        sweep.push_ahead(complaint_id, work.now())


@job("adopt_limits", lease=timedelta(minutes=5))
def adopt_limits(work: Work) -> None:
    """Every open complaint runs on under the new limits; goes on where it stood when killed."""
    limits_id = UUID(needed(work.payload, "limits", str))
    done = work.done
    total = done + limit_changes.count_to_adopt(limits_id)
    while batch := limit_changes.to_adopt(limits_id, work.cursor):
        for complaint_id in batch:
            limit_changes.adopt(complaint_id, limits_id, work.now())
            done += 1
            work.save(str(complaint_id), done=done, total=max(total, done))


@every(timedelta(hours=1), name="complaints_without_clocks")
def give_clocks(work: Work) -> None:
    """Complaints from before there were limits get theirs."""
    while batch := limit_changes.without_limits():
        for complaint_id in batch:
            limit_changes.begin(complaint_id, work.now())
            work.save()


@every(timedelta(seconds=5), name="deliver_messages", queue=MESSAGES, lease=ROUND_LEASE)
def deliver(work: Work) -> None:
    """Sends outside of any transaction; what it does is stored message by message (JOB-07)."""
    work.save()
    end = work.now() + ROUND
    carry.deliver_due(work.now(), stop_wanted=lambda: work.stop_wanted or work.now() >= end)


@every(timedelta(minutes=5), name="digests", queue=MESSAGES)
def write_digests(work: Work) -> None:
    digests.write_digests(now=work.now())


@every(timedelta(hours=1), name="watch_zones")
def watch_zones(work: Work) -> None:
    """A new tzdata moves deadlines: everything open is reckoned again, and it is on record."""
    changed = zone_rules.changed(work.now())
    if changed:
        jobs.put("reckon_again", {"zones": changed}, now=work.now(), once=str(changed))


@job("reckon_again", lease=timedelta(minutes=5))
def reckon_again(work: Work) -> None:
    """Every open complaint, in the order of their keys; goes on where it stood when killed."""
    done, moved = work.done, 0
    total = done + zone_rules.count_open(work.cursor)
    while batch := zone_rules.open_after(work.cursor):
        for complaint_id in batch:
            moved += zone_rules.reckon(complaint_id, work.now())
            done += 1
            work.save(str(complaint_id), done=done, total=max(total, done))
    log.warning("zone rules changed", zones=work.payload["zones"], reckoned=done, moved=moved)


@every(timedelta(hours=1), name="remove_old_jobs")
def clean(work: Work) -> None:
    remove_old(work.now())
