"""The board's pages, and the wallboard without sign-in.

Counts are in `tickets/board`.
"""

from tickets.web.board.pages import blueprint

__all__ = ["blueprint"]
