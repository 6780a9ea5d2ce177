"""Time on a complaint: how each clock was counted, what will happen next, alerts and reminders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from tickets import sweep
from tickets.actions.cases import case_of
from tickets.clock import now
from tickets.clocks import forecast, timekeeping
from tickets.clocks.counted_time import counts_open_time
from tickets.clocks.display import in_order, may_read, reading_of_clock
from tickets.complaints.details import orders_with_units
from tickets.database import db
from tickets.limits import limits_by_id, limits_in_force
from tickets.models import Complaint, Person, Reminder
from tickets.policy import policy_now
from tickets.sweep import reminders
from tickets.visibility import visible_complaint
from tickets.web.clocks import ledger_words
from tickets.web.clocks.words import clock_look, clock_says, due_stamp, span_of
from tickets.web.limits.words import tell_label
from tickets.web.shell.labels import name_in
from tickets.web.shell.moment_field import MomentField
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.clocks import Clock, Id
from workflow.ledger import LedgerLine
from workflow.ledger import ledger as lines_of
from workflow.words import ClockKind, Party

DECIDING = frozenset({Party.SUPERVISOR, Party.EXECUTIVE})
NOTE_LENGTH = 200

blueprint = Blueprint("clocks", __name__, url_prefix="/complaints")


@blueprint.app_template_global("clock_span")
def clock_span(length: timedelta, open_time: bool) -> str:
    return span_of(length, open_time=open_time)


@blueprint.app_template_global("ledger_url")
def ledger_url(complaint: Complaint, clock: Id) -> str:
    """The page that tells how this clock was counted."""
    parts = [clock.kind.value, str(clock.cycle), str(clock.turn)]
    if clock.subject:
        parts.append(str(UUID(clock.subject)))
    return url_for("clocks.ledger", number=complaint.number, clock="/".join(parts))


for function in (clock_look, clock_says, due_stamp, ledger_words.weekday, tell_label):
    blueprint.add_app_template_global(function)


@dataclass(frozen=True)
class Seen:
    """A complaint as one reader sees its time: who they are to it, and whose clocks they read."""

    complaint: Complaint
    person: Person
    parties: frozenset[Party]
    departments: dict[str, str]
    units: dict[str, UUID]

    def shows(self, subject: str, unit_id: UUID) -> bool:
        return may_read(unit_id, subject, self.complaint, self.person, self.parties)

    def shows_clock(self, clock: Clock) -> bool:
        unit_id = self.units.get(clock.id.subject, self.complaint.unit_id)
        return self.shows(clock.id.subject, unit_id)


class ReminderForm(FlaskForm):
    due_at = MomentField(lazy_gettext("When"), [InputRequired()])
    note = StringField(
        lazy_gettext("Note to yourself"),
        [Length(max=NOTE_LENGTH), storable],
        filters=[trimmed],
    )


@blueprint.get("/<number>/clocks/<path:clock>")
def ledger(number: str, clock: str) -> ResponseReturnValue:
    """What one clock counted, what it did not, and why (SLA-08).

    The address goes on with kind, cycle and turn, and for a work order's clock its key.
    """
    moment, seen, wanted = now(), _seen(number), _named(clock)
    found = timekeeping.clocks_of(seen.complaint, moment)
    reckoned = next((each for each in found if each.id == wanted), None)
    if reckoned is None or not seen.shows_clock(reckoned):
        abort(404)
    return _ledger_page(seen, reckoned, moment)


def _named(path: str) -> Id | None:
    """The clock that the end of an address names."""
    kind, cycle, turn, order = (path.split("/") + [""] * 3)[:4]
    try:
        return Id(ClockKind(kind), int(cycle), UUID(order).hex if order else "", int(turn))
    except ValueError:
        return None


def _ledger_page(seen: Seen, clock: Clock, moment: datetime) -> str:
    lines, reading = lines_of(clock), reading_of_clock(clock, seen.complaint)
    limits = limits_by_id(UUID(clock.limits_key))
    return render_template(
        "clocks/ledger.html",
        complaint=seen.complaint,
        clock=clock,
        reading=reading,
        lines=lines,
        ran_out_in=_ran_out_in(clock, lines),
        open_time=counts_open_time(clock),
        department=seen.departments.get(clock.id.subject, ""),
        aloud=ledger_words.aloud(seen.complaint, clock, reading, lines),
        limits_name=name_in(limits.titles) or limits.pack,
        limits_number=limits.number,
        words=ledger_words,
        now=moment,
    )


def _ran_out_in(clock: Clock, lines: list[LedgerLine]) -> int | None:
    """Which stretch the limit ran out in, also at its very end."""
    at = clock.breached_at
    if at is None:
        return None
    places = (each for each, line in enumerate(lines) if line.counts)
    return next((each for each in places if lines[each].start <= at <= lines[each].end), None)


@blueprint.route("/<number>/what-next", methods=["GET", "POST"])
def what_next(number: str) -> ResponseReturnValue:
    """GET: what will happen to the complaint, when, and who will be told; it changes nothing.
    POST: remind me."""
    moment, seen = now(), _seen(number)
    form = ReminderForm()
    return answer_form(
        form,
        lambda: _set_reminder(seen, form, moment),
        page=lambda: _next_page(seen, form, moment),
        then=url_for("clocks.what_next", number=number),
        said=gettext("You will be reminded."),
    )


def _set_reminder(seen: Seen, form: ReminderForm, moment: datetime) -> None:
    due_at, note = form.due_at.data, form.note.data or ""
    if due_at is not None:
        reminders.set_reminder(seen.complaint, seen.person, due_at, now=moment, note=note)


@blueprint.post("/<number>/reminders/<uuid:reminder_id>/remove")
def remove_reminder(number: str, reminder_id: UUID) -> ResponseReturnValue:
    """Nobody removes anybody else's."""
    seen = _seen(number)
    reminder = db.session.get(Reminder, reminder_id)
    if reminder is None or reminder.complaint_id != seen.complaint.id:
        abort(404)
    if reminder.person_id != seen.person.id:
        abort(404)
    return answer_button(
        lambda: reminders.take_back(reminder, now()),
        back=url_for("clocks.what_next", number=number),
        said=gettext("You will not be reminded."),
    )


@blueprint.post("/<number>/alerts/<uuid:alert_id>/acknowledge")
def acknowledge(number: str, alert_id: UUID) -> ResponseReturnValue:
    """Somebody who was told, or a supervisor, has seen it: it is not told again (ESC-02)."""
    seen = _seen(number)
    came = forecast.happened(seen.complaint, shown=seen.shows)
    found = next((each for each in came if each.alert.id == alert_id), None)
    if found is None:
        abort(404)
    if not may_acknowledge(found, seen):
        abort(403)
    return answer_button(
        lambda: sweep.acknowledge(found.alert, seen.person.id, now()),
        back=url_for("clocks.what_next", number=number),
        said=gettext("Noted: you have seen it."),
    )


def may_acknowledge(found: forecast.AlertRaised, seen: Seen) -> bool:
    return found.told(seen.person.id) or bool(seen.parties & DECIDING)


def _seen(number: str) -> Seen:
    person = reader()
    complaint = visible_complaint(number, person)
    orders = orders_with_units(complaint)
    parties = case_of(complaint, actor=person, now=now(), policy=policy_now()).parties
    return Seen(
        complaint,
        person,
        parties,
        departments={order.id.hex: name_in(order.unit.names) for order in orders},
        units={order.id.hex: order.unit_id for order in orders},
    )


def _next_page(seen: Seen, form: ReminderForm, moment: datetime) -> str:
    complaint = seen.complaint
    found = [each for each in timekeeping.clocks_of(complaint, moment) if seen.shows_clock(each)]
    coming = forecast.ahead(complaint, found, moment, shown=seen.shows)
    came = forecast.happened(complaint, shown=seen.shows)
    limits = limits_by_id(complaint.limits_id) if complaint.limits_id else limits_in_force()
    return render_template(
        "clocks/next.html",
        complaint=complaint,
        seen=seen,
        coming=coming,
        came=came,
        readings=in_order(reading_of_clock(each, complaint) for each in found if each.is_open),
        names=forecast.names_of(coming, came),
        reminders=[each for each in forecast.reminders_of(complaint) if _may_see(each[0], seen)],
        repeats_after=limits.repeat_breach,
        may_acknowledge=_acknowledging(seen),
        form=form,
        rung_says=ledger_words.rung_says,
        now=moment,
    )


def _may_see(reminder: Reminder, seen: Seen) -> bool:
    """One's own; those of others only for whoever oversees the complaint."""
    return reminder.person_id == seen.person.id or bool(seen.parties & DECIDING)


def _acknowledging(seen: Seen) -> Callable[[forecast.AlertRaised], bool]:
    def may(found: forecast.AlertRaised) -> bool:
        return found.alert.acknowledged_at is None and may_acknowledge(found, seen)

    return may
