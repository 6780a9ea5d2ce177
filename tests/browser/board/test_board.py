"""A manager's morning: what breaches first, why, what is done about it; a screen on the wall."""

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from waitress import create_server

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, dispatched, do, orders, registered
from tests.conftest import Transaction
from tickets.board import wallboards
from tickets.database import db
from tickets.models import Complaint, WorkOrder


@pytest.fixture
def morning(transaction: Transaction, cast: Cast, clock: Running) -> str:
    """One complaint that breaches first, at a department; others that wait."""
    with transaction():
        now = clock()
        for each in range(3):
            registered(cast, now=now - timedelta(minutes=each), by="li")
        urgent = dispatched(cast, "network", now=now - timedelta(hours=3))
        return urgent.number


def test_a_manager_finds_what_breaches_first_and_urges_the_department(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running, morning: str
) -> None:
    """Sees it, sees why, urges; the board changes without reloading (REP-02, UX-05, ESC-04)."""
    manager = desk("zheng")
    manager.press("g")
    manager.going("d")
    page = manager.page
    assert page.url.endswith("/board/")
    first = page.locator("[id^=row-]").first
    assert first.get_attribute("id") == f"row-{morning}"
    manager.axe()

    manager.tab_to(f"#why-{morning}")
    manager.going("Enter")
    assert "/clocks/" in page.url and manager.says("Network") is not None
    page.go_back()

    page.evaluate("() => { window.stays = true; }")
    manager.tab_to(f"#act-{morning}")
    manager.press("Enter")
    urge = f"a[href*='/complaints/{morning}/actions/urge']"
    manager.tab_to(urge)
    manager.press("Enter")
    page.wait_for_selector("#action-panel form")
    manager.fill("text", "The customer waits since this morning.")
    manager.tab_to("#action-panel button[type=submit]")
    manager.press("Enter")
    page.wait_for_selector(".board-urged")
    assert "urged 1 time" in page.inner_text("[data-board]")
    assert page.evaluate("() => window.stays"), "the page was never loaded again"

    before = page.inner_text("#t-to_accept .tally-count")
    with transaction():
        order = orders_of(morning)[0]
        do("accept", order, cast.person("zhao"), clock())
    page.wait_for_function(
        "before => document.querySelector('#t-to_accept .tally-count').innerText !== before",
        arg=before,
        timeout=15_000,
    )
    assert page.evaluate("() => window.stays"), "the page was never loaded again"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", page.inner_text("[data-board-at]"))


def test_a_lead_finds_what_runs_out_first_and_names_who_handles_it(
    desk: Desks, cast: Cast, transaction: Transaction, morning: str
) -> None:
    """The department's board: by keys, in place, without loading the page again (UX-05)."""
    with transaction():
        order = orders_of(morning)[0].id.hex
    lead = desk("sun")
    lead.press("g")
    lead.going("d")
    page = lead.page
    assert page.url.endswith("/board/")
    assert page.inner_text("#t-unassigned .tally-count") == "1"
    assert page.locator("[id^=row-]").first.get_attribute("id") == f"row-{order}"
    lead.axe()
    page.evaluate("() => { window.stays = true; }")
    lead.tab_to(f"#act-{order}")
    lead.press("Enter")
    lead.tab_to("a[href*='/actions/assign']")
    lead.press("Enter")
    page.wait_for_selector("#action-panel form")
    page.select_option("#action-panel select[name=handler]", str(cast.people["zhao"]))
    lead.tab_to("#action-panel button[type=submit]")
    lead.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('[data-board]').innerText.includes('Zhao')"
    )
    assert page.inner_text("#t-unassigned .tally-count") == "0"
    assert page.evaluate("() => window.stays"), "the page was never loaded again"


def orders_of(number: str) -> list[WorkOrder]:
    return orders(db.session.scalars(select(Complaint).where(Complaint.number == number)).one())


def test_the_wallboard_survives_a_restart_of_the_server(
    app: Flask, desk: Desks, cast: Cast, transaction: Transaction, clock: Running, morning: str
) -> None:
    """It says that the connection is lost, comes back by itself and shows what is new."""
    with transaction():
        _board, token = wallboards.create(
            "Hall", cast.unit("branch"), "en", actor=cast.person("zheng"), now=clock()
        )
    first = Server(app)
    manager = desk("zheng")
    page: Page = manager.page
    page.clock.install()
    page.goto(f"{first.address}/wall/{token}")
    assert "Hall" in page.inner_text("h1")
    before = page.inner_text(".open .count")
    manager.axe()

    first.stop()
    page.clock.fast_forward(11_000)
    page.wait_for_selector("[data-lost]:not([hidden])")
    with transaction():
        registered(cast, now=clock())
    second = Server(app, first.port)
    try:
        page.clock.fast_forward(200_000)
        page.wait_for_function(
            "before => document.querySelector('.open .count').innerText !== before", arg=before
        )
        assert page.locator("[data-lost]").is_hidden()
        assert page.inner_text(".open .count") == str(int(before) + 1)
    finally:
        second.stop()
    manager.troubles.clear()  # what the browser said while the server was away


class Server:
    """A server of its own, to be stopped and started again at the same address."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self.server = create_server(app, host="127.0.0.1", port=port, threads=2)
        self.port = self.server.effective_port
        self.address = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.close()
        self.server.asyncore.close_all(self.server._map, ignore_all=True)
        self.thread.join(5)
