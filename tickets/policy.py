"""The policy of this installation: the defaults, with what was set differently."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import time, timedelta
from typing import Any, TypeVar, overload
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tickets.config import minor_digits, operators_zone
from tickets.database import db
from tickets.models import PolicySetting
from workflow.policy import DEFAULT, CallbackPolicy, Policy

CALLBACK = "callback."

Stored = bool | int | str
"""A setting as it is kept in JSON."""
Setting = Stored | timedelta | time | ZoneInfo
"""A setting as the rules read it."""
Plain = TypeVar("Plain", bool, int, str)


def policy_now() -> Policy:
    """The policy in force: one query for the settings that differ from the defaults.

    The zone is the one that people read and type times in; two would be one too many. The
    decimal places are those of the installation's currency.
    """
    rows = db.session.execute(select(PolicySetting.name, PolicySetting.value))
    policy = policy_from({row.name: row.value for row in rows})
    return replace(policy, zone=operators_zone(), minor_digits=minor_digits())


def policy_from(settings: Mapping[str, Stored]) -> Policy:
    """The default policy with these stored settings; unknown names are refused."""
    own = {name: value for name, value in settings.items() if not name.startswith(CALLBACK)}
    calls = {
        name.removeprefix(CALLBACK): value
        for name, value in settings.items()
        if name.startswith(CALLBACK)
    }
    callback = replace(DEFAULT.callback, **_typed(DEFAULT.callback, calls))
    return replace(DEFAULT, callback=callback, **_typed(DEFAULT, own))


@overload
def stored(value: timedelta) -> int: ...


@overload
def stored(value: time | ZoneInfo) -> str: ...


@overload
def stored(value: Plain) -> Plain: ...


def stored(value: Setting) -> Stored:
    """A setting as it is kept in JSON: spans in seconds, times as HH:MM, zones by name."""
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.key if isinstance(value, ZoneInfo) else value


def _typed(default: Policy | CallbackPolicy, values: Mapping[str, Stored]) -> dict[str, Any]:
    known = {each.name for each in fields(default)}
    strangers = set(values) - known
    if strangers:
        raise ValueError(f"unknown policy settings: {', '.join(sorted(strangers))}")
    # Each value has the type of its own field, which a dictionary cannot say.
    return {name: _read(getattr(default, name), value) for name, value in values.items()}


def _read(default: Setting, value: Stored) -> Setting:
    if isinstance(default, timedelta):
        return timedelta(seconds=int(value))
    if isinstance(default, time):
        return time.fromisoformat(str(value))
    return ZoneInfo(str(value)) if isinstance(default, ZoneInfo) else value
