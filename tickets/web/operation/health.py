"""Is it up, and does it do its work? For load balancers, and for whoever watches over it."""

import hmac

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from tickets import __version__
from tickets.clock import now
from tickets.config import settings_now
from tickets.database import db
from tickets.jobs.health import overdue_clocks, standings, sweep_is_late
from tickets.messages import outbox
from tickets.operation import metrics
from tickets.operation.schema import schema_is_current
from tickets.proof.standing import standing
from workflow.values import Json
from workflow.words import Role

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database is there, its schema current and the sweep alive; else 503, with one
    word. Whoever watches over the installation reads more; strangers learn nothing of it."""
    reachable, current = _state_of_the_database()
    work = _state_of_the_work() if reachable and current else {"status": "unavailable"}
    answer: dict[str, Json] = {"status": work["status"]}
    if _may_read_more(signed_in=reachable and current):
        answer |= {
            "database": "reachable" if reachable else "unreachable",
            "schema": "current" if current else "not current",
            "version": __version__,
            **work,
        }
    fine = answer["status"] == "ok"
    return answer, 200 if fine else 503, {"Cache-Control": "no-store"}


@blueprint.get("/metrics")
def prometheus() -> ResponseReturnValue:
    """For Prometheus; asks for the token, and says nothing about itself to anybody else."""
    if not _has_token():
        abort(404)
    moment = now()
    found = metrics.exposition(
        standings(moment), outbox.waiting(moment), overdue_clocks(moment), moment
    )
    return Response(found, content_type=metrics.CONTENT_TYPE)


def _has_token() -> bool:
    """Whether a scraper asks, with the token of the settings; without one there, nobody does."""
    expected = settings_now().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _may_read_more(*, signed_in: bool) -> bool:
    """`signed_in`: whether the database can be asked who that is."""
    if _has_token():
        return True
    return signed_in and current_user.is_authenticated and Role.ADMINISTRATOR in current_user.roles


def _state_of_the_work() -> dict[str, Json]:
    moment = now()
    found = standings(moment)
    waiting = outbox.waiting(moment)
    late = sweep_is_late(found, moment)
    return {
        "status": "late" if late else "ok",
        "sweep": "late" if late else "ok",
        "jobs": {
            each.name: {
                "last_success": each.last_success.isoformat() if each.last_success else None,
                "age_seconds": round(each.age.total_seconds()) if each.age else None,
                "backlog": each.backlog,
                "failed": each.failed,
                "late": each.late,
            }
            for each in found
        },
        "anchors": _state_of_the_anchors(),
        "messages": {
            "waiting": waiting.waiting,
            "dead": waiting.dead,
            "oldest_unsent_seconds": (
                round((moment - waiting.oldest).total_seconds()) if waiting.oldest else 0
            ),
        },
    }


def _state_of_the_anchors() -> dict[str, Json]:
    found = standing(settings_now().audit_key_file)
    return {
        "last": found.at.isoformat() if found.at else None,
        "signed": found.signed,
        "trouble": found.trouble,
    }


def _state_of_the_database() -> tuple[bool, bool]:
    try:
        return True, schema_is_current(db.engine)
    except SQLAlchemyError:
        return False, False
