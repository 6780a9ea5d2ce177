"""The pages that units, categories and causes share: their list, a new one, one of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Category, Cause, Unit
from tickets.web.shell.admin_forms import NamedForm, names_as_fields
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import answer_form
from tickets.web.shell.typed import in_reader_language
from workflow.words import N_, UnitKind

INDENT = "　"
"""One level of a tree, in a list and in a select field."""


@dataclass(frozen=True)
class Catalogue:
    """One catalogue that administrators keep: its words, its addresses, the fields of its form
    below code and names."""

    subject: Subject
    title: str
    new: str
    index: str
    add: str
    address: Callable[[UUID], str]
    """Of the page of one entry."""
    fields: tuple[str, ...]
    template: str = "admin/named.html"


CATEGORIES = Catalogue(
    Subject.CATEGORY,
    N_("Categories"),
    N_("New category"),
    "admin.categories",
    "admin.add_category",
    lambda row_id: url_for("admin.category", category_id=row_id),
    ("parent", "active"),
)
CAUSES = Catalogue(
    Subject.CAUSE,
    N_("Causes"),
    N_("New cause"),
    "admin.causes",
    "admin.add_cause",
    lambda row_id: url_for("admin.cause", cause_id=row_id),
    ("active",),
)
UNITS = Catalogue(
    Subject.UNIT,
    N_("Units"),
    N_("New unit"),
    "admin.units",
    "admin.add_unit",
    lambda row_id: url_for("admin.unit", unit_id=row_id),
    ("kind", "parent"),
    "admin/unit.html",
)


@dataclass(frozen=True)
class CatalogueEntry:
    """One entry of a catalogue as its list shows it; only units are of a kind."""

    name: str
    code: str
    depth: int
    address: str
    active: bool
    kind: UnitKind | None = None


def list_page(catalogue: Catalogue, rows: Iterable[tuple[Category | Cause | Unit, int]]) -> str:
    """The whole catalogue as a tree; each row with its depth."""
    return render_template(
        "admin/named_list.html",
        catalogue=catalogue,
        entries=[
            CatalogueEntry(
                display_name(row),
                row.code,
                depth,
                catalogue.address(row.id),
                row.active,
                row.kind if isinstance(row, Unit) else None,
            )
            for row, depth in rows
        ],
    )


def answer_entry(
    catalogue: Catalogue,
    form: NamedForm,
    act: Callable[[], object],
    shown: Category | Cause | Unit | None = None,
) -> ResponseReturnValue:
    """The form of a new entry, or of the one that is shown."""

    def page() -> str:
        return render_template(
            catalogue.template,
            catalogue=catalogue,
            form=form,
            fields=[form[name] for name in catalogue.fields],
            shown=shown,
            title=display_name(shown) if shown else gettext(catalogue.new),
            history=history_of(catalogue.subject, shown.id) if shown else [],
        )

    return answer_form(
        form,
        act,
        page=page,
        then=url_for(catalogue.index),
        known=(catalogue.subject, shown.id) if shown else None,
    )


def stored_fields(catalogue: Catalogue, shown: Category | Cause | Unit) -> dict[str, str]:
    """What every form of an entry shows of what is stored."""
    return {
        "version": version_of(catalogue.subject, shown.id),
        "code": shown.code,
        **names_as_fields(shown.names),
    }


def display_name(row: Category | Cause | Unit) -> str:
    """The name in the reader's language, else the code."""
    return in_reader_language(row.names, chosen_language()) or row.code


def parent_choices(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What an entry can stand below, with the top first."""
    return [("", gettext("None: this is the top")), *rows]
