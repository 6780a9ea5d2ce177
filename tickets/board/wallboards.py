"""Links that open a board on a wall: made, found, taken back. Whoever made one vouches for it:
when they no longer oversee the unit, it shows nothing any more."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tickets.board.counts import units_of
from tickets.database import db, new_id
from tickets.history import administration
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject
from tickets.models import Person, Unit, Wallboard
from tickets.visibility import overseen_paths

BYTES = 32


def create(
    title: str, unit: Unit, language: str, *, actor: Person, now: datetime
) -> tuple[Wallboard, str]:
    """A new wallboard and its secret, which nobody is told a second time."""
    token = secrets.token_urlsafe(BYTES)
    board = Wallboard(
        id=new_id(),
        title=title,
        unit_id=unit.id,
        language=language,
        token_digest=digest(token),
        created_by_id=actor.id,
        created_at=now,
    )
    db.session.add(board)
    after = {"title": title, "unit": unit.code, "language": language}
    administration.record(
        Subject.WALLBOARD,
        board.id,
        AdminEventName.CREATE,
        before=None,
        after=after,
        actor=actor,
        now=now,
    )
    return board, token


def revoke(board: Wallboard, *, actor: Person, now: datetime) -> None:
    """From now on its link leads nowhere; doing it twice changes nothing."""
    if board.revoked_at is not None:
        return
    board.revoked_at, board.revoked_by_id = now, actor.id
    before = {"title": board.title}
    administration.record(
        Subject.WALLBOARD,
        board.id,
        AdminEventName.REVOKE,
        before=before,
        after=None,
        actor=actor,
        now=now,
    )


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def opened_by(token: str) -> tuple[Wallboard, Sequence[Unit]] | None:
    """The board that this link opens and its units; None when it opens nothing any more."""
    board = db.session.scalar(
        select(Wallboard)
        .where(Wallboard.token_digest == digest(token), Wallboard.revoked_at.is_(None))
        .options(joinedload(Wallboard.unit), joinedload(Wallboard.created_by))
    )
    if board is None:
        return None
    units = units_of(board.created_by, board.unit.path)
    return (board, units) if units else None


def overseen_by(person: Person) -> Sequence[Wallboard]:
    """All that are in use for units that the person oversees, the newest first."""
    below = [Unit.path.startswith(path) for path in overseen_paths(person)]
    if not below:
        return []
    return db.session.scalars(
        select(Wallboard)
        .join(Unit, Wallboard.unit_id == Unit.id)
        .where(Wallboard.revoked_at.is_(None), or_(*below))
        .options(
            joinedload(Wallboard.unit),
            joinedload(Wallboard.created_by).lazyload(Person.memberships),
        )
        .order_by(Wallboard.created_at.desc(), Wallboard.id)
    ).all()


def overseen(board_id: UUID, person: Person) -> Wallboard | None:
    """One of them, or None."""
    return next((each for each in overseen_by(person) if each.id == board_id), None)
