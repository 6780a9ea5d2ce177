"""Is it up? For load balancers and for `docker`'s own question."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tickets import __version__
from tickets.database import db
from tickets.schema import schema_is_current

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    reachable, current = _state_of_the_database()
    fine = reachable and current
    answer = {
        "status": "ok" if fine else "unavailable",
        "database": "reachable" if reachable else "unreachable",
        "schema": "current" if current else "not current",
        "version": __version__,
    }
    return answer, 200 if fine else 503, {"Cache-Control": "no-store"}


def _state_of_the_database() -> tuple[bool, bool]:
    try:
        return True, schema_is_current(db.engine)
    except SQLAlchemyError:
        return False, False
