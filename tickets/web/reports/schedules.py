"""Reports by mail: made, changed, paused and removed by whoever made them; readers may leave."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from tickets.clock import now
from tickets.models import FileFormat, Person, ReportSchedule, Rhythm
from tickets.reports import schedules
from tickets.reports.period import Span
from tickets.reports.registry import reports_for
from tickets.visibility import led_departments
from tickets.web.reports.asked import SPANS, every_category, fill_choices, units_of
from tickets.web.reports.words import rhythm_says
from tickets.web.shell.labels import label_of
from tickets.web.shell.options import options
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.viewer import reader

NARROWINGS = ("unit", "category", "channel", "tier")
WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
RHYTHMS = {
    Rhythm.DAILY: lazy_gettext("Every day"),
    Rhythm.WEEKLY: lazy_gettext("Every week"),
    Rhythm.MONTHLY: lazy_gettext("Every month"),
}
FORMATS = {FileFormat.XLSX: "XLSX", FileFormat.CSV: "CSV"}


class ScheduleForm(FlaskForm):
    report = SelectField(lazy_gettext("Report"), [InputRequired()])
    period = SelectField(lazy_gettext("Period"), [InputRequired()], default=Span.LAST_MONTH.value)
    unit = SelectField(lazy_gettext("Unit and below"))
    category = SelectField(lazy_gettext("Category and below"))
    channel = SelectField(lazy_gettext("Channel"))
    tier = SelectField(lazy_gettext("Tier"))
    rhythm = SelectField(
        lazy_gettext("How often"),
        [InputRequired()],
        choices=options((each.value, label) for each, label in RHYTHMS.items()),
        default=Rhythm.MONTHLY.value,
    )
    weekday = SelectField(
        lazy_gettext("Day of the week"),
        choices=options((str(number), label) for number, label in enumerate(WEEKDAYS, start=1)),
        description=lazy_gettext("For every week."),
    )
    month_day = SelectField(
        lazy_gettext("Day of the month"),
        choices=options((str(number), str(number)) for number in range(1, 32)),
        description=lazy_gettext("For every month; the last day where a month is shorter."),
    )
    hour = SelectField(
        lazy_gettext("Hour"),
        choices=options((str(number), f"{number:02}:00") for number in range(24)),
        default="8",
    )
    format = SelectField(
        lazy_gettext("File"),
        choices=options((each.value, label) for each, label in FORMATS.items()),
    )
    recipients = SelectMultipleField(
        lazy_gettext("Who gets it"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    """Whom the list does not know is refused with a sentence, by `schedules`."""


def index() -> ResponseReturnValue:
    person, moment = reader(), now()
    found = schedules.schedules_of(person)
    return render_template(
        "reports/schedules.html",
        schedules=found,
        reports=reports_for(person),
        spans=SPANS,
        says=rhythm_says,
        state_label=label_of,
        deliveries=schedules.last_messages(
            [each for each in found if each.created_by_id == person.id]
        ),
        person=person,
        now=moment,
    )


def add() -> ResponseReturnValue:
    """GET: the form, with the report and the scope that the address names; POST: put it down."""
    given = {name: request.args.get(name, "") for name in ("report", "period", *NARROWINGS)}
    if given["period"] == Span.DAYS.value:
        given["period"] = ""  # days that are past are not sent again and again
    form = _form(reader(), {name: value for name, value in given.items() if value})
    return _answer(form, None, _add)


def _add(plan: schedules.SchedulePlan, moment: datetime) -> None:
    schedules.add(plan, actor=reader(), now=moment)


def edit(schedule_id: UUID) -> ResponseReturnValue:
    schedule = _own(schedule_id)
    form = _form(reader(), _data_of(schedule))

    def change(plan: schedules.SchedulePlan, moment: datetime) -> None:
        schedules.change(schedule, plan, actor=reader(), now=moment)

    return _answer(form, schedule, change)


def pause(schedule_id: UUID) -> ResponseReturnValue:
    schedule = _own(schedule_id)
    return _answer_button(lambda: schedules.pause(schedule), gettext("The schedule rests."))


def resume(schedule_id: UUID) -> ResponseReturnValue:
    schedule = _own(schedule_id)
    said = gettext("The schedule goes on.")
    return _answer_button(lambda: schedules.resume(schedule, now=now()), said)


def remove(schedule_id: UUID) -> ResponseReturnValue:
    schedule = _own(schedule_id)
    return _answer_button(lambda: schedules.remove(schedule), gettext("The schedule is removed."))


def leave(schedule_id: UUID) -> ResponseReturnValue:
    """Not to me any more."""
    person = reader()
    schedule = schedules.received_schedule(schedule_id, person)
    if schedule is None:
        abort(404)
    said = gettext("You do not get this report any more.")
    return _answer_button(lambda: schedules.leave(schedule, person), said)


def _own(schedule_id: UUID) -> ReportSchedule:
    found = schedules.own_schedule(schedule_id, reader())
    if found is None:
        abort(404)
    return found


def _answer_button(act: Callable[[], None], said: str) -> ResponseReturnValue:
    return answer_button(act, back=url_for("reports.schedules"), said=said)


def _form(person: Person, data: dict[str, object]) -> ScheduleForm:
    form = ScheduleForm(data=data)
    form.report.choices = [
        (name, gettext(report.title)) for name, report in reports_for(person).items()
    ]
    form.period.choices = [
        (span.value, label) for span, label in SPANS.items() if span is not Span.DAYS
    ]
    units = [*units_of(person), *led_departments(person)]
    fill_choices(form, units, every_category())
    form.recipients.choices = [
        (str(each.id), f"{each.name} · {each.login}")
        for each in schedules.possible_recipients(person)
    ]
    return form


def _data_of(schedule: ReportSchedule) -> dict[str, object]:
    return {
        "report": schedule.report,
        **schedule.scope,
        "rhythm": schedule.rhythm.value,
        "weekday": str(schedule.day) if schedule.rhythm is Rhythm.WEEKLY else "1",
        "month_day": str(schedule.day) if schedule.rhythm is Rhythm.MONTHLY else "1",
        "hour": str(schedule.hour),
        "format": schedule.format.value,
        "recipients": [str(each.person_id) for each in schedule.recipients],
    }


def _answer(
    form: ScheduleForm,
    schedule: ReportSchedule | None,
    put_down: Callable[[schedules.SchedulePlan, datetime], None],
) -> ResponseReturnValue:
    return answer_form(
        form,
        lambda: put_down(_plan(form), now()),
        page=lambda: render_template("reports/schedule.html", form=form, schedule=schedule),
        then=url_for("reports.schedules"),
    )


def _plan(form: ScheduleForm) -> schedules.SchedulePlan:
    rhythm = Rhythm(form.rhythm.data)
    day = {Rhythm.WEEKLY: form.weekday.data, Rhythm.MONTHLY: form.month_day.data}.get(rhythm, "1")
    narrowed = {name: form[name].data for name in NARROWINGS if form[name].data}
    return schedules.SchedulePlan(
        report=form.report.data,
        scope={"period": form.period.data, **narrowed},
        rhythm=rhythm,
        day=int(day or "1"),
        hour=int(form.hour.data),
        format=FileFormat(form.format.data),
        recipients=frozenset(_keys(form.recipients.data or ())),
    )


def _keys(typed: Iterable[str]) -> Iterator[UUID]:
    for each in typed:
        try:
            yield UUID(each)
        except ValueError:
            continue
