"""Files made to be slow or to break what reads them: refused at their field, nobody waits."""

import html
import io
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import cast as given
from tests.conftest import Transaction
from tests.importing.desk import FILE, MAPPING, set_up
from tickets.database import db, writing
from tickets.jobs.registry import MAIN
from tickets.models import Installation, StoredFile
from tickets.web.admin import imports
from tickets.web.limits import calendars_import
from tickets.workers import files as carrier
from tickets.workers.running import run_one

RULES = MAPPING.read_text(encoding="utf-8")
HEADER = FILE.read_text(encoding="utf-8").splitlines()[0]
SECONDS = 3
"""What was quadratic took ten and more; what is linear takes a tenth of one. Of the processor, not
of a machine that others use as well."""


@pytest.fixture
def administrator(
    app: Flask, transaction: Transaction, now: datetime, password_hash: str
) -> FlaskClient:
    set_up(app, transaction, now, password_hash, MAPPING)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": given.PASSWORD})
    return browser


def sent(browser: FlaskClient, data: bytes, mapping: str = RULES) -> tuple[int, str]:
    form = {
        "file": (io.BytesIO(data), "complaints.csv"),
        "shipped": "",
        "mapping": (io.BytesIO(mapping.encode()), "complaints.toml"),
        "desk": "east_hall",
    }
    answer = browser.post("/admin/imports", data=form, content_type="multipart/form-data")
    return answer.status_code, html.unescape(answer.text)


def stored(transaction: Transaction) -> int:
    with transaction() as session:
        return int(session.scalar(select(func.count()).select_from(StoredFile)) or 0)


def columns(count: int) -> bytes:
    names = ",".join(f"column {number}" for number in range(count))
    return f"{names}\n{','.join('x' * count)}\n".encode()


WIDE = {
    "20,000 columns": (columns(20_000), "At most 500 columns; this file has 20000."),
    "a million commas": (b"," * 999_999, "At most 500 columns; this file has 1000000."),
    "ten million commas": (b"," * 10_000_000, "A line has at most 1000000 characters"),
    "a wide row": (HEADER.encode() + b"\n" + b"," * 700, "At most 500 columns"),
    "a header over many lines": (b'"' + b"\n" * 900_000 + b'"', "field larger than field limit"),
    "20,000 columns twice": (
        b"same," * 20_000 + b"x",
        "At most 500 columns; this file has 20001.",
    ),
}


@pytest.mark.parametrize("what", WIDE)
def test_too_wide_a_file_is_refused_at_once_at_its_field(
    administrator: FlaskClient, transaction: Transaction, what: str
) -> None:
    content, says = WIDE[what]
    began = time.process_time()
    status, page = sent(administrator, content)
    assert time.process_time() - began < SECONDS
    assert status == 422
    assert '<a href="#file">File (CSV): ' in page
    assert says in page
    assert stored(transaction) == 0


def test_a_missing_column_does_not_list_hundreds(administrator: FlaskClient) -> None:
    status, page = sent(administrator, columns(400))
    assert status == 422
    assert "and 370 more" in page
    assert len(page) < 100_000


def with_line(key: str, line: str) -> str:
    """The sound mapping with the line that begins so replaced."""
    lines = [line if each.startswith(key) else each for each in RULES.splitlines()]
    assert line in lines
    return "\n".join(lines)


DEEP = "Lists and tables stand at most 8 levels within each other."
MAPPINGS = {
    "lists in lists": (RULES + "\na = " + "[" * 50_000, DEEP),
    "lists in lists, closed": (RULES + "\na = " + "[" * 300 + "]" * 300, DEEP),
    "tables in tables": (RULES + "\na = " + "{a=" * 50_000, DEEP),
    "lists over lines": (RULES + "\na = " + "[\n" * 5_000, DEEP),
    "a deep key": (RULES + "\n" + ".".join("a" * 50_000) + " = 1", DEEP),
    "a deep heading": (RULES + "\n[" + ".".join("a" * 50_000) + "]", DEEP),
    "behind texts": (RULES + "\na = ['''[''', \"\\\"]\", # ]\n" + "[" * 9_000, DEEP),
    "too large": (RULES + "\n#" + "x" * 300_000, "A mapping file has at most 262144 bytes."),
    "digits": (RULES + "\na = " + "9" * 5_000, "not a TOML file in UTF-8"),
    "a huge number as code": (
        RULES + "\n[values.town]\nx = 0x" + "f" * 5_000,
        "values.town.x: must be text",
    ),
    "a table as code": (RULES + "\n[values.town]\nx = {a = 1}", "values.town.x: must be text"),
    "a format twice": (
        RULES.replace("formats = [", 'formats = ["%d %d", ', 1),
        "“%d %d” is no date format",
    ),
    "many formats": (
        RULES.replace("formats = [", "formats = [" + '"%Y", ' * 60, 1),
        "received_at.formats: at most 40 formats",
    ),
    "a slow encoding": (
        with_line("encoding", 'encoding = "punycode"'),
        "there is no encoding “punycode”",
    ),
    "an impossible encoding": (
        with_line("encoding", 'encoding = "a\\u0000"'),
        "encoding: there is no encoding",
    ),
    "a text that multiplies": (
        with_line("description", 'description = "' + "{诉求}" * 9_000 + '"'),
        "fields.description: at most 50 columns in one field",
    ),
}


@pytest.mark.parametrize("what", MAPPINGS)
def test_a_hostile_mapping_is_refused_at_its_field(
    app: Flask,
    administrator: FlaskClient,
    transaction: Transaction,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    mapping, says = MAPPINGS[what]
    began = time.process_time()
    status, page = sent(administrator, FILE.read_bytes(), mapping)
    assert time.process_time() - began < SECONDS
    assert status == 422
    assert "#mapping" in page
    assert says in page
    assert stored(transaction) == 0


def test_texts_and_comments_nest_nothing(administrator: FlaskClient) -> None:
    signs = "[" * 20 + "{" * 20 + "." * 20
    mapping = f"# {signs}\n{RULES}\n[values.town]\n\"{signs}\" = '{signs}'\n"
    mapping += f'b = """{signs}\n"{signs}\\""""\nc = \'\'\'{signs}\n\'{signs}\'\'\'\n'
    status, page = sent(administrator, FILE.read_bytes(), mapping)
    assert DEEP not in page
    assert status == 303


# Nobody waits while a file is read.


def others_may_write(app: Flask, read: Callable[..., Any]) -> tuple[Callable[..., Any], list[bool]]:
    """The reader, within which somebody else tries to write."""
    wrote: list[bool] = []

    def write() -> None:
        with app.app_context(), writing():
            db.session.add(Installation(created_at=app.extensions["clock"]()))
            db.session.flush()
            wrote.append(True)
            db.session.rollback()

    def reading(*args: Any, **said: Any) -> Any:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(5)
        wrote.append(not thread.is_alive())
        return read(*args, **said)

    return reading, wrote


def test_others_write_while_an_import_is_looked_at(
    app: Flask, administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, wrote = others_may_write(app, imports.checked)
    monkeypatch.setattr(imports, "checked", reader)
    assert sent(administrator, FILE.read_bytes())[0] == 303
    assert wrote == [True, True]


def test_others_write_while_the_job_looks_at_it(
    app: Flask,
    administrator: FlaskClient,
    transaction: Transaction,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent(administrator, FILE.read_bytes())
    with transaction() as session:
        file_id = session.scalars(select(StoredFile.id)).one()
    administrator.post(f"/admin/imports/{file_id}/begin")
    reader, wrote = others_may_write(app, carrier.checked)
    monkeypatch.setattr(carrier, "checked", reader)
    while run_one(app, MAIN, "a worker"):
        pass
    assert wrote == [True, True]
    assert "Done" in administrator.get("/admin/imports").text


@pytest.fixture
def draft(administrator: FlaskClient) -> str:
    said = {"source": "pack:cn-telecom", "title": "Our own"}
    return str(administrator.post("/admin/limits/new", data=said).location)


def send_days(browser: FlaskClient, draft: str, content: bytes) -> tuple[int, str]:
    answer = browser.post(
        f"{draft}/calendars/office/import",
        data={"file": (io.BytesIO(content), "days.csv")},
        content_type="multipart/form-data",
    )
    return answer.status_code, html.unescape(answer.text)


def test_others_write_while_days_are_read(
    app: Flask, administrator: FlaskClient, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, wrote = others_may_write(app, calendars_import.read_days)
    monkeypatch.setattr(calendars_import, "read_days", reader)
    status, _page = send_days(administrator, draft, b"date,name\n2025-10-01,National Day\n")
    assert status == 200
    assert wrote == [True, True]


def test_too_wide_a_calendar_is_refused_at_its_field(
    administrator: FlaskClient, draft: str
) -> None:
    status, page = send_days(administrator, draft, b"date," + b"x," * 20_000)
    assert status == 422
    assert "At most 100 columns; this file has 20002." in page


ICALENDARS = {
    "nested": b"BEGIN:X\r\n" * 100_000,
    "nested and closed": b"BEGIN:X\r\n" * 45_000 + b"END:X\r\n" * 45_000,
    "one property": b"X" + b";A=b" * 240_000 + b":x\r\n",
    "many properties": b"BEGIN:VEVENT\r\n" + b"X:1\r\n" * 190_000 + b"END:VEVENT\r\n",
    "many festivals on the same days": b"".join(
        b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20251001\r\nDTEND;VALUE=DATE:20251201\r\n"
        b"SUMMARY:%d\r\nEND:VEVENT\r\n" % number
        for number in range(2_000)
    ),
    "folded": b"SUMMARY:x" + b"\r\n x" * 240_000,
}


@pytest.mark.parametrize("what", ICALENDARS)
def test_a_hostile_calendar_is_refused_and_is_no_failure(
    administrator: FlaskClient, draft: str, what: str
) -> None:
    content = b"BEGIN:VCALENDAR\r\n" + ICALENDARS[what] + b"\r\nEND:VCALENDAR\r\n"
    began = time.process_time()
    status, page = send_days(administrator, draft, content[:1_000_000])
    assert time.process_time() - began < 3 * SECONDS
    assert status == 422
    assert "#file" in page
