"""What every administration form does with its answer."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, flash, request
from flask_babel import gettext
from sqlalchemy import select

from tickets.administration.rights import Outcome
from tickets.database import db
from tickets.history.administration import Overtaken, Subject, check_version, version_of
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.drafts import drop_draft
from tickets.web.shell.refusals import show_refusal
from workflow.reasons import Refused

Row = TypeVar("Row")


def loaded(kind: type[Row], row_id: UUID) -> Row:
    """The row, held until the end of a request that may change it; 404 when there is none."""
    query = select(kind).where(kind.id == row_id)  # type: ignore[attr-defined]
    if request.method != "GET":
        query = query.with_for_update(of=kind)
    row = db.session.scalar(query)
    return abort(404) if row is None else row


def save(
    form: AdminForm, subject: Subject, subject_id: UUID | str, change: Callable[[], Any]
) -> HTTPStatus:
    """Change something that is there already. SEE_OTHER when it was done; any other status is
    for the same page again, with what was typed and what is in the way."""
    try:
        check_version(subject, subject_id, form.version.data or "")
    except Overtaken as overtaken:
        form.overtaken = list(overtaken.events)
        # Sent once more, the form is sent in full knowledge of what others did.
        form.version.data = version_of(subject, subject_id)
        return HTTPStatus.CONFLICT
    return done(form, change)


def done(form: Any, change: Callable[[], Any]) -> HTTPStatus:
    """Do it and commit, or show why not. What was only asked for is said to be so."""
    try:
        outcome = change()
    except Refused as refusal:
        db.session.rollback()
        show_refusal(refusal, form)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    drop_draft()
    db.session.commit()
    flash(*said_of(outcome))
    return HTTPStatus.SEE_OTHER


def said_of(outcome: Any) -> tuple[str, str]:
    """What the page says when the change was made, or waits for a second administrator."""
    if isinstance(outcome, Outcome) and outcome.request is not None:
        sentence = gettext("Nothing is changed yet: a second administrator must approve it.")
        return sentence, "warning"
    return gettext("Saved."), "success"
