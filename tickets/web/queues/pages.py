"""My work: what waits for whoever looks; and the list of work orders."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import ColumnElement, func, select

from tickets.clock import now
from tickets.clocks.display import readings
from tickets.database import db
from tickets.models import Complaint, Person, Unit, WorkOrder
from tickets.queues import QUEUES, About, Queue, queues_of, rows_of
from tickets.queues.approvals import offers_to
from tickets.queues.my_work import Panel, lines_of, panels_of
from tickets.visibility import visible_to
from tickets.web.actions.decision_forms import DECIDING_HERE
from tickets.web.queues.rows import QueueRow, Readings, queue_url, row_of
from tickets.web.shell.labels import choices_of, name_in
from tickets.web.shell.paging import Paging
from tickets.web.shell.permissions import REGISTRARS
from tickets.web.shell.viewer import reader
from workflow.words import OrderStatus, Role, UnitKind

blueprint = Blueprint("work", __name__)


OFFERS = "to_take_over"
"""Shown as cards that can be decided on the spot, and not as rows."""

CALLS = frozenset({"callbacks_due", "callbacks_shared"})


@dataclass(frozen=True)
class QueueLink:
    url: str
    label: str
    icon: str


@dataclass(frozen=True)
class ShownPanel:
    """A panel as the page shows it."""

    panel: Panel
    url: str
    rows: list[QueueRow]

    @property
    def more(self) -> int:
        return self.panel.count - len(self.rows)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    moment, person = now(), reader()
    panels = panels_of(person, moment)
    found = readings([line.complaint for each in panels for line in each.lines], person, moment)
    shown = [
        ShownPanel(panel, queue_url(panel.queue), _rows(panel, moment, found)) for panel in panels
    ]
    offered = any(each.panel.queue.name == OFFERS and each.panel.count for each in shown)
    return render_template(
        "queues/my_work.html",
        shown=shown,
        offers=offers_to(person, moment) if offered else [],
        now=moment,
        links=_links(shown),
        advice=_advice(),
        **DECIDING_HERE,
    )


@blueprint.get("/work-orders/")
def orders() -> ResponseReturnValue:
    """Work orders by queue, status and department; every page to the end, with their total."""
    moment, person = now(), reader()
    queue = _queue_asked_for(person)
    belongs = [
        rows_of(queue, person, moment) if queue else visible_to(person),
        *_filters(),
    ]
    everything = select(WorkOrder.id).join(Complaint, WorkOrder.complaint_id == Complaint.id)
    total = db.session.scalar(
        select(func.count()).select_from(everything.where(*belongs).subquery())
    )
    paging = Paging.of_request(total or 0)
    order = queue.order_by(moment) if queue else (WorkOrder.sent_at.desc(), WorkOrder.id)
    ids = db.session.scalars(paging.cut(everything.where(*belongs).order_by(*order))).all()
    lines = lines_of(About.ORDER, ids, moment)
    found = readings([line.complaint for line in lines], person, moment)
    rows = [row_of(line, moment, found) for line in lines]
    return render_template(
        "queues/orders.html",
        rows=rows,
        paging=paging,
        queue=queue,
        queues=[each for each in queues_of(person) if each.about is About.ORDER],
        statuses=choices_of(OrderStatus),
        departments=_departments(person),
        now=moment,
    )


def _rows(panel: Panel, moment: datetime, found: Readings) -> list[QueueRow]:
    if panel.queue.name == OFFERS:
        return []
    return [row_of(line, moment, found, panel.queue) for line in panel.lines]


def _links(shown: list[ShownPanel]) -> list[QueueLink]:
    """What the page offers first: the next call when one is due, and taking in a complaint."""
    links = []
    if any(each.panel.count for each in shown if each.panel.queue.name in CALLS):
        to_call = url_for("callbacks.next_call")
        links.append(QueueLink(to_call, gettext("Next callback"), "telephone-outbound"))
    if _may_register():
        links.append(QueueLink(url_for("intake.new"), gettext("New complaint"), "plus-lg"))
    return links


def _may_register() -> bool:
    return bool(REGISTRARS.roles and REGISTRARS.roles & current_user.roles)


def _advice() -> str:
    """What to do when nothing waits."""
    if _may_register():
        return gettext("The next complaint begins with whoever hears it first.")
    return gettext("What is sent to you appears here by itself.")


def _queue_asked_for(person: Person) -> Queue | None:
    name = request.args.get("queue", "")
    if not name:
        return None
    queue = QUEUES.get(name)
    if queue is None or queue.about is not About.ORDER or not queue.roles & person.roles:
        abort(404)
    return queue


def _filters() -> list[ColumnElement[bool]]:
    """What was chosen; what is not a choice of the page finds nothing."""
    found: list[ColumnElement[bool]] = []
    status, unit = request.args.get("status"), request.args.get("unit")
    if status:
        if status not in set(OrderStatus):
            abort(404)
        found.append(WorkOrder.status == OrderStatus(status))
    if unit:
        found.append(WorkOrder.unit_id.in_(select(Unit.id).where(Unit.code == unit)))
    if request.args.get("handler") == "me":
        found.append(WorkOrder.handler_id == current_user.id)
    return found


def _departments(person: Person) -> list[tuple[str, str]]:
    """Departments to choose from: one's own, or for those who oversee, all of them."""
    own = person.units_as(Role.AGENT, Role.LEAD)
    if own and person.roles <= {Role.AGENT, Role.LEAD}:
        units = own
    else:
        units = list(db.session.scalars(select(Unit).where(Unit.kind == UnitKind.DEPARTMENT)))
    return sorted(((unit.code, name_in(unit.names)) for unit in units), key=lambda each: each[1])
