"""The map of paths in a real browser: at the desk and on a phone, and where its numbers lead."""

from datetime import timedelta

import pytest

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, call, dispatched, do, orders, resolve
from tests.conftest import Transaction
from tickets.facts import building
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)


@pytest.fixture
def paths(cast: Cast, transaction: Transaction, clock: Running) -> str:
    """Two complaints that went through a department, one of them twice; their address."""
    with transaction():
        began = clock() - timedelta(days=2)
        for each in range(2):
            complaint = dispatched(cast, "network", now=began + each * HOUR)
            (order,) = orders(complaint)
            do("accept", order, cast.zhao, began + 2 * HOUR)
            do("answer", order, cast.zhao, began + 3 * HOUR, answer="Mended.")
            resolve(cast, complaint, began + 4 * HOUR)
            if each:
                call(complaint, CallOutcome.NOT_SOLVED, began + 5 * HOUR)
                resolve(cast, complaint, began + 6 * HOUR)
            call(complaint, CallOutcome.ACCEPTED, began + 7 * HOUR)
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
    return f"/paths/?from={began.date() - timedelta(days=1)}&to={clock().date()}"


def test_the_map_has_a_box_for_every_step(desk: Desks, paths: str) -> None:
    zheng = desk("zheng")
    zheng.open(paths)
    assert zheng.page.locator("svg.drawing rect").count() == 5


def test_a_number_of_the_map_opens_its_complaints(desk: Desks, paths: str) -> None:
    """REP-02."""
    zheng = desk("zheng")
    zheng.open(paths)
    zheng.page.locator(".path-figures a").nth(1).click()
    zheng.page.wait_for_url("**/complaints/?*")
    assert zheng.page.locator("tbody tr[data-row]").count() == 1
