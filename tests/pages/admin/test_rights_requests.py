"""What becomes of a request for a second administrator, in the pages and in the database (P11)."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.two_administrators import (
    OVERSEERS,
    admin,
    decide,
    grant,
    requests,
    roles_of,
    second,
    told,
)
from tickets.database import new_id
from tickets.models import (
    Membership,
    RightsAct,
    RightsRequest,
    RightsState,
)
from workflow.words import Role

__all__ = ["admin", "second"]  # fixtures of this module


def test_declining_needs_a_reason_and_changes_nothing(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    grant(admin, cast, "wang", "auditor")
    (request_id,) = requests(transaction)
    bare = decide(second, request_id, "decline")
    assert bare.status_code == 422
    assert 'id="reason-error"' in bare.text
    nonsense = decide(second, request_id, "maybe", "kept <words>")
    assert nonsense.status_code == 422
    assert "kept &lt;words&gt;" in nonsense.text
    assert decide(second, request_id, "decline", "Wang is on leave.").status_code == 303

    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK}
    assert "Wang is on leave." in admin.get("/admin/rights").text
    assert told(transaction, "rights_decided") == {"admin"}


@pytest.mark.both_databases
@pytest.mark.parametrize("before", ["approve", "decline"])
def test_an_old_form_decides_nothing_any_more(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction, before: str
) -> None:
    grant(admin, cast, "wang", "auditor")
    (request_id,) = requests(transaction)
    decide(second, request_id, before, "so it is")
    after = roles_of(cast, transaction, "wang")

    for decision in ("approve", "decline"):
        late = decide(second, request_id, decision, "no, otherwise")
        assert late.status_code == 409
        assert "This was decided already." in late.text
    assert roles_of(cast, transaction, "wang") == after
    with transaction() as session:
        assert session.get_one(RightsRequest, request_id).decision_reason != "no, otherwise"


def test_a_request_ends_after_seven_days(
    admin: FlaskClient,
    second: FlaskClient,
    sign_in: SignIn,
    cast: Cast,
    transaction: Transaction,
    clock: Clock,
) -> None:
    grant(admin, cast, "wang", "auditor")
    (request_id,) = requests(transaction)
    clock.pass_(days=7)
    late = sign_in("li")
    assert decide(late, request_id).status_code == 409
    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK}
    assert "Not decided in time" in late.get("/admin/rights").text
    assert grant(sign_in("admin"), cast, "wang", "auditor").status_code == 303, "asked anew"
    assert len(requests(transaction)) == 2


def test_what_somebody_asked_for_who_is_no_administrator_any_more_is_not_done(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    grant(admin, cast, "wang", "auditor")
    with transaction():
        cast.admin.active = False
    (request_id,) = requests(transaction)
    refused = decide(second, request_id)
    assert refused.status_code == 422
    assert "no administrator any more" in refused.text
    assert decide(second, request_id, "decline", "Admin has left.").status_code == 303


def test_what_was_done_meanwhile_is_not_done_twice(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    grant(admin, cast, "wang", "auditor")
    with transaction() as session:
        company, wang = cast.units["company"], cast.people["wang"]
        row = Membership(id=new_id(), person_id=wang, unit_id=company, role=Role.AUDITOR)
        session.add(row)
    refused = decide(second, requests(transaction)[0])
    assert refused.status_code == 422
    assert "has that role there already" in refused.text


@pytest.mark.parametrize("login", ["chen", "zheng", "he", "shen"])
def test_nobody_else_sees_or_decides_requests(
    admin: FlaskClient,
    second: FlaskClient,
    sign_in: SignIn,
    cast: Cast,
    transaction: Transaction,
    login: str,
) -> None:
    grant(admin, cast, "wang", "auditor")
    browser = sign_in(login)
    assert browser.get("/admin/rights").status_code == 403
    assert decide(browser, requests(transaction)[0]).status_code == 403


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "said",
    [
        {"decided_by_id": "admin"},  # who asked
        {"decided_by_id": "wang"},  # who gains
        {"decided_by_id": None},  # nobody
        {"decided_by_id": "li", "decided_at": None},
        {"decided_by_id": "li", "late": True},
        {"requested_by_id": "wang", "decided_by_id": "li"},  # asked for oneself
    ],
)
def test_the_database_refuses_what_the_page_would(
    cast: Cast, transaction: Transaction, clock: Clock, said: dict[str, object]
) -> None:
    def put(**values: object) -> None:
        with transaction() as session:
            decided = clock.now + timedelta(days=8 if values.pop("late", False) else 1)
            who = {
                name: cast.people[str(value)] if value else None
                for name, value in values.items()
                if name.endswith("_id")
            }
            row = {
                "person_id": cast.people["wang"],
                "requested_by_id": cast.people["admin"],
                "decided_at": values.get("decided_at", decided),
                **who,
            }
            session.add(
                RightsRequest(
                    id=new_id(),
                    act=RightsAct.GRANT_ROLE,
                    role=Role.AUDITOR,
                    unit_id=cast.units["company"],
                    requested_at=clock.now,
                    expires_at=clock.now + timedelta(days=7),
                    state=RightsState.APPROVED,
                    **row,
                )
            )
            session.flush()

    with pytest.raises(IntegrityError):
        put(**said)
    put(decided_by_id="li")


def test_a_shell_gives_oversight_and_tells_everybody_who_oversees(
    app: Flask, client: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    runner = app.test_cli_runner()
    said = ["people", "add", "xu", "徐佳", "supervisor", "branch", "--password-stdin"]
    assert runner.invoke(args=said, input="battery staple river\n").exit_code == 0
    assert told(transaction, "rights_changed") == OVERSEERS | {"xu"}


def test_a_shell_helps_the_only_administrator_back_in(
    app: Flask, client: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    runner = app.test_cli_runner()
    said = ["people", "password", "Admin", "--password-stdin"]
    assert runner.invoke(args=said, input="password123\n").exit_code == 1
    assert runner.invoke(args=[*said[:2], "nobody", said[3]], input="x\n").exit_code == 1
    assert runner.invoke(args=said, input="battery staple river\n").exit_code == 0

    login = {"login": "admin", "password": "battery staple river"}
    assert client.post("/login", data=login).status_code == 303
    assert told(transaction, "rights_changed") == OVERSEERS
    with transaction():
        assert cast.admin.password_is_initial
