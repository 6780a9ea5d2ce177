"""Two people at one complaint: one wins, the other is told and loses nothing (CON-02, CON-08)."""

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets.models import Complaint
from workflow.words import Status

ANSWER = "The line card was replaced; please restart the box."


def test_the_slower_form_says_what_changed_and_keeps_what_was_typed(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    with transaction():
        number = registered(cast, now=clock()).number
    chen, zheng = desk("chen"), desk("zheng")
    chen.open(f"/complaints/{number}/actions/resolve")
    chen.fill("answer", ANSWER)
    chen.choose("outcome", "upheld")
    chen.choose("cause", str(cast.cause))
    chen.choose("remedy", "repair")

    zheng.open(f"/complaints/{number}/actions/raise_level")
    zheng.fill("reason", "The mayor called.")
    zheng.submit()
    chen.submit()

    assert chen.says("Zheng")
    assert chen.page.input_value("[name=answer]") == ANSWER
    chen.axe()
    chen.submit()
    with transaction() as session:
        complaint = session.query(Complaint).one()
        assert (complaint.status, complaint.level) == (Status.RESOLVED, 1)
