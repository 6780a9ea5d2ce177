"""Every main page at the desk's width and on a phone, in three languages, by light and by night."""

from datetime import timedelta

import pytest

from tests.browser.conftest import Desk, Desks, Running
from tests.cast import Cast, call, dispatched, do, orders, registered, resolved
from tests.conftest import Transaction
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)
VIEWS = [
    ("en", 1280, False),
    ("zh-CN", 1280, True),
    ("zh-TW", 1280, False),
    ("zh-CN", 360, False),
    ("en", 360, True),
]


@pytest.fixture
def numbers(cast: Cast, transaction: Transaction, clock: Running) -> dict[str, str]:
    """One complaint in each state that looks different."""
    with transaction():
        now = clock() - timedelta(days=1)
        sent = dispatched(cast, "network", "billing", now=now)
        network, billing = orders(sent)
        do("accept", network, cast.zhao, now)
        do("interim", network, cast.zhao, now, text="Calls are forwarded to the mobile.")
        do("return", billing, cast.zhou, now, reason="Not ours.")
        answered = resolved(cast, now=now, description="网速很慢，晚上根本打不开网页。" * 6)
        call(answered, CallOutcome.NO_ANSWER, now + HOUR)
        moving = registered(cast, now=now)
        do("transfer", moving, cast.zheng, now, to=cast.people["li"], reason="Chen is ill.")
        return {"sent": sent.number, "answered": answered.number, "order": str(network.id)}


def look(person: Desk, *paths: str) -> None:
    for path in paths:
        person.open(path)
        person.fits()
        person.axe()


@pytest.mark.parametrize(("language", "width", "dark"), VIEWS)
def test_the_pages_are_readable_for_everybody_and_fit(
    desk: Desks, numbers: dict[str, str], language: str, width: int, dark: bool
) -> None:
    """UX-04, UX-05: axe finds nothing, nothing scrolls sideways, nothing is refused by the CSP."""
    sent, answered = numbers["sent"], numbers["answered"]
    look(
        desk("chen", language, width=width, dark=dark),
        "/",
        "/complaints/new",
        "/complaints/?state=all",
        f"/complaints/{sent}",
        f"/complaints/{answered}",
        f"/complaints/{answered}/actions/record_callback",
        f"/complaints/{sent}/actions/dispatch",
        "/callbacks/",
        f"/callbacks/{answered}?outcome=not_solved",
        "/account",
        "/help/",
        "/help/lifecycle",
    )
    look(desk("zhao", language, width=width, dark=dark), "/", f"/work-orders/{numbers['order']}")
    look(
        desk("sun", language, width=width, dark=dark),
        "/board/",
        "/reports/",
        "/reports/department_limits",
    )
    look(desk("zheng", language, width=width, dark=dark), "/", "/approvals/")
    look(
        desk("admin", language, width=width, dark=dark), "/admin/", "/admin/people", "/admin/units"
    )


def test_the_day_of_a_desk_on_a_phone(desk: Desks, numbers: dict[str, str], cast: Cast) -> None:
    """UX-04 at 360 px: search, open, add an entry, log a callback, transfer, close."""
    chen = desk("chen", width=360)
    search = chen.page.locator("[data-search]:visible")
    if search.count() == 0:
        chen.open("/complaints/")
        search = chen.page.locator("input[name=q]:visible")
    search.first.fill(numbers["answered"])
    search.first.press("Enter")
    chen.page.wait_for_url(f"**/complaints/{numbers['answered']}*")

    chen.open(f"/complaints/{numbers['answered']}/actions/note")
    chen.fill("text", "She will be at home from six.")
    chen.submit()
    chen.fits()
    zheng = desk("zheng", width=360)
    zheng.open(f"/complaints/{numbers['answered']}/actions/transfer")
    zheng.choose("to", str(cast.people["wang"]))
    zheng.fill("reason", "Chen is ill.")
    zheng.submit()
    zheng.fits()
    chen.open(f"/callbacks/{numbers['answered']}?outcome=accepted")
    chen.submit()
    chen.open(f"/complaints/{numbers['answered']}")
    assert chen.page.locator("main a[href$='/actions/record_callback']").count() == 0
