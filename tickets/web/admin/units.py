"""The pages of the tree of units."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from tickets.administration import units as tree
from tickets.administration.units import UnitData
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, version_of
from tickets.models import Unit
from tickets.web.admin.named import (
    INDENT,
    UNITS,
    answer_entry,
    list_page,
    parent_choices,
    stored_fields,
)
from tickets.web.shell.admin_forms import RetireForm, UnitForm
from tickets.web.shell.labels import choices_of
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import answer_button, answer_form, loaded
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader
from workflow.words import UnitKind


def units() -> ResponseReturnValue:
    return list_page(UNITS, [(unit, tree.depth_of(unit)) for unit in tree.units_in_order()])


def add_unit() -> ResponseReturnValue:
    form = _with_choices(UnitForm())

    def add() -> Unit:
        return tree.add_unit(_data(form), actor=reader(), now=now())

    return answer_entry(UNITS, form, add)


def unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    stored = stored_fields(UNITS, shown)
    parent = str(shown.parent_id or "")
    form = _with_choices(UnitForm(data={**stored, "kind": shown.kind.value, "parent": parent}))

    def change() -> None:
        tree.change_unit(shown, _data(form), actor=reader(), now=now())

    return answer_entry(UNITS, form, change, shown)


def retire_unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    orders = tree.open_orders_of(shown)
    form = RetireForm()

    def page() -> str:
        # Sent once more, the form is sent with what this page shows now.
        form.version.data = version_of(Subject.UNIT, unit_id)
        form.seen.data = str(orders)
        return render_template("admin/retire_unit.html", form=form, unit=shown, orders=orders)

    return answer_form(
        form,
        lambda: _retire(shown, form),
        page=page,
        then=url_for("admin.units"),
        known=(Subject.UNIT, unit_id),
    )


def restore_unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    page = url_for("admin.unit", unit_id=unit_id)
    return answer_button(
        lambda: tree.restore_unit(shown, actor=reader(), now=now()), back=page, said=""
    )


def unit_choices(*, also: Unit | None = None) -> list[tuple[str, str]]:
    """Every unit in use, and the one given, as a tree for a select field."""
    language = chosen_language()
    return [
        (str(each.id), _indented(each, language))
        for each in tree.units_in_order()
        if each.active or (also is not None and each.id == also.id)
    ]


def _indented(unit: Unit, language: str) -> str:
    name = in_reader_language(unit.names, language)
    return INDENT * tree.depth_of(unit) + f"{name} ({unit.code})"


def _retire(shown: Unit, form: RetireForm) -> None:
    seen = form.seen.data or ""
    confirmed = int(seen) if form.confirmed.data and seen.isdecimal() else 0
    tree.retire_unit(shown, open_orders_seen=confirmed, actor=reader(), now=now())


def _with_choices(form: UnitForm) -> UnitForm:
    form.kind.choices = choices_of(UnitKind)
    form.parent.choices = parent_choices(unit_choices())
    return form


def _data(form: UnitForm) -> UnitData:
    parent = db.session.get(Unit, UUID(form.parent.data)) if form.parent.data else None
    return UnitData(form.code.data or "", UnitKind(form.kind.data), form.names, parent)
