"""Who is signed in: from the cookie's token to the person, on every request.

Flask's own session carries one thing for us, the token of a row in `sign_in_session`. When that
row has ended, so has the signing-in, whatever the cookie says (FLK-04). Signing in, signing out
and every change of rights empty the cookie's session, and with it the secret of the form tokens
(FLK-03).
"""

from uuid import UUID

import structlog
from flask import Flask, Response, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from tickets.accounts import sessions
from tickets.clock import now
from tickets.database import DatabaseBusy, begin_for, db, waiting_at_most, writing
from tickets.models import Person, SignInSession
from tickets.people.absences import acting_for

log = structlog.get_logger("shouwen")

TOKEN = "_user_id"  # noqa: S105 - the name of a place, not a secret
"""Where Flask-Login keeps what it hands to the user loader."""

login_manager = LoginManager()
# Its own check compares addresses and browsers, which signs people out on a train.
login_manager.session_protection = None
csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a form lives as long as its session
    # Its own processor loads the person for every template, also for the page that says that the
    # database is gone; the proxy asks only where a page names it.
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    csrf.init_app(app)
    app.after_request(_keep_last_seen)


@login_manager.user_loader
def _person_of(token: str) -> Person | None:
    moment = now()
    found = sessions.session_of(token, now=moment)
    if found is None:
        return None
    g.sign_in = found
    if sessions.is_due_to_be_seen(found, now=moment):
        _note_last_seen(found)
    found.person.stands_in_for = acting_for(found.person, moment)
    return found.person


def present_session() -> SignInSession | None:
    """The session of whoever is signed in on this request."""
    found: SignInSession | None = g.get("sign_in")
    return found


def begin(person: Person, token: str) -> None:
    """From here on this browser is this person's, with nothing left of who was here before."""
    _forget_browser()
    login_user(person, force=True)
    session[TOKEN] = token


def end() -> None:
    """From here on nobody is signed in in this browser."""
    logout_user()
    _forget_browser()


def whose_it_was() -> UUID | None:
    """Whose session this browser still holds, though it has ended."""
    token = session.get(TOKEN)
    return sessions.owner_of(token) if isinstance(token, str) else None


def address() -> str:
    """The caller's address as the server saw it; no header of the caller's own counts (S-20)."""
    return request.remote_addr or ""


def _forget_browser() -> None:
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF's token of this request, made from the old secret
    g.pop("sign_in", None)


def _note_last_seen(found: SignInSession) -> None:
    if begin_for(request.method):
        found.seen_at = now()  # stored when the request commits
        return
    g.seen = found.id


def _keep_last_seen(response: Response) -> Response:
    """A reading request must not write in its own transaction, so this is one of its own."""
    seen = g.pop("seen", None)
    if seen is None or g.get("telling_a_failure"):
        return response
    change = update(SignInSession).where(SignInSession.id == seen).values(seen_at=now())
    try:
        with writing(), waiting_at_most(1), db.engine.begin() as connection:
            connection.execute(change)
    except (SQLAlchemyError, DatabaseBusy) as error:
        log.warning("last use of a session not kept", error=str(error))
    return response
