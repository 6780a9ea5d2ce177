"""Who may see what: one condition for everything, and it is the design's (SEE-01…03, S-11)."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.exceptions import NotFound

from tests.cast import PEOPLE, Cast, call, dispatched, do, orders, registered, resolved
from tickets import numbers
from tickets.database import new_id
from tickets.models import Complaint, Membership, Person, Transfer, Unit, WorkOrder
from tickets.visibility import (
    may_see,
    visible_complaint,
    visible_order,
    visible_orders_to,
    visible_to,
)
from workflow.words import CallOutcome, Role, UnitKind

DAY = timedelta(days=1)
OVERSEERS = {"zheng", "he", "qian", "shen"}


def who_sees(complaint: Complaint, cast: Cast) -> set[str]:
    return {name for name in PEOPLE if may_see(cast.person(name), complaint)}


def joins(person: Person, unit: Unit, role: Role, session: scoped_session[Session]) -> None:
    person.memberships.append(Membership(id=new_id(), unit=unit, role=role))
    session.flush()


def test_before_it_is_handed_out_only_the_desk_and_those_above_see_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Colleagues of the same hall do not; the administrator does not by virtue of the role."""
    assert who_sees(registered(cast, now=now), cast) == {"chen", *OVERSEERS}


def test_a_department_sees_what_it_holds_and_what_it_held(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    departments = {"zhao", "sun", "zhou", "wu"}
    assert who_sees(complaint, cast) == {"chen", *OVERSEERS, *departments}

    network, billing = orders(complaint)
    do("return", network, cast.zhao, now, reason="Not ours.")
    do("accept", billing, cast.zhou, now)
    do("answer", billing, cast.zhou, now, answer="Done.")
    assert who_sees(complaint, cast) == {"chen", *OVERSEERS, *departments}


def test_another_branch_sees_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    theirs = registered(cast, now=now, by="north_desk")

    assert who_sees(theirs, cast) == {"north_desk", "north_supervisor", "he"}


def test_whoever_is_named_sees_it_while_they_are_asked(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    assert "wang" in who_sees(complaint, cast)

    do("decline_transfer", complaint, cast.wang, now, reason="Not mine.")
    assert "wang" not in who_sees(complaint, cast)


def test_a_transfer_that_ended_with_the_complaint_shows_it_no_longer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    call(complaint, CallOutcome.ACCEPTED, now)

    assert "wang" not in who_sees(complaint, cast)


def test_responsibility_that_has_moved_takes_the_sight_with_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    do("accept_transfer", complaint, cast.wang, now)

    assert who_sees(complaint, cast) == {"wang", *OVERSEERS}


def test_watching_gives_no_sight(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    do("watch", complaint, cast.zhao, now)
    cast.zhao.memberships.clear()
    session.flush()

    assert not may_see(cast.zhao, complaint)


def test_who_is_gone_sees_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    for name in ("chen", "zheng", "he"):
        cast.person(name).active = False

    assert who_sees(complaint, cast) == {"qian", "shen"}


def test_who_has_no_role_sees_only_what_they_answer_for(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-11: no membership is no right, not every right."""
    mine, other = registered(cast, now=now), registered(cast, now=now, by="li")
    chen = cast.chen  # held, because the session forgets what nobody holds
    chen.memberships.clear()
    session.flush()

    assert may_see(chen, mine)
    assert not may_see(chen, other)


def test_with_one_department_only_the_same_restrictions_hold(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-11, SEE-03: what is alone is not everybody's."""
    complaint = registered(cast, now=now)
    for name in ("billing", "vendor", "north_network"):
        cast.unit(name).active = False
    for name in ("zhou", "wu", "feng", "north_agent"):
        person = cast.person(name)
        person.memberships.clear()
    session.flush()

    assert not may_see(cast.zhao, complaint)


def test_two_roles_at_once_see_what_either_sees_and_no_more(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """SEE-03."""
    here, north = registered(cast, now=now), registered(cast, now=now, by="north_desk")
    given = dispatched(cast, "billing", now=now)
    joins(cast.wang, cast.unit("billing"), Role.AGENT, session)
    joins(cast.wang, cast.unit("north"), Role.AUDITOR, session)

    seen = {each.id for each in session.scalars(select(Complaint).where(visible_to(cast.wang)))}
    assert seen == {given.id, north.id}
    assert here.id not in seen


def test_a_supervisor_of_one_hall_oversees_that_hall(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    east, group = registered(cast, now=now), registered(cast, now=now, by="li")
    joins(cast.wang, cast.unit("east_hall"), Role.SUPERVISOR, session)

    assert (may_see(cast.wang, east), may_see(cast.wang, group)) == (True, False)


def test_quality_in_a_department_oversees_its_whole_branch_and_no_other(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    here, north = registered(cast, now=now), registered(cast, now=now, by="north_desk")
    joins(cast.feng, cast.unit("vendor"), Role.QUALITY, session)

    assert (may_see(cast.feng, here), may_see(cast.feng, north)) == (True, False)


@pytest.mark.parametrize("typed", ["as it is", "spoken", "with spaces"])
def test_a_visible_complaint_is_found_however_its_number_is_typed(
    session: scoped_session[Session], cast: Cast, now: datetime, typed: str
) -> None:
    complaint = registered(cast, now=now)
    ways = {
        "as it is": complaint.number,
        "spoken": numbers.spoken(complaint.number),
        "with spaces": " ".join(complaint.number),
    }
    assert visible_complaint(ways[typed], cast.chen) is complaint


def test_the_unknown_and_the_foreign_are_the_same_answer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-02…S-06: nothing tells whether it exists."""
    complaint = dispatched(cast, "network", now=now)
    answers = []
    for number in (complaint.number, "000000000000", "", "x", complaint.number[:-1]):
        with pytest.raises(NotFound) as missing:
            visible_complaint(number, cast.wang)
        answers.append(str(missing.value))
    for order_id in (orders(complaint)[0].id, uuid4()):
        with pytest.raises(NotFound) as missing:
            visible_order(order_id, cast.zhou)
        answers.append(str(missing.value))

    assert len(set(answers)) == 1


def test_an_order_is_seen_by_whoever_sees_its_complaint(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    for name in PEOPLE:
        person = cast.person(name)
        query = select(func.count()).select_from(WorkOrder).where(visible_orders_to(person))
        assert session.scalar(query) == (2 if may_see(person, complaint) else 0), name


# The same question answered by somebody who only reads the design.


@pytest.mark.parametrize("seed", range(4))
def test_the_condition_agrees_with_a_plain_reckoning(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    dice = random.Random(seed)
    give_roles(dice, cast, session)
    everything = [somewhere(dice, cast, now, session) for _ in range(12)]

    for name in PEOPLE:
        person = cast.person(name)
        seen = set(session.scalars(select(Complaint.id).where(visible_to(person))))
        assert seen == {each.id for each in everything if reckoned(person, each, session)}, name


def give_roles(dice: random.Random, cast: Cast, session: scoped_session[Session]) -> None:
    places = [(unit, role) for unit in sorted(cast.units) for role in Role]
    for name in PEOPLE:
        person = cast.person(name)
        held = {(each.unit_id, each.role) for each in person.memberships}
        for unit, role in dice.sample(places, dice.choice((0, 0, 1, 2))):
            if (cast.units[unit], role) not in held:
                joins(person, cast.unit(unit), role, session)


def somewhere(
    dice: random.Random, cast: Cast, now: datetime, session: scoped_session[Session]
) -> Complaint:
    complaint = registered(cast, now=now, by=dice.choice(("chen", "wang", "li", "north_desk")))
    complaint.unit = cast.unit(dice.choice(("east_hall", "group_desk", "north_hall", "branch")))
    session.flush()
    units = dice.sample(("network", "billing", "vendor", "north_network"), dice.choice((0, 1, 2)))
    if units:
        said = {"question": "?", "promised_at": now + DAY}
        keys = [cast.units[unit] for unit in units]
        do("dispatch", complaint, complaint.responsible, now, units=keys, **said)
    return complaint


def reckoned(person: Person, complaint: Complaint, session: scoped_session[Session]) -> bool:
    """Design §2, word by word, one complaint at a time."""
    if complaint.responsible_id == person.id:
        return True
    asked = session.scalars(select(Transfer).where(Transfer.complaint_id == complaint.id))
    if any(each.to_id == person.id and each.state == "pending" for each in asked):
        return True
    above = list(upwards(complaint.unit))
    held = {order.unit_id for order in orders(complaint)}
    return any(
        (each.role in (Role.AGENT, Role.LEAD) and each.unit_id in held)
        or (each.role in (Role.SUPERVISOR, Role.EXECUTIVE) and each.unit in above)
        or (each.role in (Role.QUALITY, Role.AUDITOR) and branch_of(each.unit) in above)
        for each in person.memberships
    )


def upwards(unit: Unit | None) -> Iterable[Unit]:
    while unit is not None:
        yield unit
        unit = unit.parent


def branch_of(unit: Unit) -> Unit:
    return next(each for each in upwards(unit) if each.kind in (UnitKind.BRANCH, UnitKind.COMPANY))
