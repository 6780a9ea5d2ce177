"""The versions of the limits: copying one to a draft, discarding it, putting it into force.

A version that was ever in force stays as it was. What another one does to open complaints is
shown before (`tickets.what_if.preview`) and done behind by the job `adopt_limits` (SLA-11, C-28).
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tickets import jobs
from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.limits.editing import require_draft
from tickets.limits.in_force import ensure_limits, pack_names, shipped_document
from tickets.models import Installation, LimitsVersion
from workflow.limits_document import objections
from workflow.reasons import Reason, Refused
from workflow.words import N_

ADOPT = "adopt_limits"
"""The job that brings the open complaints under the limits in force."""


def versions() -> Sequence[LimitsVersion]:
    """Every version, the newest first."""
    return db.session.scalars(select(LimitsVersion).order_by(LimitsVersion.number.desc())).all()


def version_in_force() -> LimitsVersion | None:
    return db.session.scalar(select(LimitsVersion).where(LimitsVersion.active.is_(True)))


def draft_of_pack(name: str, title: str, *, actor: Actor, now: datetime) -> LimitsVersion:
    """A draft that begins as a shipped pack. Raises Refused."""
    if name not in pack_names():
        sentence = N_("“%(code)s” is not known.")
        raise Refused([Reason("unknown", sentence, {"code": name}, "source")])
    return _draft(shipped_document(name), name, title, f"pack {name}", actor, now)


def draft_of_version(
    version: LimitsVersion, title: str, *, actor: Actor, now: datetime
) -> LimitsVersion:
    """A draft that begins as another version, whatever became of that."""
    copied = deepcopy(version.document)
    return _draft(copied, version.pack, title, f"version {version.number}", actor, now)


def discard(version: LimitsVersion, *, actor: Actor, now: datetime) -> None:
    """Put a draft aside; nothing that was written is ever lost (AUD-01). Raises Refused."""
    require_draft(version)
    version.retired_at = now
    _note(version, AdminEventName.DISCARDED, {"discarded": False}, {"discarded": True}, actor, now)


def activate(
    version: LimitsVersion, *, seen_in_force: UUID | None, actor: Actor, now: datetime
) -> None:
    """Put a version into force from now on and have the open complaints follow in the background.

    `seen_in_force` is the version whose replacement was shown. Raises Refused.
    """
    held = db.session.scalar(
        select(LimitsVersion).where(LimitsVersion.active.is_(True)).with_for_update()
    )
    _check_activation(version, held, seen_in_force)
    if held is not None:
        held.active, held.retired_at = None, now
        db.session.flush()  # one at most may be in force, also for a moment
    version.active, version.retired_at = True, None
    version.activated_at = version.activated_at or now
    before = {"in_force": _named(held) if held is not None else None}
    _note(version, AdminEventName.ACTIVATED, before, {"in_force": _named(version)}, actor, now)
    jobs.put(
        ADOPT,
        {"limits": str(version.id)},
        now=now,
        once=f"{version.id}:{now.isoformat()}",
        wanted_by=actor.id,
    )


def _check_activation(
    version: LimitsVersion, held: LimitsVersion | None, seen_in_force: UUID | None
) -> None:
    if version.active:
        raise Refused([Reason("in_force", N_("This version is in force already."))])
    if version.activated_at is None:
        require_draft(version)
    if (held.id if held is not None else None) != seen_in_force:
        sentence = N_(
            "Meanwhile other limits came into force. Look at the effect again, it is another one."
        )
        raise Refused([Reason("overtaken", sentence)])
    if reasons := objections(version.document):
        raise Refused(reasons)


def _draft(
    document: dict[str, Any], pack: str, title: str, origin: str, actor: Actor, now: datetime
) -> LimitsVersion:
    ensure_limits(now)  # the shipped default is number 1, whoever comes first
    # Numbers have no gaps and no twins: two administrators who copy at once take turns here.
    db.session.execute(select(Installation.id).with_for_update())
    highest = db.session.scalar(select(func.max(LimitsVersion.number))) or 0
    row = LimitsVersion(
        id=new_id(),
        number=highest + 1,
        title=title,
        pack=pack,
        document=document,
        active=None,
        created_at=now,
        created_by_id=actor.id,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()  # the history refers to it
    _note(row, AdminEventName.ADDED, None, {"title": title, "copied_from": origin}, actor, now)
    return row


def _note(
    version: LimitsVersion,
    action: AdminEventName,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    record(Subject.LIMITS, version.id, action, before=before, after=after, actor=actor, now=now)


def _named(version: LimitsVersion) -> str:
    return f"{version.number} · {version.title}"
