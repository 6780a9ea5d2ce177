"""Units, people, roles, categories, causes and policy, without a browser (S-12, OWN-02, AUD-02)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, registered
from tickets.administration import catalogue, people, policy, units
from tickets.administration.catalogue import CategoryData, CauseData
from tickets.administration.leaving import orphans
from tickets.administration.people import Successor
from tickets.administration.units import UnitData
from tickets.history.administration import Overtaken, Subject, check_version, history_of, version_of
from tickets.models import Category, PolicySetting, Transfer
from tickets.policy import policy_now
from workflow.policy import DEFAULT
from workflow.reasons import Refused
from workflow.words import Role, UnitKind

NOBODY = Successor(None, "")


def fields(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.field) for reason in refusal.value.reasons]


def desk(cast: Cast, **said: object) -> UnitData:
    stored = {
        "code": "west_hall",
        "kind": UnitKind.DESK,
        "names": {"en": "West Hall", "zh_Hans": "西厅"},
        "parent": cast.unit("branch"),
    }
    return UnitData(**{**stored, **said})  # type: ignore[arg-type]


def test_a_unit_is_added_under_another(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """AUD-02."""
    unit = units.add_unit(desk(cast), actor=cast.admin, now=now)

    assert unit.within(cast.unit("branch"))
    assert unit.branch_id == cast.units["branch"]
    event = history_of(Subject.UNIT, unit.id)[0]
    assert (event.actor, event.action, event.before) == (cast.admin, "added", None)
    assert event.after is not None
    assert event.after["parent"] == "branch"


def test_a_moved_unit_takes_everything_below_it_along(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    network = cast.unit("network")
    shift = units.add_unit(desk(cast, code="shift", parent=network), actor=cast.admin, now=now)

    moved = UnitData("network", network.kind, network.names, cast.unit("north"))
    units.change_unit(network, moved, actor=cast.admin, now=now)

    assert shift.within(cast.unit("north"))
    assert not shift.within(cast.unit("branch"))
    assert shift.branch_id == cast.units["north"]
    event = history_of(Subject.UNIT, network.id)[0]
    assert (event.before, event.after) == ({"parent": "branch"}, {"parent": "north"})


def test_a_unit_cannot_be_moved_below_itself(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    branch = cast.unit("branch")
    below = UnitData("branch", branch.kind, branch.names, cast.unit("network"))
    with pytest.raises(Refused) as refusal:
        units.change_unit(branch, below, actor=cast.admin, now=now)
    assert fields(refusal) == [("cycle", "parent")]


def test_a_code_is_given_once(session: scoped_session[Session], cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        units.add_unit(desk(cast, code="network", parent=None), actor=cast.admin, now=now)
    assert fields(refusal) == [("code_taken", "code"), ("parent_missing", "parent")]


def test_a_unit_with_people_or_units_or_open_orders_does_not_just_vanish(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    dispatched(cast, "network", now=now)
    with pytest.raises(Refused) as refusal:
        units.retire_unit(cast.unit("network"), open_orders_seen=0, actor=cast.admin, now=now)
    assert fields(refusal) == [("unit_has_people", None), ("unit_has_orders", "confirmed")]

    with pytest.raises(Refused) as refusal:
        units.retire_unit(cast.unit("north"), open_orders_seen=0, actor=cast.admin, now=now)
    assert ("unit_has_units", None) in fields(refusal)


def test_open_orders_of_a_retired_unit_are_on_record(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    dispatched(cast, "vendor", now=now)
    people.take_role(cast.feng.memberships[0], NOBODY, actor=cast.admin, now=now)
    session.flush()
    vendor = cast.unit("vendor")

    units.retire_unit(vendor, open_orders_seen=1, actor=cast.admin, now=now)

    assert not vendor.active
    event = history_of(Subject.UNIT, vendor.id)[0]
    assert event.after == {"active": False, "open_orders": 1}


def test_nobody_changes_their_own_rights(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-12: not even an administrator, and not even to take something away."""
    admin, company = cast.admin, cast.unit("company")
    attempts = (
        lambda: people.grant_role(admin, company, Role.AUDITOR, actor=admin, now=now),
        lambda: people.take_role(admin.memberships[0], NOBODY, actor=admin, now=now),
        lambda: people.disable(admin, NOBODY, actor=admin, now=now),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt()
        assert ("own_rights", None) in fields(refusal)
    assert admin.roles == {Role.ADMINISTRATOR}
    assert history_of(Subject.PERSON, admin.id) == []


def test_closing_an_account_needs_somebody_who_answers_from_now_on(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-02."""
    complaint = registered(cast, now=now)

    with pytest.raises(Refused) as refusal:
        people.disable(cast.chen, NOBODY, actor=cast.admin, now=now)
    assert fields(refusal) == [("successor_missing", "successor"), ("reason_missing", "reason")]
    assert cast.chen.active

    leaves = Successor(cast.wang, "Chen has left.")
    people.disable(cast.chen, leaves, actor=cast.admin, now=now)
    assert complaint.responsible is cast.wang or complaint.responsible_id == cast.people["wang"]
    transfer = session.scalars(select(Transfer)).one()
    assert (transfer.by_id, transfer.reason) == (cast.people["admin"], "Chen has left.")
    session.flush()
    assert list(orphans()) == []


def test_taking_the_last_answering_role_needs_a_successor_too(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-02."""
    registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        people.take_role(cast.chen.memberships[0], NOBODY, actor=cast.admin, now=now)
    assert ("successor_missing", "successor") in fields(refusal)


def test_somebody_who_may_still_answer_keeps_the_complaints(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    desk_role = cast.chen.memberships[0]
    people.grant_role(
        cast.chen, cast.unit("group_desk"), Role.FRONT_DESK, actor=cast.admin, now=now
    )
    session.flush()

    people.take_role(desk_role, NOBODY, actor=cast.admin, now=now)

    assert complaint.responsible_id == cast.people["chen"]


def test_nobody_unfit_becomes_a_successor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    registered(cast, now=now)
    unfit = Successor(cast.zhao, "Chen has left.")
    with pytest.raises(Refused) as refusal:
        people.disable(cast.chen, unfit, actor=cast.admin, now=now)
    assert fields(refusal) == [("successor_unfit", "successor")]


def test_an_orphan_is_found(session: scoped_session[Session], cast: Cast, now: datetime) -> None:
    """OWN-02: the nightly look, for what no page could have done."""
    complaint = registered(cast, now=now)
    cast.chen.active = False
    session.flush()
    assert list(orphans()) == [complaint]


def test_roles_are_on_record_before_and_after(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """AUD-02."""
    billing = cast.unit("billing")
    people.grant_role(cast.zhao, billing, Role.LEAD, actor=cast.admin, now=now)
    event = history_of(Subject.PERSON, cast.zhao.id)[0]
    assert event.before == {"roles": ["agent@network"]}
    assert event.after == {"roles": ["agent@network", "lead@billing"]}


def test_an_issued_password_is_on_record_without_being_in_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    password = people.issue_password(cast.chen, actor=cast.admin, now=now)
    event = history_of(Subject.PERSON, cast.chen.id)[0]
    assert (event.action, event.before, event.after) == ("password_issued", None, None)
    assert cast.chen.password_is_initial
    assert len(password) >= 16


def test_what_one_administrator_did_is_told_to_the_other(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CON-02."""
    cause = catalogue.add_cause(
        CauseData("cable_cut", {"en": "Cable cut"}, True), actor=cast.admin, now=now
    )
    session.flush()
    seen = version_of(Subject.CAUSE, cause.id)
    renamed = CauseData("cable_cut", {"en": "Cable dug up"}, True)
    later = now + timedelta(minutes=1)
    catalogue.change_cause(cause, renamed, actor=cast.admin, now=later)
    session.flush()

    with pytest.raises(Overtaken) as overtaken:
        check_version(Subject.CAUSE, cause.id, seen)
    assert [event.action for event in overtaken.value.events] == ["changed"]
    check_version(Subject.CAUSE, cause.id, version_of(Subject.CAUSE, cause.id))


def test_a_category_cannot_be_moved_below_itself(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    above = session.get_one(Category, cast.category)
    child = catalogue.add_category(
        CategoryData("slow", {"en": "Slow"}, True, above), actor=cast.admin, now=now
    )
    with pytest.raises(Refused) as refusal:
        catalogue.change_category(
            above, CategoryData("broadband", above.names, True, child), actor=cast.admin, now=now
        )
    assert fields(refusal) == [("cycle", "parent")]


def test_a_setting_is_stored_only_while_it_differs(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """AUD-02."""
    gap = timedelta(hours=4)
    policy.change_policy({"callback.gap": gap}, actor=cast.admin, now=now)
    session.flush()
    assert policy_now().callback.gap == gap
    event = history_of(Subject.POLICY, policy.POLICY)[0]
    assert (event.before, event.after) == ({"callback.gap": 7200}, {"callback.gap": 14400})

    back = {"callback.gap": DEFAULT.callback.gap}
    policy.change_policy(back, actor=cast.admin, now=now)
    session.flush()
    assert session.scalars(select(PolicySetting)).all() == []


def test_a_policy_that_no_customer_could_meet_is_refused_at_its_fields(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        policy.change_policy(
            {"callback.attempts": 1, "callback.days": 2}, actor=cast.admin, now=now
        )
    assert {field for _, field in fields(refusal)} == {"callback.days", "callback.day_parts"}
    assert policy_now() == DEFAULT
