"""Who else has this complaint open, told to each other every few seconds (CON-01)."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from tickets.clock import now
from tickets.complaints.presence import note_presence, others_here
from tickets.database import db
from tickets.visibility import visible_complaint
from tickets.web.shell.viewer import reader


def presence(number: str) -> ResponseReturnValue:
    """Note that the reader is here, and answer who else is, as a fragment."""
    moment, person = now(), reader()
    complaint = visible_complaint(number, person)
    writing = request.form.get("writing") == "1"
    note_presence(complaint.id, person.id, writing=writing, now=moment)
    try:
        db.session.commit()
    except IntegrityError:
        # Two windows of the same person came at once; one of them has noted it.
        db.session.rollback()
    around = others_here([complaint.id], person.id, now=moment)[complaint.id]
    return render_template("complaints/_here.html", around=around)
