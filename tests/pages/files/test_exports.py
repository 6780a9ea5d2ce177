"""Lists in the background and imports, as pages: whose they are, what they say, bad input."""

import io
import re
from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.importing.desk import FILE, MAPPING, set_up
from tests.pages.conftest import SignIn
from tickets.jobs.registry import MAIN
from tickets.models import Category, Complaint, Notification, Person, StoredFile
from tickets.workers.running import run_one


def run_everything(app: Flask) -> None:
    while run_one(app, MAIN, "a worker"):
        pass


@pytest.fixture
def manager(sign_in: SignIn, transaction: Transaction, cast: Cast, now: datetime) -> FlaskClient:
    with transaction():
        given.registered(cast, now=now)
        given.registered(cast, now=now, by="li")
    return sign_in("zheng")


def test_a_list_is_asked_for_written_and_fetched(app: Flask, manager: FlaskClient) -> None:
    answer = manager.post("/exports/?state=open&sort=number")
    assert answer.status_code == 303 and answer.location == "/exports/"
    assert "Being written" in manager.get("/exports/").text
    run_everything(app)
    page = manager.get("/exports/").text
    link = re.search(r'href="(/exports/[^"]+\.csv)"', page)
    assert "Ready" in page and link
    text = manager.get(link.group(1)).data
    assert text == manager.get("/complaints/export.csv?state=open&sort=number").data


def test_the_bell_says_that_a_list_is_written_and_leads_there(
    app: Flask, manager: FlaskClient, sign_in: SignIn, transaction: Transaction
) -> None:
    """OWN-07: whoever asked is told, once, and nobody else."""
    manager.post("/exports/?state=open")
    assert "list you asked for is ready" not in manager.get("/notifications").text
    run_everything(app)
    page = manager.get("/notifications").text
    assert page.count("The list you asked for is ready; complaints in it: 2.") == 1
    opened = re.search(r'action="(/notifications/[^"]+/open)"', page)
    assert opened and manager.post(opened.group(1)).location == "/exports/"
    assert "list you asked for is ready" not in sign_in("he").get("/notifications?all=1").text
    with transaction() as session:
        told = select(Person.login).join(Notification, Notification.person_id == Person.id)
        rows = session.scalars(told.where(Notification.topic == "list_written")).all()
        assert rows == ["zheng"]


def test_nobody_fetches_or_removes_anothers_list(
    app: Flask, manager: FlaskClient, sign_in: SignIn
) -> None:
    """S-08."""
    manager.post("/exports/?state=open")
    run_everything(app)
    link = re.search(r'href="(/exports/([^"]+)\.csv)"', manager.get("/exports/").text)
    assert link
    other = sign_in("he")
    assert link.group(1) not in other.get("/exports/").text
    assert other.get(link.group(1)).status_code == 404
    assert other.post(f"/exports/{link.group(2)}/remove").status_code == 404
    assert manager.get(f"/exports/{link.group(2)}/remove").status_code == 405
    assert manager.post(f"/exports/{link.group(2)}/remove").status_code == 303
    assert manager.get(link.group(1)).status_code == 404


def test_a_list_that_leads_nowhere_is_told_as_such(app: Flask, manager: FlaskClient) -> None:
    manager.post("/exports/?report=nothing&table=x&row=y&column=z")
    run_everything(app)
    assert "not there any more" in manager.get("/exports/").text
    assert "The list you asked for was not written." in manager.get("/notifications").text


# Imports.


@pytest.fixture
def administrator(
    app: Flask, transaction: Transaction, now: datetime, password_hash: str
) -> FlaskClient:
    set_up(app, transaction, now, password_hash, MAPPING)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": given.PASSWORD})
    return browser


def sent(browser: FlaskClient, data: bytes, **said: object) -> tuple[int, str, str]:
    form = {
        "file": (io.BytesIO(data), "complaints.csv"),
        "shipped": "",
        "mapping": (io.BytesIO(MAPPING.read_bytes()), "complaints.toml"),
        "desk": "east_hall",
        "login": "",
        **said,
    }
    answer = browser.post("/admin/imports", data=form, content_type="multipart/form-data")
    return answer.status_code, answer.text, answer.location or ""


def test_the_largest_upload_is_said_before_it_is_tried(
    app: Flask, administrator: FlaskClient
) -> None:
    """OPS-03: it stands at the field, and is what the server refuses beyond."""
    page = administrator.get("/admin/imports").text
    largest = app.config["MAX_CONTENT_LENGTH"]
    assert f"At most {largest // 1024**2} MB" in page
    assert 'aria-describedby="file-help"' in page
    assert sent(administrator, b"x" * largest)[0] == 413


def test_an_import_is_looked_at_first_then_read_in_the_background(
    app: Flask, administrator: FlaskClient, transaction: Transaction
) -> None:
    status, _page, url = sent(administrator, FILE.read_bytes())
    assert status == 303
    page = administrator.get(url).text
    assert "26 rows stand in the file" in page and "moon_phase" not in page.partition("<h2>")[0]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 0
    assert administrator.post(f"{url}/begin").status_code == 303
    assert "Running" in administrator.get(url).text
    run_everything(app)
    page = administrator.get(url).text
    assert "Done at" in page and "<dd>26</dd>" in page
    rejects = administrator.get(f"{url}/rejects.csv")
    assert rejects.status_code == 200 and "moon_phase" in rejects.text
    assert "Done" in administrator.get("/admin/imports").text
    news = administrator.get("/notifications").text
    assert "The import of complaints.csv is done; rows read: 26." in news
    opened = re.search(r'action="(/notifications/[^"]+/open)"', news)
    assert opened and administrator.post(opened.group(1)).location == "/admin/imports"
    assert administrator.post(f"{url}/drop").status_code == 303
    assert administrator.get(url).status_code == 404
    assert "Begun" in administrator.get("/admin/changes").text


def test_what_came_in_the_way_since_the_upload_is_said_and_the_file_can_go(
    administrator: FlaskClient, transaction: Transaction
) -> None:
    _status, _page, url = sent(administrator, FILE.read_bytes())
    with transaction() as session:
        for category in session.scalars(select(Category)):
            category.active = False
    page = administrator.get(url)
    assert page.status_code == 200 and "category" in page.text
    assert administrator.post(f"{url}/drop").status_code == 303


def test_a_file_that_was_looked_at_can_be_dropped(
    administrator: FlaskClient, transaction: Transaction
) -> None:
    _status, _page, url = sent(administrator, FILE.read_bytes())
    administrator.post(f"{url}/drop")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"data": b""}, "empty"),
        ({"data": b"a,b\n1,2\n"}, "has no column"),
        ({"data": b"\xff\xfe\x00"}, "line 1"),
        ({"mapping": (io.BytesIO(b"not toml ["), "m.toml")}, "not a TOML file"),
        ({"mapping": (io.BytesIO(b"\xff"), "m.toml")}, "must be UTF-8"),
        ({"mapping": (io.BytesIO(b""), "")}, "Choose what the columns mean"),
        ({"login": "nobody"}, "There is nobody with the login"),
        ({"login": "zhao"}, "cannot answer for complaints"),
        ({"desk": "nowhere"}, "Not a valid choice"),
        ({"shipped": "../fcc"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_imported_is_said_at_its_field(
    administrator: FlaskClient, transaction: Transaction, said: dict[str, object], says: str
) -> None:
    data = said.pop("data", FILE.read_bytes())
    assert isinstance(data, bytes)
    status, page, _url = sent(administrator, data, **said)
    assert status == 422 and says in page
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_only_administrators_import(manager: FlaskClient) -> None:
    assert manager.get("/admin/imports").status_code == 403
    assert manager.get(f"/admin/imports/{UUID(int=1)}").status_code == 403
