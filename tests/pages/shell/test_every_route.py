"""No route closes but the form of the callback and that of the exception (CLO-03, M-04)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.databases import SQLiteDatabase
from tests.pages.conftest import SignIn
from tests.pages.scenes import form_of
from tests.pages.snapshot import Snapshot
from tickets.models import Callback
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORGED = {"status": "closed", "to": "closed", "closed": "y", "closing_holds": "1"}
THE_TWO = frozenset({"record_callback", "close_unreached"})
SIGNING_OUT = ("auth.",)


@pytest.mark.parametrize("who", ["chen", "zheng", "he", "qian", "zhao", "shen", "admin"])
def test_no_other_route_closes(
    app: Flask,
    database: SQLiteDatabase,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    sign_in: SignIn,
    who: str,
) -> None:
    browser = sign_in(who)
    with transaction() as session:
        complaint = given.resolved(cast, now=now)
        callback = session.query(Callback).filter_by(complaint_id=complaint.id).one()
        known = {"number": complaint.number, "callback_id": callback.id}
        key, version = complaint.id, complaint.version
        forms = {name: form_of(name, cast, complaint, now) for name in ACTIONS}
    snapshot = Snapshot(database)
    answers = Counter[int]()
    for rule, method in changing_routes(app):
        for action in names_for(rule):
            data = {**forms.get(action, {}), **FORGED, "version": version}
            address = filled(app, rule, {**known, "action": action}, key)
            answers[browser.open(address, method=method, data=data).status_code] += 1
            if snapshot.facts() != snapshot.before:
                closed = "SELECT COUNT(*) FROM complaint WHERE status = 'closed'"
                assert snapshot.row(closed) == (0,), address
                snapshot.restore()
    assert sum(answers.values()) > 30
    assert [code for code in answers if code >= 500] == []


def changing_routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(CHANGING & (rule.methods or set())):
            if not rule.endpoint.startswith(SIGNING_OUT):
                yield rule, method


def names_for(rule: Rule) -> list[str]:
    """Every action of either table, the two that may close aside."""
    if "action" not in rule.arguments:
        return [""]
    return sorted({*ACTIONS, *ORDER_ACTIONS, "close"} - THE_TWO)


def filled(app: Flask, rule: Rule, known: dict[str, str], key: UUID) -> str:
    values: dict[str, Any] = {name: known.get(name, key) for name in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values))
