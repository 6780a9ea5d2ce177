"""Changing the tree of categories and the list of causes. Nothing is deleted, only retired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record, store_unique
from tickets.models import Category, Cause
from workflow.reasons import Reason, Refused
from workflow.words import N_


@dataclass(frozen=True)
class CauseData:
    """All that an administrator says about a cause."""

    code: str
    names: Mapping[str, str]
    active: bool


@dataclass(frozen=True)
class CategoryData(CauseData):
    """All that an administrator says about a category."""

    parent: Category | None


def add_category(data: CategoryData, *, actor: Actor, now: datetime) -> Category:
    """A new category; raises Refused with every reason."""
    _check(Category, data.code, None, _parent_objections(data, None))
    category = Category(id=new_id(), code=data.code, names=dict(data.names), active=data.active)
    category.parent_id = data.parent.id if data.parent else None
    store_unique(category, _code_taken(data.code))
    _note(
        Subject.CATEGORY,
        category,
        AdminEventName.ADDED,
        None,
        _category_shown(category),
        actor,
        now,
    )
    return category


def change_category(category: Category, data: CategoryData, *, actor: Actor, now: datetime) -> None:
    """Rename, move, retire or restore a category; raises Refused with every reason."""
    _check(Category, data.code, category, _parent_objections(data, category))
    before = _category_shown(category)
    category.code, category.names, category.active = data.code, dict(data.names), data.active
    category.parent_id = data.parent.id if data.parent else None
    after = _category_shown(category)
    _note(Subject.CATEGORY, category, AdminEventName.CHANGED, before, after, actor, now)


def add_cause(data: CauseData, *, actor: Actor, now: datetime) -> Cause:
    """A new cause; raises Refused when its code is taken."""
    _check(Cause, data.code, None, [])
    cause = Cause(id=new_id(), code=data.code, names=dict(data.names), active=data.active)
    store_unique(cause, _code_taken(data.code))
    _note(Subject.CAUSE, cause, AdminEventName.ADDED, None, _cause_shown(cause), actor, now)
    return cause


def change_cause(cause: Cause, data: CauseData, *, actor: Actor, now: datetime) -> None:
    """Rename, retire or restore a cause; raises Refused when its code is taken."""
    _check(Cause, data.code, cause, [])
    before = _cause_shown(cause)
    cause.code, cause.names, cause.active = data.code, dict(data.names), data.active
    _note(Subject.CAUSE, cause, AdminEventName.CHANGED, before, _cause_shown(cause), actor, now)


def causes_in_order() -> list[Cause]:
    return list(db.session.scalars(select(Cause).order_by(Cause.code)))


def categories_in_order() -> list[tuple[Category, int]]:
    """The whole tree with each one's depth, parents before their children."""
    children: dict[Any, list[Category]] = {}
    for category in db.session.scalars(select(Category).order_by(Category.code)):
        children.setdefault(category.parent_id, []).append(category)
    ordered: list[tuple[Category, int]] = []
    waiting = [(each, 0) for each in reversed(children.get(None, []))]
    while waiting:
        category, depth = waiting.pop()
        ordered.append((category, depth))
        waiting.extend((each, depth + 1) for each in reversed(children.get(category.id, [])))
    return ordered


def _check(
    kind: type[Category] | type[Cause],
    code: str,
    own: Category | Cause | None,
    reasons: list[Reason],
) -> None:
    twin = db.session.scalar(select(kind.id).where(kind.code == code))
    if twin is not None and (own is None or twin != own.id):
        reasons = [_code_taken(code), *reasons]
    if reasons:
        raise Refused(reasons)


def _parent_objections(data: CategoryData, category: Category | None) -> list[Reason]:
    if data.parent is None:
        return []
    if category is not None and category.id in _line_up(data.parent):
        sentence = N_("A category cannot be moved below itself.")
        return [Reason("cycle", sentence, {}, "parent")]
    return []


def _line_up(category: Category) -> set[Any]:
    """The keys of this category and of all above it."""
    seen = set()
    above: Category | None = category
    while above is not None and above.id not in seen:
        seen.add(above.id)
        above = db.session.get(Category, above.parent_id) if above.parent_id else None
    return seen


def _note(
    subject: Subject,
    row: Category | Cause,
    action: AdminEventName,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    if before != after:
        record(subject, row.id, action, before=before, after=after, actor=actor, now=now)


def _category_shown(category: Category) -> dict[str, Any]:
    parent = db.session.get(Category, category.parent_id) if category.parent_id else None
    return {**_cause_shown(category), "parent": parent.code if parent else None}


def _cause_shown(row: Category | Cause) -> dict[str, Any]:
    return {"code": row.code, "names": dict(row.names), "active": row.active}


def _code_taken(code: str) -> Reason:
    sentence = N_("The code %(code)s is taken.")
    return Reason("code_taken", sentence, {"code": code}, "code")
