"""Pages of second calls and their scores.

The draw is in `tickets/quality`.
"""

from tickets.web.quality.pages import blueprint

__all__ = ["blueprint"]
