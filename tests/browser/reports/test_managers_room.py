"""Every page of the manager's room at the desk, on a big screen, on a phone and on paper.

Each page is loaded once, in one of the three languages, by day or by night, and looked at in all
widths; who else reads it meets the other combinations on the pages beside it.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

import pytest
from sqlalchemy import select

from tests.browser.conftest import Desk, Desks, Running
from tests.cast import Cast, call, dispatched, do, orders, registered, resolve
from tests.conftest import Transaction
from tickets.board import wallboards
from tickets.database import db
from tickets.facts import building
from tickets.models import QualitySample
from tickets.problems.keeping import ProblemPlan, open_problem
from tickets.problems.linking import link
from tickets.quality import drawing
from tickets.reports.registry import REPORTS
from workflow.words import CallOutcome, Level, ProblemKind

HOUR = timedelta(hours=1)
WIDTHS = (1920, 1280, 360)
PAPER, ON_ITS_SIDE = 703, 1032
"""The width that A4 leaves between its margins; the board is printed on its side."""
READERS = (("en", False), ("zh-CN", True), ("zh-TW", False), ("zh-CN", False), ("en", True))
OUTSIDE = """() => [...document.querySelectorAll(
    'main :is(a, button, input, select, textarea, summary)')].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !each.closest('[tabindex="0"]');
}).map((each) => each.outerHTML.slice(0, 120))"""
"""Controls that lie beyond the edge, but those in regions that scroll by keyboard as well."""
HIDDEN_AWAY = """() => [...document.querySelectorAll('main *')].filter((each) =>
  each.scrollWidth > each.clientWidth + 1 && each.clientWidth
  && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)
  && !(each.tabIndex === 0
    && (each.hasAttribute('aria-label') || each.hasAttribute('aria-labelledby')))
).map((each) => each.outerHTML.slice(0, 120))"""
"""What scrolls sideways and cannot be reached, or does not say what it is."""
UNMARKED = """() => {
  const each = document.activeElement, look = getComputedStyle(each);
  const marked = (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0)
    || look.boxShadow !== 'none';
  return marked ? '' : each.outerHTML.slice(0, 120);
}"""


@pytest.fixture
def room(cast: Cast, transaction: Transaction, clock: Running) -> dict[str, str]:
    """Something of everything that a manager looks at; where it is found."""
    with transaction() as session:
        began = clock() - timedelta(days=2)
        cast.zheng.email = "zheng@example.com"
        for each in range(3):
            complaint = dispatched(cast, "network", "billing", now=began + each * HOUR)
            network, billing = orders(complaint)
            do("accept", network, cast.zhao, began + 4 * HOUR)
            do("return", billing, cast.zhou, began + 4 * HOUR, reason="Not ours.")
            do("answer", network, cast.zhao, began + 5 * HOUR, answer="Mended.")
        closed = registered(cast, now=began)
        closed.level = Level.SUPERVISOR
        session.flush()
        resolve(cast, closed, began + HOUR)
        call(closed, CallOutcome.ACCEPTED, began + 2 * HOUR)
        plan = ProblemPlan(
            "Ring main cut",
            ProblemKind.INCIDENT,
            cast.units["branch"],
            cast.category,
            cast.people["zheng"],
        )
        problem = open_problem(plan, actor=cast.zheng, now=clock())
        session.flush()
        link(problem, complaint, actor=cast.zheng, now=clock())
        _board, token = wallboards.create(
            "Hall", cast.unit("branch"), "zh_Hans", actor=cast.zheng, now=clock()
        )
        at = {"problem": problem.number, "complaint": complaint.number, "wall": token}
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
        drawing.draw(clock())
        at["sample"] = str(db.session.scalars(select(QualitySample.id)).one())
    return at


def pages(room: dict[str, str]) -> Iterator[str]:
    problem = f"/problems/{room['problem']}"
    yield from ("/board/", "/board/walls", f"/wall/{room['wall']}", "/complaints/?board=open")
    yield from (f"/reports/{name}?period=this_month" for name in REPORTS)
    yield from ("/reports/", "/reports/regulator/", "/reports/schedules/new", "/exports/")
    yield "/reports/limits?period=days&from=2025-03-10&to=2025-03-01"
    yield from ("/paths/?period=this_month&rare=0", "/quality/reviews", "/problems/new")
    yield from ("/problems/", problem, f"/problems/of/{room['complaint']}")
    yield from (f"{problem}/{each}" for each in ("edit", "progress", "close"))


def look(person: Desk, path: str, seen: int) -> None:
    """In each width and on paper nothing lies beyond the edge; in one of them axe looks as well.
    Reports are one template: of every third it is asked."""
    by_axe = not path.startswith("/reports/") or seen % len(WIDTHS) == 0
    person.open(path)
    for place, width in enumerate(WIDTHS):
        person.page.set_viewport_size({"width": width, "height": 900})
        person.fits()
        assert person.page.evaluate(OUTSIDE) == [], (path, width)
        assert person.page.evaluate(HIDDEN_AWAY) == [], (path, width)
        if by_axe and place == seen // len(WIDTHS) % len(WIDTHS):
            person.axe()
    person.page.emulate_media(media="print")
    paper = ON_ITS_SIDE if path == "/board/" else PAPER
    person.page.set_viewport_size({"width": paper, "height": 1000})
    person.fits()
    person.page.emulate_media(media="screen")


def asked(zheng: Desk, path: str) -> str:
    """Send the form as it stands; the address of what came of it."""
    zheng.open(path)
    with zheng.page.expect_navigation():
        zheng.page.locator("main form button[data-primary]").last.click()
    assert not zheng.page.url.endswith(path), zheng.page.inner_text("main")
    return zheng.page.url.removeprefix(zheng.site)


def test_the_managers_pages_are_readable_in_every_width_and_on_paper(
    desk: Desks, room: dict[str, str]
) -> None:
    """UX-04, UX-05: at 1280, 1920 and 360 px, in three languages, by night, in print."""
    readers = [desk("zheng", language, dark=dark) for language, dark in READERS]
    run = asked(readers[0], "/what-if/new")
    in_turn = cycle(readers)
    for seen, path in enumerate((*pages(room), "/what-if/", "/what-if/new", run)):
        look(next(in_turn), path, seen)


def test_the_pages_of_second_calls_are_readable_in_every_width(
    desk: Desks, room: dict[str, str]
) -> None:
    qian = desk("qian", "zh-TW")
    for seen, path in enumerate(("/quality/", f"/quality/{room['sample']}")):
        look(qian, path, seen)


def test_a_panel_opens_where_it_is_seen_and_gives_the_focus_back(
    desk: Desks, room: dict[str, str]
) -> None:
    """UX-03, by keyboard: from the last row, with the number of the complaint on the form."""
    zheng = desk("zheng")
    zheng.open("/board/")
    button = zheng.page.locator("[id^=act-]").last
    button.focus()
    opener = button.get_attribute("id") or ""
    zheng.press("Enter", "ArrowDown", "Enter")
    zheng.page.wait_for_selector("#action-panel form")
    zheng.page.wait_for_function(
        "() => document.activeElement.closest('#action-panel')"
        " && document.querySelector('#action-panel').getBoundingClientRect().top >= 0"
        " && document.querySelector('#action-panel').getBoundingClientRect().top < innerHeight / 2"
    )
    number = opener.removeprefix("act-")
    assert number == zheng.page.inner_text("#action-panel .panel-number").replace("-", "")
    zheng.tab_to("[data-close-panel]")
    zheng.press("Enter")
    assert zheng.page.locator("#action-panel form").count() == 0
    assert zheng.page.evaluate("() => document.activeElement.id") == opener


def test_the_focus_is_seen_wherever_it_stands_on_the_board(
    desk: Desks, room: dict[str, str]
) -> None:
    """UX-05: from the top of the page to the first rows."""
    zheng = desk("zheng")
    zheng.open("/board/")
    for _ in range(40):
        zheng.press("Tab")
        assert zheng.page.evaluate(UNMARKED) == ""
