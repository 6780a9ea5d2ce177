"""The one door: every change of a complaint or work order, its facts, its effects.

No rule belongs here (those are in `workflow/`), and no page.
"""

from tickets.actions.door import RECORDING, Stale, Taken, take

__all__ = ["RECORDING", "Stale", "take", "Taken"]
