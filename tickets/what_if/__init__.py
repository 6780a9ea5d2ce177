"""What other limits would have made of the past, and would make of what is open.

Nothing here changes a complaint.
"""

from tickets.what_if.reckoning import (
    BATCH,
    REMINDERS,
    Cell,
    Period,
    Result,
    compared,
    counted,
    how_many,
    next_ids,
    under,
)

__all__ = [
    "BATCH",
    "Cell",
    "compared",
    "counted",
    "how_many",
    "next_ids",
    "Period",
    "REMINDERS",
    "Result",
    "under",
]
