"""One's own page of how to be told: addresses, ways per topic, quiet hours, digest."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TimeField
from wtforms.validators import Length, Optional

from tickets.messages import wishes
from tickets.messages.topics import FOR_PEOPLE
from tickets.messages.ways import Wish
from tickets.models import Person
from tickets.policy import policy_now
from tickets.web.shell.saving import answer_form
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.words import N_

AS_ABOVE = "as_above"
# What can be chosen, as words of one list: fewer questions than three boxes for thirty topics.
WAYS = {
    "bell": (N_("Here only"), Wish(email=False)),
    "email": (N_("E-mail"), Wish()),
    "sms": (N_("SMS"), Wish(email=False, sms=True)),
    "both": (N_("E-mail and SMS"), Wish(sms=True)),
    "digest": (N_("Daily digest by e-mail"), Wish(digest=True)),
}


class WishForm(FlaskForm):
    email = StringField(
        lazy_gettext("E-mail address"),
        [Length(max=200), storable],
        filters=[trimmed],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    mobile = StringField(
        lazy_gettext("Mobile phone"),
        [Length(max=60), storable],
        filters=[trimmed],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    quiet_from = TimeField(lazy_gettext("Quiet hours begin"), [Optional()])
    quiet_until = TimeField(lazy_gettext("Quiet hours end"), [Optional()])
    digest_at = TimeField(lazy_gettext("The digest comes at"), [Optional()])
    everything = SelectField(lazy_gettext("Everything"))


for _topic in FOR_PEOPLE:
    setattr(WishForm, f"topic_{_topic.code}", SelectField(lazy_gettext(_topic.label)))


def preferences() -> ResponseReturnValue:
    person = reader()
    form = WishForm(data=_stored(person))
    ways = [(code, gettext(label)) for code, (label, _wish) in WAYS.items()]
    form.everything.choices = ways
    for topic in FOR_PEOPLE:
        form[f"topic_{topic.code}"].choices = [(AS_ABOVE, gettext("As for everything")), *ways]
    topics = [f"topic_{topic.code}" for topic in FOR_PEOPLE if not topic.critical]
    return answer_form(
        form,
        lambda: _save(form, person),
        page=lambda: render_template("accounts/preferences.html", form=form, topics=topics),
        then=url_for("notifications.preferences"),
    )


def _save(form: WishForm, person: Person) -> None:
    chosen = {wishes.EVERYTHING: form.everything.data} | {
        topic.code: form[f"topic_{topic.code}"].data for topic in FOR_PEOPLE
    }
    wishes.save(
        person,
        wishes.Addresses(form.email.data or "", form.mobile.data or ""),
        {topic: WAYS[way][1] for topic, way in chosen.items() if way != AS_ABOVE},
        wishes.Hours(form.quiet_from.data, form.quiet_until.data, form.digest_at.data),
        region=policy_now().region,
    )


def _stored(person: Person) -> dict[str, object]:
    known = wishes.wishes_of(person.id)
    hours = wishes.hours_of(person.id)
    topics = {
        f"topic_{topic.code}": _way_of(known[topic.code]) if topic.code in known else AS_ABOVE
        for topic in FOR_PEOPLE
    }
    return {
        "email": person.email,
        "mobile": person.mobile,
        "quiet_from": hours.quiet_from,
        "quiet_until": hours.quiet_until,
        "digest_at": hours.digest_at,
        "everything": _way_of(known[wishes.EVERYTHING]),
        **topics,
    }


def _way_of(wish: Wish) -> str:
    return next((code for code, (_label, each) in WAYS.items() if each == wish), "email")
