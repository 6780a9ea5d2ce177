"""The work that runs by itself: how each kind stands, what waits, what failed and why."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from tickets.clock import now
from tickets.database import db
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.jobs import rows
from tickets.jobs.health import standings, sweep_is_late
from tickets.models import Job
from tickets.web.shell.labels import JOB_NAMES
from tickets.web.shell.saving import loaded
from tickets.web.shell.viewer import reader
from workflow.words import JobState

SHOWN = 50


def jobs() -> ResponseReturnValue:
    moment = now()
    found = standings(moment)
    not_done = db.session.scalars(
        select(Job)
        .where(Job.state != JobState.DONE)
        .order_by(Job.state, Job.run_at)
        .limit(SHOWN + 1)
    ).all()
    return render_template(
        "admin/jobs.html",
        standings=found,
        late=sweep_is_late(found, moment),
        rows=not_done[:SHOWN],
        more=len(not_done) > SHOWN,
        shown=SHOWN,
        name_of=name_of,
    )


def run_again(job_id: UUID) -> ResponseReturnValue:
    row = loaded(Job, job_id)
    if row.state is JobState.FAILED:
        rows.run_again(row, now())
        record(
            Subject.JOB,
            row.id,
            AdminEventName.AGAIN,
            before={"state": JobState.FAILED.value},
            after={"state": JobState.WAITING.value, "job": row.name},
            actor=reader(),
            now=now(),
        )
        flash(gettext("It is tried again."), "success")
    db.session.commit()
    return redirect(url_for("admin.jobs"), 303)


def name_of(name: str) -> str:
    return gettext(JOB_NAMES[name]) if name in JOB_NAMES else name
