"""First contact: from a number on the phone to a complaint that somebody answers for."""

from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple, TypedDict
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from tickets import numbers
from tickets.actions import take
from tickets.clock import now
from tickets.clocks.timekeeping import Promise, promise_for
from tickets.customers.veil import veils_over
from tickets.database import db, new_id
from tickets.intake import FirstContact, first_contact, objections
from tickets.intake import lookup as look_ups
from tickets.intake.first_contact import Arrival
from tickets.intake.lookup import Found
from tickets.intake.objections import Objectable
from tickets.models import Complaint, Customer
from tickets.policy import policy_now
from tickets.visibility import visible_complaint
from tickets.web.actions.offers import file_rules
from tickets.web.intake import forms
from tickets.web.intake.forms import ELSEWHERE, NEW, OBJECTS, IntakeForm
from tickets.web.intake.words import sentences
from tickets.web.shell.drafts import prefill
from tickets.web.shell.labels import name_in
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.links import complaint_url
from tickets.web.shell.refusals import show_refusal
from tickets.web.shell.saving import save_form
from tickets.web.shell.viewer import reader
from workflow.machine import Refused
from workflow.reasons import Reason
from workflow.tiers import higher
from workflow.words import N_, OPEN, CallChannel, Card, Channel, GroupTier, Severity, Status

blueprint = Blueprint("intake", __name__)

OUR_FIELDS = {"text": "description", "reason": "description", "file": "files"}
"""Where the form has what an action asks for under another name."""

SEARCHES = frozenset({"q", "look_up"})
"""What sends a look-up for other words, not for another choice among those found."""


@blueprint.get("/complaints/new")
def new() -> ResponseReturnValue:
    form = _form()
    repeated = _repeated(request.args.get("repeat_of"))
    if not prefill(form):
        form.q.data = request.args.get("q", "")[:200].replace("\x00", "")
        _fill_from(form, repeated)
    form.offer(reader(), chosen_language())
    return _page(form, repeated)


@blueprint.post("/complaints/new")
def register() -> ResponseReturnValue:
    form = _form()
    form.offer(reader(), chosen_language())
    repeated = _repeated(form.repeat_of.data)
    if "look_up" in request.form:
        _ask_again_who(form)
        return _page(form, repeated)
    if not form.validate():
        return _page(form, repeated), HTTPStatus.UNPROCESSABLE_ENTITY

    def refused(refusal: Refused) -> ResponseReturnValue:
        _show(refusal, form)
        return _page(form, repeated), HTTPStatus.UNPROCESSABLE_ENTITY

    return save_form(
        form,
        lambda: _taken(form, repeated),
        page=lambda: _page(form, repeated),
        then=lambda taken: redirect(taken.leads_to, HTTPStatus.SEE_OTHER),
        said=lambda taken: (taken.said, "success"),
        refused=refused,
        # The same form, sent twice at the same moment: the other one was faster.
        overtaken=lambda: redirect(_made_before(form), HTTPStatus.SEE_OTHER),
        races=(IntegrityError, first_contact.SentTwice),
    )


@blueprint.get("/customers/lookup")
def lookup() -> ResponseReturnValue:
    """A part of the page, for each change of what is searched or chosen."""
    form = IntakeForm(formdata=request.args, meta={"csrf": False})
    form.offer(reader(), chosen_language())
    if request.headers.get("HX-Trigger-Name") in SEARCHES:
        _ask_again_who(form)
    return _rendered("intake/_answer.html", form)


def _ask_again_who(form: IntakeForm) -> None:
    """ "New customer" stands there before anything was looked up. It is no choice against those
    who are found now, else everybody who calls again would be entered a second time."""
    if form.customer.data == NEW:
        form.customer.data = None


@blueprint.get("/complaints/<number>/registered")
def registered(number: str) -> ResponseReturnValue:
    complaint = visible_complaint(number, reader())
    return render_template(
        "intake/registered.html",
        complaint=complaint,
        sentences=sentences(complaint),
        veiled=veils_over([complaint], reader())[complaint.id],
        may_dispatch=complaint.status is Status.REGISTERED,
    )


class TakenIn(NamedTuple):
    """What came of a first contact: the address to show next, and what to say there."""

    leads_to: str
    said: str = ""


def _taken(form: IntakeForm, repeated: Complaint | None) -> TakenIn:
    """Do what the form says. Raises Refused."""
    if form.about.data == ELSEWHERE:
        return _message_left(form)
    if form.about.data and form.about.data.startswith(OBJECTS):
        return _objection_taken(form, form.about.data.removeprefix(OBJECTS))
    if form.about.data:
        return _contact_added(form)
    complaint = first_contact.receive(_arrival(form, repeated), actor=reader(), now=now())
    return TakenIn(url_for("intake.registered", number=complaint.number))


def _arrival(form: IntakeForm, repeated: Complaint | None) -> Arrival:
    return Arrival(
        complaint_id=_form_id(form),
        customer=_who(form),
        first=FirstContact(
            unit=forms.desk_of(form, reader()),
            responsible=reader(),
            line=form.line.data,
            on_behalf_of=form.on_behalf_of.data,
            callback_channel=forms.code(CallChannel, form.callback_channel.data),
            repeat_of=repeated,
        ),
        said=forms.said(form),
        typed=form.q.data,
        answer=forms.answered(form),
        confirmed=form.confirmed.data,
        uploads=forms.uploads(form),
    )


def _who(form: IntakeForm) -> UUID | first_contact.NewCustomer | None:
    """Whom the person chose. Nobody chosen is a new customer only if nobody was found: people
    who share a number are never taken for one another (CUS-02)."""
    if form.customer.data == NEW:
        return forms.new_customer(form)
    chosen = forms.read_id(form.customer.data)
    if chosen is not None or _look_up(form).customers:
        return chosen
    return forms.new_customer(form)


def _contact_added(form: IntakeForm) -> TakenIn:
    complaint = visible_complaint(form.about.data, reader())
    take(
        "contact",
        complaint,
        actor=reader(),
        now=now(),
        seen_version=None,
        inputs=_heard(form),
        event_id=_form_id(form),
    )
    said = gettext("Added. The responsible person sees it as work.")
    return TakenIn(complaint_url(complaint), said)


def _objection_taken(form: IntakeForm, about: str) -> TakenIn:
    """Open again what ended: on the page or at another desk, of which no more is told (P13)."""
    person, form_id, heard = reader(), _form_id(form), _heard(form)
    if numbers.is_number(about):
        complaint = visible_complaint(about, person)
        objections.object_here(complaint, actor=person, now=now(), form_id=form_id, **heard)
        back = complaint_url(complaint)
    else:
        complaint = objections.object_elsewhere(
            _chosen_customer(form),
            about,
            typed=form.q.data or "",
            actor=person,
            now=now(),
            form_id=form_id,
            **heard,
        )
        back = url_for("intake.new")
    said = gettext(
        "Opened again. %(person)s (%(unit)s) and their supervisor are told.",
        person=complaint.responsible.name,
        unit=name_in(complaint.unit.names),
    )
    return TakenIn(back, said)


def _chosen_customer(form: IntakeForm) -> Customer:
    chosen = forms.read_id(form.customer.data)
    customer = db.session.get(Customer, chosen) if chosen else None
    if customer is None:
        raise Refused([Reason("customer", N_("Choose the customer."), {}, "customer")])
    return customer


def _message_left(form: IntakeForm) -> TakenIn:
    customer = _chosen_customer(form)
    heard = _heard(form)
    told = look_ups.leave_message(
        customer, actor=reader(), now=now(), form_id=_form_id(form), **heard
    )
    people = gettext(", ").join(
        f"{each.responsible.name} ({name_in(each.unit.names)})" for each in told
    )
    return TakenIn(url_for("intake.new"), gettext("Told to: %(people)s.", people=people))


class TypedIntake(TypedDict):
    """What somebody said who called or came again."""

    channel: Channel | None
    text: str


def _heard(form: IntakeForm) -> TypedIntake:
    return {"channel": forms.code(Channel, form.channel.data), "text": form.description.data or ""}


def _made_before(form: IntakeForm) -> str:
    made = db.session.get(Complaint, _form_id(form))
    if made is None:
        return url_for("intake.new")
    return url_for("intake.registered", number=made.number)


def _show(refused: Refused, form: IntakeForm) -> None:
    ours = [
        replace(reason, field=OUR_FIELDS.get(reason.field or "", reason.field))
        for reason in refused.reasons
    ]
    show_refusal(Refused(ours), form)
    if any(reason.code == "taken" for reason in ours):
        form.complaint_id.data = str(new_id())


def _page(form: IntakeForm, repeated: Complaint | None) -> str:
    return _rendered("intake/new.html", form, repeated)


def _rendered(template: str, form: IntakeForm, repeated: Complaint | None = None) -> str:
    """The page or, of it, what a look-up changes."""
    found = _look_up(form)
    chosen = found.chosen.customer if found.chosen and form.customer.data != NEW else None
    tier = chosen.tier if chosen else _typed_tier(form)
    objectable = objections.objectable(found.chosen if chosen else None, reader(), now())
    return render_template(
        template,
        form=form,
        repeated=repeated,
        policy=policy_now(),
        file_rules=file_rules(),
        found=found,
        chosen=chosen,
        is_new=form.customer.data == NEW or not found.customers,
        new_as=first_contact.completed(forms.new_customer(form), found.typed),
        objectable=objectable,
        about=_about(form, found, objectable),
        callback_number=_callback_number(chosen, found),
        limit=_limit(form, tier),
        open_statuses=OPEN,
    )


def _limit(form: IntakeForm, tier: GroupTier | Card | None) -> Promise | None:
    """What the desk tells the customer, as far as the form is filled in."""
    return promise_for(
        severity=forms.code(Severity, form.severity.data),
        tier=tier or "",
        channel=forms.code(Channel, form.channel.data),
        category_id=forms.read_id(form.category.data),
        unit=forms.desk_of(form, reader()),
        now=now(),
    )


def _typed_tier(form: IntakeForm) -> GroupTier | Card | None:
    return higher(forms.code(GroupTier, form.group_tier.data), forms.code(Card, form.card.data))


def _about(form: IntakeForm, found: Found, objectable: Objectable) -> str:
    """What the words are about: as chosen, else the complaint whose number was typed; "" is a new
    one. What belongs to another customer than the one chosen now does not count."""
    offered = {each.number for each in found.chosen.complaints} if found.chosen else set()
    wanted = form.about.data or ""
    if "about" not in request.values and found.named is not None:
        wanted = found.named.number
    objects = {f"{OBJECTS}{each.key}" for each in objectable.elsewhere}
    if found.chosen:
        ended = (each for each in found.chosen.complaints if each.id in objectable.here)
        objects |= {f"{OBJECTS}{each.number}" for each in ended}
    return wanted if wanted in offered | objects | {ELSEWHERE} else ""


def _callback_number(chosen: Customer | None, found: Found) -> str:
    if chosen is None:
        return ""
    return look_ups.callback_number_of(chosen, found.typed, policy_now().region)


def _look_up(form: IntakeForm) -> Found:
    return look_ups.look_up(
        form.q.data or "",
        person=reader(),
        region=policy_now().region,
        chosen=forms.read_id(form.customer.data),
    )


def _repeated(number: str | None) -> Complaint | None:
    """The complaint this one repeats (REO-01), if there is one; 404 when it may not be seen."""
    return visible_complaint(number, reader()) if number else None


def _fill_from(form: IntakeForm, repeated: Complaint | None) -> None:
    if repeated is None:
        return
    form.repeat_of.data = repeated.number
    form.customer.data = str(repeated.customer_id)
    form.category.data = str(repeated.category_id)
    form.line.data = repeated.line
    form.callback_number.data = repeated.callback_number
    form.on_behalf_of.data = repeated.on_behalf_of


def _form() -> IntakeForm:
    return IntakeForm()


def _form_id(form: IntakeForm) -> UUID:
    return forms.read_id(form.complaint_id.data) or new_id()
