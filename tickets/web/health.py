"""Is it up, and does it do its work? For load balancers, and for whoever watches over it."""

import hmac
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tickets import __version__, metrics
from tickets.carriers import kinds as _kinds
from tickets.clock import now
from tickets.config import Config, settings_now
from tickets.database import db
from tickets.jobs.health import overdue_clocks, standings, sweep_is_late
from tickets.messages import outbox
from tickets.proof.standing import standing
from tickets.schema import schema_is_current

blueprint = Blueprint("health", __name__)

_ = _kinds  # registers every kind of job, so that this process knows what should run


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database is there, its schema current and the sweep alive; else 503."""
    reachable, current = _state_of_the_database()
    answer: dict[str, Any] = {
        "status": "ok" if reachable and current else "unavailable",
        "database": "reachable" if reachable else "unreachable",
        "schema": "current" if current else "not current",
        "version": __version__,
    }
    if reachable and current:
        answer |= _state_of_the_work()
    fine = answer["status"] == "ok"
    return answer, 200 if fine else 503, {"Cache-Control": "no-store"}


@blueprint.get("/metrics")
def prometheus() -> ResponseReturnValue:
    """For Prometheus; asks for the token, and says nothing about itself to anybody else."""
    config: Config = current_app.extensions["config"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not config.metrics_token or not hmac.compare_digest(
        given.encode(), config.metrics_token.encode()
    ):
        abort(404)
    moment = now()
    found = metrics.exposition(
        standings(moment), outbox.waiting(moment), overdue_clocks(moment), moment
    )
    return Response(found, content_type=metrics.CONTENT_TYPE)


def _state_of_the_work() -> dict[str, Any]:
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


def _state_of_the_anchors() -> dict[str, Any]:
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
