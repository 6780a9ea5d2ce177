"""Setting a customer's details right, from intake or from a complaint."""

from dataclasses import asdict
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import Field, Form, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, Length

from tickets.clock import now
from tickets.customers import corrections
from tickets.customers.corrections import Details
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Customer
from tickets.web.intake.forms import code
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.labels import choices_of
from tickets.web.shell.languages import LANGUAGES
from tickets.web.shell.options import options
from tickets.web.shell.safe_next import safe_next
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.words import Card, GroupTier

blueprint = Blueprint("customers", __name__)

LONGEST_CONTACT = 60


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def short_lines(_form: Form, field: Field) -> None:
    if any(len(each) > LONGEST_CONTACT for each in lines_of(field.data)):
        raise ValidationError(
            gettext("At most %(longest)s characters in a line.", longest=LONGEST_CONTACT)
        )


class CustomerForm(AdminForm):
    """Phones and accounts are one in a line."""

    name = StringField(lazy_gettext("Name"), [Length(max=120), storable], filters=[trimmed])
    town = StringField(lazy_gettext("Town"), [Length(max=120), storable], filters=[trimmed])
    phones = TextAreaField(
        lazy_gettext("Phones"),
        [Length(max=2000), storable, short_lines],
        description=lazy_gettext("One in a line."),
    )
    accounts = TextAreaField(
        lazy_gettext("Accounts"),
        [Length(max=2000), storable, short_lines],
        description=lazy_gettext("One in a line."),
    )
    group_tier = SelectField(lazy_gettext("Group tier"))
    card = SelectField(lazy_gettext("Card"))
    language = SelectField(
        lazy_gettext("Speaks"), [AnyOf(list(LANGUAGES))], choices=options(LANGUAGES.items())
    )

    def offer(self) -> None:
        self.group_tier.choices = [("", "–"), *choices_of(GroupTier)]
        self.card.choices = [("", "–"), *choices_of(Card)]


@blueprint.route("/customers/<uuid:customer_id>/edit", methods=["GET", "POST"])
def edit(customer_id: UUID) -> ResponseReturnValue:
    customer = loaded(Customer, customer_id)
    person = reader()
    if not corrections.may_correct(person, customer):
        abort(HTTPStatus.NOT_FOUND)
    form = CustomerForm(data=_shown(customer))
    form.offer()
    return answer_form(
        form,
        lambda: corrections.correct(customer, _typed(form), actor=person, now=now()),
        page=lambda: _page(form, customer),
        then=lambda _: redirect(_back(customer), HTTPStatus.SEE_OTHER),
        known=(Subject.CUSTOMER, customer_id),
    )


def _page(form: CustomerForm, customer: Customer) -> str:
    return render_template(
        "customers/customer.html",
        form=form,
        customer=customer,
        back_url=_back(customer),
        history=history_of(Subject.CUSTOMER, customer.id),
    )


def _back(customer: Customer) -> str:
    """Where one came from; else intake with this customer's number."""
    first = customer.contacts[0].given if customer.contacts else customer.name
    return safe_next(request.args.get("next"), url_for("intake.new", q=first))


def _shown(customer: Customer) -> dict[str, str]:
    known = asdict(corrections.details_of(customer))
    return {
        **{name: str(value or "") for name, value in known.items()},
        "phones": "\n".join(known["phones"]),
        "accounts": "\n".join(known["accounts"]),
        "version": version_of(Subject.CUSTOMER, customer.id),
    }


def _typed(form: CustomerForm) -> Details:
    return Details(
        name=form.name.data or "",
        town=form.town.data or "",
        language=form.language.data,
        group_tier=code(GroupTier, form.group_tier.data),
        card=code(Card, form.card.data),
        phones=lines_of(form.phones.data),
        accounts=lines_of(form.accounts.data),
    )
