"""Which limit matches, and why others do not; what differs between two versions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import Form, SelectField

from tickets.clock import now
from tickets.clocks.history import facts_of
from tickets.database import db
from tickets.limits import pack, pack_names, shipped_document
from tickets.limits import versions as admin_limits
from tickets.limits.comparison import differences
from tickets.limits.editing import Row
from tickets.models import Category, LimitsVersion, Unit
from tickets.web.limits import words
from tickets.web.limits.forms import category_choices, unit_choices
from tickets.web.limits.pages import PACK, VERSION, parsed
from tickets.web.limits.words import GIVEN_BY_PEOPLE, tier_label
from tickets.web.shell.labels import choices_of
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import loaded
from tickets.web.shell.typed import in_reader_language
from workflow.limits import DatedCalendar, Facts, Limits, Match, runs_out
from workflow.tiers import LADDER
from workflow.words import Channel, ClockKind, Severity


class FactsForm(Form):
    """A complaint reduced to what limits match on; asked for by GET, changes nothing."""

    severity = SelectField(lazy_gettext("Severity"))
    tier = SelectField(lazy_gettext("Customer tier"), default="")
    channel = SelectField(lazy_gettext("Channel"))
    category = SelectField(lazy_gettext("Category"), default="")
    unit = SelectField(lazy_gettext("Unit"))


@dataclass(frozen=True)
class Explained:
    """What holds for one clock, and when it would run out if it began now."""

    clock: ClockKind
    match: Match | None
    calendar: DatedCalendar | None = None
    due_at: datetime | None = None

    @property
    def provisional(self) -> bool:
        known = self.calendar is not None and self.due_at is not None
        return known and self.calendar.is_provisional(self.due_at)  # type: ignore[union-attr,arg-type]  # `known` says that both are there


def explain_limits(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    limits = parsed(shown)
    form = _facts_form()
    explained = []
    if request.args and form.validate():
        explained = [
            _explained(limits, clock, _facts(form, limits))
            for clock in ClockKind
            if clock not in GIVEN_BY_PEOPLE
        ]
    return render_template(
        "limits/explain.html",
        form=form,
        shown=shown,
        limits=limits,
        explained=explained,
        words=words,
    )


def compare_limits(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    chosen = request.args.get("with", "") or _usual_other(shown)
    title, document = document_named(chosen)
    return render_template(
        "limits/compare.html",
        shown=shown,
        title=title,
        chosen=chosen,
        choices=_others(shown),
        found=differences(document, shown.document),
        words=words,
    )


def _facts_form() -> FactsForm:
    form = FactsForm(request.args)
    form.severity.choices = choices_of(Severity)
    form.channel.choices = choices_of(Channel)
    nothing = ("", gettext("None"))
    form.tier.choices = [nothing, *((each.value, tier_label(each.value)) for each in LADDER)]
    form.category.choices = [nothing, *category_choices()]
    form.unit.choices = unit_choices()
    return form


def _facts(form: FactsForm, limits: Limits) -> Facts:
    category = db.session.scalar(select(Category.id).where(Category.code == form.category.data))
    unit = db.session.scalars(select(Unit).where(Unit.code == form.unit.data)).one()
    return facts_of(
        severity=Severity(form.severity.data),
        tier=form.tier.data,
        channel=Channel(form.channel.data),
        category_id=category,
        unit=unit,
        limits=limits,
    )


def _explained(limits: Limits, clock: ClockKind, facts: Facts) -> Explained:
    match = limits.match(clock, facts)
    if match is None:
        return Explained(clock, None)
    dated = limits.calendar_for(match.rule, facts)
    limit = runs_out(match.rule, dated.calendar, now(), 1)
    due_at = limit if isinstance(limit, datetime) else dated.calendar.add(now(), limit)
    return Explained(clock, match, dated, due_at)


def _usual_other(shown: LimitsVersion) -> str:
    """What one compares with first: the version in force, or else the pack it began as."""
    in_force = admin_limits.version_in_force()
    if in_force is not None and in_force.id != shown.id:
        return f"{VERSION}:{in_force.id}"
    return f"{PACK}:{shown.pack}"


def _others(shown: LimitsVersion) -> list[tuple[str, str]]:
    language = chosen_language()
    versions = [
        (f"{VERSION}:{row.id}", f"{row.number} · {row.title}")
        for row in admin_limits.versions()
        if row.id != shown.id
    ]
    packs = [
        (f"{PACK}:{name}", in_reader_language(pack(name)["titles"], language))
        for name in pack_names()
    ]
    return [*versions, *packs]


def document_named(chosen: str) -> tuple[str, Row]:
    """The title and the document of a version or a pack; 404 when there is none."""
    kind, _, name = chosen.partition(":")
    if kind == PACK and name in pack_names():
        title = in_reader_language(pack(name)["titles"], chosen_language())
        return title, shipped_document(name)
    try:
        row = db.session.get(LimitsVersion, UUID(name))
    except ValueError:
        row = None
    if kind != VERSION or row is None:
        abort(404)
    return f"{row.number} · {row.title}", row.document
