"""The page of background work: what runs, how far it is, what failed and why (JOB-03)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Select, select

from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tickets.jobs.rows import put
from tickets.models import AdminEvent, Job, JobHealth
from workflow.words import JobState


def adoption(transaction: Transaction, now: datetime, state: JobState) -> UUID:
    with transaction():
        job = put("adopt_limits", {"limits": "x"}, now=now)
        job.state, job.attempts, job.done, job.total = state, 5, 30, 70
        job.last_error = "Traceback\nKeyError: 'x'" if state is JobState.FAILED else ""
        return job.id


def history_of(job_id: UUID) -> Select[AdminEvent]:
    return select(AdminEvent).where(AdminEvent.subject_id == str(job_id))


def again(job_id: UUID) -> str:
    return f"/admin/jobs/{job_id}/again"


def test_the_page_shows_how_far_a_job_is(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    adoption(transaction, now, JobState.RUNNING)

    page = sign_in("admin").get("/admin/jobs")
    assert "30 / 70" in page.text
    assert "Try again" not in page.text


def test_an_administrator_sees_what_failed_and_tries_it_again(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    """It goes on where it stood, with all its tries; who wanted it so is on record."""
    job_id = adoption(transaction, now, JobState.FAILED)
    admin = sign_in("admin")

    page = admin.get("/admin/jobs")
    assert "KeyError" in page.text
    assert admin.post(again(job_id)).status_code == 303
    with transaction() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.attempts, job.done) == (JobState.WAITING, 0, 30)
        event = session.scalars(history_of(job_id)).one()
        assert event.actor_id is not None
    changes = admin.get("/admin/changes").text
    assert "Tried again" in changes
    assert "adopt_limits" in changes


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.RUNNING, JobState.DONE])
def test_only_what_failed_is_tried_again(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime, state: JobState
) -> None:
    job_id = adoption(transaction, now, state)

    assert sign_in("admin").post(again(job_id)).status_code == 303
    with transaction() as session:
        assert session.get_one(Job, job_id).state is state
        assert session.scalars(history_of(job_id)).all() == []


def test_the_page_warns_when_nobody_looks_at_the_clocks(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    admin = sign_in("admin")
    warning = "Nobody looks at the clocks"
    assert warning not in admin.get("/admin/jobs").text
    with transaction() as session:
        session.merge(JobHealth(name="sweep", last_success_at=now - timedelta(minutes=2)))

    assert warning in admin.get("/admin/jobs").text


@pytest.mark.parametrize("login", ["chen"])
def test_others_neither_see_nor_repeat_jobs(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime, login: str
) -> None:
    job_id = adoption(transaction, now, JobState.FAILED)
    somebody = sign_in(login)

    assert somebody.get("/admin/jobs").status_code in (403, 404)
    assert somebody.post(again(job_id)).status_code in (403, 404)
    with transaction() as session:
        assert session.get_one(Job, job_id).state is JobState.FAILED
