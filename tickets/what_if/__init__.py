"""What other limits would have made of the past, and would make of what is open.

Nothing here changes a complaint.
"""

from tickets.what_if.reckoning import (
    BATCH,
    REMINDERS,
    AskedPeriod,
    ComparedCell,
    Result,
    compared,
    counted,
    how_many,
    next_ids,
    under,
)

__all__ = [
    "BATCH",
    "ComparedCell",
    "compared",
    "counted",
    "how_many",
    "next_ids",
    "AskedPeriod",
    "REMINDERS",
    "Result",
    "under",
]
