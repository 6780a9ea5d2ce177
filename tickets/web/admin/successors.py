"""Choosing who answers for somebody's open complaints from now on (OWN-02)."""

from uuid import UUID

from flask_babel import gettext

from tickets.administration import people
from tickets.administration.people import Successor
from tickets.database import db
from tickets.models import Person
from tickets.web.shell.admin_forms import SuccessorForm


def offer_successors(form: SuccessorForm, person: Person) -> SuccessorForm:
    form.successor.choices = [("", gettext("Choose a person"))] + [
        (str(each.id), f"{each.name} ({each.login})") for each in people.possible_successors(person)
    ]
    return form


def successor_of(form: SuccessorForm) -> Successor:
    chosen = form.successor.data
    person = db.session.get(Person, UUID(chosen)) if chosen else None
    return Successor(person, form.reason.data or "")
