"""Reports go out by mail when their moment has come."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import force_locale, gettext

from tickets.config import site_address
from tickets.jobs.registry import every
from tickets.jobs.work import HandedBack, LeaseLost, Work
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
    """Every schedule whose moment has come, reader by reader in transactions of their own, so
    that a long report does not keep others from writing. A message is the only one of its
    schedule, moment and reader: whoever goes on after a worker was killed sends nothing twice."""
    for done, schedule_id in enumerate(schedules.due_now(work.now()), start=1):
        try:
            _send(schedule_id, work)
        except (LeaseLost, HandedBack):
            raise
        except Exception:
            work.undo()
            log.exception("a report could not be sent", schedule=str(schedule_id))
            schedules.give_up_when_old(schedule_id, work.now())
        work.save(done=done)


def _send(schedule_id: UUID, work: Work) -> None:
    schedule = schedules.due(schedule_id, work.now())
    if schedule is None:
        return
    moment, readers = schedule.next_at, schedules.readers_of(schedule)
    for person in readers:
        if not schedules.has_been_told(schedule, moment, person):
            _write_to(person, schedule, moment, work.now())
        work.save()
    log.info("report sent", report=schedule.report, schedule=str(schedule.id), to=len(readers))
    schedules.sent(schedule, moment, work.now())


def _write_to(person: Person, schedule: ReportSchedule, moment: datetime, now: datetime) -> None:
    report = reports_for(person)[schedule.report]
    # The days are those of the moment that was planned, also when it comes late; what is counted
    # is what is known now.
    scope = replace(stored_scope(person, moment, schedule.scope, report), now=now)
    with force_locale(language_of(person)):
        title = gettext(report.title)
        content = files.written(report, scope, schedule.format)
    period = scope.period
    queue(
        REPORT,
        Way(MessageChannel.EMAIL, person.email, now),
        once=schedules.key_of(schedule, moment, person.id),
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
