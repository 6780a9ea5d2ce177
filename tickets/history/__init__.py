"""Events: append, chain, read; the history of administration; audit; time line; authors.

Names of events and keys of their data stand here and nowhere else.
"""

from tickets.history.events import COPIES, Flaw, Text, append, events_of, flaws, flaws_in, link

__all__ = ["append", "COPIES", "events_of", "Flaw", "flaws", "flaws_in", "link", "Text"]
