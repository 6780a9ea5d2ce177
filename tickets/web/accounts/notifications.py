"""The bell: what a person was told, how much of it is unread, and the page that lists it.

News arrives by one small question every half a minute per visible page (static/notifications.js),
answered with 304 from one index; no connection is held open, and nothing is asked in the
background.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Flask, abort, g, make_response, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from tickets.clock import now
from tickets.database import db
from tickets.messages import bell
from tickets.models import Notification, Person
from tickets.web.accounts.preferences import preferences
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.paging import Paging
from tickets.web.shell.viewer import reader
from workflow.values import Json

MOST_SHOWN = 99
PAGES = {
    "list_written": "exports.index",
    "list_refused": "exports.index",
    "import_done": "admin.imports",
    "import_refused": "admin.imports",
    "rights_asked": "admin.rights",
    "rights_decided": "admin.rights",
}
"""Where a notification leads that is about neither a complaint nor a problem."""

blueprint = Blueprint("notifications", __name__)
blueprint.add_url_rule("/account/messages", view_func=preferences, methods=("GET", "POST"))


@dataclass(frozen=True)
class Badge:
    """The bell of one page. `tag` changes whenever the bell does."""

    count: int
    tag: str

    @property
    def shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


def init_app(app: Flask) -> None:
    app.add_template_global(unread_of)


def unread_of(person: Person | None) -> Badge:
    """What the bell shows; nothing for a page of nobody."""
    if person is None:
        return Badge(0, "")
    found = bell.unread(person.id)
    newest = f"{found.newest.timestamp():.6f}" if found.newest else ""
    return Badge(found.count, f'"{found.count}.{newest}.{chosen_language()}"')


@blueprint.get("/notifications")
def index() -> ResponseReturnValue:
    person = reader()
    only_unread = request.args.get("all") != "1"
    query = bell.told(person.id, only_unread=only_unread)
    total = db.session.scalar(
        select(func.count()).select_from(
            query.order_by(None).with_only_columns(Notification.id).subquery()
        )
    )
    paging = Paging.of_request(total or 0)
    rows = db.session.scalars(paging.cut(query)).all()
    language = chosen_language()
    return render_template(
        "accounts/notifications.html",
        rows=rows,
        paging=paging,
        count=unread_of(person).count,
        only_unread=only_unread,
        absent=bell.absent_names(rows),
        said=lambda row: bell.said(row, language),
        until=now().astimezone(UTC).isoformat(),
    )


@blueprint.get("/notifications/unread")
def unread() -> ResponseReturnValue:
    """How many are unread, for the bell; 304 while nothing has changed."""
    # A page that nobody touches asks as well; it must not keep a forgotten browser signed in.
    g.pop("seen", None)
    person = reader()
    badge = unread_of(person)
    if badge.tag == request.headers.get("If-None-Match"):
        response = make_response("", 304)
    else:
        response = make_response(_news(person, badge))
    response.headers["ETag"] = badge.tag
    return response


def _news(person: Person, badge: Badge) -> dict[str, Json]:
    newest = bell.newest_unread(person.id)
    number = f"{newest.complaint.number} · " if newest and newest.complaint else ""
    said = f"{number}{bell.said(newest, chosen_language())}" if newest else ""
    return {"count": badge.count, "shown": badge.shown, "newest": said}


@blueprint.post("/notifications/<uuid:notification_id>/open")
def open_one(notification_id: UUID) -> ResponseReturnValue:
    """Mark it as read, and go to what it is about."""
    found = bell.own(reader().id, notification_id)
    if found is None:
        abort(404)
    bell.mark_read(found, now=now())
    problem = found.values.get("problem")
    number = found.complaint.number if found.complaint else None
    page = PAGES.get(found.topic, "notifications.index")
    db.session.commit()
    if problem is not None:
        return redirect(address_of("problems.problem", problem=problem), 303)
    if number is None:
        return redirect(address_of(page), 303)
    return redirect(address_of("complaints.complaint", number=number), 303)


@blueprint.post("/notifications/read")
def mark_all_read() -> ResponseReturnValue:
    """Everything that the page showed; what came since stays unread."""
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        abort(400, gettext("The page had expired. Nothing was done; try again."))
    if until.tzinfo is None:
        abort(400)
    bell.mark_all_read(reader().id, until=until, now=now())
    db.session.commit()
    return redirect(address_of("notifications.index"), 303)
