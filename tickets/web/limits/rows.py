"""The pages of one rule and of one rung of the ladder, and which rule matches."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.history.administration import Subject, version_of
from tickets.limits.comparison import Section
from tickets.limits.editing import Row, find_row, put_row, remove_row
from tickets.models import LimitsVersion
from tickets.web.limits.forms import MINUTE, RuleForm, RungForm, rule_form, rung_form
from tickets.web.limits.pages import calendar_choices
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader
from workflow.limits import UNIT_CALENDAR


def add_rule(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    stored = {"version": version_of(Subject.LIMITS, version_id), "calendar": UNIT_CALENDAR}
    form = rule_form(calendar_choices(shown), {**stored, "own": True})
    return _answer(shown, Section.RULES, None, form, lambda: rule_row(form, {}))


def limits_rule(version_id: UUID, name: str) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    row = find_row(shown, Section.RULES, name) or abort(404)
    stored = {
        **row,
        "version": version_of(Subject.LIMITS, version_id),
        "calendar": row.get("calendar", UNIT_CALENDAR),
        "source_text": row.get("source", {}).get("text", ""),
        "note": in_reader_language(row.get("note") or {}, chosen_language()),
    }
    form = rule_form(calendar_choices(shown), stored)
    return _answer(shown, Section.RULES, name, form, lambda: rule_row(form, row))


def add_rung(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    form = rung_form({"version": version_of(Subject.LIMITS, version_id)})
    return _answer(shown, Section.LADDER, None, form, lambda: rung_row(form))


def limits_rung(version_id: UUID, name: str) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    row = find_row(shown, Section.LADDER, name) or abort(404)
    before, level = row.get("before"), row.get("raise_to")
    stored = {
        **row,
        "version": version_of(Subject.LIMITS, version_id),
        "before": before // MINUTE if before is not None else None,
        "raise_to": str(level) if level is not None else "",
    }
    form = rung_form(stored)
    return _answer(shown, Section.LADDER, name, form, lambda: rung_row(form))


def remove_rule(version_id: UUID, name: str) -> ResponseReturnValue:
    return _remove(version_id, Section.RULES, name)


def remove_rung(version_id: UUID, name: str) -> ResponseReturnValue:
    return _remove(version_id, Section.LADDER, name)


def rule_row(form: RuleForm, before: Row) -> Row:
    """What was typed, as a row of the document; a figure that was changed by hand is no longer
    the published one, so its id and "verified" stay only with the same figure."""
    row: Row = {
        "id": form.id.data,
        "clock": form.clock.data,
        "amount": form.amount.data,
        "unit": form.unit.data,
    }
    if form.calendar.data != UNIT_CALENDAR:
        row["calendar"] = form.calendar.data
    if form.reopened.data is not None:
        row["reopened"] = form.reopened.data
    for name in ("severity", "tiers", "channels", "categories", "units"):
        if form[name].data:
            row[name] = list(form[name].data)
    for name in ("statutory", "own"):
        if form[name].data:
            row[name] = True
    row["source"] = _source(form, row, before)
    if note := _note(form, before):
        row["note"] = note
    return row


def rung_row(form: RungForm) -> Row:
    """What was typed, as a row of the document."""
    row: Row = {"id": form.id.data, "clock": form.clock.data, "tell": list(form.tell.data or ())}
    if form.percent.data is not None:
        row["percent"] = form.percent.data
    if form.before.data is not None:
        row["before"] = form.before.data * MINUTE
    if form.raise_to.data:
        row["raise_to"] = int(form.raise_to.data)
    if form.critical.data:
        row["critical"] = True
    if form.severity.data:
        row["severity"] = list(form.severity.data)
    return row


def _source(form: RuleForm, row: Row, before: Row) -> Row:
    source: Row = dict(before.get("source") or {})
    same = all(row.get(name) == before.get(name) for name in ("clock", "amount", "unit"))
    if not same or source.get("text") != form.source_text.data:
        source = {}
    return {**source, "text": form.source_text.data or ""}


def _note(form: RuleForm, before: Row) -> dict[str, str]:
    stored = before.get("note") or {}
    language = chosen_language()
    if form.note.data == in_reader_language(stored, language):
        return dict(stored)
    # Written anew in one language, the others would say something else.
    return {language: form.note.data} if form.note.data else {}


def _answer(
    shown: LimitsVersion,
    section: Section,
    name: str | None,
    form: AdminForm,
    row: Callable[[], Row],
) -> ResponseReturnValue:
    template = "limits/rule.html" if section is Section.RULES else "limits/rung.html"

    def change() -> None:
        put_row(shown, section, row(), instead_of=name, actor=reader(), now=now())

    return answer_form(
        form,
        change,
        page=lambda: render_template(template, form=form, shown=shown, name=name),
        then=_to(shown.id, section),
        known=(Subject.LIMITS, shown.id),
    )


def _remove(version_id: UUID, section: Section, name: str) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    if find_row(shown, section, name) is None:
        abort(404)
    form = AdminForm()
    return answer_form(
        form,
        lambda: remove_row(shown, section, name, actor=reader(), now=now()),
        page=lambda: render_template("limits/remove.html", form=form, shown=shown, name=name),
        then=_to(version_id, section),
        known=(Subject.LIMITS, version_id),
    )


def _to(version_id: UUID, section: Section) -> str:
    return url_for("admin.limits_version", version_id=version_id, _anchor=section.value)
