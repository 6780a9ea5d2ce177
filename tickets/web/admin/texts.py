"""The texts of messages: per topic, channel and language, with what they will look like."""

from http import HTTPStatus

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from tickets.administration import messages
from tickets.administration.messages import TextPlace
from tickets.clock import now
from tickets.config import operators_zone
from tickets.history.administration import Subject, history_of, version_of
from tickets.messages import texts as words
from tickets.messages.topics import (
    DIGEST,
    FIELDS,
    FOR_CUSTOMERS,
    FOR_PEOPLE,
    REPORT,
    TOPICS,
    Reader,
    fields_of,
)
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.languages import LANGUAGES
from tickets.web.shell.refusals import show_refusal
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused
from workflow.words import MessageChannel

CHANNELS = (MessageChannel.EMAIL, MessageChannel.SMS)
READERS = {"customer": FOR_CUSTOMERS, "person": (*FOR_PEOPLE, DIGEST, REPORT)}


class TextForm(AdminForm):
    subject = StringField(
        lazy_gettext("Subject line"),
        [Length(max=words.LONGEST_SUBJECT), storable],
        filters=[trimmed],
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [Length(max=words.LONGEST[MessageChannel.EMAIL]), storable],
        filters=[trimmed],
    )


def texts() -> ResponseReturnValue:
    return render_template(
        "admin/texts.html",
        readers=READERS,
        channels=CHANNELS,
        languages_of_texts=LANGUAGES,
        own=messages.own_texts(),
        TextPlace=TextPlace,
    )


def text(name: str) -> ResponseReturnValue:
    place = _place(name)
    form = TextForm(data=_stored(place))
    if place.channel is MessageChannel.SMS:
        del form.subject
    if "preview" in request.form:
        status = HTTPStatus.OK if _fits(form, place) else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(form, place), status

    def change() -> None:
        messages.set_text(place, *_typed(form), actor=reader(), now=now())

    return answer_form(
        form,
        change,
        page=lambda: _page(form, place),
        then=url_for("admin.text", name=name),
        known=(Subject.TEXT, place.name),
    )


def _page(form: TextForm, place: TextPlace) -> str:
    return render_template(
        "admin/text.html",
        form=form,
        place=place,
        own=messages.own_text(place) is not None,
        fields={each: FIELDS[each] for each in fields_of(place.topic)},
        preview=_preview(form, place),
        history=history_of(Subject.TEXT, place.name),
    )


def reset_text(name: str) -> ResponseReturnValue:
    place = _place(name)
    return answer_button(
        lambda: messages.reset_text(place, actor=reader(), now=now()),
        back=url_for("admin.text", name=name),
        said=gettext("The shipped text is used again."),
    )


def _fits(form: TextForm, place: TextPlace) -> bool:
    """Whether it could be kept; nothing is kept, the page only shows what it would look like."""
    if not form.validate():
        return False
    try:
        words.refuse_unfit(place.topic, place.channel, *_typed(form))
    except Refused as refusal:
        show_refusal(refusal, form)
        return False
    return True


def _preview(form: TextForm, place: TextPlace) -> tuple[str, str] | None:
    """Subject and body in final words; None while they cannot be sent."""
    values = words.example_values(place.topic, place.language, operators_zone())
    subject, body = _typed(form)
    try:
        return words.filled(subject, values), words.filled(body, values)
    except words.Unresolved:
        return None


def _typed(form: TextForm) -> tuple[str, str]:
    subject = form.subject.data or "" if "subject" in form else ""
    return subject, (form.body.data or "").replace("\r\n", "\n")


def _stored(place: TextPlace) -> dict[str, object]:
    subject, body = words.text_for(place.topic, place.channel, place.language)
    version = version_of(Subject.TEXT, place.name)
    return {"version": version, "subject": subject, "body": body}


def _place(name: str) -> TextPlace:
    """`person.reopened.email.en`, or 404."""
    parts = name.split(".")
    if len(parts) != 4:
        abort(404)
    reader, code, channel, language = parts
    topic = TOPICS.get((Reader(reader), code)) if reader in READERS else None
    if topic is None or channel not in CHANNELS or language not in LANGUAGES:
        abort(404)
    return TextPlace(topic, MessageChannel(channel), language)
