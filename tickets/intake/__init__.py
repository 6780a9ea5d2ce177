"""First contact: look-up of the caller, registering, objections to an end.

What happens after registering is `actions`.
"""

from tickets.intake.registering import FirstContact, register, solve_at_once

__all__ = ["FirstContact", "register", "solve_at_once"]
