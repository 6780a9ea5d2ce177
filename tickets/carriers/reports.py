"""Reports go out by mail when their moment has come."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import force_locale, gettext

from tickets.config import site_address
from tickets.jobs.registry import every
from tickets.jobs.work import Work
from tickets.log import log
from tickets.messages.telling import Enclosed, language_of, queue
from tickets.messages.topics import REPORT
from tickets.messages.ways import Way
from tickets.models import Person, ReportSchedule
from tickets.reports import schedules
from tickets.reports.registry import reports_for
from tickets.reports.shape import Scope
from tickets.web.reports import files
from tickets.web.reports.asked import stored_scope
from workflow.words import MessageChannel


@every(timedelta(minutes=1), name="send_reports", lease=timedelta(minutes=5))
def send_reports(work: Work) -> None:
    """Every schedule whose moment has come, each in a transaction of its own: its messages and
    its next moment are stored together or not at all, and each message is the only one of its
    schedule, moment and reader, so that a worker that is killed sends nothing twice."""
    for done, schedule_id in enumerate(schedules.due_now(work.now()), start=1):
        try:
            _send(schedule_id, work.now())
        except Exception:
            work.undo()
            log.exception("a report could not be sent", schedule=str(schedule_id))
            schedules.push_ahead(schedule_id, work.now())
        work.save(done=done)


def _send(schedule_id: UUID, now: datetime) -> None:
    schedule = schedules.claim(schedule_id, now)
    if schedule is None:
        return
    readers = schedules.readers_of(schedule)
    for person in readers:
        _write_to(person, schedule, now)
    log.info("report sent", report=schedule.report, schedule=str(schedule.id), to=len(readers))
    schedules.sent(schedule, now)


def _write_to(person: Person, schedule: ReportSchedule, now: datetime) -> None:
    report = reports_for(person)[schedule.report]
    # The days are those of the moment that was planned, also when it comes late; what is counted
    # is what is known now.
    scope = replace(stored_scope(person, schedule.next_at, schedule.scope), now=now)
    with force_locale(language_of(person)):
        title = gettext(report.title)
        content = files.written(report, scope, schedule.format)
    period = scope.period
    queue(
        REPORT,
        Way(MessageChannel.EMAIL, person.email, now),
        once=schedules.key_of(schedule, schedule.next_at, person.id),
        language=language_of(person),
        read={
            "report": title,
            "period": f"{period.first} – {period.last}",
            "link": _link(schedule, scope),
        },
        now=now,
        files=[
            Enclosed(
                f"{schedule.report}-{period.first}-{period.last}.{schedule.format}",
                files.MEDIA_TYPES[schedule.format],
                content,
            )
        ],
        person_id=person.id,
    )


def _link(schedule: ReportSchedule, scope: Scope) -> str:
    """The same report, the same days, on the page."""
    days = f"from={scope.period.first}&to={scope.period.last}"
    return f"{site_address()}/reports/{schedule.report}?{days}"
