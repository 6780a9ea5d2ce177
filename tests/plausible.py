"""Inputs with which an action could be meant, so that only its rules stand in its way."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.cast import Cast
from tickets.database import db
from tickets.models import CallbackAttempt, Complaint, Entry, Notice, Problem
from tickets.problems.keeping import ProblemPlan, open_problem
from tickets.storage.attachments import Upload
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action, Ask, Kind
from workflow.words import NoticeChannel, ProblemKind

DAY = timedelta(days=1)
PAST = frozenset({"at", "posted_at"})


def plausible(name: str, cast: Cast, complaint: Complaint, now: datetime) -> list[dict[str, Any]]:
    """Inputs of an action (`order_…` for a work order's): every code that it asks for once."""
    asks = action_named(name).asks
    coded = {ask.name: list(ask.codes) for ask in asks if ask.codes is not None}
    usual = {
        ask.name: coded[ask.name][0] if ask.codes else something(ask, cast, complaint, now)
        for ask in asks
    }
    others = [{**usual, each: code} for each, codes in coded.items() for code in codes[1:]]
    return [{**said, **fitting_address(said)} for said in (usual, *others)]


def just_now(complaint: Complaint, now: datetime) -> datetime:
    """A second ago, but not before there was anything to talk about."""
    return max(now - timedelta(seconds=1), complaint.registered_at)


ADDRESSES = {
    NoticeChannel.EMAIL: "min@example.com",
    NoticeChannel.LETTER: "12 River Road, Jiangzhou",
}


def fitting_address(said: dict[str, Any]) -> dict[str, str]:
    """Where a written notice goes by the channel that was chosen."""
    fits = ADDRESSES.get(said.get("channel"))  # type: ignore[arg-type]
    return {"address": fits} if fits and "address" in said else {}


def action_named(name: str) -> Action:
    if name.startswith("order_") and name.removeprefix("order_") in ORDER_ACTIONS:
        return ORDER_ACTIONS[name.removeprefix("order_")]
    return ACTIONS[name]


def something(ask: Ask, cast: Cast, complaint: Complaint, now: datetime) -> Any:
    """A value that fits the kind of what is asked for."""
    fits: dict[Kind, Any] = {
        Kind.LINE: "13912345678",
        Kind.TEXT: "As the customer said: 网络断了。",
        Kind.MOMENT: just_now(complaint, now) if ask.name in PAST else now + DAY,
        Kind.FLAG: False,
        Kind.MONEY: 5_000,
        Kind.UNITS: [cast.units["network"], cast.units["billing"]],
        Kind.UNIT: cast.units["billing"],
        Kind.PERSON: cast.people["sun" if ask.name == "handler" else "wang"],
        Kind.CATEGORY: cast.category,
        Kind.CAUSE: cast.cause,
        Kind.FILE: Upload("bill.txt", b"a bill"),
    }
    if ask.kind is Kind.PROBLEM:
        return a_problem(cast, now)
    if ask.kind is Kind.COMPLAINT:
        return sibling(complaint)
    if ask.kind in STORED:
        return STORED[ask.kind](complaint)
    return fits[ask.kind]


def sibling(complaint: Complaint) -> str:
    """The number of another complaint of the customer, or of this one when there is none."""
    found = db.session.scalars(
        select(Complaint.number)
        .where(Complaint.customer_id == complaint.customer_id, Complaint.id != complaint.id)
        .order_by(Complaint.registered_at, Complaint.number)
    ).first()
    return found or complaint.number


def a_problem(cast: Cast, now: datetime) -> UUID:
    """The problem of the branch; opened when it is first asked for."""
    found = db.session.scalars(select(Problem.id).order_by(Problem.number)).first()
    if found is not None:
        return found
    plan = ProblemPlan(
        "A cut cable",
        ProblemKind.INCIDENT,
        cast.units["branch"],
        cast.category,
        cast.people["zheng"],
    )
    problem = open_problem(plan, actor=cast.zheng, now=now)
    db.session.flush()
    return problem.id


def an_attempt(complaint: Complaint) -> UUID | None:
    """The latest call of the complaint's cycle."""
    return db.session.scalars(
        select(CallbackAttempt.id)
        .where(
            CallbackAttempt.complaint_id == complaint.id,
            CallbackAttempt.cycle == complaint.cycle,
        )
        .order_by(CallbackAttempt.recorded_at.desc())
    ).first()


def a_notice(complaint: Complaint) -> UUID | None:
    """Its latest written notice."""
    return db.session.scalars(
        select(Notice.id).where(Notice.complaint_id == complaint.id).order_by(Notice.sent_at.desc())
    ).first()


def an_entry(complaint: Complaint) -> Any:
    return db.session.scalars(
        select(Entry.id)
        .where(Entry.complaint_id == complaint.id, Entry.redacted_at.is_(None))
        .order_by(Entry.id)
    ).first()


STORED: Mapping[Kind, Callable[[Complaint], Any]] = {
    Kind.ENTRY: an_entry,
    Kind.ATTEMPT: an_attempt,
    Kind.NOTICE: a_notice,
}
"""What is chosen of the complaint's own rows."""
