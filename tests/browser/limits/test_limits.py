"""The pages of limits and calendars in a real browser (UX-04, UX-05, SLA-11)."""

from datetime import timedelta

import pytest

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets.limits import versions
from tickets.limits.comparison import Section
from tickets.limits.editing import find_row, put_row
from tickets.what_if import preview

VIEWS = [("en", 1280, False), ("zh-CN", 1280, True), ("zh-CN", 360, False), ("en", 360, True)]


@pytest.fixture
def draft(cast: Cast, transaction: Transaction, clock: Running) -> str:
    """The address of a draft under which every complaint would be late."""
    with transaction():
        now = clock() - timedelta(days=1)
        for _ in range(5):
            registered(cast, now=now)
        version = versions.draft_of_pack("cn-telecom", "Tighter", actor=cast.admin, now=now)
        row = find_row(version, Section.RULES, "resolution")
        assert row is not None
        tighter = {**row, "amount": 1, "reopened": 1}
        put_row(version, Section.RULES, tighter, instead_of="resolution", actor=cast.admin, now=now)
        return f"/admin/limits/{version.id}"


@pytest.mark.parametrize(("language", "width", "dark"), VIEWS)
def test_the_pages_of_the_limits_are_readable_and_fit(
    desk: Desks, draft: str, language: str, width: int, dark: bool
) -> None:
    admin = desk("admin", language, width=width, dark=dark)
    facts = "?severity=major&tier=A1&channel=email&category=&unit=east_hall"
    for path in (
        "/admin/limits",
        "/admin/limits/new",
        draft,
        f"{draft}/general",
        f"{draft}/rules/resolution-top",
        f"{draft}/rules/new",
        f"{draft}/ladder/resolution-100-major",
        f"{draft}/calendars/office",
        f"{draft}/calendars/office/official?year=2028",
        f"{draft}/calendars/office/import",
        f"{draft}/explain{facts}",
        f"{draft}/compare",
        f"{draft}/effect",
    ):
        admin.open(path)
        admin.settled()
        admin.fits()
        admin.axe()


def test_the_effect_counts_on_by_itself_until_all_are_seen(
    desk: Desks, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SLA-11: batch after batch, nothing left out, then the version is put into force."""
    monkeypatch.setattr(preview, "BATCH", 2)
    admin = desk("admin", "en")
    admin.open(f"{draft}/effect")
    admin.page.wait_for_selector("form[action$='/activate']")
    assert admin.page.locator("main tbody tr").count() == 5
    assert admin.says("5 open complaints")

    admin.tab_to("form[action$='/activate'] button")
    admin.going("Enter")
    assert admin.says("In force")
