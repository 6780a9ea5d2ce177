"""A real Chromium looking at the real server: what people meet, with nothing in between.

`site`   the product, served with form tokens on, the cast in its database.
`desk`   `chen = desk("chen", "zh-CN", width=360)`: a browser in which Chen signs in by keyboard.

Every page that a browser shows is watched: an error in the console, a refused script or style, or
an answer of 500 fails the test.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright
from waitress.server import create_server

from tests.cast import PASSWORD, Cast, add_cast
from tests.conftest import Transaction, absent

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABS_AT_MOST = 150
EXPECTED = ("409", "422", "404")
"""Answers that a form gets when it is refused; the browser notes them in its console."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        absent("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Running:
    """A clock that starts at the test's moment and runs as fast as a real one."""

    starts: datetime
    since: float = field(default_factory=monotonic)

    def __call__(self) -> datetime:
        return self.starts + timedelta(seconds=monotonic() - self.since)

    def pass_(self, **span: float) -> None:
        self.starts += timedelta(**span)


@pytest.fixture
def clock(app: Flask, now: datetime) -> Iterator[Running]:
    app.extensions["clock"] = Running(now)
    yield app.extensions["clock"]
    del app.extensions["clock"]


@pytest.fixture
def cast(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    with transaction():
        return add_cast(now - timedelta(days=30), password_hash)


@pytest.fixture
def site(app: Flask, cast: Cast, clock: Running) -> Iterator[str]:
    """The address of a running server."""
    app.config["WTF_CSRF_ENABLED"] = True
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)
    app.config["WTF_CSRF_ENABLED"] = False


class Desk:
    """One person at one browser, using the keyboard."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.troubles: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        said = message.text
        if message.type == "error" and not any(f"status of {each}" in said for each in EXPECTED):
            self.troubles.append(f"console: {said}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> None:
        self.page.goto(self.site + path)

    def sign_in(self, login: str) -> None:
        self.open("/login")
        # A person starts typing when the cursor is there; a machine would be faster than the page.
        self.page.wait_for_function("() => document.activeElement?.name === 'login'")
        self.type(login)
        self.press("Tab")
        self.type(PASSWORD)
        self.going("Enter")
        assert "/login" not in self.page.url, f"{login} could not sign in"

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def going(self, *keys: str) -> None:
        """Press keys of which the last leads to another page."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there; as a last resort from the top of the page."""
        for _ in range(TABS_AT_MOST):
            if self.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector} on {self.page.url}")

    def fill(self, name: str, text: str) -> None:
        self.tab_to(f"[name={name}]")
        self.press("Control+a")
        self.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose from a list the way a keyboard does: by its first letters or the arrows."""
        self.tab_to(f"[name={name}]")
        for _ in range(60):
            if self.page.evaluate("() => document.activeElement.value") == value:
                self._mark()
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} offers no {value}")

    def _mark(self) -> None:
        """A radio button that has the focus need not be the one that is marked."""
        if self.page.evaluate("() => document.activeElement.type") == "radio":
            self.press("Space")

    def submit(self) -> None:
        self.tab_to("main form button[type=submit][data-primary]")
        self.going("Enter")

    def act(self, action: str) -> None:
        """Reach an action of the complaint or order by keyboard; inside a menu if it is there."""
        link = f"main a[href$='/actions/{action}']"
        if not self.page.locator(link).first.is_visible():
            self.tab_to("[data-bs-toggle=dropdown]:is(main *)")
            self.press("Enter")
        self.tab_to(link)
        self.press("Enter")
        self.page.wait_for_selector(f"form[action$='/actions/{action}']")

    def at_once(self, action: str) -> None:
        """An action that asks for nothing is a button of its own."""
        self.tab_to(f"main form[action$='/actions/{action}'] button")
        self.going("Enter")

    def settled(self) -> None:
        """What the page asked the server for in the background has come and is in its place."""
        self.page.wait_for_load_state("networkidle")
        busy = "document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
        self.page.wait_for_function(f"() => !{busy}")

    def says(self, text: str) -> bool:
        return text in self.page.inner_text("main")

    def axe(self) -> None:
        """No violation of WCAG 2.1 A and AA on the page as it is now."""
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        # What is well is not described: nobody reads it, and on a long page it takes seconds.
        options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
        result = Axe().run(self.page, options=options)
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in result.response["violations"]
        ]
        assert found == [], (self.page.url, found)

    def fits(self) -> None:
        """Nothing needs scrolling sideways (UX-04)."""
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"


Desks = Callable[..., Desk]


@pytest.fixture
def desk(site: str, chromium: Browser) -> Iterator[Desks]:
    made: list[Desk] = []
    contexts = []

    def at(
        login: str,
        language: str = "en",
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
    ) -> Desk:
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        made.append(Desk(context.new_page(), site))
        if login:
            made[-1].sign_in(login)
        return made[-1]

    yield at
    troubles = [trouble for each in made for trouble in each.troubles]
    for context in contexts:
        context.close()
    assert troubles == []
