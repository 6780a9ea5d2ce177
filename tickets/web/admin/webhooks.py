"""The pages of webhooks: where they lead, what they want, what arrived (API-01, S-40)."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from tickets.administration import messages
from tickets.administration.messages import HookData
from tickets.clock import now
from tickets.config import settings_now
from tickets.database import db
from tickets.delivery.hooks import allowed_networks
from tickets.delivery.outbound import checked_target
from tickets.history.administration import Subject, history_of, version_of
from tickets.messages.topics import FOR_WEBHOOKS
from tickets.models import Message, Webhook
from tickets.web.admin.messages import topic_label, why
from tickets.web.shell.admin_forms import NAME_LENGTH, AdminForm
from tickets.web.shell.drafts import prefill
from tickets.web.shell.refusals import sentence_of, show_refusal
from tickets.web.shell.saving import done, loaded, save
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused

URL_LENGTH = 300
SHOWN = 50


class WebhookForm(AdminForm):
    name = StringField(
        lazy_gettext("Name"), [DataRequired(), Length(max=NAME_LENGTH), storable], filters=[trimmed]
    )
    url = StringField(
        lazy_gettext("Address"),
        [DataRequired(), Length(max=URL_LENGTH), storable],
        filters=[trimmed],
        render_kw={"inputmode": "url", "placeholder": "https://"},
    )
    topics = SelectMultipleField(
        lazy_gettext("Topics"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    active = BooleanField(lazy_gettext("In use"), default=True)


def webhooks() -> ResponseReturnValue:
    rows = db.session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)).all()
    return render_template("admin/webhooks.html", rows=rows)


def add_webhook() -> ResponseReturnValue:
    form = _with_choices(WebhookForm())
    prefill(form)
    status = HTTPStatus.OK
    added: list[Webhook] = []
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate() and _leads_outside(form):
            status = done(form, lambda: added.append(_add(form)))
    if status is HTTPStatus.SEE_OTHER:
        return _secret_page(added[0])
    return render_template("admin/webhook.html", form=form, hook=None, history=[], log=[]), status


def webhook(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    form = _with_choices(WebhookForm(data=_stored(shown)))
    prefill(form)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate() and _leads_outside(form):
            shown = loaded(Webhook, hook_id)  # held again: the question of the name let go of it
            status = save(form, Subject.WEBHOOK, hook_id, lambda: _change(shown, form))
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for("admin.webhook", hook_id=hook_id), status)
    return render_template(
        "admin/webhook.html",
        form=form,
        hook=shown,
        history=history_of(Subject.WEBHOOK, hook_id),
        log=_log(hook_id),
        topic_label=topic_label,
        why=why,
    ), status


def renew_secret(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    messages.renew_secret(shown, actor=reader(), now=now())
    db.session.commit()
    return _secret_page(shown)


def test_webhook(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    try:
        messages.test_webhook(shown, actor=reader(), now=now())
        db.session.commit()
        flash(gettext("A test is queued; the log says what came of it."), "success")
    except Refused as refusal:
        db.session.rollback()
        for reason in refusal.reasons:
            flash(sentence_of(reason), "danger")
    return redirect(url_for("admin.webhook", hook_id=hook_id), HTTPStatus.SEE_OTHER)


def _leads_outside(form: WebhookForm) -> bool:
    """Ask the name where it leads, with no transaction open while the network answers (S-40)."""
    db.session.commit()
    try:
        checked_target(form.url.data or "", allowed=allowed_networks(settings_now()))
    except Refused as refusal:
        show_refusal(refusal, form)
        return False
    return True


def _add(form: WebhookForm) -> Webhook:
    return messages.add_webhook(_data(form), actor=reader(), now=now())


def _change(shown: Webhook, form: WebhookForm) -> None:
    messages.change_webhook(shown, _data(form), actor=reader(), now=now())


def _data(form: WebhookForm) -> HookData:
    return HookData(
        name=form.name.data or "",
        url=form.url.data or "",
        topics=form.topics.data or [],
        active=form.active.data,
    )


def _with_choices(form: WebhookForm) -> WebhookForm:
    form.topics.choices = [(topic.code, gettext(topic.label)) for topic in FOR_WEBHOOKS]
    return form


def _stored(hook: Webhook) -> dict[str, Any]:
    return {
        "version": version_of(Subject.WEBHOOK, hook.id),
        "name": hook.name,
        "url": hook.url,
        "topics": list(hook.topics),
        "active": hook.active,
    }


def _log(hook_id: UUID) -> list[Message]:
    """The latest messages; the outbox has all of them."""
    return list(
        db.session.scalars(
            select(Message)
            .where(Message.webhook_id == hook_id)
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(SHOWN)
        )
    )


def _secret_page(hook: Webhook) -> ResponseReturnValue:
    """The one page that ever shows it."""
    response = make_response(render_template("admin/webhook_secret.html", hook=hook))
    response.headers["Cache-Control"] = "no-store"
    return response
