"""One complaint's page: who is responsible, what may be done, and all that has happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.actions.available import Steps, steps_of
from tickets.actions.cases import case_of, order_case_of
from tickets.actions.deciders import request_is_orphaned
from tickets.clock import now
from tickets.clocks.display import all_readings, shown_of
from tickets.complaints.details import ComplaintDetails, dossier_of
from tickets.complaints.evidence import CallRecord, NoticeRecord, call_records, notice_records
from tickets.complaints.merged import Unhappy, unhappy_callbacks
from tickets.complaints.presence import others_here
from tickets.customers.privacy import is_revealed, masked, sees_numbers, works_on_one_of
from tickets.customers.veil import CLEAR, Veil, veil_over
from tickets.history import timeline
from tickets.models import Complaint, ContactKind, Event, Person, QualitySample
from tickets.policy import policy_now
from tickets.problems.linking import problems_of
from tickets.quality.scoring import scores_of
from tickets.visibility import visible_complaint
from tickets.web.actions.decision_forms import DECIDING_HERE
from tickets.web.actions.event_words import EventWords
from tickets.web.shell.labels import name_in
from tickets.web.shell.viewer import reader
from workflow.case import Case, OrderFact
from workflow.lifecycle import ORDER_ACTIONS
from workflow.policy import Policy
from workflow.words import ENDED, Audience, Party

READ_SCORES = frozenset(
    {Party.RESPONSIBLE, Party.SUPERVISOR, Party.EXECUTIVE, Party.QUALITY, Party.AUDITOR}
)
REVEAL = "reveal_customer"
IN_SIGHT = 3
"""So many of the usual next steps have a button of their own; the rest stand in the menu."""


@dataclass(frozen=True)
class ReaderReach:
    """How the reader may reach the customer: numbers in clear, or masked, in every text; `asked`
    says that they stand open because the reader asked for them."""

    in_clear: bool
    asked: bool
    callback_number: str
    contacts: tuple[tuple[ContactKind, str], ...]
    line: str
    veiled: Veil


@dataclass(frozen=True)
class CallbackProof:
    """What was done to reach the customer, by the callback of each cycle, with what the reader may
    confirm of it; and what stands in the way of a closing that was asked for."""

    calls: Mapping[UUID, Sequence[CallRecord]]
    notices: Mapping[UUID, Sequence[NoticeRecord]]
    unhappy: Sequence[Unhappy]
    is_orphaned: bool


@dataclass(frozen=True)
class ShownTimeline:
    """A page of the time line: what is shown of it, and where what is older can be read."""

    events: Sequence[Event]
    show: str = "all"
    older_url: str | None = None
    is_older: bool = False
    shows: tuple[str, ...] = tuple(timeline.SHOWS)


def complaint(number: str) -> ResponseReturnValue:
    moment, person = now(), reader()
    found = visible_complaint(number, person)
    dossier = dossier_of(found, person)
    case = _case(dossier, person, moment)
    reach = reach_of(found, person, case)
    lines = _stretch(found)
    return render_template(
        "complaints/complaint.html",
        complaint=found,
        dossier=dossier,
        steps=steps_with(reach, steps_of(case), dossier.order_facts, person),
        in_sight=IN_SIGHT,
        order_steps=_order_steps(dossier, person, moment, case.policy),
        reach=reach,
        around=others_here([found.id], person.id, now=moment)[found.id],
        to_customer=Audience.CUSTOMER,
        clocks=all_readings(found, person, moment, party_to=case.parties),
        scores=_scores(found, case),
        proof=_proof(dossier, case),
        here=url_for("complaints.complaint", number=found.number),
        shown_of=shown_of,
        problems=problems_of(found, person),
        department_of={each.id.hex: name_in(each.unit.names) for each in dossier.orders},
        now=moment,
        words=EventWords(timeline.names_for(lines.events, dossier.people()), reach.veiled),
        timeline=_time_line(found, lines),
        **DECIDING_HERE,
    )


def _case(dossier: ComplaintDetails, person: Person, moment: datetime) -> Case:
    return case_of(
        dossier.complaint,
        actor=person,
        now=moment,
        policy=policy_now(),
        orders=dossier.order_facts,
        evidence=dossier.evidence,
    )


def _proof(dossier: ComplaintDetails, case: Case) -> CallbackProof:
    found = dossier.complaint
    return CallbackProof(
        {each.callback.id: call_records(each.callback.attempts, case) for each in dossier.rounds},
        {each.callback.id: notice_records(each.notices, found, case) for each in dossier.rounds},
        unhappy_callbacks([found])[found.id] if case.took_in_others else (),
        request_is_orphaned(found, case, dossier.approval),
    )


def _scores(found: Complaint, case: Case) -> Sequence[QualitySample]:
    """What second calls found, for those whom it helps; nothing was called before a closing."""
    was_closed = found.status in ENDED or found.cycle > 1
    return scores_of(found.id) if was_closed and case.parties & READ_SCORES else []


def older(number: str) -> ResponseReturnValue:
    """A page of the time line: a fragment for htmx, else the whole page."""
    if request.headers.get("HX-Request") != "true":
        return complaint(number)
    moment, person = now(), reader()
    found = visible_complaint(number, person)
    case = case_of(found, actor=person, now=moment, policy=policy_now())
    lines = _stretch(found)
    reach = reach_of(found, person, case)
    words = EventWords(timeline.names_for(lines.events), reach.veiled)
    return render_template(
        "complaints/_timeline_rows.html",
        complaint=found,
        words=words,
        timeline=_time_line(found, lines),
    )


def reach_of(found: Complaint, person: Person, case: Case) -> ReaderReach:
    """Departments read masked numbers until they ask for them, which is an event."""
    always = sees_numbers(case.parties)
    if always or is_revealed(found, person):
        contacts = tuple(_contacts(found))
        return ReaderReach(True, not always, found.callback_number, contacts, found.line, CLEAR)
    veil = veil_over(found, case.policy.region)
    number = masked(found.callback_number)
    return ReaderReach(False, False, number, tuple(_masked_phones(found)), veil(found.line), veil)


def steps_with(
    reach: ReaderReach, steps: Steps, orders: Sequence[OrderFact], person: Person
) -> Steps:
    """The steps without showing the numbers to whoever sees them, or works on it no more."""
    if not reach.in_clear and works_on_one_of(orders, person):
        return steps
    possible = tuple(each for each in steps.possible if each.name != REVEAL)
    return replace(steps, possible=possible)


def _contacts(found: Complaint) -> list[tuple[ContactKind, str]]:
    return [(each.kind, each.given) for each in found.customer.contacts]


def _masked_phones(found: Complaint) -> list[tuple[ContactKind, str]]:
    """Only where no number to call back was given: one masked number tells enough."""
    if found.callback_number:
        return []
    return [(kind, masked(given)) for kind, given in _contacts(found) if kind is ContactKind.PHONE]


def _order_steps(
    dossier: ComplaintDetails, person: Person, moment: datetime, policy: Policy
) -> Mapping[UUID, Steps]:
    """What this person may do with each work order, without asking the database again."""
    return {
        order.id: steps_of(
            order_case_of(
                order,
                actor=person,
                now=moment,
                policy=policy,
                orders=dossier.order_facts,
            ),
            ORDER_ACTIONS,
        )
        for order in dossier.orders
    }


def _stretch(found: Complaint) -> timeline.TimelinePage:
    before = request.args.get("before", "")
    return timeline.stretch(found, show=_show(), before=int(before) if before.isdecimal() else None)


def _show() -> str:
    asked = request.args.get("show", "all")
    return asked if asked in timeline.SHOWS else "all"


def _time_line(found: Complaint, lines: timeline.TimelinePage) -> ShownTimeline:
    show = _show()
    older_url = (
        url_for("complaints.timeline", number=found.number, show=show, before=lines.older)
        if lines.older
        else None
    )
    return ShownTimeline(lines.events, show, older_url, is_older="before" in request.args)
