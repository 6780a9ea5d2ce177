"""Who is on the phone, and what they complained about before (CUS-02, REO, SEE-01)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered, resolved
from tickets import customers, numbers
from tickets.database import db, new_id
from tickets.intake import lookup
from tickets.models import ContactKind, Customer, Event, Person, PolicySetting
from workflow.machine import Refused
from workflow.words import (
    CallOutcome,
    Channel,
    Status,
)

DAY = timedelta(days=1)
Db = scoped_session[Session]


# ---- CUS-02: finding them


@pytest.mark.parametrize(
    "typed",
    ["+968 9123 4567", "0096891234567", "91234567", "9123-4567", "９１２３４５６７", "4567"],
)
def test_every_way_of_writing_a_number_finds_the_same_person(
    session: Db, cast: Cast, now: datetime, typed: str
) -> None:
    session.add(PolicySetting(name="region", value="OM"))
    phone = customers.contact(ContactKind.PHONE, "9123 4567", "OM")
    salim = customers.add(name="Salim", contacts=[phone], now=now)
    session.flush()

    assert [each.id for each in customers.find(typed, "OM")] == [salim.id]


def test_people_who_share_a_number_are_a_choice(session: Db, cast: Cast, now: datetime) -> None:
    wife = customers.add(
        name="Li Hong",
        contacts=[customers.contact(ContactKind.PHONE, "+86 13912345678", "CN")],
        now=now,
    )
    session.flush()

    found = lookup.look_up("13912345678", person=cast.chen, region="CN")

    assert {each.id for each in found.customers} == {wife.id, cast.customer}
    assert found.chosen is None
    chosen = lookup.look_up("13912345678", person=cast.chen, region="CN", chosen=wife.id)
    assert chosen.chosen is not None
    assert chosen.chosen.customer.id == wife.id


def test_accounts_and_names_find_too(session: Db, cast: Cast, now: datetime) -> None:
    account = customers.contact(ContactKind.ACCOUNT, "AC 77-1", "CN")
    firm = customers.add(name="Da Tong", contacts=[account], now=now)
    session.flush()

    for typed in ("ac77-1", " Da Tong ", "da tong"):
        assert [each.id for each in customers.find(typed, "CN")] == [firm.id]


def test_when_more_fit_than_are_shown_it_is_said(session: Db, cast: Cast, now: datetime) -> None:
    for _ in range(customers.FOUND_AT_MOST + 3):
        phone = customers.contact(ContactKind.PHONE, "021 5555 0000", "CN")
        customers.add(name="Switchboard", contacts=[phone], now=now)
    session.flush()

    found = lookup.look_up("02155550000", person=cast.chen, region="CN")

    assert len(found.customers) == customers.FOUND_AT_MOST
    assert found.are_more


@pytest.mark.parametrize("typed", ["", " ", "\x00", "+", "()", "9" * 200, "🙂", "'; --", "%", "_"])
def test_odd_searches_find_nobody(session: Db, cast: Cast, typed: str) -> None:
    assert not lookup.look_up(typed, person=cast.chen, region="CN").customers


# ---- REO: what they complained about before


def test_open_complaints_come_first_then_the_latest(session: Db, cast: Cast, now: datetime) -> None:
    oldest = registered(cast, now=now - 90 * DAY)
    closed = resolved(cast, now=now - 5 * DAY)
    call(closed, CallOutcome.ACCEPTED, now - 4 * DAY)
    newer = registered(cast, now=now - 40 * DAY)

    found = lookup.look_up("13912345678", person=cast.chen, region="CN")

    assert found.chosen is not None
    assert [each.id for each in found.chosen.complaints] == [newer.id, oldest.id, closed.id]
    assert found.open_counts == {cast.customer: 2}


def test_nothing_is_cut_off_silently(session: Db, cast: Cast, now: datetime) -> None:
    for days in range(lookup.SHOWN + 4):
        registered(cast, now=now - days * 40 * DAY)

    found = lookup.look_up("13912345678", person=cast.chen, region="CN")

    assert found.chosen is not None
    assert (len(found.chosen.complaints), found.chosen.more) == (lookup.SHOWN, 4)


def test_a_look_up_costs_the_same_whatever_it_finds(session: Db, cast: Cast, now: datetime) -> None:
    person = cast.chen
    registered(cast, now=now - 50 * DAY)
    few = _queries_of_a_look_up(session, cast, person)

    for days in range(8):
        registered(cast, now=now - days * 40 * DAY)
        registered(cast, now=now - days * 40 * DAY, by="li")

    assert _queries_of_a_look_up(session, cast, person) == few <= 8


def _queries_of_a_look_up(session: Db, cast: Cast, person: Person) -> int:
    session.flush()
    session.expire_all()
    assert person.active
    assert person.memberships
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    lookup.look_up("13912345678", person=person, region="CN")
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_contact_on_a_closed_complaint_is_work_for_whoever_answers_for_it(
    session: Db, cast: Cast, now: datetime
) -> None:
    closed = resolved(cast, now=now - 2 * DAY)
    call(closed, CallOutcome.ACCEPTED, now - DAY)

    do("contact", closed, cast.wang, now, channel=Channel.PHONE, text="Broken again.")

    assert closed.status is Status.CLOSED
    assert closed.customer_waiting_since == now


def test_any_old_number_reaches_the_complaint_it_lives_on_in(
    session: Db, cast: Cast, now: datetime
) -> None:
    survivor, duplicate = (registered(cast, now=now - each * DAY) for each in (9, 8))
    do(
        "merge",
        duplicate,
        cast.chen,
        now - DAY,
        into=survivor.number,
        because="same_line",
        reason="The same line.",
    )

    found = lookup.look_up(numbers.spoken(duplicate.number), person=cast.chen, region="CN")
    assert found.chosen is not None
    assert found.named is duplicate
    assert {survivor.id, duplicate.id} == {each.id for each in found.chosen.complaints}
    do("contact", duplicate, cast.chen, now, channel=Channel.PHONE, text="Still dead.")

    assert survivor.customer_waiting_since == now


# ---- SEE-01: another desk's complaints


def test_of_another_desk_s_complaints_only_number_and_name_are_told(
    session: Db, cast: Cast, now: datetime
) -> None:
    hidden = registered(cast, now=now, by="north_desk")
    registered(cast, now=now - DAY, by="north_desk")

    found = lookup.look_up("13912345678", person=cast.chen, region="CN")
    by_number = lookup.look_up(hidden.number, person=cast.chen, region="CN")

    for each in (found, by_number):
        assert each.chosen is not None
        assert each.chosen.complaints == []
        assert each.named is None
        told = each.chosen.elsewhere[0]
        assert (told.unit.code, told.responsible.login, told.count) == (
            "north_hall",
            "north_desk",
            2,
        )


def test_a_message_reaches_all_who_answer_elsewhere_once(
    session: Db, cast: Cast, now: datetime
) -> None:
    hidden = [registered(cast, now=now - each * DAY, by="north_desk") for each in (1, 2)]
    mine = registered(cast, now=now - DAY)
    form_id = new_id()

    for _ in range(2):
        lookup.leave_message(
            session.get_one(Customer, cast.customer),
            actor=cast.chen,
            now=now,
            channel=Channel.COUNTER,
            text="Is at our counter and very angry.",
            form_id=form_id,
        )

    assert all(each.customer_waiting_since == now for each in hidden)
    assert mine.customer_waiting_since is None
    contacts = select(func.count()).select_from(Event).where(Event.action == "contact")
    assert session.scalar(contacts) == 2


def test_there_is_nobody_to_leave_a_message_for(session: Db, cast: Cast, now: datetime) -> None:
    customer = session.get_one(Customer, cast.customer)

    with pytest.raises(Refused):
        lookup.leave_message(
            customer, actor=cast.chen, now=now, channel=Channel.PHONE, text="?", form_id=new_id()
        )
