"""Who calls again is found, though the form began with a new customer (REO-05, CUS-02)."""

from flask.testing import FlaskClient

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import numbers

LOOK_UP = "/customers/lookup?q=13912345678&customer=new"


def open_complaint(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    with transaction():
        return numbers.spoken(registered(cast, now=clock.now).number)


def looked_up(browser: FlaskClient, by: str) -> str:
    return browser.get(LOOK_UP, headers={"HX-Request": "true", "HX-Trigger-Name": by}).text


def test_typing_a_known_number_brings_up_the_customer_and_what_is_open(
    cast: Cast, transaction: Transaction, clock: Clock, sign_in: SignIn
) -> None:
    """“New customer” stood there before anything was typed, so it is no choice."""
    number = open_complaint(cast, transaction, clock)
    assert number in looked_up(sign_in("chen"), "q")


def test_choosing_a_new_customer_among_those_found_is_a_choice(
    cast: Cast, transaction: Transaction, clock: Clock, sign_in: SignIn
) -> None:
    number = open_complaint(cast, transaction, clock)
    assert number not in looked_up(sign_in("chen"), "customer")
