"""Who looks at this page."""

from flask import g
from flask_login import current_user

from tickets.models.people import Person


def reader() -> Person:
    """The signed-in person, on a page that nobody else is let in to."""
    person: Person = current_user._get_current_object()
    return person


def viewer() -> Person | None:
    """The signed-in person; None for others, and while a failure is being told.

    After a failure the database may not answer, and the page that says so must not ask it again.
    """
    if g.get("telling_a_failure"):
        return None
    return reader() if current_user.is_authenticated else None
