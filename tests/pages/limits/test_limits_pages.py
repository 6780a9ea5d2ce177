"""The administration of limits and calendars (SLA-10, SLA-11, C-18, C-28, M-09)."""

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.limits.comparison import differences
from tickets.models import Job, LimitsVersion

INPUT = re.compile(r"<input\b[^>]*>")


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


@pytest.fixture
def draft(admin: FlaskClient) -> str:
    """The address of a draft that begins as the default pack."""
    return draft_of(admin, "pack:cn-telecom", "Our own")


def draft_of(admin: FlaskClient, source: str, title: str) -> str:
    answer = admin.post("/admin/limits/new", data={"source": source, "title": title})
    assert answer.status_code == 303, answer.text
    return answer.location


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def fields_of(page: TestResponse) -> dict[str, Any]:
    """What the main form of a page would send as it is shown."""
    main = page.text[page.text.index('<main id="main"') :]
    form = max(re.findall(r"<form method=\"post\">.*?</form>", main, re.S), key=len)
    found: dict[str, Any] = {}
    for tag in INPUT.findall(form):
        name, kind = attribute(tag, "name"), attribute(tag, "type")
        if name is None or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        value = attribute(tag, "value") or ""
        found.setdefault(name, []).append(value)
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(text).lstrip("\r\n")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = [
            attribute(tag, "value")
            for tag in re.findall(r"<option[^>]*>", options)
            if " selected" in tag
        ]
        if chosen:
            found[name] = chosen
    return found


def send(admin: FlaskClient, address: str, **changed: Any) -> TestResponse:
    """The form at this address, as shown but for what is changed."""
    page = admin.get(address)
    assert page.status_code == 200, page.text
    fields = {
        **fields_of(page),
        **{name.replace("__", "."): each for name, each in changed.items()},
    }
    return admin.post(address, data=fields)


def document_of(transaction: Transaction, address: str) -> Mapping[str, Any]:
    key = address.rstrip("/").rpartition("/")[2]
    with transaction() as session:
        rows = session.scalars(select(LimitsVersion)).all()
        return next(row.document for row in rows if str(row.id) == key)


def test_a_draft_saved_as_it_is_shown_stays_as_it_was(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """Every form shows all it would store: opening and saving loses nothing."""
    before = document_of(transaction, draft)
    for part in (
        "general",
        "rules/regulator",
        "rules/resolution-top",
        "rules/acknowledge-major",
        "ladder/resolution-100-major",
        "calendars/office",
        "calendars/always",
    ):
        answer = send(admin, f"{draft}/{part}")
        assert answer.status_code == 303, answer.text

    assert differences(before, document_of(transaction, draft)) == []
    assert "<del>" not in admin.get(draft).text


def test_the_list_shows_versions_and_packs_and_the_way_there(
    admin: FlaskClient, draft: str
) -> None:
    page = admin.get("/admin/limits").text
    assert 'href="/admin/limits"' in admin.get("/admin/").text
    assert "Our own" in page and "In force" in page and "Draft" in page
    for name in ("cn-telecom", "uk-ofcom", "uk-fca", "au-acma", "in-trai"):
        assert f"<code>{name}</code>" in page


def test_a_version_shows_every_figure_with_its_source(admin: FlaskClient, draft: str) -> None:
    page = admin.get(draft).text
    assert "cn-answer-15d" in page
    assert "order 35" in page
    assert "15 calendar days" in page
    assert "Own default" in page
    assert "2027 provisional" in page


def test_a_limit_is_changed_and_the_history_says_from_what(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    answer = send(admin, f"{draft}/rules/callback", amount="12")
    assert answer.status_code == 303, answer.text

    rule = next(r for r in document_of(transaction, draft)["rules"] if r["id"] == "callback")
    assert rule["amount"] == 12
    assert "<del>24</del> → <ins>12</ins>" in admin.get(draft).text


def test_a_published_figure_that_is_changed_loses_its_reference(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """Nobody takes a figure of ours for the law's."""
    send(admin, f"{draft}/rules/regulator", amount="10")

    rule = next(r for r in document_of(transaction, draft)["rules"] if r["id"] == "regulator")
    assert "id" not in rule["source"]


@pytest.mark.parametrize(
    ("part", "typed", "field"),
    [
        ("rules/callback", {"amount": "0"}, "amount"),
        ("rules/callback", {"amount": "-1"}, "amount"),
        ("rules/callback", {"amount": "9000000"}, "amount"),
        ("rules/callback", {"amount": "soon"}, "amount"),
        ("rules/callback", {"reopened": "0"}, "reopened"),
        ("rules/callback", {"id": "resolution"}, "id"),
        ("rules/callback", {"source_text": "", "own": []}, "source_text"),
        ("ladder/callback-75", {"percent": "0"}, "percent"),
        ("ladder/callback-75", {"percent": ""}, "percent"),
        ("ladder/callback-75", {"percent": "2000"}, "percent"),
        ("ladder/callback-75", {"percent": "", "before": "0"}, "before"),
        ("ladder/callback-75", {"tell": []}, "tell"),
        ("calendars/office", {"tz": "Asia/Atlantis"}, "tz"),
        ("calendars/office", {"weekly__mon": "09:00-12:00, 11:00-13:00"}, "weekly.mon"),
        ("calendars/office", {"weekly__tue": "9 to 5"}, "weekly.tue"),
        ("calendars/office", {"weekly__tue": "25:00-26:00"}, "weekly.tue"),
        ("calendars/office", {"weekly__wed": "09:00-09:00"}, "weekly.wed"),
        ("calendars/office", {"holidays": "2025-10-01 a\n2025-10-01 b"}, "holidays"),
        ("calendars/office", {"holidays": "2025-13-01"}, "holidays"),
        ("calendars/office", {"holidays": "2025-03-10 yesterday"}, "holidays"),
        ("calendars/office", {"special_hours": "2025-10-11 later"}, "special_hours"),
        (
            "calendars/office",
            {"special_hours": "2025-10-11 09:00-12:00, 11:00-13:00"},
            "special_hours",
        ),
        ("calendars/office", {"special_hours": "2025-03-01 09:00-12:00"}, "special_hours"),
        ("calendars/office", {"official_years": "soon"}, "official_years"),
        ("calendars/office", {"country": "China"}, "country"),
        ("general", {"new_cycle_grace": "-1"}, "new_cycle_grace"),
        ("general", {"repeat_breach": "9000000"}, "repeat_breach"),
        ("general", {"title": ""}, "title"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_with_everything_kept(
    admin: FlaskClient, draft: str, part: str, typed: dict[str, Any], field: str
) -> None:
    """SLA-10 and “Bad input”: the reason at the field, everything typed still there."""
    before = fields_of(admin.get(f"{draft}/{part}"))
    answer = send(admin, f"{draft}/{part}", **typed)

    assert answer.status_code == 422, answer.text
    assert f'id="{field}-error"' in answer.text
    kept = fields_of(answer)
    for name, value in typed.items():
        shown = kept.get(name.replace("__", "."), [])
        assert (shown if isinstance(shown, str) else "".join(shown)) == "".join(value)
    untouched = set(before) - {name.replace("__", ".") for name in typed}
    assert {name: kept.get(name) for name in untouched} == {
        name: before[name] for name in untouched
    }


def test_a_calendar_that_is_never_open_is_refused(admin: FlaskClient, draft: str) -> None:
    """SLA-10, C-12."""
    closed = {f"weekly__{day}": "" for day in ("mon", "tue", "wed", "thu", "fri")}
    answer = send(admin, f"{draft}/calendars/office", **closed)

    assert answer.status_code == 422
    assert "This calendar is never open." in answer.text
    assert 'id="weekly.mon-error"' in answer.text


def test_a_night_shift_and_days_of_their_own_are_typed_as_text(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """C-09, C-10: a span over midnight, a half day, an extra Saturday, hours of their own."""
    answer = send(
        admin,
        f"{draft}/calendars/new",
        code="night",
        name_en="Night",
        weekly__mon="20:00–04:00",
        weekly__tue="08:00-12:00，14:00-24:00",
        holidays="2025-05-01 Labour Day\n\n2025-05-02",
        special_hours="2025-05-03 09:00-12:00 Half day\n2025-05-04 09:00-12:00,13:00-18:00",
    )
    assert answer.status_code == 303, answer.text

    calendar = document_of(transaction, draft)["calendars"]["night"]["calendar"]
    assert calendar["weekly"] == {
        "mon": [["20:00", "04:00"]],
        "tue": [["08:00", "12:00"], ["14:00", "24:00"]],
    }
    assert calendar["holidays"] == {"2025-05-01": "Labour Day", "2025-05-02": ""}
    assert calendar["special_hours"]["2025-05-03"] == {
        "name": "Half day",
        "spans": [["09:00", "12:00"]],
    }
    assert "Night" in admin.get(draft).text


def test_a_calendar_in_use_stays(admin: FlaskClient, draft: str) -> None:
    version = fields_of(admin.get(f"{draft}/calendars/always"))["version"]
    answer = admin.post(f"{draft}/calendars/always/remove", data={"version": version})

    assert answer.status_code == 422
    assert "acknowledge-major" in answer.text


def test_a_unit_gets_a_calendar_of_its_own(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """C-18: the calendar of the nearest unit above decides."""
    send(admin, f"{draft}/general", unit_calendars__north="always")

    assert document_of(transaction, draft)["unit_calendars"] == {"north": "always"}
    page = admin.get(
        f"{draft}/explain",
        query_string={"severity": "normal", "tier": "", "channel": "email", "unit": "north_hall"},
    ).text
    assert "Around the clock" in page


def test_the_explanation_says_which_limit_matches_and_why_others_do_not(
    admin: FlaskClient, draft: str
) -> None:
    page = admin.get(
        f"{draft}/explain",
        query_string={
            "severity": "major",
            "tier": "diamond",
            "channel": "email",
            "category": "",
            "unit": "east_hall",
        },
    ).text
    assert "8 hours" in page
    assert "fits too, but is less specific" in page
    assert "Regulator" in page


def test_two_versions_are_compared_limit_by_limit(admin: FlaskClient, draft: str) -> None:
    send(admin, f"{draft}/rules/callback", amount="12")
    send(admin, f"{draft}/calendars/office", weekly__mon="08:00-12:00")
    page = admin.get(f"{draft}/compare").text
    assert "<code>callback</code>" in page
    assert "<del>24</del>" in page and "<ins>12</ins>" in page
    assert "<ins>08:00-12:00</ins>" in page
    assert "<code>resolution</code>" not in page

    other = admin.get(f"{draft}/compare?with=pack:uk-fca").text
    assert "<code>regulator-payments</code>" in other and "removed" in other
    assert admin.get(f"{draft}/compare?with=version:nothing").status_code == 404


def test_the_effect_is_shown_before_a_version_comes_into_force(
    admin: FlaskClient, cast: Cast, draft: str, transaction: Transaction, clock: Clock
) -> None:
    """SLA-11, C-28: which open complaints move, then the job that moves them."""
    with transaction():
        number = given.registered(cast, now=clock.now).number
    clock.pass_(hours=1)
    send(admin, f"{draft}/rules/regulator", amount="10")
    page = admin.get(f"{draft}/effect")
    assert number in page.text
    assert "earlier" in page.text

    sent = admin.post(f"{draft}/activate", data=hidden_of(page))
    assert sent.status_code == 303, sent.text
    with transaction() as session:
        key = draft.rpartition("/")[2]
        job = session.scalars(select(Job).where(Job.name == "adopt_limits")).one()
        assert job.payload == {"limits": key}
        in_force = session.scalars(select(LimitsVersion).where(LimitsVersion.active)).all()
        assert [str(row.id) for row in in_force] == [key]
    page_after = admin.get(draft).text
    assert "Put into force" in page_after
    assert f"{draft}/rules/callback" not in page_after


def test_what_was_in_force_takes_no_change(admin: FlaskClient, draft: str) -> None:
    admin.post(f"{draft}/activate", data=hidden_of(admin.get(f"{draft}/effect")))
    answer = send(admin, f"{draft}/rules/callback", amount="12")

    assert answer.status_code == 422
    assert "never changes" in answer.text


def test_two_administrators_who_activate_at_once_notice_each_other(
    admin: FlaskClient, draft: str
) -> None:
    """CON-02: the effect that was shown was that of replacing another version."""
    other = draft_of(admin, "pack:uk-ofcom", "Another")
    seen = hidden_of(admin.get(f"{draft}/effect"))
    admin.post(f"{other}/activate", data=hidden_of(admin.get(f"{other}/effect")))
    answer = admin.post(f"{draft}/activate", data=seen)

    assert answer.status_code == 422
    assert "Look at the effect again" in answer.text


def test_somebody_elses_change_is_shown_before_ones_own_is_kept(
    admin: FlaskClient, draft: str
) -> None:
    """CON-02, CON-07."""
    typed = fields_of(admin.get(f"{draft}/rules/callback"))
    send(admin, f"{draft}/rules/progress", amount="40")
    answer = admin.post(f"{draft}/rules/callback", data={**typed, "amount": "12"})

    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile" in answer.text
    assert 'value="12"' in answer.text


def test_a_discarded_draft_is_kept_but_out_of_the_way(admin: FlaskClient, draft: str) -> None:
    assert admin.post(f"{draft}/discard").status_code == 303
    assert "1 discarded draft" in admin.get("/admin/limits").text
    assert send(admin, f"{draft}/rules/callback", amount="12").status_code == 422


def hidden_of(page: TestResponse) -> dict[str, str]:
    form = page.text[page.text.index("/activate") :]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', form)
    }
