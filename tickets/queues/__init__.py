"""What waits for a person: the table of queues, their rows, next action, approvals, callbacks.

Lists that people filter themselves are in `complaints`.
"""

from tickets.queues.reading import QUEUES, counts, queues_of, rows_of, select_count, select_rows
from tickets.queues.shape import About, Queue

__all__ = [
    "About",
    "Queue",
    "counts",
    "QUEUES",
    "queues_of",
    "rows_of",
    "select_count",
    "select_rows",
]
