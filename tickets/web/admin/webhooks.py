"""The pages of webhooks: where they lead, what they want, what arrived (API-01, S-40)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import make_response, render_template, url_for
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
from tickets.web.shell.refusals import show_refusal
from tickets.web.shell.saving import answer_button, answer_form, loaded
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
    changes: UUID | None = None
    """The webhook that is changed; None in the form of a new one."""

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        return super().validate(extra_validators) and self._leads_outside()

    def _leads_outside(self) -> bool:
        """Ask the name where it leads, with no transaction open while it answers (S-40)."""
        db.session.commit()
        try:
            checked_target(self.url.data or "", allowed=allowed_networks(settings_now()))
        except Refused as refusal:
            show_refusal(refusal, self)
            return False
        if self.changes is not None:
            loaded(Webhook, self.changes)  # held again: the question of the name let go of it
        return True


def webhooks() -> ResponseReturnValue:
    rows = db.session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)).all()
    return render_template("admin/webhooks.html", rows=rows)


def add_webhook() -> ResponseReturnValue:
    form = _with_choices(WebhookForm())

    def page() -> str:
        return render_template("admin/webhook.html", form=form, hook=None, history=[], log=[])

    return answer_form(form, lambda: _add(form), page=page, then=_secret_page)


def webhook(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    form = _with_choices(WebhookForm(data=_stored(shown)))
    form.changes = hook_id

    def page() -> str:
        return render_template(
            "admin/webhook.html",
            form=form,
            hook=shown,
            history=history_of(Subject.WEBHOOK, hook_id),
            log=_log(hook_id),
            topic_label=topic_label,
            why=why,
        )

    return answer_form(
        form,
        lambda: _change(shown, form),
        page=page,
        then=url_for("admin.webhook", hook_id=hook_id),
        known=(Subject.WEBHOOK, hook_id),
    )


def renew_secret(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    messages.renew_secret(shown, actor=reader(), now=now())
    db.session.commit()
    return _secret_page(shown)


def test_webhook(hook_id: UUID) -> ResponseReturnValue:
    shown = loaded(Webhook, hook_id)
    return answer_button(
        lambda: messages.test_webhook(shown, actor=reader(), now=now()),
        back=url_for("admin.webhook", hook_id=hook_id),
        said=gettext("A test is queued; the log says what came of it."),
    )


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


def _stored(hook: Webhook) -> dict[str, object]:
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
