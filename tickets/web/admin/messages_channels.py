"""The page on which whole channels are switched, capped, or made a digest (NOT-04)."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from tickets.administration import messages
from tickets.administration.messages import CHANNELS, ChannelData
from tickets.clock import now
from tickets.config import settings_now
from tickets.history.administration import Subject, history_of, version_of
from tickets.messages.ways import setting_of
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.saving import answer_form, hold_installation
from tickets.web.shell.viewer import reader
from workflow.words import MessageChannel

MOST = 100_000
A_NUMBER = [InputRequired(), NumberRange(min=0, max=MOST)]


class ChannelsForm(AdminForm):
    email_active = BooleanField(lazy_gettext("E-mails are sent"))
    email_digest = BooleanField(lazy_gettext("Everybody gets one digest a day instead"))
    email_per_hour = IntegerField(lazy_gettext("Most e-mails to one address in an hour"), A_NUMBER)
    sms_active = BooleanField(lazy_gettext("SMS are sent"))
    sms_per_hour = IntegerField(lazy_gettext("Most SMS to one number in an hour"), A_NUMBER)
    webhook_active = BooleanField(lazy_gettext("Webhooks are called"))
    webhook_per_hour = IntegerField(lazy_gettext("Most calls of one webhook in an hour"), A_NUMBER)


def channels() -> ResponseReturnValue:
    hold_installation()
    form = ChannelsForm(data=_stored())

    def page() -> str:
        settings = settings_now()
        return render_template(
            "admin/channels.html",
            form=form,
            set_up={"email": bool(settings.smtp_host), "sms": bool(settings.sms_gateway_url)},
            history=history_of(Subject.CHANNEL, CHANNELS),
        )

    return answer_form(
        form,
        lambda: _change(form),
        page=page,
        then=url_for("admin.channels"),
        known=(Subject.CHANNEL, CHANNELS),
    )


def _change(form: ChannelsForm) -> None:
    wanted = {
        channel: ChannelData(
            active=form[f"{channel}_active"].data,
            digest=channel is MessageChannel.EMAIL and form.email_digest.data,
            per_hour=form[f"{channel}_per_hour"].data,
        )
        for channel in MessageChannel
    }
    messages.change_channels(wanted, actor=reader(), now=now())


def _stored() -> dict[str, object]:
    shown: dict[str, object] = {"version": version_of(Subject.CHANNEL, CHANNELS)}
    for channel in MessageChannel:
        setting = setting_of(channel)
        shown[f"{channel}_active"] = setting.active
        shown[f"{channel}_per_hour"] = setting.per_hour
        if channel is MessageChannel.EMAIL:
            shown["email_digest"] = setting.digest
    return shown
