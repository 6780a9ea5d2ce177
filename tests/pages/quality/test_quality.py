"""Second calls as pages: whose they are, what is asked, what is kept when something is wrong."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets.models import Complaint, QualitySample
from tickets.quality import drawing
from workflow.words import CallOutcome, Level, WithdrawalChannel, WithdrawnBy

MARKS = {"heard": "0", "informed": "1", "solved": "0", "kept": "1", "recorded": "2"}


@pytest.fixture
def sample(transaction: Transaction, cast: Cast, now: datetime, clock: Clock) -> str:
    with transaction() as session:
        complaint = given.registered(cast, now=now)
        complaint.level = Level.SUPERVISOR
        session.flush()
        given.resolve(cast, complaint, now + timedelta(hours=1))
        given.call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=2))
    with transaction() as session:
        drawing.draw(now + timedelta(hours=3))
        found = str(session.scalars(select(QualitySample.id)).one())
    clock.pass_(hours=3)
    return found


@pytest.fixture
def quality(sign_in: SignIn, sample: str) -> FlaskClient:
    return sign_in("qian")


def test_a_call_is_tried_scored_and_looked_at(
    quality: FlaskClient, sample: str, sign_in: SignIn
) -> None:
    assert f"/quality/{sample}" in quality.get("/quality/").text
    tried = quality.post(
        f"/quality/{sample}/call", data={"outcome": "no_answer", "number": "13912345678"}
    )
    assert tried.status_code == 303
    said = {**MARKS, "verdict": "not_satisfied", "comment": "Nobody called back."}
    assert quality.post(f"/quality/{sample}/score", data=said).status_code == 303
    assert "40 %" in quality.get("/quality/?state=scored").text
    assert f"/quality/{sample}" not in quality.get("/quality/").text

    zheng = sign_in("zheng")
    page = zheng.get("/quality/reviews").text
    assert "Nobody called back." in page
    task = re.search(r'action="(/quality/reviews/[^"]+)"', page)
    assert task
    assert zheng.post(task.group(1), data={"note": ""}).status_code == 422
    assert zheng.get(task.group(1)).status_code == 405
    assert zheng.post(task.group(1), data={"note": "Talked to Chen."}).status_code == 303
    assert "Talked to Chen." in zheng.get("/quality/reviews?state=done").text


def test_the_score_shows_on_the_complaint_to_those_whom_it_helps(
    quality: FlaskClient, sample: str, sign_in: SignIn, transaction: Transaction
) -> None:
    quality.post(
        f"/quality/{sample}/score",
        data={**MARKS, "verdict": "partly", "comment": "Late."},
    )
    with transaction() as session:
        number = session.scalars(select(Complaint.number)).one()
    for who in ("qian", "zheng", "chen"):
        assert "40 %" in sign_in(who).get(f"/complaints/{number}").text, who


@pytest.mark.parametrize(
    "wrong",
    [{"heard": ""}, {"heard": "3"}, {"verdict": ""}, {"verdict": "x"}, {"comment": "x" * 2001}],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    quality: FlaskClient, sample: str, wrong: dict[str, str]
) -> None:
    said = {**MARKS, "verdict": "partly", "comment": "Typed with care.", **wrong}
    answer = quality.post(f"/quality/{sample}/score", data=said)
    assert answer.status_code == 422 and "Please check" in answer.text
    assert said["comment"] in answer.text


def test_skipping_needs_a_reason(quality: FlaskClient, sample: str) -> None:
    assert quality.post(f"/quality/{sample}/skip", data={"note": " "}).status_code == 422
    assert quality.post(f"/quality/{sample}/skip", data={"note": "Moved."}).status_code == 303
    late = quality.post(f"/quality/{sample}/score", data={**MARKS, "verdict": "partly"})
    assert late.status_code == 303 and late.location.endswith(sample), "a colleague was faster"


@pytest.mark.parametrize("who", ["chen", "zhao", "zheng", "he", "shen", "admin"])
def test_only_quality_scores(sign_in: SignIn, sample: str, who: str) -> None:
    browser = sign_in(who)
    assert browser.get("/quality/").status_code == 403
    assert browser.get(f"/quality/{sample}").status_code == 403
    assert browser.post(f"/quality/{sample}/score", data=MARKS).status_code == 403


def test_a_sample_of_another_branch_is_not_there(
    sign_in: SignIn, sample: str, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        role = cast.person("qian").memberships[0]
        session.merge(role).unit_id = cast.units["north"]
    assert sign_in("qian").get(f"/quality/{sample}").status_code == 404


def test_the_pages_ask_a_bounded_number_of_queries(
    app: Flask, quality: FlaskClient, sample: str
) -> None:
    for url, most in (("/quality/", 12), (f"/quality/{sample}", 24), ("/reports/quality", 45)):
        with counted(app) as asked:
            assert quality.get(url).status_code == 200
        assert len(asked) <= most, (url, len(asked))


def test_a_withdrawal_is_called_again_with_how_it_was_said(
    transaction: Transaction, cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    """It is always drawn; there is no answer, and the page stands all the same."""
    with transaction():
        complaint = given.registered(cast, now=now)
        given.do(
            "withdraw",
            complaint,
            complaint.responsible,
            now,
            said_by=WithdrawnBy.FAMILY,
            channel=WithdrawalChannel.LETTER,
            at=now,
            text="Mother says it works.",
        )
    with transaction() as session:
        drawing.draw(now + timedelta(hours=1))
        drawn = str(session.scalars(select(QualitySample.id)).one())
    qian = sign_in("qian")
    assert "Withdrawn" in qian.get("/quality/").text
    page = qian.get(f"/quality/{drawn}").text
    for said in ("A family member", "Letter", "Mother says it works.", "Chen"):
        assert said in page
    marks = {**MARKS, "verdict": "not_satisfied", "comment": "Never withdrew."}
    assert qian.post(f"/quality/{drawn}/score", data=marks).status_code == 303
    assert "Never withdrew." in sign_in("zheng").get("/quality/reviews").text
    assert sign_in("zheng").get("/reports/quality").status_code == 200
