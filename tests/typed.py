"""What somebody types into the form of an action: mostly sense, now and then nonsense."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from tests.plausible import PAST, a_notice, a_problem, an_attempt, an_entry, fitting_address
from tests.walk import Choice, Desk
from tickets.actors import HANDLING
from tickets.database import db
from tickets.models import Complaint, Entry, Membership
from tickets.storage.attachments import Upload
from workflow.policy import DEFAULT
from workflow.table import Ask, Kind

Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of several; the walk lets Hypothesis choose."""

DAY = timedelta(days=1)
TEXTS = ("网络断了三天。", "The line is dead. 😡", "<b>not bold</b>", "مرحبا", " spaces ")
NAMED = ("chen", "wang", "li", "zheng", "he")


def sensible(pick: Pick, desk: Desk, choice: Choice) -> dict[str, Any]:
    """Values that fit, with what is not needed left out now and then."""
    typed: dict[str, Any] = {}
    for ask in choice.action.asks:
        if ask.needed is False and pick((True, False)):
            continue
        typed[ask.name] = value_of(pick, desk, choice, ask)
    typed.update(fitting_address(typed) if "address" in typed else {})
    if "number" in typed:
        typed.setdefault("number_reason", "Told by a neighbour.")
    if typed.get("ground") and desk.complaint_of(choice.on).refuses_contact:
        typed["ground"] = "refuses_contact"
    return typed


def nonsense(pick: Pick, desk: Desk, choice: Choice) -> dict[str, Any]:
    """The same with one thing spoilt."""
    typed = sensible(pick, desk, choice)
    if choice.action.asks:
        ask = pick(choice.action.asks)
        typed[ask.name] = pick(SPOILT[ask.kind](desk, choice))
    return typed


def value_of(pick: Pick, desk: Desk, choice: Choice, ask: Ask) -> Any:
    if ask.codes is not None:
        return pick(list(ask.codes))
    if ask.kind is Kind.MOMENT:
        return moment(pick, desk, choice, ask)
    if ask.name in NUMBERS:
        return pick(NUMBERS[ask.name])
    if ask.kind in (Kind.LINE, Kind.TEXT):
        return pick(TEXTS)
    return pick(OFFERED[ask.kind](desk, choice))


NUMBERS = {"number": ("13912345678", "13900001111"), "address": ("13912345678",)}
"""Known of the customer, and unknown; and where an SMS gets to."""


def moment(pick: Pick, desk: Desk, choice: Choice, ask: Ask) -> datetime:
    """What happened lies behind, what is agreed ahead and outside the quiet hours."""
    if ask.name in PAST:
        return desk.now
    day = desk.now.astimezone(DEFAULT.zone).date() + pick((1, 2, 5)) * DAY
    return datetime.combine(day, time(pick((9, 14, 19))), tzinfo=DEFAULT.zone)


def people(desk: Desk, choice: Choice) -> list[UUID]:
    if choice.action.name == "assign":
        query = select(Membership.person_id).where(
            Membership.unit_id == choice.on.unit_id,  # type: ignore[union-attr]
            Membership.role.in_(HANDLING),
        )
        return sorted(db.session.scalars(query))
    return [desk.cast.people[name] for name in NAMED]


def departments(desk: Desk) -> list[UUID]:
    return [desk.cast.units[name] for name in ("network", "billing", "vendor")]


def several(desk: Desk) -> list[list[UUID]]:
    network, billing, vendor = departments(desk)
    return [[network], [billing], [network, billing], [vendor, billing, network]]


def others(desk: Desk, choice: Choice) -> list[str]:
    here = desk.complaint_of(choice.on)
    return [each.number for each in desk.complaints if each is not here] or [here.number]


def entries(desk: Desk, choice: Choice) -> list[UUID]:
    return [an_entry(desk.complaint_of(choice.on)) or uuid4()]


def strangers_entry(desk: Desk, choice: Choice) -> list[Any]:
    here = desk.complaint_of(choice.on)
    query = select(Entry.id).where(Entry.complaint_id != here.id).order_by(Entry.id).limit(1)
    return [uuid4(), *db.session.scalars(query)]


OFFERED: dict[Kind, Callable[[Desk, Choice], Sequence[Any]]] = {
    Kind.FLAG: lambda _desk, _choice: (True, False),
    Kind.MONEY: lambda _desk, _choice: (0, 12_050),
    Kind.PROBLEM: lambda desk, _choice: (a_problem(desk.cast, desk.now),),
    Kind.UNITS: lambda desk, _choice: several(desk),
    Kind.UNIT: lambda desk, _choice: departments(desk),
    Kind.PERSON: people,
    Kind.COMPLAINT: others,
    Kind.CATEGORY: lambda desk, _choice: (desk.cast.category,),
    Kind.CAUSE: lambda desk, _choice: (desk.cast.cause,),
    Kind.ENTRY: entries,
    Kind.ATTEMPT: lambda desk, choice: (an_attempt(desk.complaint_of(choice.on)) or uuid4(),),
    Kind.NOTICE: lambda desk, choice: (a_notice(desk.complaint_of(choice.on)) or uuid4(),),
    Kind.FILE: lambda _desk, _choice: (Upload("bill.txt", b"a bill"),),
}

NO_TEXT = (None, "", "   ", "x" * 20_000, "a\x00b", "\ud800")
NO_KEY = (None, UUID(int=1))


def ended(desk: Desk, choice: Choice) -> list[Any]:
    here: Complaint = desk.complaint_of(choice.on)
    return [None, "", "123", here.number]


SPOILT: dict[Kind, Callable[[Desk, Choice], Sequence[Any]]] = {
    Kind.LINE: lambda _desk, _choice: NO_TEXT,
    Kind.TEXT: lambda _desk, _choice: NO_TEXT,
    Kind.CHOICE: lambda _desk, _choice: (None, "", "bogus", "closed"),
    Kind.MOMENT: lambda desk, _choice: (
        None,
        desk.now - 400 * DAY,
        desk.now + 400 * DAY,
        datetime.combine(desk.now.date() + DAY, time(23), tzinfo=DEFAULT.zone),
    ),
    Kind.FLAG: lambda _desk, _choice: (None,),
    Kind.MONEY: lambda _desk, _choice: ("lots", -1, 10**12),
    Kind.PROBLEM: lambda _desk, _choice: (uuid4(),),
    Kind.UNITS: lambda desk, _choice: (
        None,
        [],
        [UUID(int=1)],
        [desk.cast.units["east_hall"]],
        [desk.cast.units["network"], UUID(int=1)],
    ),
    Kind.UNIT: lambda desk, _choice: (*NO_KEY, desk.cast.units["branch"]),
    Kind.PERSON: lambda desk, _choice: (*NO_KEY, desk.cast.people["shen"]),
    Kind.COMPLAINT: ended,
    Kind.CATEGORY: lambda _desk, _choice: NO_KEY,
    Kind.CAUSE: lambda _desk, _choice: NO_KEY,
    Kind.ENTRY: strangers_entry,
    Kind.ATTEMPT: lambda _desk, _choice: (uuid4(),),
    Kind.NOTICE: lambda _desk, _choice: (uuid4(),),
    Kind.FILE: lambda _desk, _choice: (
        None,
        Upload("run.exe", b"MZ"),
        Upload("empty.txt", b""),
        Upload("fake.pdf", b"no"),
    ),
}
