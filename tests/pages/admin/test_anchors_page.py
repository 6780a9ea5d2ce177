"""The page on which administrators say where anchors go."""

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import Transaction
from tests.pages.admin.test_administration import version_on
from tests.pages.conftest import SignIn
from tickets.models import AnchorAddress, Message
from tickets.workers.anchoring import make_anchor

PAGE = "/admin/anchors"


def put(admin: FlaskClient, *addresses: str) -> int:
    version = version_on(admin.get(PAGE))
    said = {"version": version, "addresses": "\r\n".join(addresses)}
    return admin.post(PAGE, data=said).status_code


def test_addresses_are_kept_and_those_before_are_told(
    sign_in: SignIn, transaction: Transaction
) -> None:
    admin = sign_in("admin")

    assert put(admin, "one@example.com", " two@example.com ", "") == 303
    assert put(admin, "two@example.com") == 303

    page = admin.get(PAGE).text
    assert "two@example.com</textarea>" in page
    assert "one@example.com" in page, "in the history"
    with transaction() as session:
        assert session.scalars(select(AnchorAddress.address)).all() == ["two@example.com"]
        told = select(Message.address).where(Message.topic == "anchors_moved")
        assert set(session.scalars(told)) == {"one@example.com", "two@example.com"}


def test_what_is_no_address_is_refused_at_its_field_and_stays_typed(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    version = version_on(admin.get(PAGE))

    answer = admin.post(PAGE, data={"version": version, "addresses": "one@example.com\nnobody"})

    assert answer.status_code == 422
    assert 'id="addresses-error"' in answer.text
    assert "nobody</textarea>" in answer.text


def test_two_administrators_notice_each_other(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    version = version_on(admin.get(PAGE))
    put(admin, "one@example.com")

    answer = admin.post(PAGE, data={"version": version, "addresses": "two@example.com"})

    assert answer.status_code == 409


def test_the_page_says_how_anchors_stand(
    sign_in: SignIn, transaction: Transaction, now: datetime
) -> None:
    admin = sign_in("admin")
    assert "AUDIT_KEY_FILE" in admin.get(PAGE).text
    with transaction():
        make_anchor(now, lambda _done: None)

    page = admin.get(PAGE).text

    assert '<th scope="row">1</th>' in page


def test_nobody_else_sees_it(sign_in: SignIn) -> None:
    assert sign_in("zheng").get(PAGE).status_code in (403, 404)
