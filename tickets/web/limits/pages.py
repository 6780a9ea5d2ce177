"""The pages of the limits' versions: the list, one version, copying, in general, discarding."""

from http import HTTPStatus
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.clock import now
from tickets.history.administration import Subject, history_of, version_of
from tickets.limits import editing, pack, pack_names
from tickets.limits import versions as admin_limits
from tickets.limits.comparison import Section
from tickets.limits.editing import General
from tickets.models import LimitsVersion
from tickets.web.limits import words
from tickets.web.limits.forms import (
    MINUTE,
    Choices,
    DraftForm,
    GeneralForm,
    category_choices,
    draft_form,
    general_form,
    unit_choices,
    unit_field,
)
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import answer_button, answer_form, loaded
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader
from workflow.limits import Limits
from workflow.limits_document import read
from workflow.words import ClockKind

PACK, VERSION = "pack", "version"


def limits() -> ResponseReturnValue:
    rows = admin_limits.versions()
    shown = [row for row in rows if row.activated_at or not row.retired_at]
    return render_template(
        "limits/index.html",
        rows=shown,
        discarded=[row for row in rows if row not in shown],
        packs=[(name, pack(name)) for name in pack_names()],
    )


def add_limits() -> ResponseReturnValue:
    form = draft_form(sources())
    if not form.is_submitted():
        form.source.data = request.args.get("source")

    def then(added: LimitsVersion) -> ResponseReturnValue:
        page = url_for("admin.limits_version", version_id=added.id)
        return redirect(page, HTTPStatus.SEE_OTHER)

    return answer_form(
        form,
        lambda: _add(form),
        page=lambda: render_template("limits/new.html", form=form),
        then=then,
    )


def limits_version(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    return render_template(
        "limits/version.html",
        shown=shown,
        limits=parsed(shown),
        draft=is_draft(shown),
        clocks=list(ClockKind),
        notes=notes_of(shown),
        unknown=codes_of_nothing(shown),
        history=history_of(Subject.LIMITS, version_id),
        words=words,
    )


def limits_general(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    document = shown.document
    named = dict(unit_choices())
    units = named | {code: code for code in document["unit_calendars"] if code not in named}
    form = general_form(calendar_choices(shown), units, data=_general(shown))
    fields = [form[unit_field(code)] for code in units]
    return answer_form(
        form,
        lambda: _change(shown, form, units),
        page=lambda: render_template(
            "limits/general.html", form=form, shown=shown, unit_fields=fields
        ),
        then=url_for("admin.limits_version", version_id=version_id),
        known=(Subject.LIMITS, version_id),
    )


def discard_limits(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    return answer_button(
        lambda: admin_limits.discard(shown, actor=reader(), now=now()),
        back=url_for("admin.limits_version", version_id=version_id),
        then=url_for("admin.limits"),
        said="",
    )


# What the other pages of the limits share.


def parsed(version: LimitsVersion) -> Limits:
    """The version, ready to be asked."""
    return read(version.document, key=version.id.hex, number=version.number)


def is_draft(version: LimitsVersion) -> bool:
    return version.activated_at is None and version.retired_at is None


def calendar_choices(version: LimitsVersion) -> Choices:
    language = chosen_language()
    return [
        (code, in_reader_language(each.get("names") or {}, language) or code)
        for code, each in version.document["calendars"].items()
    ]


def notes_of(version: LimitsVersion) -> dict[str, str]:
    """The notes of the rules in the reader's language, by the rules' names."""
    language = chosen_language()
    return {
        row["id"]: in_reader_language(row.get("note") or {}, language)
        for row in version.document[Section.RULES]
    }


def codes_of_nothing(version: LimitsVersion) -> list[str]:
    """Codes of categories and units that limits wait for and nothing has (any more)."""
    document = version.document
    categories = {code for row in document[Section.RULES] for code in row.get("categories", ())}
    units = {code for row in document[Section.RULES] for code in row.get("units", ())}
    units |= set(document["unit_calendars"])
    known = {code for code, _ in category_choices()}, {code for code, _ in unit_choices()}
    return sorted((categories - known[0]) | (units - known[1]))


def sources() -> Choices:
    """Every version and every shipped pack, by what names them in forms and addresses."""
    language = chosen_language()
    versions = [
        (
            f"{VERSION}:{row.id}",
            gettext("Version %(number)s", number=row.number) + f" · {row.title}",
        )
        for row in admin_limits.versions()
    ]
    packs = [
        (
            f"{PACK}:{name}",
            gettext("Pack") + f" · {in_reader_language(pack(name)['titles'], language)}",
        )
        for name in pack_names()
    ]
    return [*versions, *packs]


def _add(form: DraftForm) -> LimitsVersion:
    kind, _, name = str(form.source.data).partition(":")
    title = form.title.data or ""
    if kind == PACK:
        return admin_limits.draft_of_pack(name, title, actor=reader(), now=now())
    version = loaded(LimitsVersion, UUID(name))
    return admin_limits.draft_of_version(version, title, actor=reader(), now=now())


def _general(shown: LimitsVersion) -> dict[str, object]:
    document = shown.document
    return {
        "version": version_of(Subject.LIMITS, shown.id),
        "title": shown.title,
        "default_calendar": document["default_calendar"],
        "new_cycle_grace": document.get("new_cycle_grace", 0) // MINUTE,
        "repeat_breach": document.get("repeat_breach", 0) // MINUTE,
        **{unit_field(unit): code for unit, code in document["unit_calendars"].items()},
    }


def _change(shown: LimitsVersion, form: GeneralForm, units: dict[str, str]) -> None:
    chosen = {code: form[unit_field(code)].data for code in units}
    data = General(
        title=form.title.data or "",
        default_calendar=form.default_calendar.data,
        unit_calendars={code: calendar for code, calendar in chosen.items() if calendar},
        new_cycle_grace=(form.new_cycle_grace.data or 0) * MINUTE,
        repeat_breach=(form.repeat_breach.data or 0) * MINUTE,
    )
    editing.put_general(shown, data, actor=reader(), now=now())
