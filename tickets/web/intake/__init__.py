"""The page of first contact: form, look-up, what the desk says.

Registering itself is `tickets/intake`.
"""

from tickets.web.intake.pages import blueprint

__all__ = ["blueprint"]
