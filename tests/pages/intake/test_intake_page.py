"""The page of first contact, as the desk meets it: typed, refused, sent twice (CUS, CON, UX-07)."""

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import numbers
from tickets.database import new_id
from tickets.models import Complaint, Customer, Entry, Event, PolicySetting
from workflow.words import CallChannel, Severity, Status

NEW = "/complaints/new"


def filled(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "complaint_id": str(new_id()),
        "q": "138 0000 1111",
        "customer": "new",
        "category": str(cast.category),
        "severity": "normal",
        "channel": "phone",
        "description": "No dial tone.",
        **more,
    }


def number_in(answer: TestResponse) -> str:
    found = re.fullmatch(r"/complaints/(\d{12})/registered", answer.location)
    assert found, answer.text
    return found[1]


def refused_fields(page: TestResponse) -> set[str]:
    """The controls whose error is told beside them."""
    assert page.status_code == 422, page.status_code
    return set(re.findall(r'id="(\w+)-error"', page.text))


def count(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("chen")


def test_the_page_begins_in_the_search_field(desk: FlaskClient) -> None:
    page = desk.get(NEW)

    assert page.status_code == 200
    assert re.search(r'<input(?=[^>]*id="q")(?=[^>]*autofocus)', page.text)
    assert re.search(r'name="complaint_id"[^>]*value="[0-9a-f-]{36}"', page.text)


@pytest.mark.parametrize("who", ["zhao", "zheng", "shen", "qian", "admin"])
def test_who_receives_no_complaints_has_no_such_page(sign_in: SignIn, who: str) -> None:
    browser = sign_in(who)

    for path in (NEW, "/customers/lookup?q=13912345678"):
        assert browser.get(path).status_code == 403


def test_an_executive_may_receive_too(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("he").post(NEW, data=filled(cast))

    assert number_in(answer)


def test_every_field_reaches_the_next_person(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    typed = filled(
        cast,
        name="王 “Ming” <b>",
        account="AC-1",
        town="浦东",
        group_tier="B1",
        card="diamond",
        language="zh_Hant",
        severity="serious",
        channel="counter",
        description="第一行\r\n第二行 🙂 \u202eabc <script>",
        wish="A refund & an apology",
        callback_number="021-5555",
        callback_channel="mobile",
        callback_wish="after six",
        line="021-777",
        on_behalf_of="his mother",
        files=(io.BytesIO(b"%PDF-1.4 x"), "bill.pdf"),
    )

    number = number_in(desk.post(NEW, data=typed))

    with transaction() as session:
        made = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        kept = made.customer
        assert (kept.name, kept.town, kept.language) == ("王 “Ming” <b>", "浦东", "zh_Hant")
        assert {each.given for each in kept.contacts} == {"138 0000 1111", "AC-1"}
        assert (made.tier, made.severity) == ("diamond", Severity.SERIOUS)
        assert made.description == "第一行\n第二行 🙂 \u202eabc <script>"
        assert (made.wish, made.callback_wish) == ("A refund & an apology", "after six")
        assert (made.callback_number, made.callback_channel) == ("021-5555", CallChannel.MOBILE)
        assert (made.line, made.on_behalf_of) == ("021-777", "his mother")
        assert made.category_id == cast.category
        texts = session.scalars(select(Entry.field).where(Entry.complaint_id == made.id)).all()
        assert set(texts) == {"description", "wish"}
        actions = session.scalars(select(Event.action).where(Event.complaint_id == made.id)).all()
        assert set(actions) == {"register", "attach"}
    page = desk.get(f"/complaints/{number}/registered")
    for shown in (numbers.spoken(number), "王 “Ming” <b>", "021-5555", "after six"):
        assert shown in unescape(page.text)
    assert "<b>" not in page.text


def test_what_to_say_is_in_the_customer_s_language_and_in_the_desk_s(
    desk: FlaskClient, cast: Cast
) -> None:
    number = number_in(desk.post(NEW, data=filled(cast, language="zh_Hant")))

    page = desk.get(f"/complaints/{number}/registered").text

    assert '<p lang="zh-Hant">' in page
    assert '<p lang="en">' in page
    assert f"number {numbers.spoken(number)}" in page
    assert "2025-03-19 10:00" in page  # 48 working hours, on the operator's clock


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"description": " \r\n "}, "description"),
        ({"description": "x" * 10_001}, "description"),
        ({"description": "a\x00b"}, "description"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"q": "9" * 201}, "q"),
        ({"phone": "1" * 61}, "phone"),
        ({"callback_number": "1" * 61}, "callback_number"),
        ({"callback_wish": "x" * 201}, "callback_wish"),
        ({"line": "x" * 61}, "line"),
        ({"on_behalf_of": "x" * 121}, "on_behalf_of"),
        ({"town": "x" * 121}, "town"),
        ({"category": ""}, "category"),
        ({"category": "no-id"}, "category"),
        ({"category": str(new_id())}, "category"),
        ({"severity": "terrible"}, "severity"),
        ({"channel": "pigeon"}, "channel"),
        ({"customer": str(new_id())}, "customer"),
        ({"q": "Zhou"}, "callback_number"),
        ({"solved": "y"}, "answer"),
        ({"files": (io.BytesIO(b"MZ"), "virus.exe")}, "files"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_lost(
    desk: FlaskClient, cast: Cast, transaction: Transaction, more: dict[str, Any], field: str
) -> None:
    typed = filled(cast, wish="to be kept <here>", **more)

    page = desk.post(NEW, data=typed)

    assert field in refused_fields(page)
    assert "to be kept &lt;here&gt;" in page.text
    assert f'value="{typed["complaint_id"]}"' in page.text
    assert count(transaction, Complaint) == 0
    assert count(transaction, Customer) == 1


@pytest.mark.parametrize("length", [10_000, 9_999])
def test_lines_count_once_however_the_browser_ends_them(
    desk: FlaskClient, cast: Cast, length: int
) -> None:
    text = ("x\r\n" * 5_000)[: length + length // 2].rstrip() + "x"

    assert number_in(desk.post(NEW, data=filled(cast, description=text)))


def test_a_known_number_asks_who_it_is(desk: FlaskClient, cast: Cast) -> None:
    """Sent without having looked up: nobody is taken for somebody else."""
    page = desk.post(NEW, data=filled(cast, q="13912345678", customer=""))

    assert "customer" in refused_fields(page)
    assert "Zhang Min" in page.text


def test_an_unknown_number_needs_no_look_up(desk: FlaskClient, cast: Cast) -> None:
    assert number_in(desk.post(NEW, data=filled(cast, customer="")))


def test_it_works_without_scripts(desk: FlaskClient, cast: Cast) -> None:
    page = desk.post(
        NEW, data=filled(cast, q="13912345678", customer="", description="", look_up="1")
    )

    assert page.status_code == 200
    assert "Zhang Min" in page.text
    assert "-error" not in page.text


def test_a_double_click_makes_one_complaint(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    typed = filled(cast)

    first, second = desk.post(NEW, data=typed), desk.post(NEW, data=typed)

    assert number_in(first) == number_in(second)
    assert count(transaction, Complaint) == 1
    assert count(transaction, Customer) == 2


@pytest.mark.both_databases
def test_a_form_sent_twice_at_the_same_moment_makes_one_complaint(
    sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    typed, start = filled(cast), threading.Barrier(2)
    browsers = [sign_in("chen"), sign_in("chen")]

    def send(browser: FlaskClient) -> TestResponse:
        start.wait()
        return browser.post(NEW, data=typed)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(send, browsers))

    assert len({number_in(answer) for answer in answers}) == 1
    assert count(transaction, Complaint) == 1
    assert count(transaction, Customer) == 2


def test_somebody_else_s_form_gets_a_fresh_start(
    desk: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    typed = filled(cast)
    desk.post(NEW, data=typed)

    page = sign_in("wang").post(NEW, data=typed)

    assert page.status_code == 422
    assert f'value="{typed["complaint_id"]}"' not in page.text


def test_an_expired_form_comes_back_filled(
    desk: FlaskClient, cast: Cast, form_tokens: None
) -> None:
    typed = filled(cast, description="Typed for ten minutes.", category=str(cast.category))

    page = desk.post(NEW, data=typed, follow_redirects=True)

    assert page.request.path == NEW
    assert "Typed for ten minutes." in page.text
    assert re.search(rf'<option value="{cast.category}" selected', page.text)
    assert typed["complaint_id"] in page.text


def test_the_same_customer_s_open_complaint_takes_what_they_say(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        number = registered(cast, now=clock.now).number
    clock.pass_(hours=1)
    typed = filled(cast, customer=str(cast.customer), about=number, description="Still dead.")

    for _ in range(2):
        assert desk.post(NEW, data=typed).location == f"/complaints/{number}"

    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert complaint.customer_waiting_since == clock.now
        assert complaint.status is Status.REGISTERED
        actions = session.scalars(select(Event.action).order_by(Event.seq)).all()
        assert actions == ["register", "contact"]


def test_a_contact_without_words_is_refused_at_its_field(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        number = registered(cast, now=clock.now).number

    page = desk.post(
        NEW, data=filled(cast, customer=str(cast.customer), about=number, description="")
    )

    assert "description" in refused_fields(page)


# ---- REO-01, first-contact solution


def test_a_repeat_is_linked_and_prefilled(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        before = registered(cast, now=clock.now).number

    page = desk.get(f"{NEW}?repeat_of={numbers.spoken(before)}").text
    assert f"Repeat of {numbers.spoken(before)}" in page
    assert re.search(rf'<option value="{cast.category}" selected', page)
    assert re.search(rf'value="{cast.customer}" checked', page)
    number = number_in(
        desk.post(NEW, data=filled(cast, customer=str(cast.customer), repeat_of=before))
    )

    with transaction() as session:
        again = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        assert again.repeat_contact
        assert again.repeat_of_id is not None


def solved(cast: Cast) -> dict[str, str]:
    return {
        "solved": "y",
        "answer": "Rebooted the modem.",
        "outcome": "upheld",
        "cause": str(cast.cause),
        "remedy": "explanation",
    }


def test_solved_on_the_spot_still_waits_for_the_callback(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    assert 'name="confirmed"' not in desk.get(NEW).text

    number = number_in(desk.post(NEW, data=filled(cast, **solved(cast))))

    with transaction() as session:
        assert session.scalars(select(Complaint.status)).one() is Status.RESOLVED
    assert "ask whether it is solved" in desk.get(f"/complaints/{number}/registered").text


def test_a_forged_confirmation_closes_nothing(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    page = desk.post(NEW, data=filled(cast, **solved(cast), confirmed="y"))

    assert page.status_code == 422
    assert count(transaction, Complaint) == 0


def test_where_the_policy_lets_it_count_the_customer_s_word_closes(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        session.add(PolicySetting(name="on_the_spot_counts", value=True))
    assert 'name="confirmed"' in desk.get(NEW).text

    number_in(desk.post(NEW, data=filled(cast, **solved(cast), confirmed="y")))

    with transaction() as session:
        assert session.scalars(select(Complaint.status)).one() is Status.CLOSED


def test_the_limit_follows_severity_and_tier(desk: FlaskClient) -> None:
    told = {"": "03-19 10:00", "severity=major": "03-11 18:00", "card=diamond": "03-14 10:00"}
    for query, moment in told.items():
        page = desk.get(f"/customers/lookup?q=&{query}").text
        assert f"Time limit to tell the customer: 2025-{moment}" in page


@pytest.mark.parametrize("typed", ["%00", "%F0%9F%99%82", "'%3B--", "9" * 3000, "%25", "%2B"])
def test_odd_searches_are_answered(desk: FlaskClient, typed: str) -> None:
    assert desk.get(f"/customers/lookup?q={typed}&customer=x&about=y&severity=z").status_code == 200
