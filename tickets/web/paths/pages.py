"""The map's page, and its event log as files that are written while they are sent."""

from collections.abc import Callable, Iterator

from flask import Response, abort, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.models import Person
from tickets.paths import ocel, xes
from tickets.paths.counting import path_map
from tickets.paths.drawing import drawing
from tickets.paths.log import Pseudonyms
from tickets.reports.shape import Scope
from tickets.visibility import overseen_paths
from tickets.web.paths import words
from tickets.web.reports.asked import asked_for
from tickets.web.shell.viewer import reader

THRESHOLDS = (0, 1, 2, 5, 10, 20)
"""In percent of the complaints: rarer moves are not drawn."""
USUAL = 1


def index() -> ResponseReturnValue:
    person, moment = _overseer(), now()
    asked = asked_for(person, moment)
    found = path_map(asked.scope)
    rare = _threshold()
    return render_template(
        "paths/index.html",
        asked=asked,
        found=found,
        drawing=drawing(found, rare / 100),
        rare=rare,
        thresholds=THRESHOLDS,
        step_called=words.every_step(found.steps),
        fitted=words.fitted,
        number=words.number,
        share=words.share,
        length=words.length,
        now=moment,
    )


def as_xes() -> ResponseReturnValue:
    return _file(xes.xes, xes.MEDIA_TYPE, "complaints.xes")


def as_ocel() -> ResponseReturnValue:
    return _file(ocel.ocel, ocel.MEDIA_TYPE, "complaints.jsonocel")


def _file(
    write: Callable[[Scope, Pseudonyms], Iterator[str]], media_type: str, name: str
) -> Response:
    asked = asked_for(_overseer(), now())
    if asked.wrong:
        abort(400)
    people = Pseudonyms(str(current_app.secret_key).encode())
    response = Response(
        stream_with_context(write(asked.scope, people)), content_type=f"{media_type}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _overseer() -> Person:
    """Whoever oversees something; for others there is no map."""
    person = reader()
    if not overseen_paths(person):
        abort(404)
    return person


def _threshold() -> int:
    """The share that was asked for, in percent; what is not offered counts as the usual one."""
    given = request.args.get("rare", "")
    return int(given) if given in {str(each) for each in THRESHOLDS} else USUAL
