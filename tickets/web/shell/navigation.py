"""The entries of the navigation, in their order, with their keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext

from tickets.models.people import Person
from tickets.web.shell.permissions import TABLE
from workflow.words import N_, Role


@dataclass(frozen=True)
class NavigationEntry:
    """One page that can be gone to; `key` is what to type, its letters one after the other."""

    endpoint: str
    label: str
    key: str
    icon: str


@dataclass(frozen=True)
class NavigationLink:
    """An entry as one person sees it on one page."""

    url: str
    label: str
    key: str
    icon: str
    current: bool


# An entry shows when its page exists and the person may call it (permissions.TABLE).
ENTRIES = (
    NavigationEntry("work.index", N_("My work"), "g w", "inbox"),
    NavigationEntry("intake.new", N_("New complaint"), "n", "plus-circle"),
    NavigationEntry("complaints.index", N_("Complaints"), "g c", "list-ul"),
    NavigationEntry("work.orders", N_("Work orders"), "g o", "building"),
    NavigationEntry("callbacks.index", N_("Callbacks"), "g b", "telephone-outbound"),
    NavigationEntry("approvals.index", N_("Approvals"), "g a", "check2-square"),
    NavigationEntry("quality.index", N_("Second calls"), "g q", "clipboard-check"),
    NavigationEntry("quality.reviews", N_("Reviews"), "g v", "search-heart"),
    NavigationEntry("board.index", N_("Board"), "g d", "speedometer2"),
    NavigationEntry("reports.index", N_("Reports"), "g r", "bar-chart-line"),
    NavigationEntry("what_if.index", N_("What if"), "g i", "signpost-split"),
    NavigationEntry("problems.index", N_("Problems"), "g p", "diagram-3"),
    NavigationEntry("admin.index", N_("Administration"), "g m", "sliders"),
    NavigationEntry("help.index", N_("Help"), "g h", "question-circle"),
)


def navigation(person: Person | None) -> list[NavigationLink]:
    """What this person may go to, in the reader's language."""
    if person is None:
        return []
    return list(_links(person.roles))


def _links(roles: frozenset[Role]) -> Iterator[NavigationLink]:
    for entry in ENTRIES:
        if not _may_open(entry.endpoint, roles):
            continue
        yield NavigationLink(
            url=url_for(entry.endpoint),
            label=gettext(entry.label),
            key=entry.key,
            icon=entry.icon,
            current=_is_current(entry.endpoint),
        )


def _may_open(endpoint: str, roles: frozenset[Role]) -> bool:
    permission = TABLE.get(endpoint)
    if permission is None or endpoint not in current_app.view_functions:
        return False
    return permission.roles is None or bool(permission.roles & roles)


def _is_current(endpoint: str) -> bool:
    """An index page stands for its whole blueprint, except where a page has its own entry."""
    here = request.endpoint or ""
    if here == endpoint:
        return True
    own_entry = any(entry.endpoint == here for entry in ENTRIES)
    return not own_entry and here.partition(".")[0] == endpoint.partition(".")[0]
