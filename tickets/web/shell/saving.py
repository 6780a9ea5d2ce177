"""What every form of the pages does with its answer.

For a form's view:

    form = ReminderForm()
    return answer_form(
        form,
        lambda: set_reminder(complaint, form.due_at.data, actor=reader(), now=now()),
        page=lambda: _page(form),
        then=url_for("clocks.what_next", number=number),
    )

The request is the edge: what was done is committed here, once.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tickets.actions import Stale
from tickets.administration.rights import RightsOutcome
from tickets.database import db
from tickets.history.administration import Overtaken, Subject, check_version, version_of
from tickets.models import Installation
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.drafts import drop_draft, prefill
from tickets.web.shell.fields import PageForm
from tickets.web.shell.refusals import sentence_of, show_refusal
from workflow.reasons import Refused

Row = TypeVar("Row")
Done = TypeVar("Done")

Said = tuple[str, str]
"""A sentence, and how it is meant: success, warning, danger."""
Then = str | Callable[[Done], ResponseReturnValue]
"""What is shown when it is done: the page at this address, or an answer made of what was done."""
Known = tuple[Subject, UUID | str]
"""What an administrator's form is about; its `version` is compared with what others did since."""

OVERTAKEN = (Stale, StaleDataError, IntegrityError, OperationalError)
"""Somebody else was faster: told by the version, or by the database when it was a close race."""

LOST_RACES = frozenset({"40001", "40P01"})
"""What PostgreSQL calls it when it had to choose one of two: serialization failure, deadlock."""


def loaded(kind: type[Row], row_id: UUID) -> Row:
    """The row, held until the end of a request that may change it; 404 when there is none."""
    query = select(kind).where(kind.id == row_id)  # type: ignore[attr-defined]  # every model of ours has an id
    if request.method != "GET":
        query = query.with_for_update(of=kind)
    row = db.session.scalar(query)
    return abort(404) if row is None else row


def hold_installation() -> None:
    """Where there is no row to hold before the first change, two administrators meet here."""
    if request.method != "GET":
        db.session.execute(select(Installation.id).with_for_update())


def said_of(outcome: object) -> Said:
    """What the page says when the change was made, or waits for a second administrator."""
    if isinstance(outcome, RightsOutcome) and outcome.request is not None:
        sentence = gettext("Nothing is changed yet: a second administrator must approve it.")
        return sentence, "warning"
    return gettext("Saved."), "success"


def answer_form(
    form: PageForm,
    act: Callable[[], Done],
    *,
    page: Callable[[], str],
    then: Then[Done],
    said: str | Callable[[Done], Said] = said_of,
    known: Known | None = None,
    refused: Callable[[Refused], ResponseReturnValue] | None = None,
    overtaken: Callable[[], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Show the form, with what was kept for it; sent, do what it asks for or show why not."""
    prefill(form)
    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), HTTPStatus.UNPROCESSABLE_ENTITY
    return save_form(
        form,
        act,
        page=page,
        then=then,
        said=said,
        known=known,
        refused=refused,
        overtaken=overtaken,
    )


def save_form(
    form: PageForm,
    act: Callable[[], Done],
    *,
    page: Callable[[], str],
    then: Then[Done],
    said: str | Callable[[Done], Said] = said_of,
    known: Known | None = None,
    refused: Callable[[Refused], ResponseReturnValue] | None = None,
    overtaken: Callable[[], ResponseReturnValue] | None = None,
    races: tuple[type[Exception], ...] = OVERTAKEN,
) -> ResponseReturnValue:
    """Do it and commit, or show the page again with every reason and everything typed.
    `refused` and `overtaken` answer for pages that have an answer of their own."""
    if known is not None and not _still_known(form, *known):
        return page(), HTTPStatus.CONFLICT
    try:
        done = act()
        drop_draft()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return refused(refusal) if refused else _page_with_reasons(refusal, form, page)
    except races as error:
        if overtaken is None:
            raise
        db.session.rollback()
        pass_on_failures(error)
        return overtaken()
    return _on(done, then, said)


def answer_button(
    act: Callable[[], Done],
    *,
    back: str,
    then: Then[Done] | None = None,
    said: str | Callable[[Done], Said] = said_of,
) -> ResponseReturnValue:
    """A button that asks for nothing; why it is refused is told on its page, `back`, which is also
    where one comes to when it is done, unless `then` says otherwise."""
    try:
        done = act()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        for reason in refusal.reasons:
            flash(sentence_of(reason), "danger")
        return redirect(back, HTTPStatus.SEE_OTHER)
    return _on(done, back if then is None else then, said)


def pass_on_failures(error: Exception) -> None:
    """An operational error that is no lost race is a failure, and is told as one."""
    if not isinstance(error, OperationalError):
        return
    if getattr(error.orig, "sqlstate", None) not in LOST_RACES:
        raise error


def _page_with_reasons(
    refusal: Refused, form: PageForm, page: Callable[[], str]
) -> ResponseReturnValue:
    show_refusal(refusal, form)
    return page(), HTTPStatus.UNPROCESSABLE_ENTITY


def _on(done: Done, then: Then[Done], said: str | Callable[[Done], Said]) -> ResponseReturnValue:
    """Say what was done, if there is anything to say, and go on."""
    sentence, meant = (said, "success") if isinstance(said, str) else said(done)
    if sentence:
        flash(sentence, meant)
    return redirect(then, HTTPStatus.SEE_OTHER) if isinstance(then, str) else then(done)


def _still_known(form: PageForm, subject: Subject, subject_id: UUID | str) -> bool:
    """Whether nobody changed it since the form was opened; else the form shows what they did."""
    if not isinstance(form, AdminForm):
        raise TypeError("only a form of administration says which version it knew")
    try:
        check_version(subject, subject_id, form.version.data or "")
    except Overtaken as overtaken:
        form.overtaken = list(overtaken.events)
        # Sent once more, the form is sent in full knowledge of what others did.
        form.version.data = version_of(subject, subject_id)
        return False
    return True
