"""Time on a complaint: clocks, ledger, forecast, in words.

How they are reckoned is in `tickets/clocks`.
"""

from tickets.web.clocks.pages import blueprint

__all__ = ["blueprint"]
