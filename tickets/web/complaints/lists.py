"""The list of complaints: filters, totals, pages to the end, and the same rows as a file."""

from flask import Response, abort, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tickets.clock import now
from tickets.clocks.display import next_readings
from tickets.complaints.lists import every_row, page_of
from tickets.complaints.presence import others_here
from tickets.customers.veil import veils_over
from tickets.database import db
from tickets.models import Complaint
from tickets.visibility import visible_to
from tickets.web.complaints import sheet
from tickets.web.complaints.drilling import drilled
from tickets.web.complaints.filters import asked_for, number_asked_for
from tickets.web.shell.viewer import reader


def index() -> ResponseReturnValue:
    person, moment = reader(), now()
    number = number_asked_for(person)
    if number is not None:
        return redirect(url_for("complaints.complaint", number=number))
    asked = asked_for(person, moment)
    page = page_of(asked.filters, person, sort=asked.sort, turn=asked.turn)
    around = others_here([row.id for row in page.rows], person.id, now=moment)
    return render_template(
        "complaints/index.html",
        asked=asked,
        page=page,
        around=around,
        clocks=next_readings(page.rows, person, moment),
        veils=veils_over(page.rows, person),
        now=moment,
    )


def oldest() -> ResponseReturnValue:
    """From the board's “oldest” to exactly that complaint: the first one behind this number."""
    person, moment = reader(), now()
    behind = drilled(person, moment)
    if behind is None:
        abort(404)
    number = db.session.scalar(
        select(Complaint.number)
        .where(behind.condition, visible_to(person))
        .order_by(Complaint.registered_at, Complaint.id)
        .limit(1)
    )
    return redirect(url_for("complaints.complaint", number=number or abort(404)))


def export() -> ResponseReturnValue:
    """Exactly the rows of the list, all pages, in its order (S-33, REP-02)."""
    person, moment = reader(), now()
    asked = asked_for(person, moment)
    rows = every_row(asked.filters, person, sort=asked.sort)
    response = Response(stream_with_context(sheet.written(rows, person)), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="complaints.csv"'
    return response
