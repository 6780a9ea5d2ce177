"""Nothing is served from a database that is not ready for it (FLK-08)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask

from tests.databases import Database
from tickets.config import ConfigurationError
from tickets.database import db, writing
from tickets.models.installation import Installation
from tickets.operation.serving import refuse_to_serve_unready

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture(autouse=True)
def token(app: Flask) -> Iterator[None]:
    before = app.extensions["config"]
    app.extensions["config"] = replace(before, metrics_token="a-long-token")
    yield
    app.extensions["config"] = before


@pytest.fixture
def outdated(database: Database) -> Flask:
    app = database.app
    with app.app_context(), writing(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    app.extensions.pop("schema_was_current", None)
    return app


def make_demo(app: Flask, now: datetime) -> None:
    with app.app_context(), writing():
        db.session.add(Installation(is_demo=True, created_at=now))
        db.session.commit()


def test_health_says_that_all_is_well(app: Flask) -> None:
    answer = app.test_client().get("/healthz", headers=TOKEN)

    assert answer.status_code == 200
    assert answer.json is not None
    told = {"status": "ok", "database": "reachable", "schema": "current", "version": "0.1.0"}
    assert told.items() <= answer.json.items()
    assert answer.headers["X-Request-ID"]


def test_health_says_that_the_schema_is_not_current(outdated: Flask) -> None:
    answer = outdated.test_client().get("/healthz", headers=TOKEN)

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["schema"] == "not current"


def test_strangers_are_told_only_that_it_is_unavailable(outdated: Flask) -> None:
    answer = outdated.test_client().get("/healthz")

    assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})


def test_no_page_is_served_on_another_schema(outdated: Flask) -> None:
    answer = outdated.test_client().get("/no-such-page")

    assert answer.status_code == 503
    assert "flask db upgrade" in answer.text


def test_the_server_does_not_start_on_another_schema(outdated: Flask) -> None:
    with (
        outdated.app_context(),
        pytest.raises(ConfigurationError, match="flask db upgrade"),
    ):
        refuse_to_serve_unready(db.engine, "127.0.0.1")


def test_a_demo_is_served_to_this_machine_only(app: Flask, now: datetime) -> None:
    make_demo(app, now)

    with app.app_context():
        refuse_to_serve_unready(db.engine, "127.0.0.1")
        with pytest.raises(ConfigurationError, match="demo database"):
            refuse_to_serve_unready(db.engine, "0.0.0.0")


def test_the_serve_command_says_why_it_does_not_start(app: Flask, now: datetime) -> None:
    make_demo(app, now)

    result = app.test_cli_runner().invoke(args=["serve", "--host", "0.0.0.0"])

    assert result.exit_code == 1
    assert "demo database" in result.output
