"""Who is told at a rung: people who are there, never nobody (ESC-05, OWN-06)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, do, orders, registered
from tests.timed import in_force, sweep_all, version
from tickets.database import db, new_id
from tickets.models import Absence, Alert, Complaint, Membership, Notification, WorkOrder
from tickets.people.absences import acting_for, present
from tickets.people.escalation import AlertAudience, administrators, audience, supervisors_of
from workflow.limits import Rung, Tell
from workflow.words import ClockKind, Role

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asks(*tell: Tell) -> Rung:
    return Rung("resolution-100", ClockKind.RESOLUTION, percent=100, tell=tell)


def reached(
    cast: Cast, at: datetime, *tell: Tell, on: Complaint, order: WorkOrder | None = None
) -> AlertAudience:
    db.session.flush()
    return audience(asks(*tell), on, order, at)


def names(cast: Cast, found: AlertAudience) -> list[str]:
    by_id = {person_id: name for name, person_id in cast.people.items()}
    return sorted(by_id[each.person_id] for each in found.recipients)


def away(cast: Cast, who: str, substitute: str, now: datetime, *, begins: int = -1) -> None:
    row = Absence(
        id=new_id(),
        person_id=cast.people[who],
        substitute_id=cast.people[substitute],
        starts_at=now + begins * DAY,
        ends_at=now + (begins + 5) * DAY,
        entered_by_id=cast.people["zheng"],
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()


def leads(cast: Cast, who: str, unit: str) -> None:
    row = Membership(id=new_id(), unit_id=cast.units[unit], role=Role.LEAD)
    cast.person(who).memberships.append(row)
    db.session.flush()


# Everybody there.


@pytest.mark.parametrize(
    ("tell", "people"),
    [
        ([Tell.RESPONSIBLE], ["chen"]),
        ([Tell.SUPERVISOR], ["zheng"]),
        ([Tell.EXECUTIVE], ["he"]),
        ([Tell.COORDINATOR], []),
        ([Tell.DUTY], []),
        ([Tell.RESPONSIBLE, Tell.SUPERVISOR, Tell.EXECUTIVE], ["chen", "he", "zheng"]),
    ],
)
def test_a_rung_reaches_the_people_it_names(
    session: DbSession, cast: Cast, now: datetime, tell: Sequence[Tell], people: list[str]
) -> None:
    """Of the complaint's own branch, and whoever nobody was named for is nobody's gap."""
    complaint = registered(cast, now=now)

    found = reached(cast, now, *tell, on=complaint)

    assert names(cast, found) == people
    assert found.gaps == ()


def test_a_department_is_reached_through_its_order(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """Everybody who handles, until somebody in particular does; the lead is the department's."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)

    both = reached(cast, now, Tell.DEPARTMENT, on=complaint, order=order)
    lead = reached(cast, now, Tell.LEAD, on=complaint, order=order)
    do("accept", order, cast.zhao, now)
    handler = reached(cast, now, Tell.DEPARTMENT, on=complaint, order=order)

    assert names(cast, both) == ["sun", "zhao"]
    assert names(cast, lead) == ["sun"]
    assert names(cast, handler) == ["zhao"]


def test_each_person_is_told_once(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-01: though two capacities lead to one person."""
    complaint = registered(cast, now=now)
    leads(cast, "chen", "east_hall")

    found = reached(cast, now, Tell.RESPONSIBLE, Tell.LEAD, on=complaint)

    assert names(cast, found) == ["chen"]
    assert found.recipients[0].tell is Tell.RESPONSIBLE


def test_the_duty_contact_is_that_of_the_nearest_unit(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-03."""
    complaint = registered(cast, now=now)
    cast.unit("company").duty_id = cast.people["he"]
    assert names(cast, reached(cast, now, Tell.DUTY, on=complaint)) == ["he"]

    cast.unit("branch").duty_id = cast.people["qian"]
    assert names(cast, reached(cast, now, Tell.DUTY, on=complaint)) == ["qian"]


# Somebody is not there.


def test_whoever_is_away_is_reached_through_the_substitute(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """OWN-06: and it is told whom they stand in for."""
    complaint = registered(cast, now=now)
    away(cast, "chen", "wang", now)

    found = reached(cast, now, Tell.RESPONSIBLE, on=complaint)

    assert names(cast, found) == ["wang"]
    assert found.recipients[0].instead_of == cast.people["chen"]
    assert found.gaps == ()
    assert complaint.responsible_id == cast.people["chen"]
    back = reached(cast, now + 5 * DAY, Tell.RESPONSIBLE, on=complaint)
    assert names(cast, back) == ["chen"]


def test_substitution_goes_on_through_several_people(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """OWN-06: transitive."""
    complaint = registered(cast, now=now)
    away(cast, "chen", "wang", now)
    away(cast, "wang", "li", now)

    assert names(cast, reached(cast, now, Tell.RESPONSIBLE, on=complaint)) == ["li"]
    assert present(cast.people["chen"], now) == cast.people["li"]
    assert acting_for(cast.li, now) == {cast.people["chen"], cast.people["wang"]}


def test_a_circle_of_absent_people_goes_one_further_up(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """OWN-06, ESC-05."""
    complaint = registered(cast, now=now)
    away(cast, "chen", "wang", now)
    away(cast, "wang", "chen", now)

    found = reached(cast, now, Tell.RESPONSIBLE, on=complaint)

    assert names(cast, found) == ["zheng"]
    assert [(gap.tell, gap.instead) for gap in found.gaps] == [(Tell.RESPONSIBLE, Tell.SUPERVISOR)]


def test_a_disabled_substitute_goes_one_further_up(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05."""
    complaint = registered(cast, now=now)
    away(cast, "chen", "wang", now)
    cast.wang.active = False

    found = reached(cast, now, Tell.RESPONSIBLE, on=complaint)

    assert names(cast, found) == ["zheng"]


@pytest.mark.parametrize("why", ["disabled", "absent", "missing"])
def test_when_the_next_level_is_not_there_it_goes_one_further_up(
    session: DbSession, cast: Cast, now: datetime, why: str
) -> None:
    """ESC-05: it never vanishes."""
    complaint = registered(cast, now=now)
    if why == "disabled":
        cast.zheng.active = False
    elif why == "absent":
        away(cast, "zheng", "shen", now)
        away(cast, "shen", "zheng", now)
    else:
        cast.zheng.memberships.clear()

    found = reached(cast, now, Tell.SUPERVISOR, on=complaint)

    assert names(cast, found) == ["he"]
    assert [(gap.tell, gap.instead) for gap in found.gaps] == [(Tell.SUPERVISOR, Tell.EXECUTIVE)]


def test_nobody_of_another_branch_is_told(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-05: further up, never sideways."""
    complaint = registered(cast, now=now)
    cast.zheng.active = False
    cast.he.active = False

    found = reached(cast, now, Tell.SUPERVISOR, on=complaint)

    assert names(cast, found) == []
    assert [(gap.tell, gap.instead) for gap in found.gaps] == [(Tell.SUPERVISOR, None)]


def test_an_absent_lead_of_a_department_is_replaced_by_the_one_above(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05: the nearest who can be reached, before it goes to the supervisor."""
    complaint = dispatched(cast, "network", now=now)
    leads(cast, "qian", "branch")
    away(cast, "sun", "wu", now)
    away(cast, "wu", "sun", now)

    found = reached(cast, now, Tell.LEAD, on=complaint, order=orders(complaint)[0])

    assert names(cast, found) == ["qian"]
    assert found.gaps == ()


def test_a_handler_who_left_leaves_the_order_to_the_department(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    cast.zhao.active = False

    found = reached(cast, now, Tell.DEPARTMENT, on=complaint, order=order)

    assert names(cast, found) == ["sun"]


def test_supervisors_hear_through_the_same_search(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05."""
    complaint = registered(cast, now=now)
    assert supervisors_of(complaint, now) == [cast.people["zheng"]]

    cast.zheng.active = False
    session.flush()
    assert supervisors_of(complaint, now) == [cast.people["he"]]


# Through the sweep.


def test_a_gap_is_told_to_an_administrator(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-05: the alert says who was told, and an administrator hears why it was not the other."""
    in_force()
    complaint = registered(cast, now=now)
    cast.zheng.active = False
    session.flush()
    assert administrators() == [cast.people["admin"]]

    sweep_all(now + 30 * DAY)

    alert = db.session.scalars(
        select(Alert).where(Alert.complaint_id == complaint.id, Alert.rung == "resolution-100")
    ).one()
    assert [(each["person"], each["why"]) for each in alert.told] == [
        (str(cast.people["chen"]), "responsible"),
        (str(cast.people["he"]), "executive"),
    ]
    warned = db.session.scalars(
        select(Notification).where(
            Notification.person_id == cast.people["admin"], Notification.topic == "admin_warning"
        )
    ).all()
    assert warned


def test_without_a_gap_no_administrator_is_bothered(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05."""
    in_force()
    registered(cast, now=now)

    sweep_all(now + 30 * DAY)

    told = db.session.scalars(
        select(Notification).where(Notification.person_id == cast.people["admin"])
    ).all()
    assert told == []


def test_the_alert_names_the_substitute_and_the_absent_one(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """OWN-06: at the moment it is found, not when it was set up."""
    in_force()
    complaint = registered(cast, now=now)
    away(cast, "chen", "wang", now, begins=28)

    sweep_all(now + 30 * DAY)

    alert = db.session.scalars(
        select(Alert).where(Alert.complaint_id == complaint.id, Alert.rung == "resolution-50")
    ).one()
    assert [(each["person"], each["for"]) for each in alert.told] == [
        (str(cast.people["wang"]), str(cast.people["chen"]))
    ]
    noted = db.session.scalars(
        select(Notification).where(Notification.person_id == cast.people["wang"])
    ).all()
    assert {each.instead_of_id for each in noted} == {cast.people["chen"]}


def test_a_rule_without_people_of_its_own_is_no_error(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05: a rung that names nobody still raises the level and is on record."""
    row = version(1, ladder=[NOBODY])
    row.active = True
    complaint = registered(cast, now=now)

    sweep_all(now + 30 * DAY)

    alert = db.session.scalars(select(Alert).where(Alert.complaint_id == complaint.id)).first()
    assert alert is not None and alert.told == []
    assert complaint.level == 1


NOBODY = {"id": "quiet", "clock": "resolution", "percent": 100, "tell": [], "raise_to": 1}


def test_a_coordinator_who_is_away_is_told_through_the_substitute(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-05, OWN-06: a named coordinator is no excuse for telling nobody."""
    complaint = dispatched(cast, "network", "billing", now=now)
    named = cast.people["sun"]
    do("name_coordinator", complaint, cast.zheng, now, to=named, reason="Knows the line.")
    assert names(cast, reached(cast, now, Tell.COORDINATOR, on=complaint)) == ["sun"]

    away(cast, "sun", "wu", now)

    found = reached(cast, now, Tell.COORDINATOR, on=complaint)
    assert names(cast, found) == ["wu"]
    assert [each.instead_of for each in found.recipients] == [named]


def test_a_coordinator_who_cannot_be_reached_is_a_gap_that_somebody_hears_of(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    do("name_coordinator", complaint, cast.zheng, now, to=cast.people["sun"], reason="Knows.")
    away(cast, "sun", "wu", now)
    away(cast, "wu", "sun", now)

    found = reached(cast, now, Tell.COORDINATOR, on=complaint)

    assert found.recipients == ()
    assert [(gap.tell, gap.instead) for gap in found.gaps] == [(Tell.COORDINATOR, None)]
