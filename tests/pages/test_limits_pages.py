"""The administration of limits and calendars (SLA-10, SLA-11, C-20, C-28, M-09)."""

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.models import Job, LimitsVersion

FIELD = re.compile(r"<(?:input|textarea|select)\b[^>]*\bname=\"([^\"]+)\"[^>]*>")
INPUT = re.compile(r"<input\b[^>]*>")


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


@pytest.fixture
def draft(admin: FlaskClient) -> str:
    """The address of a draft that begins as the default pack."""
    return draft_of(admin, "pack:cn-telecom", "Our own")


def draft_of(admin: FlaskClient, source: str, title: str) -> str:
    answer = admin.post("/admin/limits/new", data={"source": source, "title": title})
    assert answer.status_code == 303, answer.text
    return answer.location


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def fields_of(page: TestResponse) -> dict[str, Any]:
    """What the main form of a page would send as it is shown."""
    main = page.text[page.text.index('<main id="main"') :]
    form = max(re.findall(r"<form method=\"post\">.*?</form>", main, re.S), key=len)
    found: dict[str, Any] = {}
    for tag in INPUT.findall(form):
        name, kind = attribute(tag, "name"), attribute(tag, "type")
        if name is None or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        value = attribute(tag, "value") or ""
        found.setdefault(name, []).append(value)
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(text).lstrip("\r\n")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = [
            attribute(tag, "value") for tag in re.findall(r"<option[^>]*>", options) if " selected" in tag
        ]
        if chosen:
            found[name] = chosen
    return found


def send(admin: FlaskClient, address: str, **changed: Any) -> TestResponse:
    """The form at this address, as shown but for what is changed."""
    page = admin.get(address)
    assert page.status_code == 200, page.text
    fields = {**fields_of(page), **{name.replace("__", "."): each for name, each in changed.items()}}
    return admin.post(address, data=fields)


def document_of(transaction: Transaction, address: str) -> Mapping[str, Any]:
    key = address.rstrip("/").rpartition("/")[2]
    with transaction() as session:
        rows = session.scalars(select(LimitsVersion)).all()
        return next(row.document for row in rows if str(row.id) == key)


def test_a_draft_saved_as_it_is_shown_stays_as_it_was(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """Every form shows all it would store: opening and saving loses nothing."""
    before = document_of(transaction, draft)
    for part in (
        "general",
        "rules/regulator",
        "rules/resolution-top",
        "rules/acknowledge-major",
        "ladder/resolution-100-major",
        "calendars/office",
        "calendars/always",
    ):
        answer = send(admin, f"{draft}/{part}")
        assert answer.status_code == 303, answer.text

    after = document_of(transaction, draft)
    assert "Nothing was changed yet" in admin.get(draft).text or before == after
    assert admin.get(draft).text.count("<del>") == 0
