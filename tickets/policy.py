"""The policy of this installation: the defaults, with what was set differently."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tickets.config import minor_digits, operators_zone
from tickets.database import db
from tickets.models import PolicySetting
from workflow.policy import DEFAULT, CallbackPolicy, Policy

CALLBACK = "callback."


def policy_now() -> Policy:
    """The policy in force: one query for the settings that differ from the defaults.

    The zone is the one that people read and type times in; two would be one too many. The
    decimal places are those of the installation's currency.
    """
    rows = db.session.execute(select(PolicySetting.name, PolicySetting.value))
    policy = policy_from({row.name: row.value for row in rows})
    return replace(policy, zone=operators_zone(), minor_digits=minor_digits())


def policy_from(settings: Mapping[str, Any]) -> Policy:
    """The default policy with these stored settings; unknown names are refused."""
    own = {name: value for name, value in settings.items() if not name.startswith(CALLBACK)}
    calls = {
        name.removeprefix(CALLBACK): value
        for name, value in settings.items()
        if name.startswith(CALLBACK)
    }
    callback = replace(DEFAULT.callback, **_typed(DEFAULT.callback, calls))
    return replace(DEFAULT, callback=callback, **_typed(DEFAULT, own))


def stored(value: Any) -> Any:
    """A setting as it is kept in JSON: spans in seconds, times as HH:MM, zones by name."""
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.key if isinstance(value, ZoneInfo) else value


def _typed(default: Policy | CallbackPolicy, values: Mapping[str, Any]) -> dict[str, Any]:
    known = {each.name for each in fields(default)}
    strangers = set(values) - known
    if strangers:
        raise ValueError(f"unknown policy settings: {', '.join(sorted(strangers))}")
    return {name: _read(getattr(default, name), value) for name, value in values.items()}


def _read(default: Any, value: Any) -> Any:
    if isinstance(default, timedelta):
        return timedelta(seconds=value)
    if isinstance(default, time):
        return time.fromisoformat(value)
    return ZoneInfo(value) if isinstance(default, ZoneInfo) else value
