"""Help: for everybody who is signed in, in their language, from the tables themselves."""

import pytest
from flask.testing import FlaskClient

from tests.pages.conftest import SignIn
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS


@pytest.mark.parametrize("who", ["chen", "zhao", "admin", "shen"])
def test_everybody_finds_first_steps_and_keys(who: str, sign_in: SignIn) -> None:
    client = sign_in(who)

    page = client.get("/help/").get_data(as_text=True)

    assert "At the desk" in page
    assert "<kbd>?</kbd>" in page
    assert 'href="/help/lifecycle"' in page


def test_the_lifecycle_page_names_every_action(sign_in: SignIn) -> None:
    page = sign_in("chen").get("/help/lifecycle").get_data(as_text=True)

    for action in (*ACTIONS.values(), *ORDER_ACTIONS.values()):
        assert action.label in page.replace("&#39;", "'")
    assert page.count("<svg") == 2
    assert "style=" not in page


def test_help_is_for_people_who_are_signed_in(client: FlaskClient) -> None:
    assert client.get("/help/lifecycle").status_code == 303
