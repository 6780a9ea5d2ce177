"""What surrounds every page: permissions, navigation, headers, labels, moments, errors.

Nothing here shows one complaint.
"""

from tickets.web.shell.shell import HOME, blueprint, init_app

__all__ = ["blueprint", "HOME", "init_app"]
