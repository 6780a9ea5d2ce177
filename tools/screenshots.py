"""Take the README's pictures from a demo database.

For maintainers: `python -m tools.screenshots`. Fills a scratch database, serves it, and looks at
it through Chromium, so that the pictures show what a newcomer will see.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from tickets.demo.accounts import DEMO_PASSWORD

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PORT = "8199"
SITE = f"http://127.0.0.1:{PORT}"
SHOTS = (
    ("complaint", "chen", "/complaints/?queue=measures_untold"),
    ("work", "chen", "/"),
)
"""Name of the picture, who looks, and where; a list leads on to its first complaint."""


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        said = {
            "SHOUWEN_ENV": "demo",
            "DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "PORT": PORT,
        }
        environment = {**os.environ, **said}
        for command in ("db upgrade", "seed"):
            _flask(command, environment).wait()
        server = _flask("serve", environment)
        try:
            _wait()
            _take()
        finally:
            server.terminate()
            server.wait()


def _flask(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "flask", *command.split()]
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603


def _wait() -> None:
    for _ in range(60):
        try:
            urlopen(f"{SITE}/healthz", timeout=1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("the demo did not start")


def _take() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, login, path in SHOTS:
            context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
            page = context.new_page()
            _sign_in(page, login)
            _go(page, path)
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"docs/images/{name}.png: {page.url}")
            context.close()
        browser.close()


def _sign_in(page: Page, login: str) -> None:
    page.goto(f"{SITE}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{SITE}/")


def _go(page: Page, path: str) -> None:
    page.goto(SITE + path)
    first = page.locator("main a[data-row-link]").first
    if path != "/" and first.count():
        page.goto(SITE + (first.get_attribute("href") or ""))
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
