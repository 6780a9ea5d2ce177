"""The versions of the limits: in force, edited, compared; calendars and official days.

What limits do to clocks is in `clocks` and `workflow/`.
"""

from tickets.limits.in_force import (
    DEFAULT_PACK,
    ensure_limits,
    limits_by_id,
    limits_in_force,
    pack,
    pack_names,
    shipped_document,
)

__all__ = [
    "DEFAULT_PACK",
    "ensure_limits",
    "limits_by_id",
    "limits_in_force",
    "pack",
    "pack_names",
    "shipped_document",
]
