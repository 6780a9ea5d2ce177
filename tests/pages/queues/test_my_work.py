"""My work and the list of work orders (REP-02, REO-03, SEE-01, CLO-08)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.cast import Cast, call, dispatched, do, orders, registered, resolved
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import customers, numbers
from tickets.database import db, new_id
from tickets.models import Complaint, Membership
from tickets.queues import queues_of, select_count
from workflow.words import CallOutcome, Channel, Role

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVERYBODY = ("chen", "li", "zhao", "sun", "wu", "zheng", "he", "qian", "shen", "admin")
MOST_QUERIES = 12


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    said: list[str] = []

    def note(_c: Any, _cu: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def full_house(cast: Cast, now: datetime) -> None:
    """Something on nearly every queue."""
    for _ in range(7):
        registered(cast, now=now)
    raised = registered(cast, now=now)
    do("raise_level", raised, cast.chen, now, reason="The mayor called.")
    do("contact", raised, cast.wang, now, channel=Channel.PHONE, text="What now?")
    answered = dispatched(cast, "network", now=now)
    do("accept", orders(answered)[0], cast.zhao, now)
    do("answer", orders(answered)[0], cast.zhao, now, answer="Replaced.")
    sent_back = dispatched(cast, "network", now=now)
    do("accept", orders(sent_back)[0], cast.zhao, now)
    do("interim", orders(sent_back)[0], cast.zhao, now, text="Calls are forwarded.")
    do("answer", orders(sent_back)[0], cast.zhao, now, answer="Done.")
    do("reject_answer", orders(sent_back)[0], cast.chen, now, reason="What?")
    dispatched(cast, "network", "billing", now=now)
    returned = dispatched(cast, "billing", now=now)
    do("return", orders(returned)[0], cast.zhou, now + HOUR, reason="Not ours.")
    disputed = dispatched(cast, "network", "billing", now=now)
    for order in orders(disputed):
        handler = cast.zhao if order.unit_id == cast.units["network"] else cast.zhou
        do("return", order, handler, now + HOUR, reason="Not ours.")
    resolved(cast, now=now)
    later = resolved(cast, now=now)
    do("schedule_callback", later, cast.chen, now, scheduled_for=now + 4 * HOUR)
    asked = resolved(cast, now=now)
    call(asked, CallOutcome.REFUSED, now)
    do("request_closing", asked, cast.chen, now, ground="refuses_contact", reason="Hung up.")
    moved = registered(cast, now=now)
    do("transfer", moved, cast.zheng, now, to=cast.people["li"], reason="Group customer.")


def counts_on(page: str) -> dict[str, int]:
    """What the page's list of queues says, by the address each number links to."""
    found = re.findall(
        r'<a href="([^"]*queue=[^"]*)"[^>]*><span>[^<]*</span>'
        r'<span class="queue-count">(\d+)</span></a>',
        page,
    )
    return {url.replace("&amp;", "&"): int(count) for url, count in found}


def total_on(page: str) -> int:
    """The total that a list tells under its rows; a list without rows has none."""
    words = re.search(r'class="pager".*?<div[^>]*>\s*(.*?)\s*</div>', page, re.DOTALL)
    if words is None:
        return 0
    return int(re.findall(r"\d+", words[1])[-1])


@pytest.mark.parametrize("login", EVERYBODY)
def test_every_count_links_to_a_list_of_exactly_so_many_rows(
    login: str, cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """REP-02."""
    with transaction():
        full_house(cast, clock.now)
        queues = queues_of(cast.person(login))
    clock.pass_(hours=2)
    browser = sign_in(login)

    shown = counts_on(browser.get("/").text)

    assert len(shown) == len(queues)
    for url, count in shown.items():
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert total_on(answer.text) == count, url


@pytest.mark.parametrize("login", EVERYBODY)
def test_my_work_needs_few_queries_however_much_waits(
    login: str, app: Flask, cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        full_house(cast, clock.now)
    browser = sign_in(login)
    browser.get("/")

    with counted_queries(app) as said:
        assert browser.get("/").status_code == 200

    assert len(said) <= MOST_QUERIES, "\n\n".join(said)


@pytest.mark.both_databases
def test_my_work_says_what_to_do_next_and_leads_there(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = registered(cast, now=clock.now)
        number = complaint.number

    page = sign_in("chen").get("/").text

    assert "Begin: answer or dispatch" in page
    assert f'href="/complaints/{number}"' in page
    assert numbers.spoken(number) in page


def test_a_contact_on_a_closed_complaint_shows_with_whoever_answers_for_it(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """REO-03."""
    with transaction():
        complaint = resolved(cast, now=clock.now)
        call(complaint, CallOutcome.ACCEPTED, clock.now)
        do("contact", complaint, cast.wang, clock.now, channel=Channel.PHONE, text="Dead again.")
        spoken = numbers.spoken(complaint.number)

    page = sign_in("chen").get("/").text

    assert "Answer the customer, who made contact" in page
    assert spoken in page
    assert spoken not in sign_in("wang").get("/").text


def test_who_has_nothing_to_do_is_told_what_to_do_next(sign_in: SignIn) -> None:
    page = sign_in("chen").get("/").text

    assert "Nothing waits for you" in page
    assert 'href="/complaints/new"' in page


def test_several_roles_show_all_their_queues_the_most_urgent_first(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction() as session:
        full_house(cast, clock.now)
        session.add(
            Membership(
                id=new_id(),
                person_id=cast.people["zheng"],
                unit_id=cast.units["network"],
                role=Role.AGENT,
            )
        )

    page = sign_in("zheng").get("/").text

    assert page.index("Work orders to arbitrate") < page.index("To accept")


def test_whoever_is_offered_a_complaint_accepts_it_from_my_work(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """OWN-05."""
    with transaction():
        complaint = registered(cast, now=clock.now)
        do("transfer", complaint, cast.zheng, clock.now, to=cast.people["li"], reason="Yours.")
        number = complaint.number
    browser = sign_in("li")
    page = browser.get("/").text
    assert "Accept responsibility" in page

    answer = browser.post(
        f"/approvals/{number}/accept_transfer", data=hidden_of(page, "accept_transfer")
    )

    assert answer.status_code == 303
    assert answer.location == "/"
    with transaction() as session:
        found = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        assert found.responsible_id == cast.people["li"]


def hidden_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that sends this action."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, page
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))


# The list of work orders.


def test_work_orders_are_filtered_and_counted(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        full_house(cast, clock.now)
    browser = sign_in("sun")

    everything = total_on(browser.get("/work-orders/").text)
    sent = total_on(browser.get("/work-orders/?status=sent").text)
    mine = total_on(browser.get("/work-orders/?handler=me").text)

    assert everything > sent > 0
    assert mine == 0


def test_work_orders_can_be_paged_to_the_last_one(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        for _ in range(53):
            dispatched(cast, "network", now=clock.now)
    browser = sign_in("zhao")

    first = browser.get("/work-orders/?queue=to_accept").text
    last = browser.get("/work-orders/?queue=to_accept&page=2").text

    assert first.count("data-row-link") == 50
    assert last.count("data-row-link") == 3
    assert browser.get("/work-orders/?queue=to_accept&page=99").text.count("data-row-link") == 3
    assert "page=2" in first and "page=3" not in first


@pytest.mark.parametrize("query", ["queue=nonsense", "queue=approvals", "status=nonsense"])
def test_an_unknown_queue_or_status_is_not_found(query: str, sign_in: SignIn) -> None:
    assert sign_in("zhao").get(f"/work-orders/?{query}").status_code == 404


# Who sees what.


@pytest.mark.parametrize("login", EVERYBODY)
def test_no_page_of_work_shows_a_word_of_a_forbidden_complaint(
    login: str, cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """SEE-01."""
    word = "Zyxomorph"
    with transaction() as session:
        complaint = resolved(cast, now=clock.now, by="north_desk", description=word)
        complaint.customer = customers.add(name=word, contacts=[], now=clock.now)
        other = dispatched(cast, "north_network", now=clock.now, by="north_desk", description=word)
        other.customer = complaint.customer
        do("raise_level", complaint, cast.north_desk, clock.now, reason=word)
        hidden = {numbers.spoken(complaint.number), numbers.spoken(other.number)}
        number = complaint.number
        session.flush()
    clock.pass_(days=2)
    browser = sign_in(login)
    sees = login == "he"

    for path in ("/", "/work-orders/", "/callbacks/", "/approvals/", f"/callbacks/{number}"):
        text = browser.get(path, follow_redirects=True).text
        if sees:
            continue
        assert word not in text, path
        assert not any(each in text for each in hidden), path


def test_a_queue_counts_what_its_holder_may_see(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction() as session:
        registered(cast, now=clock.now, by="north_desk")
        for queue in queues_of(cast.shen):
            assert session.scalar(select_count(queue, cast.shen, clock.now)) == 0
