"""The callback queue and one call: script, number, outcome.

When a call counts is decided in `workflow/`.
"""

from tickets.web.callbacks.pages import blueprint

__all__ = ["blueprint"]
