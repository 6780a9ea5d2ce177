"""Reports in a real browser: charts beside their tables, by keyboard, by night, on paper."""

import re
from datetime import timedelta

import pytest

from tests.browser.conftest import Desk, Desks, Running
from tests.cast import Cast, call, dispatched, do, orders, registered, resolve
from tests.conftest import Transaction
from tickets.facts import building
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)


@pytest.fixture
def figures(cast: Cast, transaction: Transaction, clock: Running) -> None:
    """Complaints that came, ended, were sent back; counted."""
    with transaction():
        began = clock() - timedelta(days=2)
        cast.zheng.email = "zheng@example.com"
        for each in range(4):
            complaint = registered(cast, now=began + each * HOUR)
            if each % 2:
                resolve(cast, complaint, began + (each + 1) * HOUR)
                call(complaint, CallOutcome.ACCEPTED, began + (each + 2) * HOUR)
        sent = dispatched(cast, "network", "billing", now=began)
        network, _billing = orders(sent)
        do("return", network, cast.zhao, began + HOUR, reason="Not ours.")
    with transaction():
        while ids := building.next_behind():
            building.count(ids)


def charts_are_drawn(person: Desk) -> None:
    """Every chart has put ink on its canvas."""
    person.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-chart]')].every((box) => {"
        " const canvas = box.querySelector('canvas'); if (!canvas) return false;"
        " const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " return pixels.data.some((part) => part !== 0); })"
    )


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (360, False)])
def test_charts_are_drawn(desk: Desks, figures: None, width: int, dark: bool) -> None:
    zheng = desk("zheng", "zh-CN", width=width, dark=dark)
    for path in ("/reports/flow", "/reports/limits", "/reports/returns"):
        zheng.open(path)
        charts_are_drawn(zheng)


def test_a_manager_goes_from_a_number_to_its_complaints_by_keyboard(
    desk: Desks, figures: None
) -> None:
    """REP-02, UX-05: the number on the page is the total of the list."""
    zheng = desk("zheng", "en")
    zheng.open("/reports/flow?period=this_month")
    charts_are_drawn(zheng)
    link = "#table-flow tr.total td:nth-of-type(1) a"
    number = int(zheng.page.inner_text(link))
    assert number == 5
    zheng.tab_to(link)
    zheng.going("Enter")
    total = re.search(r"(\d+) rows?", zheng.page.inner_text("nav.pager"))
    assert total and int(total.group(1)) == number
    assert zheng.page.locator("main tbody tr").count() == number


def test_typing_a_day_chooses_days(desk: Desks, figures: None) -> None:
    zheng = desk("zheng", "en")
    zheng.open("/reports/flow?period=this_month")
    zheng.page.fill("[name=from]", "2025-03-01")
    assert zheng.page.input_value("[name=period]") == "days"


def test_a_report_prints_from_a_dark_screen(desk: Desks, figures: None) -> None:
    """Charts, tables, definitions, zone, who printed; no navigation and no form, black on white."""
    zheng = desk("zheng", "en", dark=True)
    zheng.open("/reports/limits?period=this_month")
    charts_are_drawn(zheng)
    assert zheng.page.pdf().startswith(b"%PDF")
    zheng.page.emulate_media(media="print")
    says = zheng.page.inner_text("main")
    for words in (
        "How it is counted",
        "Asia/Shanghai",
        "All that you oversee",
        "Printed for Zheng",
        "2025-03-11",
    ):
        assert words in says
    for hidden in (".sidenav", ".topbar", "[data-scope]", ".page-actions"):
        assert not zheng.page.locator(hidden).first.is_visible()
    assert zheng.page.locator("[data-chart] canvas").first.is_visible()
    quiet = zheng.page.evaluate(
        "() => getComputedStyle(document.querySelector('.figures thead th')).color"
    )
    assert quiet == "rgb(68, 68, 68)"
