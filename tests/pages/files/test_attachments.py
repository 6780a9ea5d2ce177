"""Files: handed out one request at a time, to be saved and never to be run."""

from datetime import datetime

import pytest

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tickets.database import new_id
from tickets.storage.attachments import Upload

NAME = '光猫 "x"; a=b 🙂.pdf'


@pytest.fixture
def file(transaction: Transaction, cast: Cast, now: datetime) -> tuple[str, str]:
    """Number of the complaint, and the address of its file."""
    with transaction():
        complaint = given.dispatched(cast, "network", now=now)
        taken = given.do(
            "attach", complaint, complaint.responsible, now, file=Upload(NAME, b"%PDF-1.7 x")
        )
        file_id = taken.event.attachments[0].id
        return complaint.number, f"/complaints/{complaint.number}/attachments/{file_id}"


@pytest.mark.parametrize("name", ["chen", "zhao", "zheng", "shen"])
def test_whoever_sees_the_complaint_gets_its_file(
    name: str, file: tuple[str, str], sign_in: SignIn
) -> None:
    answer = sign_in(name).get(file[1])

    assert answer.data == b"%PDF-1.7 x"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''%E5%85%89" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].count('"') == 2
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["wang", "zhou", "north_desk", "north_supervisor"])
def test_nobody_else_does(name: str, file: tuple[str, str], sign_in: SignIn) -> None:
    """S-17."""
    assert sign_in(name).get(file[1]).status_code == 404


def test_a_file_belongs_to_its_complaint(
    file: tuple[str, str], transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """S-04."""
    with transaction():
        other = given.registered(cast, now=now).number
    browser = sign_in("chen")
    file_id = file[1].rpartition("/")[2]

    assert browser.get(f"/complaints/{other}/attachments/{file_id}").status_code == 404
    assert browser.get(f"/complaints/{file[0]}/attachments/{new_id()}").status_code == 404
    assert browser.get(f"/complaints/{file[0]}/attachments/1").status_code == 404


def test_administrators_and_strangers_get_nothing(
    file: tuple[str, str], sign_in: SignIn, cast: Cast
) -> None:
    assert sign_in("admin").get(file[1]).status_code == 403
    answer = sign_in("chen").application.test_client().get(file[1])
    assert answer.status_code in (302, 303)
