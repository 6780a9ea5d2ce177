"""A list as CSV that a spreadsheet opens without harm (S-33)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from flask_babel import gettext

from tickets import numbers
from tickets.clocks.display import only_as_department
from tickets.customers.veil import veils_over
from tickets.models import Complaint, Person
from tickets.storage.spreadsheets import MARK, harmless
from tickets.web.shell.labels import label_of, level_label, name_in, tier_label
from tickets.web.shell.languages import chosen_timezone
from tickets.web.shell.moments import stamp
from workflow.words import N_

__all__ = ["MARK", "harmless", "heading", "lines", "written"]


def _at(moment: datetime | None) -> str:
    return stamp(moment) if moment is not None else ""


COLUMNS: tuple[tuple[str, bool, Callable[[Complaint], str]], ...] = (
    (N_("Number"), False, lambda row: numbers.spoken(row.number)),
    (N_("Status"), False, lambda row: label_of(row.status)),
    (N_("Level"), False, lambda row: level_label(row.level)),
    (N_("Severity"), False, lambda row: label_of(row.severity)),
    (N_("Tier"), False, lambda row: tier_label(row.tier) if row.tier else ""),
    (N_("Customer"), False, lambda row: row.customer.name),
    (N_("Category"), False, lambda row: name_in(row.category.names)),
    (N_("What the customer says"), False, lambda row: row.description),
    (N_("Channel"), False, lambda row: label_of(row.channel)),
    (N_("Unit"), False, lambda row: name_in(row.unit.names)),
    (N_("Responsible person"), False, lambda row: row.responsible.name),
    (N_("Registered"), True, lambda row: _at(row.registered_at)),
    (N_("Promised"), True, lambda row: _at(row.promised_at)),
    (N_("Next due"), True, lambda row: _at(row.due_at)),
    (N_("What is due next"), False, lambda row: label_of(row.due_clock) if row.due_clock else ""),
    (N_("Closed"), True, lambda row: _at(row.closed_at)),
    (N_("Withdrawn"), True, lambda row: _at(row.withdrawn_at)),
)
"""Heading, whether it is a moment, and what stands below it."""

AT_ONCE = 200
"""Rows whose customers' numbers are asked for together."""

NOT_FOR_DEPARTMENTS = frozenset({"Next due", "What is due next"})
"""They read the limits of their own work orders only."""


def written(rows: Iterable[Complaint], person: Person) -> Iterator[str]:
    """The file, line by line."""
    yield heading()
    yield from lines(rows, person)


def heading() -> str:
    """The first line; times are on the operator's clock, which it names."""
    zone = chosen_timezone()
    return MARK + _line(
        f"{gettext(label)} ({zone})" if is_moment else gettext(label)
        for label, is_moment, _read in COLUMNS
    )


def lines(rows: Iterable[Complaint], person: Person) -> Iterator[str]:
    """The lines below it; of a department's, every known number of the customer is masked."""
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        veils = veils_over(some, person)
        for row in some:
            left_out = NOT_FOR_DEPARTMENTS if only_as_department(row, person) else ()
            veil = veils[row.id]
            yield _line(
                "" if label in left_out else harmless(veil(read(row)))
                for label, _is_moment, read in COLUMNS
            )


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(list(cells))
    return buffer.getvalue()
