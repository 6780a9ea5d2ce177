"""What a version would do to the open complaints, batch by batch, and putting it into force."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField

from tickets.clock import now
from tickets.history.administration import Subject, version_of
from tickets.limits import versions
from tickets.models import LimitsVersion
from tickets.web.limits.pages import parsed
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.links import url_with
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.viewer import reader
from tickets.what_if import preview
from tickets.what_if.preview import Counts


class ActivateForm(AdminForm):
    """`seen_in_force` is the version whose replacement was shown."""

    seen_in_force = HiddenField()


def limits_effect(version_id: UUID) -> ResponseReturnValue:
    """The page; its first batch at once, every further one as a part that follows by itself."""
    shown = loaded(LimitsVersion, version_id)
    moment = now()
    batch = preview.look(parsed(shown), moment, after=_asked_after())
    counts = _so_far() + batch.counts
    form = _activate_form(shown)
    following = None
    if batch.next is not None:
        so_far = zip(COUNTED, counts.all, strict=True)
        values = {"version_id": version_id, "after": batch.next, **dict(so_far)}
        following = url_with("admin.limits_effect", values)
    part = bool(request.headers.get("HX-Request")) and "after" in request.args
    return render_template(
        "limits/_effect.html" if part else "limits/effect.html",
        shown=shown,
        form=form,
        total=preview.open_complaints(),
        counts=counts,
        moves=batch.moves,
        following=following,
        moment=moment,
    )


def activate_limits(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    form = ActivateForm()

    def page() -> str:
        # Sent once more, the form is sent with what this page shows now.
        form.version.data = version_of(Subject.LIMITS, version_id)
        form.seen_in_force.data = _in_force()
        return render_template("limits/activate.html", form=form, shown=shown)

    def then(_activated: None) -> ResponseReturnValue:
        flash(gettext("The open complaints follow in the background."), "success")
        page = url_for("admin.limits_version", version_id=version_id)
        return redirect(page, HTTPStatus.SEE_OTHER)

    return answer_form(
        form,
        lambda: _activate(shown, form),
        page=page,
        then=then,
        known=(Subject.LIMITS, version_id),
    )


COUNTED = ("looked", "complaints", "earlier", "later", "stopped", "late", "relieved")


def _asked_after() -> UUID | None:
    try:
        return UUID(request.args["after"]) if "after" in request.args else None
    except ValueError:
        return None


def _so_far() -> Counts:
    if _asked_after() is None:
        return Counts()
    return Counts(*(max(0, request.args.get(name, 0, type=int)) for name in COUNTED))


def _activate_form(shown: LimitsVersion) -> ActivateForm:
    return ActivateForm(
        formdata=None,
        data={"version": version_of(Subject.LIMITS, shown.id), "seen_in_force": _in_force()},
    )


def _in_force() -> str:
    in_force = versions.version_in_force()
    return str(in_force.id) if in_force is not None else ""


def _activate(shown: LimitsVersion, form: ActivateForm) -> None:
    try:
        seen = UUID(form.seen_in_force.data) if form.seen_in_force.data else None
    except ValueError:
        seen = None
    versions.activate(shown, seen_in_force=seen, actor=reader(), now=now())
