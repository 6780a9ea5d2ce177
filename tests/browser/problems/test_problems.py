"""One cause, many complaints: linked by the desk, told together by the manager."""

import pytest

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets.problems.keeping import ProblemPlan, open_problem
from workflow.words import ProblemKind


@pytest.fixture
def outage(transaction: Transaction, cast: Cast, clock: Running) -> tuple[str, str]:
    """A problem of the branch, and a complaint that comes from it."""
    with transaction():
        plan = ProblemPlan(
            "Ring main cut",
            ProblemKind.INCIDENT,
            cast.units["branch"],
            cast.category,
            cast.people["zheng"],
        )
        problem = open_problem(plan, actor=cast.zheng, now=clock())
        return problem.number, registered(cast, now=clock()).number


def test_a_complaint_is_linked_and_its_customers_are_told(
    desk: Desks, outage: tuple[str, str]
) -> None:
    """REO-08, by keyboard only."""
    problem, number = outage
    chen = desk("chen", width=360, dark=True)
    chen.open(f"/problems/of/{number}")
    chen.axe()
    chen.fits()
    chen.choose("problem", problem)
    chen.submit()
    assert chen.says("Ring main cut")
    chen.axe()

    zheng = desk("zheng", width=360, dark=True)
    zheng.open(f"/problems/{problem}/progress")
    assert zheng.says("1 open complaint")
    zheng.fill("message", "A crew is splicing the cable.")
    zheng.axe()
    zheng.submit()
    assert zheng.says("A crew is splicing the cable.")
    assert zheng.says("Telling the complaints: waiting")
