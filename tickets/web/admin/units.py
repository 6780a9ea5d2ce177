"""The pages of the tree of units."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.administration import units as admin_units
from tickets.administration.units import UnitData
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Unit
from tickets.web.shell.admin_forms import RetireForm, UnitForm, names_as_fields
from tickets.web.shell.drafts import prefill
from tickets.web.shell.labels import choices_of
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.refusals import sentence_of
from tickets.web.shell.saving import done, loaded, save
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused
from workflow.words import UnitKind


def units() -> ResponseReturnValue:
    rows = [(unit, admin_units.depth_of(unit)) for unit in admin_units.units_in_order()]
    return render_template("admin/units.html", rows=rows)


def add_unit() -> ResponseReturnValue:
    form = _with_choices(UnitForm())
    prefill(form)
    if not form.validate_on_submit():
        return _page(form, None), HTTPStatus.OK if request.method == "GET" else 422
    status = done(form, lambda: admin_units.add_unit(_data(form), actor=reader(), now=now()))
    return _after(status, form, None)


def unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    form = _with_choices(UnitForm(data=_stored(shown)))
    prefill(form)
    if not form.validate_on_submit():
        return _page(form, shown), HTTPStatus.OK if request.method == "GET" else 422
    status = save(
        form,
        Subject.UNIT,
        unit_id,
        lambda: admin_units.change_unit(shown, _data(form), actor=reader(), now=now()),
    )
    return _after(status, form, shown)


def retire_unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    orders = admin_units.open_orders_of(shown)
    form = RetireForm()
    status = HTTPStatus.OK
    if form.validate_on_submit():
        status = save(form, Subject.UNIT, unit_id, lambda: _retire(shown, form))
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for("admin.units"), status)
    if status is not HTTPStatus.CONFLICT:
        form.version.data = version_of(Subject.UNIT, unit_id)
    form.seen.data = str(orders)
    return render_template("admin/retire_unit.html", form=form, unit=shown, orders=orders), status


def restore_unit(unit_id: UUID) -> ResponseReturnValue:
    shown = loaded(Unit, unit_id)
    try:
        admin_units.restore_unit(shown, actor=reader(), now=now())
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        for reason in refusal.reasons:
            flash(sentence_of(reason), "danger")
    return redirect(url_for("admin.unit", unit_id=unit_id), 303)


def unit_choices(*, also: Unit | None = None) -> list[tuple[str, str]]:
    """Every unit in use, and the one given, as a tree for a select field."""
    language = chosen_language()
    return [
        (str(each.id), _indented(each, language))
        for each in admin_units.units_in_order()
        if each.active or (also is not None and each.id == also.id)
    ]


def _indented(unit: Unit, language: str) -> str:
    name = in_reader_language(unit.names, language)
    return "　" * admin_units.depth_of(unit) + f"{name} ({unit.code})"


def _retire(shown: Unit, form: RetireForm) -> None:
    seen = form.seen.data or ""
    confirmed = int(seen) if form.confirmed.data and seen.isdecimal() else 0
    admin_units.retire_unit(shown, open_orders_seen=confirmed, actor=reader(), now=now())


def _with_choices(form: UnitForm) -> UnitForm:
    form.kind.choices = choices_of(UnitKind)
    form.parent.choices = [("", gettext("None: this is the top")), *unit_choices()]
    return form


def _data(form: UnitForm) -> UnitData:
    parent = db.session.get(Unit, UUID(form.parent.data)) if form.parent.data else None
    return UnitData(form.code.data or "", UnitKind(form.kind.data), form.names, parent)


def _stored(shown: Unit) -> dict[str, Any]:
    return {
        "version": version_of(Subject.UNIT, shown.id),
        "code": shown.code,
        "kind": shown.kind.value,
        "parent": str(shown.parent_id or ""),
        **names_as_fields(shown.names),
    }


def _after(status: HTTPStatus, form: UnitForm, shown: Unit | None) -> ResponseReturnValue:
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for("admin.units"), status)
    return _page(form, shown), status


def _page(form: UnitForm, shown: Unit | None) -> str:
    history = history_of(Subject.UNIT, shown.id) if shown else []
    return render_template("admin/unit.html", form=form, unit=shown, history=history)
