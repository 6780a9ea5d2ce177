"""The board: what is open, what runs out next, and acting on it in place; screens on walls."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tickets import wallboards
from tickets.actors import parties_of
from tickets.board import Board, board_of, units_of, within_units
from tickets.board_cells import BY_NAME, CELLS, moment_of
from tickets.clock import now
from tickets.clock_board import Reading, next_readings
from tickets.database import db
from tickets.models import Complaint, Person, Unit, WorkOrder
from tickets.situations import Condition, is_open
from tickets.web.labels import name_in
from tickets.web.languages import LANGUAGES, chosen_language
from tickets.web.moments import stamp
from tickets.web.taking import reader
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action
from workflow.words import N_, OPEN_ORDER, OrderStatus, Status

blueprint = Blueprint("board", __name__, url_prefix="/board")

ROWS = 16
"""Rows to act on, late ones and those that run out next."""
LATE = 6
"""So many of them are late at most: what can still be saved is seen however much is late."""
IN_PLACE = ("urge", "raise_level", "transfer", "override_deadline")
"""What a manager does with a row without leaving the board."""


@dataclass(frozen=True)
class Deed:
    """One thing that may be done with a row, and the address of its form."""

    action: Action
    url: str
    at: str = ""


@dataclass(frozen=True)
class Part:
    """Rows to act on under one heading, and of how many they are the first."""

    title: str
    rows: Sequence[Complaint]
    count: int


@dataclass(frozen=True)
class Shown:
    """The board of one reader at one moment."""

    board: Board
    unit: Unit | None
    units: Sequence[Unit]
    parts: Sequence[Part]
    clocks: Mapping[UUID, tuple[Reading, ...]]
    deeds: Mapping[UUID, Sequence[Deed]]
    now: datetime


@blueprint.get("/")
def index() -> ResponseReturnValue:
    shown = _shown(reader())
    return render_template("board/index.html", shown=shown, **_surroundings())


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """The part that moves; 304 while it has not."""
    shown = _shown(reader())
    answer = unless_same(render_template("board/_live.html", shown=shown, **_surroundings()))
    answer.headers["X-Board-At"] = stamp(shown.now, "exact").split(" ")[1]
    return answer


def _surroundings() -> dict[str, Any]:
    return {"cells": CELLS, "groups": _groups(), "by_name": BY_NAME}


def _groups() -> list[tuple[str, int]]:
    """The headings above the columns, each with how many it spans."""
    found: dict[str, int] = {}
    for cell in CELLS:
        found[cell.group] = found.get(cell.group, 0) + 1
    return list(found.items())


def unless_same(body: str) -> Response:
    """The answer with its tag, or 304 when the reader has it already."""
    response = make_response(body)
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _shown(person: Person) -> Shown:
    moment = now()
    everything = units_of(person)
    if not everything:
        abort(404)
    wanted = request.args.get("unit", "")
    unit = next((each for each in everything if each.id.hex == wanted), None)
    if wanted and unit is None:
        abort(404)
    units = [each for each in everything if unit is None or each.path.startswith(unit.path)]
    board = board_of(units, moment_of(moment))
    parts = _parts(units, board)
    rows = [row for part in parts for row in part.rows]
    return Shown(
        board,
        unit,
        everything,
        parts,
        next_readings(rows, person, moment),
        _deeds(rows, person),
        moment,
    )


def _parts(units: Sequence[Unit], board: Board) -> Sequence[Part]:
    """What is late, the longest first, and what runs out next; parts without rows are left out."""
    moment, whole = board.moment.now, board.whole
    late = _first(units, Complaint.due_at < moment, LATE)
    coming = _first(units, Complaint.due_at >= moment, ROWS - len(late))
    parts = (
        Part(N_("Late already"), late, whole["late"]),
        Part(N_("Runs out next"), coming, whole["warned"] + whole["calm"]),
    )
    return [part for part in parts if part.rows]


def _first(units: Sequence[Unit], condition: Condition, at_most: int) -> Sequence[Complaint]:
    """What runs out first, of everything open."""
    return db.session.scalars(
        select(Complaint)
        .where(is_open(), condition, within_units(units))
        .options(
            joinedload(Complaint.unit),
            joinedload(Complaint.responsible).lazyload(Person.memberships),
            joinedload(Complaint.customer),
            joinedload(Complaint.category),
        )
        .order_by(Complaint.due_at, Complaint.id)
        .limit(at_most)
    ).all()


def _deeds(rows: Sequence[Complaint], person: Person) -> Mapping[UUID, Sequence[Deed]]:
    """What the reader may do with each row: by who they are and where it stands. Whatever else
    must hold, its form says."""
    orders: dict[UUID, list[WorkOrder]] = {}
    for order in db.session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.complaint_id.in_([row.id for row in rows]), WorkOrder.status.in_(OPEN_ORDER)
        )
        .options(joinedload(WorkOrder.unit))
        .order_by(WorkOrder.sent_at)
    ):
        orders.setdefault(order.complaint_id, []).append(order)
    return {row.id: _deeds_of(row, orders.get(row.id, []), person) for row in rows}


def _deeds_of(row: Complaint, orders: Sequence[WorkOrder], person: Person) -> list[Deed]:
    back = url_for("board.index", unit=request.args.get("unit"))
    parties = parties_of(person, row)
    found = [
        Deed(
            ACTIONS[name],
            url_for("complaints.action", number=row.number, action=name, back=back),
        )
        for name in IN_PLACE
        if row.status in ACTIONS[name].sources
        and ACTIONS[name].who & parties
        and (name != "urge" or row.status is Status.DISPATCHED)
    ]
    for order in orders:
        action = "arbitrate" if order.status is OrderStatus.ARBITRATION else "assign"
        if ORDER_ACTIONS[action].who & parties:
            url = url_for("orders.action", order_id=order.id, action=action, back=back)
            found.append(Deed(ORDER_ACTIONS[action], url, name_in(order.unit.names)))
    return found


class WallForm(FlaskForm):
    """A new screen on a wall."""

    title = StringField(lazy_gettext("Title"), validators=[InputRequired(), Length(max=120)])
    unit = SelectField(lazy_gettext("Unit"), validators=[InputRequired()])
    language = SelectField(lazy_gettext("Language"))


@blueprint.route("/walls", methods=("GET", "POST"))
def walls() -> ResponseReturnValue:
    """The screens in use, and a form for another one; its link is shown once."""
    person, moment = reader(), now()
    units = {each.id.hex: each for each in units_of(person)}
    form = WallForm(language=chosen_language())
    form.unit.choices = [(key, name_in(unit.names)) for key, unit in units.items()]
    form.language.choices = list(LANGUAGES.items())
    link, status = "", 200
    if request.method == "POST":
        if form.validate():
            title, unit = form.title.data or "", units[form.unit.data]
            _board, token = wallboards.create(
                title, unit, form.language.data, actor=person, now=moment
            )
            db.session.commit()
            link = url_for("wall.wall", token=token, _external=True)
        else:
            status = 422
    boards = wallboards.overseen_by(person)
    page = render_template("board/walls.html", form=form, boards=boards, link=link)
    return make_response(page, status)


@blueprint.post("/walls/<uuid:board_id>/revoke")
def revoke(board_id: UUID) -> ResponseReturnValue:
    person = reader()
    board = wallboards.overseen(board_id, person)
    if board is None:
        abort(404)
    wallboards.revoke(board, actor=person, now=now())
    db.session.commit()
    flash(gettext("The link of “%(title)s” opens nothing any more.", title=board.title), "success")
    return redirect(url_for("board.walls"), 303)
