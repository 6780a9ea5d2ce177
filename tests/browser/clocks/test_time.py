"""Time as a supervisor meets it: amber, red, the bell, and why."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from tests.browser.conftest import Desk, Desks, Running
from tests.cast import Cast, dispatched, do, orders, registered
from tests.conftest import Transaction
from tickets import sweep
from tickets.models import Complaint
from tickets.people import absences

DAY = timedelta(days=1)
VIEWS = [("en", 1280, False), ("zh-CN", 360, True), ("en", 360, False), ("zh-CN", 1280, True)]


@pytest.fixture
def sweeping(transaction: Transaction, clock: Running) -> Callable[[UUID], None]:
    """What the worker does: treat the complaint, in a transaction of its own."""

    def swept(complaint_id: UUID) -> None:
        with transaction():
            sweep.treat(complaint_id, clock())

    return swept


def tone(person: Desk, number: str) -> tuple[str, str]:
    """The look and the words of the next limit in the list."""
    person.open("/complaints/")
    row = person.page.locator("tr[data-row]", has=person.page.locator(f"a[href$='/{number}']"))
    mark = row.locator(".clock").first
    return mark.get_attribute("class") or "", mark.inner_text()


def test_a_supervisor_sees_it_go_amber_then_red_and_can_say_why(
    desk: Desks,
    cast: Cast,
    transaction: Transaction,
    clock: Running,
    sweeping: Callable[[UUID], None],
) -> None:
    """SLA-08, SLA-12, UX-05: from a calm clock to the reason why it is late, by keyboard."""
    with transaction():
        complaint = registered(cast, now=clock())
        key, number = complaint.id, complaint.number
        do("start", complaint, cast.chen, clock())
        asked = {"question": "?", "wait_reason": "details", "follow_up_at": clock() + 3 * DAY}
        do("ask_customer", complaint, cast.chen, clock(), **asked)
    clock.pass_(days=1)
    with transaction() as session:
        do("resume", session.get_one(Complaint, key), cast.chen, clock())

    zheng = desk("zheng")
    look, said = tone(zheng, number)
    assert "tone-quiet" in look
    assert "left" in said

    clock.pass_(days=6, hours=4)
    sweeping(key)
    zheng = desk("zheng")
    look, said = tone(zheng, number)
    assert "tone-warn" in look
    assert "left" in said

    clock.pass_(days=2)
    sweeping(key)
    zheng = desk("zheng")
    look, said = tone(zheng, number)
    assert "tone-bad" in look
    assert "late" in said
    bell = zheng.page.locator("[data-bell-count]")
    assert int(bell.inner_text()) >= 1

    zheng.open(f"/complaints/{number}")
    zheng.tab_to("a[href$='/clocks/resolution/1/1']")
    zheng.going("Enter")
    for reason in (
        "waiting for the customer: Details are missing",
        "outside the hours",
        "weekend",
        "The limit ran out at",
        "and is late by",
    ):
        assert zheng.says(reason), reason
    zheng.axe()
    zheng.fits()

    zheng.tab_to("a[href$='/what-next']")
    zheng.going("Enter")
    zheng.tab_to("form[action$='/acknowledge'] button")
    zheng.going("Enter")
    assert zheng.says("Zheng")


@pytest.fixture
def busy(cast: Cast, transaction: Transaction, clock: Running) -> dict[str, str]:
    """A complaint with clocks of every look, and somebody who stands in for somebody."""
    with transaction():
        began = clock() - 9 * DAY
        complaint = dispatched(cast, "network", "billing", now=began)
        first = orders(complaint)[0]
        actor = cast.zhao if first.unit_id == cast.units["network"] else cast.zhou
        do("accept", first, actor, began + timedelta(minutes=20))
        sweep.treat(complaint.id, clock())
        until = clock() + DAY
        absences.enter(cast.chen, cast.zheng, clock(), until, actor=cast.chen, now=clock())
        absences.enter(cast.wang, cast.li, clock(), until, actor=cast.wang, now=clock())
        return {"number": complaint.number, "order": str(first.id)}


@pytest.mark.parametrize(("language", "width", "dark"), VIEWS)
def test_the_pages_of_time_are_readable_and_fit(
    desk: Desks, busy: dict[str, str], language: str, width: int, dark: bool
) -> None:
    """UX-04, UX-05."""
    number = busy["number"]
    zheng = desk("zheng", language, width=width, dark=dark)
    for address in (
        "/",
        "/complaints/",
        f"/complaints/{number}",
        f"/complaints/{number}/clocks/resolution/1/1",
        f"/complaints/{number}/clocks/answer/1/1/{busy['order']}",
        f"/complaints/{number}/what-next",
        f"/work-orders/{busy['order']}",
        "/absences/",
    ):
        zheng.open(address)
        zheng.fits()
        zheng.axe()
    zhao = desk("zhao", language, width=width, dark=dark)
    for address in ("/", "/work-orders/", f"/complaints/{number}/what-next"):
        zhao.open(address)
        zhao.fits()
        zhao.axe()


def test_an_absence_is_entered_by_keyboard(desk: Desks, cast: Cast) -> None:
    """OWN-06, UX-05."""
    chen = desk("chen")
    chen.open("/account")
    chen.tab_to("a[href$='/absences/']")
    chen.going("Enter")
    chen.choose("substitute", str(cast.people["li"]))
    chen.page.fill("[name=ends_at]", "2025-03-20T09:00")
    chen.submit()
    assert chen.says("Li")
    assert "You stand in for Chen" in desk("li").page.inner_text("main")
