"""Work that is put down now and carried later (design §6).

    jobs.put("adopt_limits", {"limits": str(limits.id)}, now=now, once=str(limits.id))

A job is a row in the transaction that wants it, so a rolled-back request leaves none (JOB-08).
Rows are the truth; `tickets.workers` finds them, claims them with a lease and runs what
is registered under their name.
"""

from tickets.jobs.registry import KINDS, JobKind, every, job
from tickets.jobs.rows import put
from tickets.jobs.work import HandedBack, LeaseLost, Work

__all__ = ["KINDS", "HandedBack", "JobKind", "LeaseLost", "Work", "every", "job", "put"]
