"""Editing a draft of the limits: a change is kept only if the whole document can still be used.

Versions that were in force never change; whoever wants something else copies one (design §5).
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tickets.actors import Actor
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.limits.comparison import Section, parts_of
from tickets.models import LimitsVersion
from workflow.limits_document import objections
from workflow.reasons import Reason, Refused
from workflow.words import N_

Row = dict[str, Any]


@dataclass(frozen=True)
class General:
    """What belongs to the version as a whole; spans in seconds."""

    title: str
    default_calendar: str
    unit_calendars: Mapping[str, str]
    new_cycle_grace: int
    repeat_breach: int


def find_row(version: LimitsVersion, section: Section, name: str) -> Row | None:
    """A rule or a rung by its name."""
    return next((row for row in version.document[section] if row["id"] == name), None)


def put_row(
    version: LimitsVersion,
    section: Section,
    row: Row,
    *,
    instead_of: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Add a rule or a rung, or put it in the place of the one with that name. Raises Refused."""
    document = deepcopy(version.document)
    rows = document[section]
    names = [each["id"] for each in rows]
    place = names.index(instead_of) if instead_of is not None else len(rows)
    rows[place : place + 1] = [row]
    _keep(version, document, f"{section}.{place}.", actor=actor, now=now)


def remove_row(
    version: LimitsVersion, section: Section, name: str, *, actor: Actor, now: datetime
) -> None:
    """Remove a rule or a rung. Without any rule a clock does not run."""
    document = deepcopy(version.document)
    document[section] = [row for row in document[section] if row["id"] != name]
    _keep(version, document, "", actor=actor, now=now)


def put_calendar(
    version: LimitsVersion, code: str, dated: Row, *, new: bool, actor: Actor, now: datetime
) -> None:
    """Add or change a calendar. Raises Refused."""
    document = deepcopy(version.document)
    if new and code in document["calendars"]:
        sentence = N_("The code %(code)s is taken.")
        raise Refused([Reason("taken", sentence, {"code": code}, "code")])
    document["calendars"][code] = dated
    _keep(version, document, f"calendars.{code}.", actor=actor, now=now)


def remove_calendar(version: LimitsVersion, code: str, *, actor: Actor, now: datetime) -> None:
    """Remove a calendar that nothing counts on. Raises Refused."""
    document = deepcopy(version.document)
    reasons = []
    if document["default_calendar"] == code:
        reasons.append(Reason("default", N_("This is the default calendar.")))
    if users := used_by(document, code):
        sentence = N_("The calendar is in use: %(users)s.")
        reasons.append(Reason("in_use", sentence, {"users": users}))
    if reasons:
        raise Refused(reasons)
    del document["calendars"][code]
    _keep(version, document, "", actor=actor, now=now)


def used_by(document: Mapping[str, Any], code: str) -> list[str]:
    """The rules and units that name a calendar."""
    rules = [row["id"] for row in document["rules"] if row.get("calendar") == code]
    units = [unit for unit, named in document["unit_calendars"].items() if named == code]
    return [*rules, *units]


def put_general(version: LimitsVersion, data: General, *, actor: Actor, now: datetime) -> None:
    """Change what belongs to the version as a whole. Raises Refused."""
    document = deepcopy(version.document)
    document["default_calendar"] = data.default_calendar
    document["unit_calendars"] = dict(data.unit_calendars)
    document["new_cycle_grace"] = data.new_cycle_grace
    document["repeat_breach"] = data.repeat_breach
    title = version.title
    _keep(version, document, "", actor=actor, now=now)
    if title != data.title:
        version.title = data.title
        before, after = {"title": title}, {"title": data.title}
        record(
            Subject.LIMITS,
            version.id,
            AdminEventName.RENAMED,
            before=before,
            after=after,
            actor=actor,
            now=now,
        )


def require_draft(version: LimitsVersion) -> None:
    """Raise Refused for a version that was in force or was discarded."""
    if version.activated_at is not None:
        sentence = N_("This version was in force and never changes. Copy it to change something.")
        raise Refused([Reason("sealed", sentence)])
    if version.retired_at is not None:
        raise Refused([Reason("discarded", N_("This draft was discarded."))])


def _keep(version: LimitsVersion, document: Row, at: str, *, actor: Actor, now: datetime) -> None:
    """Keep a document without objections; `at` is the part that was typed, whose name the
    fields of its own form do not carry."""
    require_draft(version)
    if reasons := objections(document):
        raise Refused(replace(each, field=(each.field or "").removeprefix(at)) for each in reasons)
    before, after = _told(version.document), _told(document)
    if before == after:
        return
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    version.document = document
    version.changed_at = now
    record(
        Subject.LIMITS,
        version.id,
        AdminEventName.CHANGED,
        before={name: before.get(name) for name in sorted(changed)},
        after={name: after.get(name) for name in sorted(changed)},
        actor=actor,
        now=now,
    )


def _told(document: Mapping[str, Any]) -> Row:
    """The document as one line a field, for the history."""
    return {
        " · ".join(filter(None, (name, field))): value
        for (_section, name), fields in parts_of(document).items()
        for field, value in fields.items()
    }
