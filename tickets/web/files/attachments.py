"""Files of a complaint, handed out one request at a time (S-17, S-37)."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tickets.database import db
from tickets.models import Attachment
from tickets.visibility import visible_complaint
from tickets.web.shell.viewer import reader

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/complaints/<number>/attachments/<uuid:attachment_id>")
def attachment(number: str, attachment_id: UUID) -> ResponseReturnValue:
    """The file, to be saved and never shown in place; 404 unless it is this complaint's."""
    complaint = visible_complaint(number, reader())
    found = db.session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id, Attachment.complaint_id == complaint.id
        )
    )
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.media_type)
    response.headers["Content-Disposition"] = _disposition(found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _disposition(name: str) -> str:
    """Plain letters for old browsers, and the name as it was given (RFC 6266)."""
    plain = "".join(
        sign if sign.isascii() and sign.isalnum() or sign in "._- " else "_" for sign in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
