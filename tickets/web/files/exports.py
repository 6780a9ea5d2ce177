"""Lists that are written in the background: asked for, watched, fetched, removed.

For lists that are too long to wait for; the same rows as the list's own file (REP-02).
"""

from collections.abc import Sequence
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from tickets.clock import now
from tickets.database import db
from tickets.models import FileKind, FileState, Job, Person, StoredFile
from tickets.storage import chunks
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import answer_button
from tickets.web.shell.viewer import reader

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What this person asked for; nobody sees another's."""
    files = chunks.exports_of(reader())
    return render_template("files/exports.html", files=files, progress=progress_of(files))


def progress_of(files: Sequence[StoredFile]) -> dict[str, Job]:
    """How far the jobs of these files are, by the file's key."""
    wanted = [str(each.id) for each in files]
    rows = db.session.scalars(select(Job).where(Job.once.in_(wanted)))
    return {row.once: row for row in rows if row.once}


@blueprint.post("/")
def ask() -> ResponseReturnValue:
    """Put the list down that the address names; the page tells how far it is."""
    address = {name: values for name, values in request.args.to_dict(flat=False).items() if values}
    return answer_button(
        lambda: chunks.ask_for_export(reader(), address, chosen_language(), now()),
        back=url_for("exports.index"),
        said=gettext("The list is being written; fetch it here when it is ready."),
    )


@blueprint.get("/<uuid:file_id>.csv")
def fetch(file_id: UUID) -> ResponseReturnValue:
    """The file, piece by piece."""
    file = _own(file_id)
    if file.state is not FileState.READY:
        abort(404)
    return as_download(file)


def as_download(file: StoredFile) -> Response:
    """The stored bytes; one piece is in memory at a time."""
    pieces = stream_with_context(chunks.pieces(file.id))
    response = Response(pieces, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@blueprint.post("/<uuid:file_id>/remove")
def remove(file_id: UUID) -> ResponseReturnValue:
    file = _own(file_id)
    return answer_button(
        lambda: chunks.remove(file), back=url_for("exports.index"), said=gettext("Removed.")
    )


def _own(file_id: UUID) -> StoredFile:
    person: Person = reader()
    found = db.session.get(StoredFile, file_id)
    if found is None or found.owner_id != person.id or found.kind is not FileKind.EXPORT:
        abort(404)
    return found
