"""The entrance of administration, and everything that was ever changed there."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tickets.administration import rights
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject
from tickets.models import AdminEvent, Category, Cause, Person, RightsRequest, Unit
from tickets.web.shell.paging import Paging


def index() -> ResponseReturnValue:
    counts = {
        kind.__tablename__: db.session.scalar(
            select(func.count()).select_from(kind).where(kind.active)
        )
        for kind in (Unit, Person, Category, Cause)
    }
    waiting = select(func.count()).select_from(RightsRequest).where(rights.waiting(now()))
    return render_template("admin/index.html", counts=counts, waiting=db.session.scalar(waiting))


def changes() -> ResponseReturnValue:
    # Administrators do not read customers by virtue of that role (design §2).
    ours = AdminEvent.subject != Subject.CUSTOMER
    total = db.session.scalar(select(func.count()).select_from(AdminEvent).where(ours)) or 0
    paging = Paging.of_request(total)
    query = (
        select(AdminEvent)
        .where(ours)
        .order_by(AdminEvent.at.desc(), AdminEvent.id.desc())
        .options(joinedload(AdminEvent.actor))
    )
    events = db.session.scalars(paging.cut(query)).all()
    return render_template("admin/changes.html", events=events, paging=paging)
