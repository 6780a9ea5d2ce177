"""What the demo's own mail and SMS server got; a demo sends nothing to anybody else."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from tickets.database import db
from tickets.models import Installation, SinkMessage
from tickets.web.shell.paging import Paging


def sink() -> ResponseReturnValue:
    if not in_a_demo():
        abort(404)
    total = db.session.scalar(select(func.count()).select_from(SinkMessage)) or 0
    paging = Paging.of_request(total)
    newest_first = select(SinkMessage).order_by(SinkMessage.at.desc(), SinkMessage.id.desc())
    rows = db.session.scalars(paging.cut(newest_first)).all()
    return render_template("admin/sink.html", rows=rows, paging=paging)


def in_a_demo() -> bool:
    installation = db.session.get(Installation, 1)
    return installation is not None and installation.is_demo
