"""The board: what is open, what runs out next, and acting on it in place; screens on walls."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tickets.board import units_of, wallboards
from tickets.board.cells import BoardSheet
from tickets.clock import now
from tickets.database import db
from tickets.visibility import led_departments
from tickets.web.board.rows import (
    DEPARTMENT,
    UNIT,
    BoardLink,
    ShownBoard,
    places_of,
    shown_of_departments,
    shown_of_units,
)
from tickets.web.shell.labels import name_in
from tickets.web.shell.languages import LANGUAGES, chosen_language
from tickets.web.shell.moments import stamp
from tickets.web.shell.saving import answer_button
from tickets.web.shell.viewer import reader

blueprint = Blueprint("board", __name__, url_prefix="/board")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return _rendered("board/index.html", *_board())


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """The part that moves; 304 while it has not."""
    shown, places = _board()
    answer = unless_same(_rendered("board/_live.html", shown, places))
    answer.headers["X-Board-At"] = stamp(shown.now, "exact").split(" ")[1]
    return answer


def _board() -> tuple[ShownBoard, Sequence[BoardLink]]:
    """The board that the address names: of a department that the reader leads, of a unit that
    they oversee, or by itself the widest that they have."""
    person, moment = reader(), now()
    units, departments = units_of(person), led_departments(person)
    shown: ShownBoard | None = None
    if units and not request.args.get(DEPARTMENT):
        shown = shown_of_units(units, person, moment)
    elif not request.args.get(UNIT):
        shown = shown_of_departments(departments, person, moment)
    if shown is None:
        abort(404)
    return shown, places_of(units, departments, shown)


def _rendered(template: str, shown: ShownBoard, places: Sequence[BoardLink]) -> str:
    return render_template(
        template,
        shown=shown,
        sheet=shown.sheet,
        groups=_groups(shown.sheet),
        places=places,
    )


def _groups(sheet: BoardSheet) -> list[tuple[str, int]]:
    """The headings above the columns, each with how many it spans."""
    found: dict[str, int] = {}
    for cell in sheet.cells:
        found[cell.group] = found.get(cell.group, 0) + 1
    return list(found.items())


def unless_same(body: str) -> Response:
    """The answer with its tag, or 304 when the reader has it already."""
    response = make_response(body)
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


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
    return answer_button(
        lambda: wallboards.revoke(board, actor=person, now=now()),
        back=url_for("board.walls"),
        said=gettext("The link of “%(title)s” opens nothing any more.", title=board.title),
    )
