"""Changing the settings of the policy."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tickets.actors import Actor
from tickets.database import db
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.models import PolicySetting
from tickets.policy import CALLBACK, policy_from, policy_now, stored
from workflow.policy import BOUNDS, DEFAULT, Bounds, Policy
from workflow.reasons import Reason, Refused
from workflow.words import N_

MINUTE, DAY = 60, 86_400
POLICY = "policy"
"""There is one policy, so its events are all about this one subject."""

FIXED = frozenset({"callback.parts", "zone", "minor_digits"})
"""Settings that no page changes: the parts of the day are the unreachable rule's own measure,
the zone and the currency's digits are the installation's."""


def settings_of(policy: Policy) -> dict[str, Any]:
    """Every setting by the name it is stored under."""
    own = {each.name: getattr(policy, each.name) for each in fields(policy)}
    plain = {name: value for name, value in own.items() if not is_dataclass(value)}
    calls = {
        CALLBACK + each.name: getattr(policy.callback, each.name)
        for each in fields(policy.callback)
    }
    return {name: value for name, value in {**plain, **calls}.items() if name not in FIXED}


def change_policy(wanted: Mapping[str, Any], *, actor: Actor, now: datetime) -> Policy:
    """Set these settings; what equals its default is stored no more. Raises Refused."""
    before = settings_of(policy_now())
    after = {**before, **wanted}
    default = settings_of(DEFAULT)
    different = {name: stored(value) for name, value in after.items() if value != default[name]}
    policy = policy_from(different)
    if reasons := objections(policy):
        raise Refused(reasons)
    _store(different)
    _note(before, after, actor, now)
    return policy


def objections(policy: Policy) -> list[Reason]:
    """Why the rules could not run on this policy."""
    call = policy.callback
    found = []
    if call.day_parts > len(call.parts):
        sentence = N_("A day has only %(parts)s parts.")
        values = {"parts": len(call.parts)}
        found.append(Reason("day_parts", sentence, values, "callback.day_parts"))
    for name in ("days", "day_parts"):
        if getattr(call, name) > call.attempts:
            sentence = N_("This cannot be more than the number of attempts.")
            found.append(Reason("more_than_attempts", sentence, {}, CALLBACK + name))
    if call.quiet_from == call.quiet_until:
        sentence = N_("Quiet hours must begin and end at different times.")
        found.append(Reason("quiet_hours", sentence, {}, "callback.quiet_until"))
    return found + _negative(policy) + _out_of_bounds(policy)


def _negative(policy: Policy) -> list[Reason]:
    sentence = N_("This cannot be negative.")
    return [
        Reason("negative", sentence, {}, name)
        for name, value in settings_of(policy).items()
        if name not in BOUNDS
        and (
            (isinstance(value, timedelta) and value < timedelta())
            or (isinstance(value, int) and value < 0)
        )
    ]


def _out_of_bounds(policy: Policy) -> list[Reason]:
    """Decision P11: outside of its bounds a setting would make a rule mean nothing."""
    sentence = N_("Between %(least)s and %(most)s.")
    settings = settings_of(policy)
    found = []
    for name, bounds in BOUNDS.items():
        if bounds.least <= stored(settings[name]) <= bounds.most:
            continue
        unit = _unit_of(settings[name], bounds)
        values = {"least": bounds.least // unit, "most": bounds.most // unit}
        found.append(Reason("out_of_bounds", sentence, values, name))
    return found


def _unit_of(value: Any, bounds: Bounds) -> int:
    """In what a setting is asked for: pieces, or spans in whole days where both bounds are, else
    in minutes, as the page does."""
    if not isinstance(value, timedelta):
        return 1
    whole_days = bounds.least % DAY == 0 and bounds.most % DAY == 0
    return DAY if whole_days else MINUTE


def _store(different: Mapping[str, Any]) -> None:
    rows = {row.name: row for row in db.session.scalars(select(PolicySetting))}
    for name, row in rows.items():
        if name not in different and name not in FIXED:
            db.session.delete(row)
    for name, value in different.items():
        if name in rows:
            rows[name].value = value
            continue
        db.session.add(PolicySetting(name=name, value=value))


def _note(before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    if before == after:
        return
    shown_before = {name: stored(value) for name, value in before.items()}
    shown_after = {name: stored(value) for name, value in after.items()}
    record(
        Subject.POLICY,
        POLICY,
        AdminEventName.CHANGED,
        before=shown_before,
        after=shown_after,
        actor=actor,
        now=now,
    )
