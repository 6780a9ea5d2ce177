"""The limits in force, and every version that a complaint may still refer to."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tickets.actors import System
from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.models import LimitsVersion
from workflow.limits import Limits
from workflow.limits_document import read
from workflow.system_rules import SystemRule

PACKS = Path(__file__).parent / "packs"
DEFAULT_PACK = "cn-telecom"
DEFAULT_ZONE = "Asia/Shanghai"
SHIPPED = System(SystemRule.LIMITS_SHIPPED)

_read: dict[UUID, Limits] = {}
"""Versions that were activated, by their key: they never change, so they are read once."""


def limits_in_force() -> Limits:
    """The version that new complaints are opened under; before there is one, the shipped
    default, which `ensure_limits` is going to install."""
    active = _active()
    return limits_by_id(active) if active is not None else _shipped(operators_zone().key)


def ensure_limits(now: datetime) -> UUID:
    """The key of the version in force; installs the shipped default as the first one.

    The caller's transaction may write. Two that install at once end with one version.
    """
    active = _active()
    if active is not None:
        return active
    row = LimitsVersion(
        id=new_id(),
        number=1,
        title=DEFAULT_PACK,
        pack=DEFAULT_PACK,
        document=shipped_document(DEFAULT_PACK),
        active=True,
        created_at=now,
        changed_at=now,
        activated_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        active = _active()
        if active is None:
            raise
        return active
    named = {"title": row.title, "in_force": f"{row.number} · {row.title}"}
    record(
        Subject.LIMITS,
        row.id,
        AdminEventName.ADDED,
        before=None,
        after=named,
        actor=SHIPPED,
        now=now,
    )
    return row.id


def limits_by_id(version_id: UUID) -> Limits:
    """One version, ready to be asked; KeyError when there is none."""
    found = _read.get(version_id)
    if found is not None:
        return found
    row = db.session.get(LimitsVersion, version_id)
    if row is None:
        raise KeyError(version_id)
    limits = read(row.document, key=row.id.hex, number=row.number)
    if row.activated_at is not None:
        _read[version_id] = limits
    return limits


def shipped_document(name: str) -> dict[str, Any]:
    """A shipped pack as a document of this installation: the default pack counts in its zone."""
    document = deepcopy(dict(pack(name)))
    if name == DEFAULT_PACK and operators_zone().key != DEFAULT_ZONE:
        for each in document["calendars"].values():
            each["calendar"]["tz"] = operators_zone().key
    return document


@lru_cache
def pack(name: str) -> Mapping[str, Any]:
    """A shipped pack as it lies in the repository."""
    found: dict[str, Any] = json.loads((PACKS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def pack_names() -> list[str]:
    return sorted(each.stem for each in PACKS.glob("*.json"))


def _active() -> UUID | None:
    return db.session.scalar(select(LimitsVersion.id).where(LimitsVersion.active.is_(True)))


@lru_cache
def _shipped(_zone: str) -> Limits:
    """Read once for each zone: the document counts in that of the installation."""
    return read(shipped_document(DEFAULT_PACK), key="shipped", number=0)
