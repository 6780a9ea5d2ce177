"""A board on a wall: opened by a link, without signing in; no customers, no complaint numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import force_locale

from tickets.board import Board, board_of
from tickets.board.cells import CELLS, moment_of
from tickets.board.wallboards import opened_by
from tickets.clock import now
from tickets.models import Unit, Wallboard
from tickets.web.board.pages import unless_same

blueprint = Blueprint("wall", __name__, url_prefix="/wall")

BIG = ("late", "warned", "within_2", "callbacks_overdue", "arbitration", "unacknowledged")
"""What is read from across the room."""
LONGEST_TOKEN = 100


@dataclass(frozen=True)
class ShownWall:
    wall: Wallboard
    board: Board
    unit: Unit


@blueprint.get("/<token>")
def wall(token: str) -> Response:
    """The whole page, which then keeps itself fresh for weeks."""
    return _private(make_response(_drawn("board/wall.html", token)))


@blueprint.get("/<token>/live")
def live(token: str) -> Response:
    """The part that moves; 304 while it has not, 404 once the link was taken back."""
    return _private(unless_same(_drawn("board/_wall.html", token)))


def _drawn(template: str, token: str) -> str:
    found = opened_by(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        abort(404)
    board, units = found
    shown = ShownWall(board, board_of(units, moment_of(now())), board.unit)
    with force_locale(board.language.replace("-", "_")):
        return render_template(
            template,
            shown=shown,
            cells=CELLS,
            big=_cells(BIG),
            token=token,
            language=board.language,
            path=request.path,
        )


def _cells(names: Sequence[str]) -> list[object]:
    by_name = {cell.name: cell for cell in CELLS}
    return [by_name[name] for name in names]


def _private(response: Response) -> Response:
    """The address is the key: it must not travel on to anybody."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
