"""The entrance of administration, and everything that was ever changed there."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tickets.administration import rights
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject
from tickets.models import AdminEvent, Category, Cause, Person, RightsRequest, Unit

PAGE_LENGTH = 50


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
    pages = max(1, -(-total // PAGE_LENGTH))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    events = db.session.scalars(
        select(AdminEvent)
        .where(ours)
        .order_by(AdminEvent.at.desc(), AdminEvent.id.desc())
        .offset((page - 1) * PAGE_LENGTH)
        .limit(PAGE_LENGTH)
        .options(joinedload(AdminEvent.actor))
    ).all()
    return render_template("admin/changes.html", events=events, total=total, page=page, pages=pages)
